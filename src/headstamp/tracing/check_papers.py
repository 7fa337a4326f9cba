"""Which papers are not recorded of arms that crossed a border, what became of a licence, and
which serial numbers on a paper cannot be understood.

That a paper is not recorded says that nobody here has seen it, not that there was none.
"""

from __future__ import annotations

from collections.abc import Iterator

from headstamp.tracing.check import Around, Flag, Movement
from headstamp.tracing.check_goods import is_arms

_LAWFUL_WAYS = frozenset({"exported", "imported", "sold", "donated", "brokered", "retransferred"})


def papers(one: Movement, around: Around) -> Iterator[Flag]:
    """Licence and end-user certificate of arms sent over a border; licences not given."""
    if one.licence_status in ("refused", "revoked"):
        said = "refused" if one.licence_status == "refused" else "taken back"
        yield Flag("licence_not_given", (
            f"The licence is recorded as {said}. Did the goods move all the same, by another way or not at all?"
        ), claims=(one.id,))
    for written, why in one.unread:
        yield Flag("serials_not_read", (
            f"The serial numbers “{written}” cannot be understood, for {why}; no item is found by them. "
            "What does the paper say?"
        ), claims=(one.id,))
    if one.how not in _LAWFUL_WAYS or not crosses(one, around) or not is_arms(one):
        return
    if not one.licence and "licence" not in one.papers and one.licence_status != "issued":
        yield Flag("no_licence", (
            "Arms went over a border and no licence is recorded. Which was it, and who has a copy?"
        ), claims=(one.id,))
    if not one.end_user_certificate and "end_user_certificate" not in one.papers:
        yield Flag("no_end_user_certificate", (
            "Arms went over a border and no end-user certificate is recorded. Was one asked for, who "
            "signed it, and was delivery checked?"
        ), claims=(one.id,))


def crosses(one: Movement, around: Around) -> bool:
    """Whether the transfer is said to cross a border, by its places or else by its parties."""
    ends = []
    for country, party in ((one.from_country, one.from_party), (one.to_country, one.to_party)):
        known = around.parties.get(party or "")
        ends.append(country or (known.country if known is not None else ""))
    return bool(ends[0] and ends[1] and ends[0] != ends[1]) or one.how in ("exported", "imported")
