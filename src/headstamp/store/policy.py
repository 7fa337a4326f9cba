"""Who may see which tier and which field: the one policy table (rule 3).

A viewer's clearance is one of the four tiers. A record whose tier, or the tier
of a record it belongs to, is above the clearance does not exist for that
viewer. Within a visible record the fields named here need a clearance of their
own; ``coarsen`` shows less of a place instead of nothing.

Source of the defaults: the tier table of domain practice (exact coordinates and
host units restricted, private persons and sources sealed; OCHA data
responsibility guidelines).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from headstamp.errors import Invalid
from headstamp.kinds.tier import RANK
from headstamp.records import TYPES, Fact, RecordType

How = Literal["hide", "coarsen"]

POLICY: tuple[tuple[str, str, str, How], ...] = (
    # kind, field, clearance needed, what happens below it
    ("mission", "team", "sealed", "hide"),
    ("mission", "partner_agreement", "restricted", "hide"),
    ("visit", "team", "sealed", "hide"),
    ("visit", "host", "restricted", "hide"),
    ("visit", "cleared_by", "restricted", "hide"),
    ("site", "place", "restricted", "coarsen"),
    ("site", "cleared_by", "restricted", "hide"),
    ("recovery", "place", "restricted", "coarsen"),
    ("recovery", "finder", "sealed", "hide"),
    ("recovery", "custody_before", "sealed", "hide"),
    ("photograph", "place", "restricted", "coarsen"),
    ("photograph", "camera", "restricted", "hide"),
    ("photograph", "direction", "restricted", "hide"),
    ("photograph", "claims", "restricted", "hide"),
    ("photograph", "digest", "partner", "hide"),
    ("photograph", "original_name", "partner", "hide"),
    ("party", "address", "restricted", "hide"),
    ("party", "addresses", "restricted", "hide"),
    ("party", "identifiers", "partner", "hide"),
    ("transfer", "from_place", "restricted", "coarsen"),
    ("transfer", "to_place", "restricted", "coarsen"),
    ("transfer", "value", "partner", "hide"),
    ("custody", "place", "restricted", "coarsen"),
    ("custody", "kept_in", "restricted", "hide"),
    ("measurement", "value", "restricted", "hide"),
    ("feature", "observer", "restricted", "hide"),
    ("measurement", "measured_by", "restricted", "hide"),
    ("alert", "channel", "restricted", "hide"),
    ("trace_request", "channel", "restricted", "hide"),
    ("trace_request", "how_found", "restricted", "hide"),
    ("trace_reply", "text", "restricted", "hide"),
    ("trace_reply", "serials", "restricted", "hide"),
    ("trace_reply", "restrictions", "restricted", "hide"),
    ("device", "holder", "sealed", "hide"),
    ("erasure", "why", "restricted", "hide"),
)


NEVER_HANDED_OUT: frozenset[tuple[str, str]] = frozenset({("measurement", "value")})
"""What goes to nobody outside whatever the clearance: reports, public editions and alerts read without it.

Measurements compare finds; a report of them would describe a design.
"""


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What one field needs, and what is shown below it."""

    rank: int
    how: How


@cache
def field_rules(kind: str) -> dict[str, FieldRule]:
    """The rules for the fields of one record type, by field."""
    return {
        field: FieldRule(RANK[tier], how) for name, field, tier, how in POLICY if name == kind
    }


def field_rank(kind: str, field: str) -> int:
    """The clearance a field needs in full (0 where any reader of the record may see it)."""
    rule = field_rules(kind).get(field)
    return rule.rank if rule else 0


def clearance_rank(clearance: str) -> int:
    """The rank of a clearance. Raises Invalid for a word that is no tier."""
    if clearance not in RANK:
        raise Invalid(f"a clearance is one of {', '.join(RANK)}, not {clearance!r}")
    return RANK[clearance]


def open_facts(kind: RecordType, rank: int) -> tuple[Fact, ...]:
    """The facts of a type that this clearance sees in full: what it may ask and sort by."""
    rules = field_rules(kind.name)
    return tuple(
        fact for fact in kind.facts if fact.name not in rules or rules[fact.name].rank <= rank
    )


# A policy line for a field that does not exist would protect nothing.
for _kind, _field, _tier, _how in (*POLICY, *((*one, "sealed", "hide") for one in NEVER_HANDED_OUT)):
    _type = next(t for t in TYPES if t.name == _kind)
    if _type.fact(_field) is None or _tier not in RANK:
        raise AssertionError(f"policy names {_kind}.{_field} at {_tier}, which does not exist")
