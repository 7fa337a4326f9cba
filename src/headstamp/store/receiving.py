"""Taking in versions from another device: adding to what is here, never writing over it.

What each becomes is for ``lineage`` to say: the current version where its maker had seen
ours; otherwise it is held aside, beside ours, for a person to settle. It keeps the seed of
the device where it was made, so that both logs bind it by the same commitments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from orjson import loads
from sqlalchemy import Connection

from headstamp.errors import Invalid, Problem
from headstamp.records import BY_NAME, TYPES, Record, RecordType
from headstamp.records.spec import body as body_of
from headstamp.store.backend import Backend
from headstamp.store.elsewhere import (
    Current,
    current_of,
    known_names,
    lineages,
    newest_aside,
)
from headstamp.store.lineage import Foreign, Known, Lineage
from headstamp.store.rows import Row, make_row

_DIGEST = re.compile(rb'[{,]"digest":"([0-9a-f]{64})"')
# So many versions of one record are no longer read anew for each batch that has one more.
_LONG = 50
_MOST_TOLD = 500
_HOLDING = frozenset(kind.name for kind in TYPES if kind.fact("digest") is not None)


Maker = Callable[[RecordType, str, bytes], Record]
# A record, and the names and canonical bytes of its fields.
Read = tuple[Record, tuple[str, ...], list[bytes]]


@dataclass(frozen=True, slots=True)
class Received:
    """A version of another device's log, as its bundle gives it.

    ``name`` and ``made_of`` are names of versions (``evidence.entry.named``); ``kind`` the name
    of a record type; ``body`` canonical JSON; ``seed`` as the table of versions keeps it;
    ``fields`` the commitments of its entry, given where values of it are erased.
    """

    name: str
    made_of: tuple[str, ...]
    kind: str
    id: str
    body: bytes
    seed: bytes
    fields: Mapping[str, str] | None = None

    def original(self) -> str:
        """The SHA-256 of the original that it names; empty where it names none."""
        found = _DIGEST.search(self.body) if self.kind in _HOLDING else None
        return found[1].decode("ascii") if found else ""


@dataclass(slots=True)
class Taken:
    """What became of versions taken in: names by verdict, in the order they came."""

    known: list[str] = field(default_factory=list)
    take: list[str] = field(default_factory=list)
    hold: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    # Versions of records that are erased here: they are left out.
    erased: list[str] = field(default_factory=list)
    # Records that more people may see now than before: a lower clearance is enough.
    opened: list[str] = field(default_factory=list)
    # The records that have a version aside, whose standing may have changed.
    touched: set[str] = field(default_factory=set)
    lineage: dict[str, Lineage] = field(default_factory=dict, repr=False)

    def settled(self) -> None:
        """The standing of all touched is written. A lineage that took long to read is kept."""
        self.touched.clear()
        self.lineage = {id_: one for id_, one in self.lineage.items() if len(one) > _LONG}


@dataclass(slots=True)
class Judged:
    """The new versions of one kind, in order: rows for the tables, entries ``first`` on."""

    kind: RecordType
    known: dict[str, Current]
    rows: list[Row] = field(default_factory=list)
    # The row, and its record, that each record's table row is made from.
    final: dict[str, tuple[Row, Record]] = field(default_factory=dict)


def judge(
    conn: Connection, backend: Backend, origin: str, first: int, versions: Sequence[Received],
    taken: Taken, make: Maker, make_erased: Maker,
) -> list[Judged]:
    """What each version becomes here, put on file from entry ``first`` on. Raises Invalid.

    Noted in ``taken``, which tells of those before. ``make`` makes a record of its text,
    ``make_erased`` one of which fields are erased.
    """
    names = known_names(conn, backend, origin, [version.name for version in versions])
    taken.known += [version.name for version in versions if version.name in names]
    fresh = [version for version in versions if version.name not in names]
    by_kind: dict[str, list[tuple[Received, Read]]] = {}
    for version, read in zip(fresh, _read(fresh, make, make_erased), strict=True):
        by_kind.setdefault(version.kind, []).append((version, read))
    judged = []
    for name, some in by_kind.items():
        kind = BY_NAME[name]
        known = current_of(conn, backend, kind, {version.id for version, _ in some})
        one = Judged(kind, known)
        heads = {id_: current.seq for id_, current in known.items()}
        taken.lineage.update(lineages(
            conn, backend, origin,
            {id_: seq for id_, seq in heads.items() if id_ not in taken.lineage}))
        numbers = {id_: current.version for id_, current in known.items()}
        for id_, number in newest_aside(conn, backend, known).items():
            numbers[id_] = max(numbers[id_], number)
        last = {version.id: version for version, _ in some}
        for version, read in some:
            row = _judged(version, read, kind, first, taken, numbers, heads)
            if last[version.id] is version and version.id not in taken.touched and (
                len(taken.lineage[version.id]) <= _LONG
            ):
                del taken.lineage[version.id]  # nobody asks for it any more
            if row is None:
                continue
            if row.current:
                if version.id in one.final:
                    one.final[version.id][0].current = False  # superseded on its way in
                one.final[version.id] = row, read[0]
            one.rows.append(row)
            first += 1
        judged.append(one)
    return judged


def _read(
    versions: Sequence[Received], make: Maker, make_erased: Maker
) -> list[Read]:
    """The records of these versions. Raises Invalid, with all that does not fit a type here."""
    records: list[Read] = []
    problems: list[Problem] = []
    for version in versions:
        kind = BY_NAME.get(version.kind)
        if kind is None:
            problems.append(Problem(f"{version.kind} is no kind of record here",
                                    "A newer headstamp made it: use that one.", value=version.id))
            continue
        try:
            made = make if version.fields is None else make_erased
            record = made(kind, version.id, version.body)
        except (ValueError, TypeError) as error:
            problems.append(Problem(f"{version.id} is no {kind.title} as it is known here: "
                                    f"{_in_words(kind, version, error)}"))
            continue
        names, values = kind.canonical_values(record)
        if body_of(names, values) != version.body:
            problems.append(Problem(f"{version.id} is not written in the one form of its values"))
        records.append((record, names, values))
    if problems:
        raise Invalid("what was handed over does not fit the records known here", problems)
    return records


def _in_words(kind: RecordType, version: Received, error: Exception) -> str:
    """What is wrong with the record of a version, field by field."""
    try:
        kind.cls.build({**loads(version.body), "id": version.id})
    except Invalid as told:
        found = [f"{one.field}: {one.rule}" if one.field else one.rule for one in told.problems]
        return "; ".join(found)[:_MOST_TOLD] or told.message
    return str(error).partition("\n")[0]


def _judged(
    version: Received, read: Read, kind: RecordType, seq: int, taken: Taken,
    numbers: dict[str, int], heads: dict[str, int],
) -> Row | None:
    """The row of one version; None where it is known."""
    lineage = taken.lineage.setdefault(version.id, Lineage())
    verdict, of = lineage.judge(Foreign(version.name, version.made_of, version.body))
    getattr(taken, verdict).append(version.name)
    if verdict == "known":
        return None
    number = numbers[version.id] = numbers.get(version.id, 0) + 1
    # The rank is settled when all that it may belong to has been read.
    record, names, values = read
    row = make_row(kind, record, number, 0, names, values, body=version.body)
    row.act, row.of, row.seed, row.fields = verdict, of, version.seed, version.fields
    row.current = verdict == "take"
    if row.current:
        row.before = heads.get(version.id)
        heads[version.id] = seq
    lineage.add(Known(seq, verdict, version.name, of, version.body))
    if lineage.has_aside:
        taken.touched.add(version.id)
    return row
