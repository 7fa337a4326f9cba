"""The plots of the measures a finding rests on, drawn again from the snapshot that was kept for it.

A finding says how it was asked and of which snapshot; what is drawn must be that answer and no
other, and must hold nothing that the reader of the report may not see. So the snapshot is held
against the digest in the finding, it may be of no higher clearance than the report, and the measure
is asked of it without every record that this reader is not told of now (hidden since, or kept back
for a trace reply) and without what is never handed out. Only where that gives the same answer is it
drawn: then nothing of what was left out can be in it.

The words of a finding are anybody's. No file but the kept snapshot is read for them.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Final

from headstamp.actions.measures.measuring import Measured, digest, measure_snapshot
from headstamp.analysis.measures import measure_named
from headstamp.engine.duckdb import DuckDB
from headstamp.engine.snapshot import Snapshot, open_snapshot
from headstamp.errors import HeadstampError
from headstamp.evidence.checkpoint import open_checkpoint
from headstamp.kinds.tier import RANK
from headstamp.publish.findings import DrawnAgain, PlotsAgain
from headstamp.records import TYPES
from headstamp.store.backup import KEPT, SNAPSHOTS
from headstamp.store.case import Case
from headstamp.store.cleaning import is_unclean
from headstamp.store.policy import NEVER_HANDED_OUT
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

MOST_ASKED: Final = 40
"""A report asks at most so many measures again; each can take a minute of a large case."""

_ASKED: Final = "Asked so: headstamp measure "
_KEPT: Final = re.compile(rf"{SNAPSHOTS}/({re.escape(KEPT)}([0-9a-f]{{16}}))")


class _Not(Exception):
    """Why an answer is not drawn, in words for the report."""


def plots_again(case: Case) -> PlotsAgain:
    """What draws the plots of findings for a report of this case. It gives the same for the same state."""
    opened: dict[str, Snapshot] = {}
    hidden: dict[str, frozenset[str]] = {}
    asked = 0

    def of_line(reader: Reader, finding: Shown, line: str) -> DrawnAgain:
        nonlocal asked
        name, given, kept = _read(line)
        found = measure_named(name)
        if f"{found.name}, version {found.version} " not in str(finding.get("method")):
            raise _Not("it was answered by another version of the measure")
        for one in found.inputs:
            if one.name in given and (one.kind == "table" or given[one.name].startswith("@")):
                raise _Not("it was asked with a file, which is not in the case")
        snapshot = opened.get(kept) or _open(case, kept)
        opened[kept] = snapshot
        if digest(snapshot) not in str(finding.get("checkpoint")):
            raise _Not("the snapshot that lies here is not the one it names")
        if RANK[snapshot.clearance] > RANK[reader.clearance]:
            raise _Not("it is of what only a higher clearance sees")
        if asked >= MOST_ASKED:
            raise _Not(f"a report draws the answers of {MOST_ASKED} measures at most")
        asked += 1
        if kept not in hidden:
            hidden[kept] = _not_told(reader, snapshot)
        answer = _asked_without(snapshot, name, given, hidden[kept])
        size = open_checkpoint(snapshot.checkpoint, case.key_line).size
        return DrawnAgain(found.plot(answer.result), size)

    def of_finding(reader: Reader, finding: Shown) -> tuple[tuple[DrawnAgain, ...], tuple[str, ...]]:
        lines = [one for one in str(finding.get("alternatives") or "").split("\n") if one.startswith(_ASKED)]
        drawn, notes = [], []
        unclean = bool(lines) and is_unclean(case)
        for line in dict.fromkeys(lines):
            try:
                if unclean:
                    raise _Not("something is being erased from this case")
                drawn.append(of_line(reader, finding, line))
            except _Not as why:
                notes.append(str(why))
            except HeadstampError:  # what it says may name what this reader does not see
                notes.append("its measure does not give this answer again")
        return tuple(drawn), tuple(dict.fromkeys(notes))

    return of_finding


def _read(line: str) -> tuple[str, dict[str, str], str]:
    """The measure, what it was given, and the name of the kept snapshot."""
    try:
        name, *words = shlex.split(line.removeprefix(_ASKED))
    except ValueError:
        raise _Not("how it was asked cannot be read") from None
    if len(words) % 2 or not all(one.startswith("--") for one in words[::2]):
        raise _Not("how it was asked cannot be read")
    given = {one[2:].replace("-", "_"): text for one, text in zip(words[::2], words[1::2], strict=True)}
    kept = _KEPT.fullmatch(given.pop("snapshot", ""))
    if kept is None:
        raise _Not("no snapshot was kept for it")
    return name, given, kept[1]


def _open(case: Case, kept: str) -> Snapshot:
    place = case.folder / SNAPSHOTS / kept
    if case.working.sealed or not place.is_dir():
        raise _Not("the snapshot it was drawn from does not lie in this case's folder")
    return open_snapshot(place)


def _not_told(reader: Reader, snapshot: Snapshot) -> frozenset[str]:
    """The records of a snapshot of which this reader is told nothing, or nothing any more."""
    there: set[str] = set()
    seen: set[str] = set()
    for type_ in TYPES:
        if type_.name in snapshot.tables and snapshot.tables[type_.name].rows:
            there.update(row["id"] for row in snapshot.rows(f'SELECT id FROM "{type_.name}"'))
            seen.update(id_ for (id_,) in reader.cells(type_.name, ("id",)))
    return frozenset(there - (seen - reader.kept_back()))


def _asked_without(snapshot: Snapshot, name: str, given: Mapping[str, str], hidden: frozenset[str]) -> Measured:
    """The answer, asked of what may be handed out. Raises _Not where it is another one with all of it."""
    with DuckDB(snapshot) as engine:
        engine.leave_out(hidden, NEVER_HANDED_OUT)
        try:
            answer = measure_snapshot(snapshot, name, given, engine)
        except HeadstampError:
            answer = None
    whole = measure_snapshot(snapshot, name, given)
    # Compared as text: what is no number is not equal to itself.
    if answer is None or repr(answer.result) != repr(whole.result):
        raise _Not("it rests on what this report must not show")
    return answer
