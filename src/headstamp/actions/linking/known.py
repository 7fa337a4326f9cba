"""All parties of a case and their ties, as one reader sees them, kept from question to question.

Who is judged one with whom and who belongs to whom is asked anew for every chain, of every
tie there is. So they are kept in memory for each clearance and follow the log: a commit that
touches neither costs two counts, one that does costs what it changed. Where a record went out
of sight, or a trace reply now forbids or allows to tell of others, all is read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

from headstamp.actions.linking.parties import JUDGED
from headstamp.linking.same_party import Judgement, sameness
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

_KINDS = ("party", "tie")


@dataclass(frozen=True)
class KnownParties:
    """The parties and ties at one size of the log, by id; ``silent``: what says nothing to others."""

    size: int
    parties: Mapping[str, Shown]
    ties: Mapping[str, Shown]
    silent: frozenset[str] = frozenset()

    @cached_property
    def same(self) -> Mapping[str, str]:
        """Each party that is judged to be the same as another, with the one that stands for all."""
        return dict(sameness([
            Judgement(one.id, one.get("party"), one.get("to_party"), one.get("tie_kind") == "same")
            for one in self.ties.values() if one.get("tie_kind") in JUDGED
            and one.get("party") and one.get("to_party")
        ]).same)


_KEPT: WeakKeyDictionary[Case, dict[str, KnownParties]] = WeakKeyDictionary()


def known_parties(case: Case, reader: Reader) -> KnownParties:
    """The parties and ties as this reader sees them, brought up to the log."""
    kept = _KEPT.setdefault(case, {})
    held = kept.get(reader.clearance)
    # One of another state than the newest is not kept: a page may read while others write.
    found = _brought_up(held, reader)
    if held is None or found.size > held.size or held.size > case.read(reader.clearance).size():
        kept[reader.clearance] = found
    return found


def _brought_up(known: KnownParties | None, reader: Reader) -> KnownParties:
    size = reader.size()
    if known is not None and known.size == size:
        return known
    silent = reader.kept_back()
    if known is None or size < known.size or silent != known.silent:
        return _anew(reader, size, silent)
    parties, ties = (_later(reader, kind, held, known.size)
                     for kind, held in zip(_KINDS, (known.parties, known.ties), strict=True))
    if parties is None or ties is None:
        return _anew(reader, size, silent)
    new = KnownParties(size, parties, ties, silent)
    if ties is known.ties and "same" in known.__dict__:
        new.__dict__["same"] = known.same
    return new


def _anew(reader: Reader, size: int, silent: frozenset[str]) -> KnownParties:
    parties, ties = (_all(reader, kind) for kind in _KINDS)
    return KnownParties(size, parties, ties, silent)


def _all(reader: Reader, kind: str) -> dict[str, Shown]:
    return {one.id: one for one in reader.stream(kind)}


def _later(
    reader: Reader, kind: str, held: Mapping[str, Shown], since: int
) -> Mapping[str, Shown] | None:
    """Those held with what the log gained; None where some of them cannot be seen any more."""
    gained = {one.id: one for one in reader.gained(kind, since)}
    # In the order of the log, as they are read: one that was changed comes last.
    later = {id_: one for id_, one in held.items() if id_ not in gained} | gained if gained else held
    return later if reader.count(kind)[0] == len(later) else None
