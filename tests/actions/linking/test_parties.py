"""Judging that parties are one: by a person, with a reason, undone by judging again."""

from __future__ import annotations

import pytest

from headstamp.actions.linking.candidates import party_book
from headstamp.actions.linking.parties import judge, judged, same_as, ties
from headstamp.errors import Invalid, Missing
from headstamp.records import Party, Tie
from headstamp.store.case import Case

NAMES = {"party-aaaa": "Example Works Ltd", "party-bbbb": "ООО Пример Завод",
         "party-cccc": "Beispiel Werk GmbH"}


@pytest.fixture
def case(case: Case) -> Case:
    with case.change(actor="tester", reason="sample") as change:
        change.put_many([Party.build(id=id_, name=name) for id_, name in NAMES.items()])
        change.put(Party.build(id="party-dddd", name="A. Private", party_kind="person"))
    return case


def say(case: Case, party: str, other: str, judgement: str, why: str = "same register number",
        clearance: str = "restricted") -> str:
    return judge(case, party, other, judgement, why=why, clearance=clearance, actor="ana").id


def test_a_judgement_joins_and_judging_again_parts(case: Case) -> None:
    first = say(case, "party-bbbb", "party-aaaa", "same")
    assert same_as(case.read("partner")) == {"party-aaaa": "party-aaaa", "party-bbbb": "party-aaaa"}
    again = say(case, "party-aaaa", "party-bbbb", "different", "another register")
    assert again == first
    reader = case.read("partner")
    assert same_as(reader) == {} and not judged(reader).contested
    assert [one.values["tie_kind"] for one in reader.history(first)] == ["same", "different"]


def test_a_chain_against_a_judgement_is_a_contradiction(case: Case) -> None:
    one = say(case, "party-aaaa", "party-bbbb", "same")
    two = say(case, "party-bbbb", "party-cccc", "same")
    against = say(case, "party-aaaa", "party-cccc", "different", "two addresses, two directors")
    found = judged(case.read("partner"))
    assert not found.same
    assert found.contested[0].different == against
    assert found.contested[0].line == (one, two)


@pytest.mark.parametrize(("party", "other", "judgement", "why", "rules"), [
    ("party-aaaa", "party-aaaa", "same", "x", 1),
    ("party-aaaa", "party-bbbb", "perhaps", " ", 2),
])
def test_what_cannot_be_judged_is_refused_all_at_once(
    case: Case, party: str, other: str, judgement: str, why: str, rules: int
) -> None:
    with pytest.raises(Invalid) as refused:
        say(case, party, other, judgement, why)
    assert len(refused.value.problems) == rules


def test_a_party_that_may_not_be_seen_is_not_judged_and_its_judgement_not_seen(case: Case) -> None:
    with pytest.raises(Missing):
        say(case, "party-aaaa", "party-dddd", "same", clearance="partner")
    tie = say(case, "party-aaaa", "party-dddd", "same")
    assert case.read("restricted").get(tie).get("tier") == "restricted"
    assert same_as(case.read("partner")) == {}
    assert len(same_as(case.read("restricted"))) == 2


def test_proposals_wait_until_they_are_judged(case: Case) -> None:
    with case.change(actor="tester", reason="sample") as change:
        change.put(Party.build(id="party-eeee", name="EXAMPLE WORKS"))
    (one,) = party_book(case, case.read("partner")).open()
    assert (one.candidate.party, one.candidate.other) == ("party-aaaa", "party-eeee")
    say(case, "party-aaaa", "party-eeee", "different")
    book = party_book(case, case.read("partner"))
    assert not book.open() and [p.judged for p in book.of("party-eeee")] == ["different"]


def test_what_follows_from_other_judgements_waits_for_nobody(case: Case) -> None:
    with case.change(actor="tester", reason="sample") as change:
        change.put_many([Party.build(id="party-eeee", name="EXAMPLE WORKS"),
                         Party.build(id="party-ffff", name="Example Works GmbH")])
    say(case, "party-aaaa", "party-eeee", "same")
    say(case, "party-aaaa", "party-ffff", "different")
    judged_as = {(p.candidate.party, p.candidate.other): p.judged
                 for p in party_book(case, case.read("partner")).proposals}
    assert judged_as == {("party-aaaa", "party-eeee"): "same",
                         ("party-aaaa", "party-ffff"): "different",
                         ("party-eeee", "party-ffff"): "different"}


def test_an_unseen_party_proposes_nothing_and_stands_in_no_reason(case: Case) -> None:
    with case.change(actor="tester", reason="sample") as change:
        change.put_many([
            Party.build(id="party-eeee", name="Example Works", owner="party-dddd"),
            Party.build(id="party-gggg", name="A. Private", party_kind="person"),
            Tie.build(id="tie-1111", party="party-dddd", tie_kind="officer", to_party="party-aaaa"),
        ])
    low, high = (party_book(case, case.read(one)) for one in ("partner", "restricted"))
    assert "party-dddd" not in low.facts and "A. Private" not in repr(low.proposals)
    assert not low.shared("party-aaaa")
    assert ("party-dddd", "party-gggg") in {
        (p.candidate.party, p.candidate.other) for p in high.open()}
    (shared,) = high.shared("party-aaaa")
    assert (shared.party, shared.what, shared.words) == ("party-eeee", "owner", "A. Private")


def test_ties_are_claims_and_one_to_itself_is_told(case: Case) -> None:
    with case.change(actor="tester", reason="sample") as change:
        change.put_many([
            Tie.build(id="tie-1111", party="party-bbbb", tie_kind="owner", to_party="party-aaaa",
                      share=60, lasted="2014/2016", grade="B2", basis="trade register"),
            Tie.build(id="tie-2222", party="party-bbbb", tie_kind="owner", to_party="party-cccc",
                      share=60, lasted="2015"),
            Tie.build(id="tie-3333", party="party-aaaa", tie_kind="owner", to_party="party-aaaa"),
        ])
    reader = case.read("partner")
    own = {one.id: one for one in ties(reader, "party-aaaa")}
    assert own["tie-3333"].itself and not own["tie-1111"].itself
    assert (own["tie-1111"].outward, own["tie-1111"].grade, own["tie-1111"].lasted) == (
        False, "B2", "2014/2016")
    assert [one.outward for one in ties(reader, "party-bbbb")] == [True, True]
    book = party_book(case, reader)
    assert [one.party for one in book.shared("party-aaaa")] == ["party-cccc"]
