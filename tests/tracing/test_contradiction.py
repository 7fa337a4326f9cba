"""What does not fit is said, with its claims; what can be true together is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.tracing.chain import build_chain
from headstamp.tracing.claim import Claim
from headstamp.tracing.contradiction import MOST_TOLD
from headstamp.tracing.step import Contradiction
from tests.tracing.claims import claim


def found(*claims: Claim, one_piece: bool = True) -> list[Contradiction]:
    names = {letter: letter.upper() for letter in "abcdxyz"}
    return list(build_chain("item-1", "A17", claims, names=names, one_piece=one_piece).contradictions)


def whats(*claims: Claim, one_piece: bool = True) -> list[str]:
    return sorted(one.what for one in found(*claims, one_piece=one_piece))


def lot(how: str, when: str, giver: str, taker: str, quantity: float | None, unit: str = "piece",
        keys: tuple[str, ...] = ("lot:4470B",)) -> Claim:
    return claim(how, when, giver, taker, quantity=quantity, unit=unit, goods_keys=keys)


def test_found_or_passed_on_before_it_was_made() -> None:
    made = claim("made", "2016", taker="a")
    assert whats(made, claim("recovered", "2015-05")) == ["before_made"]
    assert whats(made, claim("sold", "2014", "a", "b")) == ["before_made"]
    assert whats(made, claim("sold", "2016-01", "a", "b")) == []
    (one,) = found(made, claim("recovered", "2015-05"))
    assert one.words == "“recovered (2015-05)” lies wholly before “made (2016)” by A."


def test_about_is_never_held_to_contradict_its_neighbour() -> None:
    assert whats(claim("made", "2016~"), claim("recovered", "2015-05")) == []
    assert whats(claim("made", "2016"), claim("recovered", "2015-11?")) == ["before_made"]
    assert whats(claim("made", "2016"), claim("recovered", "2015-12?")) == []


def test_dates_that_run_backwards_from_hand_to_hand() -> None:
    came, went = claim("sold", "2012", "a", "b"), claim("sold", "2010", "b", "c")
    (one,) = found(came, went)
    assert one.what == "backwards" and set(one.claims) == {came.id, went.id}
    assert "B passes it on by “sold (2010)” from B to C" in one.words


def test_what_comes_back_does_not_run_backwards() -> None:
    assert whats(claim("sold", "2010", "a", "b"), claim("sold", "2012", "b", "a")) == []
    assert whats(claim("captured", "2014", "a", "x"), claim("recovered", "2016", "x", "a")) == []
    assert whats(claim("captured", "2014", "a", "x"), claim("recovered", "2016", "y", "a")) == []
    assert whats(claim("sold", "2010", "a", "b"), claim("sold", "2012", "y", "a"),
                 claim("sold", "2014", "a", "c")) == []


def test_passed_on_after_it_was_found() -> None:
    assert whats(claim("recovered", "2015-05", "x"), claim("exported", "2016", "a", "b")) == [
        "backwards"]
    # The finder may pass it on, and it may be found again.
    assert whats(claim("recovered", "2015", "x", "a"), claim("sold", "2016", "a", "b")) == []
    assert whats(claim("recovered", "2015", "x", "a"), claim("stolen", "2016", "a", "b"),
                 claim("sold", "2017", "b", "c"), claim("recovered", "2018", "c")) == []


@pytest.mark.parametrize(("one", "other"), [
    (claim("sold", "2013", "a", "b"), claim("captured", "2013-06", "a", "c")),
    (claim("sold", "2013", "a", "c"), claim("sold", "2013-06", "b", "c")),
    (claim("sold", "2013", "a", "b"), claim("captured", "2013-06", "a", "b")),
    (claim("made", "2013", taker="a"), claim("made", "2013", taker="b")),
    (claim("recovered", "2013", taker="a"), claim("recovered", "2013", taker="b")),
])
def test_two_holders_at_once(one: Claim, other: Claim) -> None:
    (said,) = found(one, other)
    assert said.what == "two_holders" and set(said.claims) == {one.id, other.id}
    assert said.words.endswith("cannot both be true.")


def test_somebody_has_it_while_it_goes_past_them() -> None:
    assert whats(claim("sold", "2010", "a", "b"), claim("sold", "2012", "x", "y"),
                 claim("sold", "2014", "b", "c")) == ["two_holders"]


def test_a_link_is_broken_where_nothing_says_that_it_came_back() -> None:
    assert whats(claim("sold", "2010", "a", "b"), claim("sold", "2014", "a", "c")) == ["broken_link"]
    assert whats(claim("lost", "2013-11", "a"), claim("captured", "2014-06", "a", "b")) == [
        "broken_link"]
    assert whats(claim("sold", "2010", "a", "b"), claim("sold", "2012", "b", "a"),
                 claim("sold", "2014", "a", "c")) == []


def test_a_self_transfer_is_shown() -> None:
    one = claim("sold", "2012", "a", "a")
    (said,) = found(one)
    assert said.what == "self_transfer" and said.claims == (one.id,) and "A" in said.words
    assert build_chain("i", "", [claim("sold", "2012", "a", "b")], {"b": "a"}).contradictions


def test_a_ring_that_no_date_breaks() -> None:
    ring = claim("sold", "2012", "a", "b"), claim("sold", "2012", "b", "c"), \
        claim("sold", "2012", "c", "a")
    (said,) = found(*ring)
    assert said.what == "cycle" and set(said.claims) == {one.id for one in ring}
    assert whats(claim("sold", "2010", "a", "b"), claim("sold", "2011", "b", "c"),
                 claim("sold", "2012", "c", "a")) == []
    assert whats(claim("sold", "", "a", "b"), claim("sold", "", "b", "a"),
                 claim("made", "", taker="a")) == ["cycle"]


def test_whether_it_was_lawful_is_contested() -> None:
    one = claim("sold", "2013", "a", "b", lawful="authorised")
    other = claim("sold", "2013", "a", "b", lawful="unauthorised")
    (said,) = found(one, other, claim("sold", "2013", "a", "b"))
    assert said.what == "lawful_contested" and set(said.claims) == {one.id, other.id}
    assert "authorised and unauthorised" in said.words
    assert whats(claim("sold", "2013", "a", "b", lawful="contested")) == ["lawful_contested"]


def test_more_passed_on_than_received() -> None:
    came, went = lot("sold", "2012", "a", "b", 100), lot("sold", "2013", "b", "c", 150)
    (said,) = found(came, went)
    assert said.what == "more_passed_on"
    assert said.words == ("Of lot 4470B, B is said to have passed on 150 piece and to have received "
                          "at most 100.")
    assert whats(came, lot("sold", "2013", "b", "c", 100)) == []


def test_a_second_delivery_and_a_second_claim_of_one_are_told_apart() -> None:
    one, again = lot("sold", "2012", "a", "b", 100), lot("imported", "2012-05", "a", "b", 100)
    went = lot("sold", "2014", "b", "c", 150)
    assert "more_passed_on" in whats(one, again, went, one_piece=False)  # one event told twice
    assert "more_passed_on" not in whats(one, lot("sold", "2013", "a", "b", 100), went,
                                         one_piece=False)


def test_nothing_is_said_where_a_receipt_or_its_goods_are_open() -> None:
    went = lot("sold", "2014", "b", "c", 150)
    assert whats(went) == []
    assert whats(lot("sold", "2012", "a", "b", None), went) == []
    both = ("lot:4470B", "lot:4471B")
    assert whats(lot("sold", "2012", "a", "b", 200, keys=both), went) == []
    assert whats(lot("sold", "2012", "a", "b", 120, keys=both), went) == ["more_passed_on"]
    # Of two lots together no more is known to have come than of each that is named.
    assert whats(lot("sold", "2012", "a", "b", 200), lot("sold", "2014", "b", "c", 150, keys=both)) \
        == []


def test_mixed_units_are_said_and_never_added_up() -> None:
    (said,) = found(lot("sold", "2012", "a", "b", 1), lot("sold", "2013", "b", "c", 500, "kg"))
    assert said.what == "mixed_units" and "kg, piece" in said.words
    assert "501" not in said.words


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 50)), min_size=1, max_size=6))
def test_what_goes_through_whole_hands_is_never_too_much(some: list[tuple[int, int]]) -> None:
    """b receives each delivery before passing on no more than it: nothing can be said."""
    claims = []
    for n, (had, gave) in enumerate(some):
        year = 1990 + 2 * n
        claims.append(lot("sold", str(year), "a", "b", had))
        claims.append(lot("sold", str(year + 1), "b", "c", min(had, gave)))
    assert "more_passed_on" not in whats(*claims, one_piece=False)


def test_of_very_many_contradictions_the_first_are_told_and_the_others_counted() -> None:
    """One lawful holder who is said to have sold one thing to 300 at one time."""
    claims = [Claim(f"tran-{n:04}", "transfer", "sold", "party-a", f"party-{n:04}", when="2010",
                    first="2010-01-01", last="2010-12-31") for n in range(300)]
    chain = build_chain("item-1", "one", claims)
    told = [one for one in chain.contradictions if one.what == "two_holders"]
    assert len(told) == MOST_TOLD + 1
    assert told[-1].words.startswith("Of this sort 39,900 were found")
    assert {one for some in told for one in some.claims} == {claim.id for claim in claims}
    assert sum(len(step.rivals) for step in chain.steps) == 2 * 39_900
    assert build_chain("item-1", "one", claims[::-1]).as_dict() == chain.as_dict()
