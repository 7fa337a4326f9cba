"""An item's past as a chain: steps, gaps, rivals, nothing dropped, any order of claims."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.tracing.chain import Chain, build_chain
from headstamp.tracing.claim import Claim, days
from tests.tracing.claims import PERHAPS, claim


def chain(*claims: Claim, same: dict[str, str] | None = None, one_piece: bool = True) -> Chain:
    names = {letter: letter.upper() for letter in "abcdexyz"}
    return build_chain("item-1", "A17", claims, same or {}, names=names, one_piece=one_piece)


def hows(found: Chain) -> list[str]:
    return [step.how for step in found.steps]


def test_made_first_recovered_last_and_the_gap_between_is_named() -> None:
    found = chain(claim("recovered", "2016-03~", giver="b"), claim("made", "1986", taker="a"))
    assert hows(found) == ["made", "recovered"]
    (gap,) = found.gaps
    assert (gap.after, gap.first, gap.last) == (0, "1986-01-01", "2016-04-30")
    assert (gap.from_party, gap.to_party) == ("a", "b")
    assert "from A to B" in gap.words and "1986-01-01 at the earliest" in gap.words


def test_the_same_holder_on_both_sides_leaves_no_gap() -> None:
    found = chain(claim("made", "1986", taker="a"), claim("issued", "1990", "a", "b"),
                  claim("captured", "2014", giver="b", taker="c"))
    assert not found.gaps and not found.contradictions


def test_days_that_run_backwards_leave_no_time_between() -> None:
    found = chain(claim("made", "2015", taker="a"), claim("captured", "2014-06", "b", "c"))
    assert [gap.after for gap in found.gaps] in ([], [-1]) and all(
        gap.first is None or gap.last is None or gap.first <= gap.last for gap in found.gaps)
    assert {one.what for one in found.contradictions} & {"before_made", "backwards"}


def test_a_chain_that_does_not_begin_with_the_making_begins_with_a_gap() -> None:
    (gap,) = chain(claim("sold", "2012", "a", "b")).gaps
    assert (gap.after, gap.first, gap.last, gap.to_party) == (-1, None, "2012-12-31", "a")


def test_claims_of_one_event_are_one_step_and_all_are_inside() -> None:
    exported = claim("exported", "2012-02/2012-04", "a", "b", grade="C3")
    imported = claim("imported", "2012-04-10", "a", "b", grade="B2", lawful="authorised")
    vague = claim("exported", "", giver="a")
    (step,) = chain(exported, imported, vague).steps
    assert (step.how, step.first, step.last) == ("imported", "2012-04-10", "2012-04-10")
    assert set(step.claims) == {exported, imported, vague}
    assert (step.grade, step.grades, step.lawful) == ("B2", ("B2", "C3"), "authorised")


def test_another_day_another_party_or_another_way_is_another_step() -> None:
    assert len(chain(claim("sold", "2010", "a", "b"), claim("sold", "2012", "a", "b")).steps) == 2
    assert len(chain(claim("sold", "2010", "a", "b"), claim("sold", "2010", "a", "c")).steps) == 2
    assert len(chain(claim("sold", "2010", "a", "b"), claim("captured", "2010", "a", "b")).steps) == 2
    # From whom an unnamed sale went on is not filled in from a claim that knows no more.
    assert len(chain(claim("sold", "2010-05", "a"), claim("unknown", "2010", "a", "b")).steps) == 2


def test_custody_that_names_its_transfer_is_one_event_whatever_either_says() -> None:
    transfer = claim("sold", "2016-02-11", "a", "b")
    custody = claim("imported", "2016-03", "a", "c", kind="custody", event=transfer.id)
    found = chain(custody, transfer)
    (step,) = found.steps
    assert (step.first, step.last) == ("2016-02-11", "2016-03-31")
    assert [one.what for one in found.contradictions] == ["backwards"]


def test_parties_judged_to_be_one_are_one_holder() -> None:
    claims = claim("made", "1999", taker="a"), claim("sold", "2000", "a", "b"), \
        claim("sold", "2002", "x", "c")
    assert chain(*claims).gaps
    found = chain(*claims, same={"x": "b"})
    assert not found.gaps and found.steps[2].from_party == "b"
    assert found.steps[2].claims[0].from_party == "x"  # a claim keeps what it says


def test_where_dates_leave_the_order_open_it_goes_from_hand_to_hand() -> None:
    found = chain(claim("sold", "2012", "c", "d"), claim("sold", "2012", "a", "b"),
                  claim("sold", "2012", "b", "c"), claim("made", "2012", taker="a"))
    assert [step.to_party for step in found.steps] == ["a", "b", "c", "d"]
    assert not found.gaps


def test_an_undated_claim_stands_where_hands_put_it_and_else_is_loose() -> None:
    tied = claim("sold", "", "a", "b")
    loose = claim("sold", "", "y", "z")
    found = chain(claim("made", "2001", taker="a"), tied, loose, claim("captured", "2014", "b", "c"))
    assert [step.to_party for step in found.steps] == ["a", "b", "c"]
    assert found.loose == (loose,)


def test_what_is_attached_only_perhaps_is_loose() -> None:
    some = replace(claim("sold", "2013", "a", "x"), attached=PERHAPS)
    found = chain(claim("sold", "2012", "a", "b"), some)
    assert found.loose == (some,) and len(found.steps) == 1
    # ... unless a claim about the item itself names it.
    own = claim("sold", "2013", "a", "x", event=some.id, kind="custody")
    assert len(chain(own, some).steps[0].claims) == 2


def test_two_takers_at_once_are_rivals_and_one_after_a_return_is_not() -> None:
    found = chain(claim("sold", "2013", "a", "b"), claim("captured", "2013", "a", "c"))
    assert [step.rivals for step in found.steps] == [(1,), (0,)]
    # Both begin at the same unknown; between them there is no gap.
    assert [gap.after for gap in found.gaps] == [-1]
    back = chain(claim("sold", "2013", "a", "b"), claim("sold", "2014", "b", "a"),
                 claim("captured", "2015", "a", "c"))
    assert not any(step.rivals for step in back.steps) and not back.contradictions


def test_a_giver_whose_taker_has_passed_it_on_cannot_give_again() -> None:
    found = chain(claim("sold", "2010", "a", "b"), claim("sold", "2011", "b", "d"),
                  claim("sold", "2014", "a", "c"))
    assert found.steps[0].rivals == (2,)


def test_a_group_may_have_been_divided() -> None:
    two = claim("sold", "2013", "a", "b"), claim("sold", "2013", "a", "c")
    assert chain(*two).steps[0].rivals
    assert not chain(*two, one_piece=False).steps[0].rivals


def test_what_was_brokered_rivals_no_sale() -> None:
    found = chain(claim("brokered", "2013", "a", "x"), claim("sold", "2013", "a", "b"))
    assert not any(step.rivals for step in found.steps)


@pytest.mark.parametrize(("when", "window"), [
    ("2012-05~", ("2012-04-01", "2012-06-30")), ("2012-01?", ("2011-12-01", "2012-02-29")),
    ("2014-06-10~", ("2014-06-03", "2014-06-17")), ("198X?", ("1970-01-01", "1999-12-31")),
    ("1984%", ("1982-01-01", "1986-12-31")), ("2014~/..", ("2013-01-01", None)),
    ("2014/2016~", ("2014-01-01", "2017-12-31")), ("2016-21~", ("2016-02-01", "2016-06-30")),
    ("0001~", ("0001-01-01", "0002-12-31")), ("9999-12-31?", ("9999-12-24", "9999-12-31")),
    ("2016-10-3X~", ("2016-09-01", "2016-11-30")), ("2016-02-11", ("2016-02-11", "2016-02-11")),
    ("2016-11-04T09:30+03:00", ("2016-11-04", "2016-11-04")),
])
def test_about_and_uncertain_widen_the_window(when: str, window: tuple[str, str | None]) -> None:
    assert days(when) == window


def test_a_chain_is_told_as_plain_json() -> None:
    found = chain(claim("made", "1986", taker="a", grade="B2"), claim("recovered", "2016"))
    told = orjson.loads(orjson.dumps(found.as_dict()))
    assert told["steps"][0]["when"] == "1986" and told["steps"][0]["grade"] == "B2"
    assert told["steps"][0]["claims"][0]["attached"]["by"] == "item"
    assert told["gaps"][0]["after"] == 0


PARTIES = st.sampled_from(["", "a", "b", "c", "d"])
CLAIMS = st.lists(st.builds(
    claim,
    st.sampled_from(["made", "sold", "exported", "captured", "lost", "recovered", "unknown",
                     "brokered", "retransferred"]),
    st.sampled_from(["", "2010", "2011", "2010/2013", "../2012", "2011/..", "2012-05~", "2014"]),
    PARTIES, PARTIES,
    attached=st.sampled_from([PERHAPS, claim("sold").attached]),
    lawful=st.sampled_from(["unknown", "authorised", "unauthorised"]),
    quantity=st.sampled_from([None, 5.0, 10.0]), unit=st.sampled_from(["piece", "kg"]),
    goods_keys=st.sampled_from([(), ("lot:1",), ("lot:1", "lot:2")]),
    event=st.sampled_from(["", "", "tran-x"]),
), max_size=9)


@given(CLAIMS, st.randoms(), st.sampled_from([{}, {"a": "b"}, {"c": "a", "d": "a"}]))
@settings(max_examples=300)
def test_every_claim_is_in_a_step_or_loose_and_their_order_changes_nothing(
    claims: list[Claim], random: object, same: dict[str, str]
) -> None:
    found = chain(*claims, same=same)
    assert Counter(found.claims) == Counter(claims)
    shuffled = list(claims)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert chain(*shuffled, same=same) == found
    known = {one.id for one in claims}
    for one in found.contradictions:
        assert set(one.claims) <= known and one.words
    for gap in found.gaps:
        assert -1 <= gap.after < len(found.steps)
    for at, step in enumerate(found.steps):
        assert at not in step.rivals
        assert all(at in found.steps[other].rivals for other in step.rivals)


@given(CLAIMS)
def test_steps_never_stand_against_their_dates(claims: list[Claim]) -> None:
    steps = [step for step in chain(*claims).steps if step.how != "made"]
    for at, step in enumerate(steps):
        for later in steps[at + 1:]:
            assert step.first is None or later.last is None or later.last >= step.first


@given(CLAIMS)
def test_no_gap_where_the_step_before_gives_it_to_the_giver(claims: list[Claim]) -> None:
    found = chain(*claims)
    after = {gap.after for gap in found.gaps}
    for at in range(len(found.steps) - 1):
        one, other = found.steps[at], found.steps[at + 1]
        if one.to_party and one.to_party == other.from_party and at + 1 not in one.rivals \
                and at in after:
            # Then the gap is before a later step, of which the next is a rival.
            assert any(at + 1 in found.steps[n].rivals for n in range(at + 2, len(found.steps)))
