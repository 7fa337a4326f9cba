"""An item's past in order, with its gaps and contradictions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from headstamp.tracing.chain import Gap, Passage, chain, passage


def event(how: str, when: str | None, **parties: str) -> Passage:
    return passage(f"cust-{how}0000", {"custody_kind": how, "held_on": when, **parties})


def test_made_first_recovered_last_and_the_gap_between_is_named() -> None:
    made = event("made", "1986", to_party="party-aaaa")
    found = event("recovered", "2016-03~", from_party="party-bbbb")
    steps = chain([found, made]).steps
    assert [getattr(step, "how", "gap") for step in steps] == ["made", "gap", "recovered"]
    gap = steps[1]
    assert isinstance(gap, Gap)
    assert (gap.earliest, gap.latest) == ("1986-12-31", "2016-03-01")


def test_the_same_hand_leaves_no_gap() -> None:
    issued = event("issued", "1990", to_party="party-aaaa")
    lost = event("captured", "2014", from_party="party-aaaa")
    assert not [s for s in chain([issued, lost]).steps if isinstance(s, Gap)]


def test_two_hands_at_once_are_said() -> None:
    sold = event("sold", "2010", to_party="party-aaaa")
    stolen = event("stolen", "2012", from_party="party-bbbb")
    (words,) = chain([sold, stolen]).contradictions
    assert "party-aaaa" in words and "party-bbbb" in words


def test_found_before_it_was_made_is_said() -> None:
    assert chain([event("made", "2016"), event("recovered", "2015-05")]).contradictions


@given(st.permutations([
    event("made", "1986"), event("exported", "1987"), event("issued", None),
    event("captured", "2014/2015"), event("recovered", "2016-02"),
]))
def test_the_order_of_the_records_does_not_matter(some: list[Passage]) -> None:
    assert chain(some) == chain(sorted(some, key=lambda p: p.record_id))
