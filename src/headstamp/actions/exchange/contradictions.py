"""Where a bundle says something else than is known here, and whom that speaks against.

A device's own log is signed and checked. Of the versions of *other* logs that it hands on
there is nothing but its word: it may have been lied to, or lie. So nobody is called a
forger of his log for what somebody else said in his name; such a bundle waits for a person.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from headstamp.actions.exchange.devices import Peer, peers
from headstamp.actions.exchange.handed_over import HandedOver
from headstamp.errors import Invalid
from headstamp.evidence.entry import Entry, named_parts
from headstamp.store.case import Case
from headstamp.store.elsewhere import entry_at, known_names
from headstamp.store.erased import erased_of

_MOST_TOLD = 5


class Contradictions:
    """Entries by which the sender contradicts its own log; those that contradict what is here.

    Up to entry ``proven`` the sender's log is the one that was seen before. They are looked at
    some at a time (``look``); what was found is told at the end.
    """

    def __init__(self, case: Case, peer: Peer, proven: int) -> None:
        self._case = case
        self._peer = peer
        self._proven = proven
        self._wrong: list[str] = []
        self._doubtful: list[str] = []
        self._missing: Invalid | None = None
        # From which entry on what a lost device says may be another's.
        self._lost = {one.verifier.name: one.good_until or 0 for one in peers(case)
                      if one.state == "lost"}

    def told(self) -> tuple[str, str]:
        """Both as sentences, empty where there are none.

        Raises Invalid where a version must be here and is not.
        """
        if self._missing is not None:
            raise self._missing
        return "; ".join(self._wrong[:_MOST_TOLD]), "; ".join(self._doubtful[:_MOST_TOLD])

    def look(self, handed: Sequence[HandedOver]) -> None:
        """Looks at the next entries."""
        case = self._case
        with case.backend.reading() as conn:
            known = known_names(conn, case.backend, case.origin, [one.name for one in handed])
            # What was erased may come again in an older bundle, and is no contradiction.
            gone = erased_of(conn)
            for one in handed:
                seq = known.get(one.name)
                if seq is None:
                    self._look_at_new(one, gone)
                else:
                    self._look_at_known(one, seq, entry_at(conn, seq))

    def _is_unproven(self, one: HandedOver) -> bool:
        # There the sender's log says nothing that could be held against what was seen.
        return self._proven <= one.number < self._peer.taken

    def _look_at_new(self, one: HandedOver, gone: Collection[str]) -> None:
        if self._missing is None:
            self._missing = _missing(self._case, one)
        log, number = named_parts(one.name)
        if log != self._peer.verifier.name and number >= self._lost.get(log, number + 1):
            self._doubtful.append(
                f"entry {one.number} hands on {one.name}: that device is marked as lost "
                "here, and somebody else may have written it")
        # Up to what is proven to be the log that was seen, something was left out then.
        if self._is_unproven(one) and one.entry.id not in gone:
            self._wrong.append(f"entry {one.number} was not there when the log was longer")

    def _look_at_known(self, one: HandedOver, seq: int, ours: Entry) -> None:
        doubtful = self._doubtful
        here = f"our entry {seq}, of {ours.at[:10]} by {ours.actor}"
        if (ours.id, ours.kind, ours.fields) != (one.entry.id, one.entry.kind, one.entry.fields):
            log = named_parts(one.name)[0]
            if log == self._case.origin:
                doubtful.append(f"entry {one.number} says of this very log what is not in it ({here})")
            elif log != self._peer.verifier.name:
                doubtful.append(f"entry {one.number} says of {one.name} something else than is known "
                                f"here ({here}): one of those who handed it on, or its own device, "
                                "is not right")
            elif self._is_unproven(one):
                self._wrong.append(f"entry {one.number} is not the one that was seen before")
            else:
                doubtful.append(f"entry {one.number} is not what somebody else had handed over in its "
                                f"name ({here}): ask who that was")
        elif ours.act in ("take", "hold") and one.version is not None and (
            set(ours.of[1:]) != set(one.version.made_of)
        ):
            doubtful.append(f"entry {one.number} is said to be made from other versions than was said "
                            f"before ({here}): one of the two was altered on its way")


def _missing(case: Case, one: HandedOver) -> Invalid | None:
    """A version that is not known here: why it is refused, where it must be."""
    if named_parts(one.name)[0] == case.origin:
        return Invalid(
            f"entry {one.number} tells of {one.name}: of this very log, in which it is not. Either this "
            "case was put back from an older backup (then make a new one and take in what the others "
            "have), or the other device made it up")
    if one.version is None:
        return Invalid(f"the text of entry {one.number} is not in the bundle, and it is not known here: "
                       "an earlier bundle is missing. Take that first")
    return None
