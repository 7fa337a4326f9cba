"""The limits of trace replies on a page: which of its values they follow, in one question.

A context is looked through for all that it names, whatever page it is of, so that no page
can forget to ask. Each limited record has its limits beside it wherever it is linked, and
all of them stand together at the head of the page.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from headstamp.actions.limits import Limit, limits_of, told
from headstamp.records import BY_NAME, BY_PREFIX
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.web.contexts.facts import record_path

_ID = re.compile(r"(?:/[a-z-]+/)?([a-z]+-[0-9a-z]+)")
_LONGEST = 120
SHOWN = 12


@dataclass(frozen=True)
class Group:
    """Some limits in words, and the records of the page that they follow; ``more`` not named."""

    words: tuple[str, ...]
    records: tuple[tuple[str, str], ...]
    more: int
    replies: tuple[str, ...]


@dataclass(frozen=True)
class Limited:
    """The limits on one page: by record, by address for the links, and together for its head."""

    by_id: Mapping[str, tuple[Limit, ...]] = field(default_factory=dict)
    by_path: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()


# What the page that is being made is bound by: macros of links ask it, wherever they are called.
_NOW: ContextVar[Mapping[str, tuple[str, ...]]] = ContextVar("limits", default={})  # noqa: B039


def limited(reader: Reader, context: Any) -> Limited:
    """What trace replies forbid to be done with anything that a context names."""
    ids = sorted(set(named(context)))
    found = limits_of(reader, ids)
    if not found:
        return Limited()
    labels = reader.labels(list(found))
    words = {id_: told(limits) for id_, limits in found.items()}
    together: dict[tuple[str, ...], list[str]] = {}
    for id_ in sorted(found):
        together.setdefault(words[id_], []).append(id_)
    groups = tuple(
        Group(said, tuple((record_path(one), labels.get(one, one)) for one in some[:SHOWN]),
              max(0, len(some) - SHOWN),
              tuple(sorted({limit.reply for one in some for limit in found[one] if limit.reply})))
        for said, some in together.items()
    )
    return Limited(found, {record_path(id_): said for id_, said in words.items()}, groups)


def named(value: Any) -> Iterator[str]:
    """The ids of all records that a context names, by id or by address."""
    if isinstance(value, str):
        if len(value) <= _LONGEST:
            hit = _ID.fullmatch(value)
            if hit and hit[1].partition("-")[0] in BY_PREFIX:
                yield hit[1]
    elif isinstance(value, Shown):
        yield value.id
        kind = BY_NAME[value.kind]
        for fact in kind.facts:
            if fact.ref is not None or fact.name == "source":
                yield from named(value.values.get(fact.name))
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from named(key)
            yield from named(one)
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from named(one)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for one in dataclasses.fields(value):
            yield from named(getattr(value, one.name))


def on_this_page(limits: Limited) -> Any:
    """Makes these the limits of the page that is now made; give the answer to ``done``."""
    return _NOW.set(limits.by_path)


def done(token: Any) -> None:
    """The page is made."""
    _NOW.reset(token)


def beside(to: str) -> tuple[str, ...]:
    """The limits, in words, of what stands at an address of this case; for the templates."""
    return _NOW.get().get(to, ())
