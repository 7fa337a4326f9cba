"""What a person does with a hit: record what they asked as a reading of it, or propose a link.

A reading recorded from a search was not made before the marking, blind to what
others read: its method is *copied*, and it counts among no two people's
readings. A proposal is a note on the marking, for a person to judge; nothing
is concluded by it.
"""

from __future__ import annotations

from collections.abc import Mapping

from headstamp.actions.markings.find import find, how_likely
from headstamp.actions.record import record
from headstamp.errors import Invalid, Missing
from headstamp.kinds.tier import RANK
from headstamp.markings.query import unquoted
from headstamp.store.case import Case
from headstamp.store.change import Outcome
from headstamp.store.shown import Shown

PROPOSED = "Proposed link"
"""With these words such a note begins, until there is a record of its own for it."""

_LOOKED_AT = 200


def record_reading(
    case: Case, marking_id: str, asked: str, *, clearance: str, actor: str, read_on: str
) -> Outcome:
    """Records what was searched for as a reading of this marking. Raises Missing, Invalid."""
    marking = _marking(case, marking_id, clearance)
    text = _as_read(asked)
    return record(case, "reading", {
        "marking": marking.id, "text": text, "method": "copied", "reader": actor,
        "read_on": read_on, "tier": marking.get("tier", "partner"),
        "remark": "recorded from a search, with the marking in view",
    }, actor=actor, reason="recorded from a search")


def propose_link(
    case: Case, marking_id: str, asked: str, *, clearance: str, actor: str,
    context: Mapping[str, str] | None = None, technique: str = "", reader: str = "",
) -> Outcome:
    """Notes on a marking that what was searched for may be it, how probable, and why.

    The search is done again, so that what the note says is what was found. Raises
    Missing, Invalid where the marking does not answer.
    """
    marking = _marking(case, marking_id, clearance)
    hits = find(case, asked, clearance=clearance, limit=_LOOKED_AT, context=context,
                technique=technique, reader=reader)
    hit = next((one for one in hits if one.probability is not None and marking.id in
                (one.id, one.record.get("marking"))), None)
    if hit is None or hit.probability is None:
        raise Invalid(f"{asked!r} does not answer to this marking; there is nothing to propose")
    beside = "".join(f"; {name}: {value}" for name, value in (context or {}).items())
    return record(case, "note", {
        # The probability was weighed among all that this person sees: no wider a note may go.
        "about": marking.id, "tier": max(marking.get("tier", "partner"), clearance, key=RANK.__getitem__),
        "text": f"{PROPOSED}, to be judged: a marking read as {_as_read(asked)}{beside} may be this "
                f"one. Probability {hit.probability:.3f} ({how_likely(hit.probability)}) among the "
                f"markings that could be seen (clearance {clearance}). {hit.why}.",
    }, actor=actor, reason="a link is proposed from a search")


def _as_read(asked: str) -> str:
    text = asked.strip()
    quoted = unquoted(text)
    return text if quoted is None else quoted


def _marking(case: Case, marking_id: str, clearance: str) -> Shown:
    found = case.read(clearance).get(marking_id)
    if found.kind != "marking":
        raise Missing(f"there is no marking {marking_id}")
    return found
