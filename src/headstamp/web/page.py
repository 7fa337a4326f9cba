"""What a page is: an address, a context, a template, and its twin as JSON.

The context is a frozen dataclass of plain values made by one function
``(reader, params) -> Context`` that knows nothing of the web. The HTML page and
the JSON answer are made from the same context, so that they can never differ.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from headstamp.errors import Invalid, Problem
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.web.jobs import Jobs

# Metadata of a context's field that only the HTML page needs: ``field(metadata=ON_PAGE)``.
ON_PAGE: Mapping[str, bool] = {"on_page": True}
# Where a JSON answer says what trace replies forbid to be done with what it holds, by record.
LIMITS = "use_limits"


@dataclass(frozen=True)
class Context:
    """Base of all contexts. Fields marked ON_PAGE are left out of the JSON answer."""

    def as_dict(self) -> dict[str, Any]:
        """The context as plain JSON values."""
        return {f.name: plain(getattr(self, f.name)) for f in api_fields(type(self))}


def api_fields(cls: type[Any]) -> list[dataclasses.Field[Any]]:
    """The fields of a dataclass that the JSON answer holds."""
    return [f for f in dataclasses.fields(cls) if not f.metadata.get("on_page")]


def plain(value: Any) -> Any:
    """Any value of a context as plain JSON: records become flat objects, tuples lists."""
    if isinstance(value, Shown | Context):
        return value.as_dict()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in api_fields(type(value))}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


@dataclass(frozen=True)
class Parameter:
    """One parameter of an address, for the OpenAPI document."""

    name: str
    help: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})


@dataclass(frozen=True)
class Params:
    """What was asked: the parts of the path, the query in order, and the open case.

    The case and the jobs are for the few pages that show an act (search, proof,
    verification); everything else comes from the reader. ``actor`` is who looks, as
    the log would write it: for pages that differ by person, never for permission.
    """

    case: Case
    path: Mapping[str, str] = field(default_factory=dict)
    query: tuple[tuple[str, str], ...] = ()
    jobs: Jobs = field(default_factory=Jobs)
    actor: str = ""

    def text(self, name: str, default: str = "") -> str:
        """The last value of a query parameter, trimmed."""
        return next((v.strip() for k, v in reversed(self.query) if k == name), default)

    def has(self, name: str) -> bool:
        return any(key == name for key, _ in self.query)

    def whole(self, name: str, default: int, low: int = 0, high: int = 1_000_000_000) -> int:
        """A whole number. Raises Invalid where it is none or out of bounds."""
        raw = self.text(name)
        if not raw:
            return default
        # Plain ASCII digits only: int() also takes "1_0" and other scripts.
        if not (raw.isascii() and raw.isdigit() and len(raw) < 12 and low <= int(raw) <= high):
            raise Invalid(
                f"{name} cannot be used",
                [Problem(f"not a whole number from {low} to {high}", field=name, value=raw)],
            )
        return int(raw)

    def choice(self, name: str, choices: Sequence[str]) -> str:
        """One of these words, the first where none is given. Raises Invalid."""
        raw = self.text(name)
        if raw and raw not in choices:
            raise Invalid(
                f"{name} cannot be used",
                [Problem("not one of " + ", ".join(c for c in choices if c), field=name, value=raw)],
            )
        return raw or choices[0]


ContextOf = Callable[[Reader, Params], Context]


@dataclass(frozen=True)
class Page:
    """One page and its JSON twin.

    ``fixed`` are path parts that the address itself fixes (``{"kind": "item"}``).
    ``api`` is the twin's address; where a page has none, ``no_api`` says why. An
    empty ``path`` makes an answer that is JSON only.
    """

    name: str
    path: str
    title: str
    context: ContextOf
    returns: type[Context]
    template: str
    api: str = ""
    no_api: str = ""
    parameters: tuple[Parameter, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    tag: str = "case"

    def __post_init__(self) -> None:
        if bool(self.api) == bool(self.no_api):
            raise AssertionError(f"page {self.name} needs a JSON address or a reason for none")
