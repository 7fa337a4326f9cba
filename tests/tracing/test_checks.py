"""Flags are questions with a source and never verdicts; each check asks what it should, no more."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.kinds.date import bounds
from headstamp.tracing.check import Around, Flag, Movement, PartyFacts, TieFacts, movement_of
from headstamp.tracing.check_builtin import BUILT_IN, entries_of
from headstamp.tracing.check_list import Entry, Lists
from headstamp.tracing.checks import Checker
from headstamp.vocab import vocabulary

BUILT = tuple(entry for one in BUILT_IN for entry in entries_of(one.name))
CENTRES = {"DE": (51.0, 10.0), "TR": (39.0, 35.0), "RU": (61.0, 96.0), "US": (40.0, -100.0),
           "SY": (35.0, 38.0), "AE": (24.0, 54.0), "CN": (36.0, 103.0)}
PARTIES = {
    "party-a": PartyFacts("party-a", "Norhavn Works", "NO", addresses=("12 Harbour Road, Norhavn",)),
    "party-b": PartyFacts("party-b", "Blue Gate Trading Ltd", "TR", "2013-11",
                          addresses=("12 HARBOUR ROAD Norhavn", "Istanbul"),
                          identifiers=(("inn", "77-01"),)),
    "party-c": PartyFacts("party-c", "Third", "TR", dissolved_on="2012", addresses=("Istanbul",)),
    "party-d": PartyFacts("party-d", "D. Director"),
    "party-e": PartyFacts("party-e", "Blue Gate", "TR", owner="party-c"),
}
TIES = (TieFacts("tie-1", "party-d", "officer", "party-a"), TieFacts("tie-2", "party-d", "owner", "party-c"),
        TieFacts("tie-3", "party-b", "agent", "party-c"), TieFacts("tie-4", "party-b", "different", "party-e"))
AROUND = Around(PARTIES, TIES, {}, CENTRES)


def moved(id_: str = "tran-1", when: str = "2014-03-01", **more: object) -> Movement:
    first, last = bounds(when) if when else (None, None)
    given = {"how": "sold", "first": first, "last": last, "when": when, **more}
    return Movement(id_, **given)  # type: ignore[arg-type]


def asked(one: Movement, entries: tuple[Entry, ...] = (), around: Around = AROUND,
          others: tuple[Movement, ...] = ()) -> list[Flag]:
    return list(Checker.build(entries, around, (one, *others)).check(one))


def kinds(one: Movement, *args: object, **more: object) -> list[str]:
    return [flag.what for flag in asked(one, *args, **more)]  # type: ignore[arg-type]


# A verdict says that something was wrong, or that somebody did it; a question does not.
VERDICT = re.compile(
    r"illegal|illicit|unlawful|violat|breach|guilt|smuggl|crimin|traffick|suspic|suspect|fraud|"
    r"evad|circumvent|complicit|launder|sham\b|shell|front company|red flag", re.IGNORECASE)


def a_bit_of_everything() -> list[Flag]:
    embargo = Entry("entry-1", "EU embargoes", "3", "2020-01-01", "arms_embargo", "SYR", "Syria",
                    "2011-05-09/..", ("SY",), arms=True, source="EU", caution="read the text itself")
    listed = Entry("entry-2", "Parties", "1", "2019-01-01", "listed_party", "P1", "Blue Gate",
                   names=("BLUE GATE TRADING",), identifiers=(("INN", "7701"),), source="UN")
    hub = Entry("entry-3", "Hubs", "1", "2019-01-01", "transit_hub", "H1", "a port",
                countries=("AE",), source="a customs union")
    lists = (*BUILT, embargo, listed, hub)
    found: list[Flag] = []
    for when in ("2014-03-01", "2011", "", "2021-01-01"):
        one = moved(
            when=when, how="exported", from_party="party-a", to_party="party-b", carrier="party-c",
            from_country="DE", to_country="SY", through=("DE", "US", "AE"), control_code="ML1a; 3A001a2",
            customs_code="8542.31", cas_number="7697-37-2", quantity=10_000, unit="piece",
            goods="rifles", licence_status="refused",
        )
        others = tuple(moved(f"tran-o{n}", goods="rifles", quantity=n, unit="piece", to_party="party-a")
                       for n in range(8, 20))
        found += asked(one, lists, others=others)
    found += asked(moved(unread=(("1500 to 1000", "the range ends before it begins"),)))
    found += asked(moved(from_party="party-a", to_party="party-a"))
    found += asked(moved(from_country="DE", to_country="DE", through=("TR",)))
    found += asked(moved(from_country="DE", to_country="TR", direction_doubted=True))
    found += asked(moved(from_party="party-e", to_party="party-c", when="2013-01-01"))
    return found


def test_every_flag_is_a_question_with_its_source_and_no_verdict() -> None:
    found = a_bit_of_everything()
    words = {term.code for term in vocabulary("flag_kind")}
    assert {flag.what for flag in found} >= words - {"mixed_units"}
    for flag in found:
        assert flag.what in words
        assert flag.question.endswith("?"), flag.question
        assert flag.question[0].isupper() or not flag.question[0].isalpha(), flag.question
        assert not VERDICT.search(flag.question), flag.question
        assert flag.source and flag.claims and flag.claims[0].startswith("tran-")
        # A list is cited with its version, and what it knows of dates is said.
        assert bool(flag.list_name) == bool(flag.sure) == bool(flag.entries)
        assert not flag.list_name or (flag.list_version and flag.list_name in flag.question)


def test_the_words_of_the_kinds_are_no_verdicts() -> None:
    for term in vocabulary("flag_kind"):
        assert not VERDICT.search(term.label), term


def test_the_same_inputs_give_the_same_flags_in_any_order() -> None:
    some = [moved(f"tran-{n}", goods="rifles", quantity=n + 1, unit="piece", from_party="party-a",
                  to_party="party-b", to_country="SY", from_country="DE") for n in range(20)]
    one = Checker.build(BUILT, AROUND, some)
    turned = Around(dict(reversed(PARTIES.items())), TIES, {}, CENTRES)
    other = Checker.build(tuple(reversed(BUILT)), turned, some[::-1])
    assert [one.check(m) for m in some] == [other.check(m) for m in some]


def test_an_embargo_is_held_against_the_day_of_the_transfer() -> None:
    entries = (Entry("entry-1", "EU embargoes", "3", "2020-01-01", "arms_embargo", "SYR", "Syria",
                     "2011-05-09/2013-05-31", ("SY",), arms=True, source="EU", caution="see the text"),)
    [flag] = asked(moved(when="2012-01", to_country="SY"), entries)
    assert (flag.what, flag.sure, flag.list_version, flag.list_date) == (
        "arms_embargo", "in force", "3", "2020-01-01")
    assert flag.caution == "see the text" and flag.entries == ("SYR",) and "sent to" in flag.question
    [flag] = asked(moved(when="2013", from_country="SY", to_country="TR"), entries)
    assert flag.sure == "possibly in force" and "sent from" in flag.question
    assert not asked(moved(when="2014", to_country="SY"), entries)
    assert not asked(moved(when="2012", from_country="SY", to_country="SY"), entries)
    [flag] = asked(moved(when="", through=("SY",)), entries)
    assert flag.sure == "dates not known" and flag.question.endswith("in force then?")


def test_a_list_of_now_says_that_it_is_of_now() -> None:
    found = [flag for flag in asked(moved(when="2003", to_country="CD"), BUILT) if "UN-SC1533" in flag.entries]
    [flag] = found
    assert flag.sure == "dates not known" and "does not say since when" in flag.question
    assert "not history" in flag.caution and "UN-SC1533 concerns CD" in flag.caution
    assert not any("UN-SC1533" in f.entries for f in asked(moved(to_country="CG"), BUILT))


def test_a_doubted_direction_is_asked_about_and_never_taken_for_granted() -> None:
    one = moved(from_country="LY", to_country="UA", direction_doubted=True, how="brokered")
    found = asked(one, BUILT)
    assert "direction_doubted" in [flag.what for flag in found]
    for flag in found:
        assert "sent from" not in flag.question and "sent to" not in flag.question
    assert not {"route_far", "route_return", "route_to_itself"} & {f.what for f in found}


@pytest.mark.parametrize(("one", "wanted"), [
    (moved(control_code="ML3a"), {"munitions_list": ("ML3",)}),
    (moved(control_code="ML1; ML3"), {"munitions_list": ("ML1",)}),
    (moved(control_code="3A001g2"), {"control_list": ("3A",)}),
    (moved(control_code="ML23"), {}),
    (moved(control_code="RU"), {}),
    (moved(customs_code="8542.31.90"), {"high_priority": ("854231",)}),
    (moved(customs_code="HS 854231"), {"high_priority": ("854231",)}),
    (moved(customs_code="930630"), {}),
    (moved(cas_number="7697-37-2"), {"regulated_substance": ("7697-37-2",)}),
    (moved(goods="drums, CAS 7722-84-1"), {"regulated_substance": ("7722-84-1",)}),
    (moved(goods="drums, CAS 7722-84-2"), {}),
    (moved(texts=(("mark-1", "CAS-No. 67-64-1"),)), {"regulated_substance": ("67-64-1",)}),
])
def test_goods_are_asked_about_by_their_codes(one: Movement, wanted: dict[str, tuple[str, ...]]) -> None:
    found = asked(one, BUILT)
    assert {flag.what: flag.entries for flag in reversed(found)} == wanted
    if one.texts:
        assert found[0].claims == ("tran-1", "mark-1")
    for flag in found:
        assert flag.source and flag.list_version and flag.sure == "dates not known"


def test_a_tier_and_a_younger_list_are_told() -> None:
    [flag] = asked(moved(customs_code="854231", when="2019-02-03"), BUILT)
    assert "tier 1" in flag.question and "younger than the transfer" in flag.question


def test_a_substance_is_an_identity_on_a_list_and_nothing_else() -> None:
    [flag] = asked(moved(cas_number="7697-37-2"), BUILT)
    assert "nitric acid" in flag.question and "Annex I" in flag.question
    assert not re.search(r"explos|precursor|mix|concentrat|percent|%", flag.question)


def test_a_listed_party_is_proposed_by_name_and_by_number() -> None:
    by_name = Entry("entry-1", "UN", "1", "2019-01-01", "listed_party", "P1", "Blue Gate Trading",
                    "2014-01-01/..", names=("Blue-Gate TRADING",), source="UN")
    [flag] = [f for f in asked(moved(to_party="party-b"), (by_name,)) if f.what == "listed_party"]
    assert flag.sure == "in force" and flag.about == ("party-b",)
    assert "does not make them one" in flag.question
    number = replace(by_name, names=(), identifiers=(("INN", "7701"),))
    [flag] = [f for f in asked(moved(to_party="party-b"), (number,)) if f.what == "listed_party"]
    assert "the number inn 77-01" in flag.question
    assert "listed_party" not in kinds(moved(to_party="party-b", when="2013"), (number,))
    assert "listed_party" not in kinds(moved(to_party="party-e"), (by_name,))


@pytest.mark.parametrize(("when", "what", "words"), [
    ("2014-03-01", "new_party", "was founded (2013-11) within 12 months"),
    ("2014", "new_party", "may have been founded"),
    ("2014-12-01", "", ""),
    ("2013-10-31", "party_not_there", "after the transfer"),
    ("2013-11", "new_party", "may have been founded"),
    ("", "", ""),
])
def test_a_party_newly_founded_or_not_there_yet(when: str, what: str, words: str) -> None:
    found = [flag for flag in asked(moved(when=when, to_party="party-b"))
             if flag.what in ("new_party", "party_not_there")]
    assert [flag.what for flag in found] == ([what] if what else [])
    assert not what or words in found[0].question


def test_a_party_dissolved_before() -> None:
    assert "party_not_there" in kinds(moved(from_party="party-c", when="2013-01-01"))
    assert "party_not_there" not in kinds(moved(from_party="party-c", when="2012"))


def test_what_two_parties_share() -> None:
    both = asked(moved(from_party="party-a", to_party="party-b", when="2020"))
    [address] = [flag for flag in both if flag.what == "shared_address"]
    assert set(address.about) == {"party-a", "party-b"} and "Harbour" in address.question
    [officer] = [f for f in asked(moved(from_party="party-a", to_party="party-c")) if f.what == "shared_officer"]
    assert officer.claims == ("tran-1", "tie-1", "tie-2") and "D. Director" in officer.question
    # A town alone is no address, a judgement no tie.
    assert "shared_address" not in kinds(moved(from_party="party-c", to_party="party-b"))
    assert "tied_parties" in kinds(moved(from_party="party-c", to_party="party-b"))
    assert "tied_parties" not in kinds(moved(from_party="party-b", to_party="party-e"))
    assert "tied_parties" in kinds(moved(from_party="party-c", to_party="party-e"))


def test_parties_judged_the_same_are_one() -> None:
    around = Around(PARTIES, TIES, {"party-b": "party-b", "party-e": "party-b"}, CENTRES)
    [flag] = asked(moved(from_party="party-b", to_party="party-e", when="2020"), around=around)
    assert flag.what == "self_transfer" and "judged to be one party" in flag.question


@pytest.mark.parametrize(("start", "through", "end", "wanted"), [
    ("DE", (), "DE", []),
    ("DE", ("TR",), "DE", ["route_return"]),
    ("DE", ("DE",), "DE", ["route_to_itself"]),
    ("DE", ("DE",), "TR", ["route_to_itself"]),
    ("DE", ("TR", "TR"), "TR", ["route_to_itself"]),
    ("DE", ("US",), "TR", ["route_far"]),
    ("DE", ("TR",), "RU", []),
    ("DE", ("XX",), "RU", []),
    ("", ("US",), "RU", []),
])
def test_routes(start: str, through: tuple[str, ...], end: str, wanted: list[str]) -> None:
    assert kinds(moved(from_country=start, through=through, to_country=end)) == wanted


def test_a_place_of_onward_trade_only_from_an_imported_list() -> None:
    one = moved(from_country="DE", through=("AE",), to_country="TR")
    assert "transit_hub" not in kinds(one, BUILT)
    hub = Entry("entry-3", "Hubs", "1", "2019-01-01", "transit_hub", "H1", "a port",
                countries=("AE",), source="a customs union")
    assert "transit_hub" in kinds(one, (hub,))


def test_papers_of_arms_over_a_border() -> None:
    arms = moved(how="exported", control_code="ML1", from_country="DE", to_country="TR")
    assert kinds(arms) == ["no_licence", "no_end_user_certificate"]
    assert kinds(replace(arms, licence="L 1", end_user_certificate="E 1")) == []
    assert kinds(replace(arms, papers=("end_user_certificate", "licence"))) == []
    assert kinds(replace(arms, licence_status="issued")) == ["no_end_user_certificate"]
    assert kinds(replace(arms, control_code="", families=("arm",))) != []
    assert kinds(replace(arms, control_code="", customs_code="9301.20")) != []
    for other in ({"control_code": "3A001"}, {"how": "captured"}, {"how": "sold", "to_country": "DE"}):
        assert not {"no_licence", "no_end_user_certificate"} & set(kinds(replace(arms, **other)))
    assert kinds(replace(arms, licence="L", end_user_certificate="E", licence_status="refused")) == [
        "licence_not_given"]


def some(amounts: list[float], **more: object) -> tuple[Movement, ...]:
    return tuple(moved(f"tran-s{n}", goods="Cartridges 7.62", unit="piece", quantity=amount, **more)
                 for n, amount in enumerate(amounts))


def test_a_quantity_far_from_all_others() -> None:
    others = some([100, 120, 90, 110, 105, 95, 100, 130, 80])
    big = moved(goods="cartridges 7.62", unit="piece", quantity=50_000)
    [flag] = asked(big, others=others)
    assert flag.what == "quantity" and "488 times the median of the 10" in flag.question
    assert not asked(replace(big, quantity=500), others=others)  # less than ten times
    assert not asked(big, others=others[:7])  # too few to compare with
    assert not asked(replace(big, unit="kg"), others=others)
    assert not asked(replace(big, goods="other"), others=others)
    wide = some([1, 10, 100, 1_000, 10_000, 100_000, 30, 3_000, 300])
    assert not asked(big, others=wide)


@given(st.lists(st.floats(1, 1e9), min_size=0, max_size=30), st.floats(1, 1e9))
def test_no_quantity_at_or_below_the_median_is_asked_about(amounts: list[float], one: float) -> None:
    others = some(amounts)
    [*flags] = [f for f in asked(moved(goods="cartridges 7.62", unit="piece", quantity=one), others=others)
                if f.what == "quantity"]
    if flags:
        assert len(amounts) >= 8 and sum(amount < one for amount in amounts) > len(amounts) / 2


def test_more_passed_on_than_received() -> None:
    came = moved("tran-in", "2012", goods="Rifles", unit="piece", quantity=100, to_party="party-a")
    first = moved("tran-o1", "2013", goods="rifles", unit="piece", quantity=60, from_party="party-a",
                  to_party="party-b")
    second = moved("tran-o2", "2014-02", goods="rifles", unit="piece", quantity=60, from_party="party-a",
                   to_party="party-c")
    whats = {one.id: [f.what for f in asked(one, others=(came, first, second))] for one in (first, second)}
    assert "quantity_received" not in whats["tran-o1"] and "quantity_received" in whats["tran-o2"]
    # Two claims of one event count once; a later receipt does not help, one that may be earlier does.
    twice = replace(second, id="tran-o3", to_party="party-b", when="2013", first="2013-01-01",
                    last="2013-12-31")
    assert "quantity_received" not in kinds(first, others=(came, twice))
    late = replace(came, id="tran-late", when="2015", first="2015-01-01", last="2015-12-31")
    assert "quantity_received" in kinds(second, others=(came, first, late))
    perhaps = replace(came, id="tran-perhaps", when="", first=None, last=None)
    assert "quantity_received" not in kinds(second, others=(came, first, perhaps))
    # What one party is judged to have had, the other passed on.
    around = Around(PARTIES, (), {"party-a": "party-a", "party-e": "party-a"}, CENTRES)
    moved_on = replace(second, from_party="party-e", quantity=140)
    assert "quantity_received" in kinds(moved_on, around=around, others=(came, first))


def test_units_are_never_converted() -> None:
    came = moved("tran-in", "2012", goods="Rifles", unit="crate", quantity=10, to_party="party-a")
    one = moved(goods="rifles", unit="piece", quantity=100, from_party="party-a", to_party="party-b")
    [flag] = [f for f in asked(one, others=(came,)) if "quantity" in f.what or "units" in f.what]
    assert flag.what == "mixed_units" and "crate" in flag.question and "piece" in flag.question


def test_a_licence_is_no_movement() -> None:
    came = moved("tran-in", "2012", goods="rifles", unit="piece", quantity=1, to_party="party-a")
    only = moved(goods="rifles", unit="piece", quantity=100, from_party="party-a", how="unknown",
                 licence_status="issued")
    assert "quantity_received" not in kinds(only, others=(came,))


def test_a_chain_asks_what_its_parties_share_once_and_sees_goods_come_back() -> None:
    steps = [moved("tran-1", "2011", from_party="party-c", to_party="party-e", from_country="DE", to_country="TR"),
             moved("tran-2", "2012", from_party="party-e", to_party="party-b", from_country="TR", to_country="SY"),
             moved("tran-3", "2013", from_party="party-b", to_party="party-a", from_country="SY", to_country="DE")]
    found = Checker.build((), AROUND, steps).check_chain(steps)
    assert len(set(found)) == len(found)
    [back] = [flag for flag in found if flag.what == "route_return"]
    assert back.claims == ("tran-3", "tran-1") and "Germany" in back.question
    [officer] = [flag for flag in found if flag.what == "shared_officer"]
    assert "this chain" in officer.question and set(officer.about) == {"party-a", "party-c", "party-d"}
    [address] = [flag for flag in found if flag.what == "shared_address"]
    assert "this transfer" in address.question  # asked at its own step, not again for the chain


def test_a_record_that_says_nothing_is_asked_nothing() -> None:
    assert asked(movement_of("tran-1", {}), BUILT, Around()) == []


@given(st.dictionaries(st.sampled_from(
    ["goods", "product", "stock_number", "control_code", "customs_code", "cas_number", "licence"]),
    st.text(max_size=40)))
def test_no_text_of_a_record_breaks_a_check(values: dict[str, str]) -> None:
    for flag in asked(movement_of("tran-1", values), BUILT, Around()):
        assert flag.question.endswith("?")


def test_lists_are_built_once_from_nothing() -> None:
    assert Lists.build(()).about_country("SY", None, None) == ()
