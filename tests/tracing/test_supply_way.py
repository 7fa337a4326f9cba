"""The way of an item in five words: the first claim counts, contradictions and gaps are said."""

from __future__ import annotations

from headstamp.tracing.supply_way import CONTESTED, UNKNOWN, Passage, way


def one(how: str, giver: str | None, taker: str | None, day: str = "", lawful: str = "authorised") -> Passage:
    return Passage(f"{how}-{giver}-{taker}-{day}", how, giver, taker, day, day or "9999", lawful)


def test_the_first_claim_counts() -> None:
    claims = [one("captured", "army", "group", "2014-06-10", "unauthorised"),
              one("exported", "maker", "army", "2012-02-01"), one("made", None, "maker", "1986-01-01"),
              one("sold", "group", "other", "2015-01-01", "unauthorised")]
    assert way(None, claims, {}) == ("maker", "maker", "army", "captured|unauthorised")
    assert way("said", claims, {})[0] == "said"


def test_a_trader_stands_before_an_end_user() -> None:
    claims = [one("exported", "maker", "army", "2012-01-01"), one("sold", "army", "shop", "2013-01-01")]
    assert way(None, claims, {})[2] == "army"
    assert way(None, claims, {"shop": ["distributor"]})[2] == "shop"


def test_what_comes_after_a_diversion_is_no_lawful_receipt() -> None:
    claims = [one("stolen", "depot", "group", "2012-01-01", "unauthorised"),
              one("sold", "group", "shop", "2013-01-01", "unknown")]
    assert way(None, claims, {"shop": ["supplier"]}) == (
        UNKNOWN, UNKNOWN, UNKNOWN, "stolen|unauthorised")


def test_claims_of_one_time_that_differ_are_told_differently() -> None:
    claims = [one("exported", "a", "x", "2012-01-01"), one("exported", "b", "y", "2012-01-01")]
    assert way(None, claims, {})[1:3] == (CONTESTED, CONTESTED)
    # One after the other is a chain, no contradiction; so is handing on in the same month.
    later = [one("exported", "a", "x", "2012-01-01"), one("exported", "b", "y", "2013-01-01")]
    assert way(None, later, {})[1] == "a"
    on = [one("exported", "a", "b", "2012-01-01"), one("exported", "b", "y", "2012-01-01")]
    assert way(None, on, {})[1:3] == ("a", "b")


def test_nothing_said_is_not_known() -> None:
    assert way(None, [], {}) == (UNKNOWN,) * 4
    assert way(None, [one("exported", None, None)], {})[1:3] == (UNKNOWN, UNKNOWN)
