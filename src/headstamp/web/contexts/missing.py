"""What is missing, counted in full, and the records behind each gap."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from headstamp.actions.missing import gap, gaps, question_named
from headstamp.records import BY_NAME
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.web.columns import COLUMNS
from headstamp.web.contexts.facts import Piece, labels_of, pieces, record_path
from headstamp.web.contexts.overview import GapView, gap_views
from headstamp.web.page import ON_PAGE, Context, Params

_MOST = 200


@dataclass(frozen=True)
class MissingContext(Context):
    """All gaps of the case, each counted."""

    gaps: tuple[GapView, ...]


@dataclass(frozen=True)
class GapContext(Context):
    """One gap with the newest of its records."""

    name: str
    title: str
    why: str
    count: int
    of: int
    rows: tuple[Shown, ...]
    kind: str
    headings: tuple[str, ...] = field(default=(), metadata=ON_PAGE)
    lines: tuple[tuple[str, str, tuple[tuple[Piece, ...], ...]], ...] = field(
        default=(), metadata=ON_PAGE
    )


def missing_context(reader: Reader, params: Params) -> MissingContext:
    """All gaps, the slow ones too: seconds on a case of millions."""
    return MissingContext(gap_views(gaps(reader, datetime.now(UTC).date(), slow=True)))


def gap_context(reader: Reader, params: Params) -> GapContext:
    """The gap named in the address. Raises Missing."""
    question = question_named(params.path["name"])
    found = gap(reader, question, datetime.now(UTC).date(), limit=_MOST)
    kind = BY_NAME[question.kind]
    columns = [kind.by_name[name] for name in COLUMNS[kind.name]]
    labels = labels_of(reader, found.some, BY_NAME)
    return GapContext(
        question.name, question.title[:1].upper() + question.title[1:], question.why,
        found.count or 0, found.of, found.some, kind.name,
        (kind.title.capitalize(), *(fact.title for fact in columns)),
        tuple((record_path(row.id), row.label,
               tuple(pieces(fact, row.get(fact.name), labels) for fact in columns))
              for row in found.some),
    )
