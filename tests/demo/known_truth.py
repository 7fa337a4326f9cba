"""What is true of the teaching case's items, as whoever invented it knows: where each was diverted.

Kept beside the tests and out of the case, so that nothing in the case gives it away.
"""

from __future__ import annotations

from typing import NamedTuple


class Truth(NamedTuple):
    """Kind, last lawful custodian (its key), and whether the papers of the case can carry it."""

    kind: str
    last_lawful: str | None
    can_be_determined: bool


_ARMY = Truth("battlefield_capture", "zlf-4", True)
_OWN_MAKE = Truth("unlicensed_manufacture", None, True)
DIVERTED: dict[str, Truth] = {
    # An army's stock, captured; the witness's sale of 2013 was of other rifles.
    **{f"QM-A-{n:02}": _ARMY for n in range(1, 13)},
    # A retransfer against a promise, with its bill of sale; the same with a letter alone.
    "QM-A-51": Truth("unauthorised_retransfer", "marmin", True),
    "QM-A-52": Truth("unauthorised_retransfer", "marmin", False),
    # Goods bought in bulk in a neighbouring state and taken over the border.
    "QM-C-81": Truth("commercial_leakage", "tessavar", True),
    "QM-C-82": Truth("commercial_leakage", "tessavar", False),
    # Goods that one importer sold over the counter.
    "QM-C-21": Truth("commercial_leakage", "mizhar", False),
    "QM-C-31": Truth("commercial_leakage", "mizhar", False),
    "QM-C-01": Truth("commercial_leakage", "mizhar", False),
    # Made by the group itself.
    **{f"QM-O-{n:02}": _OWN_MAKE for n in range(1, 9)},
}
# Of these nobody can say, whatever came to pass.
UNKNOWN = ("QM-A-24", "QM-A-25", "QM-A-26", "QM-A-27", "QM-A-28", "QM-A-53", "QM-A-58", "QM-E-03")


class Sighted(NamedTuple):
    """Of a signature of the case: the finds that show it, where first, where new (kind, where) and what it is."""

    items: frozenset[str]
    first_at: str
    new: tuple[tuple[str, str], ...]
    sealed_item: str | None
    truth: str


SIGNATURES: dict[str, Sighted] = {
    "sg-bars": Sighted(
        frozenset({*(f"QM-B-{n}" for n in (21, 22, 23, 24, 31)), *(f"QM-O-{n:02}" for n in range(1, 11)),
                   # What is packed in a crate or container shows it too.
                   "QM-B-06", "QM-T-06", "QM-N-06", "QM-B-08", "QM-T-08", "QM-N-08"}),
        "store", (("new_area", "Northern March"),), "QM-B-30",
        "the coat and stencil of the group's own workshops"),
    "sg-tag": Sighted(
        frozenset({"QM-C-21", "QM-C-22", "QM-C-31", "QM-B-41", "QM-C-81", "QM-C-46", "QM-C-26"}),
        "w4", (("new_theatre", "Sarvania"),), None,
        "the price tag of a wholesale house, and no sign of any group"),
}


class Between(NamedTuple):
    """Of a network of the case: what is asked, at which clearance, and who truly held it together."""

    of: str
    given: dict[str, str]
    clearance: str
    truth: str
    found_first: str


# All goods of the group went through its street, out of the paint shop; one office bought for it. Who may not
# see the sealed papers that name its buyer sees the army in the middle, which had the papers that were found.
BETWEEN: tuple[Between, ...] = (
    Between("sites", {}, "sealed", "w5", "w5"),
    Between("sites", {"whole": "yes"}, "sealed", "street", "street"),
    Between("sites", {"whole": "yes"}, "restricted", "street", "street"),
    Between("parties", {"custody": "no"}, "sealed", "committee", "committee"),
    Between("parties", {"custody": "no"}, "restricted", "committee", "zlf"),
)
# Flows that nobody wrote down and no measure can find: the plant also sent to the store by itself.
NEVER_FOUND = (("plant", "store"),)
