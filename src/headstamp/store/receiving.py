"""Taking in versions from another device: adding to what is here, never writing over it.

What each becomes is for ``lineage`` to say: the current version where its maker had seen
ours; otherwise it is held aside, beside ours, for a person to settle. It keeps the seed of
the device where it was made, so that both logs bind it by the same commitments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from headstamp.errors import Invalid, Problem
from headstamp.records import BY_NAME, Record, RecordType
from headstamp.records.spec import body as body_of
from headstamp.store.lineage import Foreign, Known, Lineage, Verdict
from headstamp.store.refs import references
from headstamp.store.rows import Row, make_row

_ACTS: dict[Verdict, str] = {"take": "take", "hold": "hold", "same": "same"}


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


@dataclass(slots=True)
class Taken:
    """What became of versions taken in: names by verdict, in the order they came."""

    known: list[str] = field(default_factory=list)
    take: list[str] = field(default_factory=list)
    hold: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    # The records that have a version aside now or had one before.
    touched: set[str] = field(default_factory=set)


def read_records(versions: Sequence[Received], make: Callable[[RecordType, str, bytes], Record],
                 ) -> list[tuple[RecordType, Record]]:
    """The records of these versions. Raises Invalid, with all that does not fit a type here."""
    records: list[tuple[RecordType, Record]] = []
    problems: list[Problem] = []
    for version in versions:
        kind = BY_NAME.get(version.kind)
        if kind is None:
            problems.append(Problem(f"{version.kind} is no kind of record here",
                                    "A newer headstamp made it: use that one.", value=version.id))
            continue
        try:
            record = make(kind, version.id, version.body)
        except (ValueError, TypeError) as error:
            problems.append(Problem(f"{version.id} is no {kind.title} as it is known here: {error}"))
            continue
        if body_of(*kind.canonical_values(record)) != version.body:
            problems.append(Problem(f"{version.id} is not written in the one form of its values"))
        records.append((kind, record))
    if problems:
        raise Invalid("what was handed over does not fit the records known here", problems)
    return records


class Judging:
    """Versions of one kind on their way in: each judged, numbered and made a row."""

    def __init__(
        self, kind: RecordType, lineage: dict[str, Lineage], newest: dict[str, int], first: int,
    ) -> None:
        self._kind = kind
        self._lineage = lineage
        # The number of the newest version of each record, and the entry of its current one.
        self._number = newest
        self._seq = first
        self.rows: list[Row] = []
        self.heads: dict[str, int] = {}
        self.final: dict[str, Row] = {}
        self.taken = Taken()

    def add(self, version: Received, record: Record, head: int | None) -> None:
        """Judges one version and makes its row, if it is new here. Raises Invalid."""
        lineage = self._lineage.setdefault(version.id, Lineage())
        verdict, of = lineage.judge(Foreign(version.name, version.made_of, version.body))
        getattr(self.taken, verdict).append(version.name)
        if verdict == "known":
            return
        act = _ACTS[verdict]
        names, values = self._kind.canonical_values(record)
        number = self._number.get(version.id, 0) + 1
        row = make_row(self._kind, record, number, 0, names, values, references(record))
        row.act, row.of, row.seed, row.fields = act, of, version.seed, version.fields
        row.current = False
        if verdict == "take":
            row.before = self.heads.get(version.id, head)
            row.current = True
            if version.id in self.final:
                self.final[version.id].current = False
            self.final[version.id] = row
            self.heads[version.id] = self._seq
        lineage.add(Known(self._seq, act, version.name, of, version.body))
        if verdict != "take" or lineage.has_aside:
            self.taken.touched.add(version.id)
        self._number[version.id] = number
        self.rows.append(row)
        self._seq += 1
