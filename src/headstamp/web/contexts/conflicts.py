"""Versions that contradict each other: the list of such records, and one of them side by side."""

from __future__ import annotations

from dataclasses import dataclass, field

from headstamp.actions.exchange.settling import Side, contest_of
from headstamp.actions.exchange.told_there import ToldThere, told_there
from headstamp.evidence.entry import named
from headstamp.records import BY_NAME
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.web.contexts.facts import Piece, labels_of, pieces, ref_piece
from headstamp.web.page import ON_PAGE, Context, Params


@dataclass(frozen=True)
class Contested:
    """A record of which versions contradict each other."""

    id: str
    kind: str
    label: str
    version: int
    versions: int
    fields: tuple[str, ...]
    about: Piece | None = field(default=None, metadata=ON_PAGE)
    kind_title: str = field(default="", metadata=ON_PAGE)
    to: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class ConflictsContext(Context):
    """All records that wait to be settled, those touched last first."""

    records: tuple[Contested, ...]


@dataclass(frozen=True)
class SideView:
    """One of the versions: 0 is the current one. Who and when: of one from elsewhere, who took it in."""

    number: int
    log: str
    entry: int
    device: str
    made_here: bool
    actor: str
    at: str
    reason: str
    there: ToldThere | None = field(default=None, metadata=ON_PAGE)


@dataclass(frozen=True)
class Cell:
    """What one version says of a field; whether that is what the current one says."""

    number: int
    pieces: tuple[Piece, ...]
    same: bool


@dataclass(frozen=True)
class FieldView:
    """One field in which the versions differ, and what each says of it, in the order of the sides."""

    name: str
    title: str
    cells: tuple[Cell, ...] = field(default=(), metadata=ON_PAGE)
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class ConflictContext(Context):
    """The versions of one record that contradict each other, field by field."""

    id: str
    kind: str
    version: int
    names: tuple[str, ...]
    sides: tuple[SideView, ...]
    fields: tuple[FieldView, ...]
    alike: tuple[str, ...]
    title: str = field(default="", metadata=ON_PAGE)
    about: Piece | None = field(default=None, metadata=ON_PAGE)


def conflicts_context(reader: Reader, params: Params) -> ConflictsContext:
    """The list. What this reader cannot see to differ is not in it."""
    found = []
    for one in reader.contested():
        kind, some = BY_NAME[one.kind], reader.rivals(one.id)
        names = {name for rival in some for name in rival.differs}
        found.append(Contested(
            one.id, one.kind, one.label, one.version, len(some) + 1,
            tuple(fact.title for fact in kind.facts if fact.name in names), ref_piece(one.id, one.label),
            kind.title, f"/conflicts/{one.id}"))
    return ConflictsContext(tuple(found))


def conflict_context(reader: Reader, params: Params) -> ConflictContext:
    """One record. Raises Missing."""
    contest = contest_of(reader, params.case.origin, params.path["id"])
    record = contest.record
    kind = BY_NAME[record.kind]
    labels: dict[str, str] = {}
    for side in contest.sides:
        shown = type(record)(record.kind, record.id, record.version, record.seq, side.values, "")
        labels |= labels_of(reader, [shown], BY_NAME)
    views = []
    for name in contest.fields:
        fact = kind.by_name[name]
        said = [pieces(fact, side.values.get(name), labels) for side in contest.sides]
        cells = tuple(Cell(side.number, one, one == said[0])
                      for side, one in zip(contest.sides, said, strict=True))
        views.append(FieldView(name, fact.title, cells,
                               tuple(", ".join(piece.text for piece in one) for one in said)))
    alike = tuple(fact.title for fact in kind.facts
                  if fact.name in record.values and fact.name not in contest.fields)
    return ConflictContext(
        record.id, record.kind, record.version, contest.names, _sides(params.case, contest.sides),
        tuple(views), alike, title=f"Contradiction: {record.label}",
        about=ref_piece(record.id, record.label))


def _sides(case: Case, sides: tuple[Side, ...]) -> tuple[SideView, ...]:
    """Each with what the log of the device where it was recorded says of it, as far as that is kept here."""
    there = told_there(case, [named(one.log, one.entry) for one in sides if not one.made_here])
    return tuple(
        SideView(one.number, one.log, one.entry, one.device, one.made_here, one.actor, one.at, one.reason,
                 None if one.made_here else there.get(named(one.log, one.entry)))
        for one in sides)
