"""Judging that parties are one: by a person, with a reason, undone by judging again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.actions.parties import judge, judged, same_as
from headstamp.errors import Invalid, Missing
from headstamp.records import Party
from headstamp.store.case import Case

NAMES = {"party-aaaa": "Example Works Ltd", "party-bbbb": "ООО Пример Завод",
         "party-cccc": "Beispiel Werk GmbH"}


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.create(tmp_path / "case") as made:
        with made.change(actor="tester", reason="sample") as change:
            change.put_many([Party.build(id=id_, name=name) for id_, name in NAMES.items()])
            change.put(Party.build(id="party-dddd", name="A. Private", party_kind="person"))
        yield made


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
