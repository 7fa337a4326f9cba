"""Where a bundle says something else than is known here, and whom that speaks against.

A device's own log is signed and checked. Of the versions of *other* logs that it hands on
there is nothing but its word: it may have been lied to, or lie. So nobody is called a
forger of his log for what somebody else said in his name; such a bundle waits for a person.
"""

from __future__ import annotations

from collections.abc import Sequence

from headstamp.actions.exchange.devices import Peer, peers
from headstamp.actions.exchange.handed_over import HandedOver
from headstamp.errors import Invalid
from headstamp.evidence.entry import named_parts
from headstamp.store.case import Case
from headstamp.store.elsewhere import entry_at, known_names
from headstamp.store.erased import erased_of

_MOST_TOLD = 5


def contradictions(
    case: Case, peer: Peer, proven: int, handed: Sequence[HandedOver]
) -> tuple[str, str]:
    """Entries by which the sender contradicts its own log; those that contradict what is here.

    Both as sentences, empty where there are none. Up to entry ``proven`` the sender's log is the
    one that was seen before. Raises Invalid for a version that must be here and is not.
    """
    wrong: list[str] = []
    doubtful: list[str] = []
    # From which entry on what a lost device says may be another's.
    lost = {one.verifier.name: one.good_until or 0 for one in peers(case) if one.state == "lost"}
    with case.backend.reading() as conn:
        known = known_names(conn, case.backend, case.origin, [one.name for one in handed])
        # What was erased may come again in an older bundle, and is no contradiction.
        gone = erased_of(conn)
        for one in handed:
            # There the sender's log says nothing that could be held against what was seen.
            unproven = proven <= one.number < peer.taken
            seq = known.get(one.name)
            if seq is None:
                _refuse_missing(case, one)
                log, number = named_parts(one.name)
                if log != peer.verifier.name and number >= lost.get(log, number + 1):
                    doubtful.append(f"entry {one.number} hands on {one.name}: that device is marked as lost "
                                    "here, and somebody else may have written it")
                # Up to what is proven to be the log that was seen, something was left out then.
                if unproven and one.entry.id not in gone:
                    wrong.append(f"entry {one.number} was not there when the log was longer")
                continue
            ours = entry_at(conn, seq)
            here = f"our entry {seq}, of {ours.at[:10]} by {ours.actor}"
            if (ours.id, ours.kind, ours.fields) != (one.entry.id, one.entry.kind, one.entry.fields):
                log = named_parts(one.name)[0]
                if log == case.origin:
                    doubtful.append(f"entry {one.number} says of this very log what is not in it ({here})")
                elif log != peer.verifier.name:
                    doubtful.append(f"entry {one.number} says of {one.name} something else than is known "
                                    f"here ({here}): one of those who handed it on, or its own device, "
                                    "is not right")
                elif unproven:
                    wrong.append(f"entry {one.number} is not the one that was seen before")
                else:
                    doubtful.append(f"entry {one.number} is not what somebody else had handed over in its "
                                    f"name ({here}): ask who that was")
            elif ours.act in ("take", "hold") and one.version is not None and (
                set(ours.of[1:]) != set(one.version.made_of)
            ):
                doubtful.append(f"entry {one.number} is said to be made from other versions than was said "
                                f"before ({here}): one of the two was altered on its way")
    return "; ".join(wrong[:_MOST_TOLD]), "; ".join(doubtful[:_MOST_TOLD])


def _refuse_missing(case: Case, one: HandedOver) -> None:
    """A version that is not known here: refused where it must be."""
    if named_parts(one.name)[0] == case.origin:
        raise Invalid(
            f"entry {one.number} tells of {one.name}: of this very log, in which it is not. Either this "
            "case was put back from an older backup (then make a new one and take in what the others "
            "have), or the other device made it up")
    if one.version is None:
        raise Invalid(f"the text of entry {one.number} is not in the bundle, and it is not known here: "
                      "an earlier bundle is missing. Take that first")
