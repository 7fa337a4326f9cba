"""What can go wrong, in the reader's terms.

Few classes, each with a stable code. The two edges (``cli`` and ``web``) map
them once to an exit code and to an HTTP status; nothing else does. A foreign
error is wrapped where it enters, so that no reader ever meets a traceback.

Every error can carry *all* its problems at once: a person mending a table of
finds wants the whole list, not the first line of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where it is, which rule it breaks and what to do.

    ``file`` and ``row`` say where it stands (row 1 is the first row after the
    header; empty where there is no file), ``field`` names the field as the
    reader knows it, ``value`` is what was given, verbatim.
    """

    rule: str
    advice: str = ""
    field: str = ""
    value: str = ""
    row: int | None = None
    file: str = ""

    def __str__(self) -> str:
        where = ", ".join(
            part
            for part in (
                self.file,
                f"row {self.row}" if self.row is not None else "",
                f"field {self.field}" if self.field else "",
            )
            if part
        )
        told = f"{where}: {self.rule}" if where else self.rule
        if self.value:
            shown = self.value if len(self.value) <= 80 else self.value[:77] + "..."
            told += f" (given: {shown!r})"
        return f"{told}. {self.advice}" if self.advice else told

    def as_dict(self) -> dict[str, object]:
        """The problem as plain JSON values, empty parts left out."""
        return {k: v for k, v in asdict(self).items() if v not in ("", None)}


class HeadstampError(Exception):
    """The base of all our errors: a message, its problems, and a stable code."""

    code = "error"
    exit_code = 1
    http_status = 500

    def __init__(self, message: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.problems: tuple[Problem, ...] = tuple(problems)

    def __str__(self) -> str:
        return "\n".join([self.message, *(f"  - {problem}" for problem in self.problems)])

    def as_dict(self) -> dict[str, object]:
        """The error as plain JSON values, for ``--json`` and the API."""
        return {
            "error": self.code,
            "message": self.message,
            "problems": [problem.as_dict() for problem in self.problems],
        }


class Invalid(HeadstampError):
    """What was given breaks a rule. Nothing was written; mend it and try again."""

    code, exit_code, http_status = "invalid", 2, 422


class Missing(HeadstampError):
    """What was asked for is not there (or not visible to this reader: the two look alike)."""

    code, exit_code, http_status = "missing", 3, 404


class Refused(HeadstampError):
    """The person may not do this here. Ask whoever keeps the case."""

    code, exit_code, http_status = "refused", 4, 403


class Conflicting(HeadstampError):
    """Somebody else changed it meanwhile, or it is there already. Look, then decide."""

    code, exit_code, http_status = "conflicting", 5, 409


class Unreadable(HeadstampError):
    """A file cannot be read as what it claims to be. The file itself is kept untouched."""

    code, exit_code, http_status = "unreadable", 6, 422


class Unavailable(HeadstampError):
    """Something needed is not here now: a disk, a database, an optional part. Says which."""

    code, exit_code, http_status = "unavailable", 7, 503


class Tampered(HeadstampError):
    """The evidence does not agree with its log. Stop, keep everything, show a custodian."""

    code, exit_code, http_status = "tampered", 9, 500


@contextmanager
def naming(file: str) -> Iterator[None]:
    """Puts the name of a file before what is wrong with it, where that does not name it.

    >>> with naming("a.tar"):
    ...     raise Unreadable("this is no bundle")
    Traceback (most recent call last):
    headstamp.errors.Unreadable: a.tar: this is no bundle
    """
    try:
        yield
    except (Invalid, Unreadable, Refused, Tampered) as error:
        if file not in str(error):
            error.message = f"{file}: {error.message}"
        raise
