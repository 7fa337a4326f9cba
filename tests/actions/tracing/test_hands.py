"""Through whose hands: holders before and after, paths that can have been, judgements followed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from headstamp.actions.tracing.hands import Hands, hands
from headstamp.errors import Invalid, Missing
from headstamp.records import Item, Party, Tie, Transfer
from headstamp.store.case import Case


def transfer(key: str, giver: str, taker: str, when: str = "", **values: object) -> Transfer:
    return Transfer.build(id=f"tran-{key}", from_party=f"party-{giver * 4}", to_party=f"party-{taker * 4}",
                          **({"happened_on": when} if when else {}), **values)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with Case.create(tmp_path_factory.mktemp("hands") / "case") as made:
        with made.change(actor="tester", reason="hands") as change:
            change.put_many([
                *(Party.build(id=f"party-{n * 4}", name=f"Party {n}") for n in "abcdefg"),
                Item.build(id="item-aaaa", tag="A", recovered_on="2016"), Item.build(id="item-bbbb", tag="B"),
                transfer("aaaa", "a", "b", "2010"), transfer("bbbb", "b", "c", "2012", items=["item-aaaa"]),
                # D had it from B before B had it from A: no way leads from A to D in time.
                transfer("cccc", "b", "d", "2008"), transfer("dddd", "c", "e"),
                transfer("ssss", "f", "c", "2011", tier="sealed"),
                Tie.build(party="party-eeee", to_party="party-gggg", tie_kind="same", basis="one register"),
            ])
        yield made


def ask(case: Case, start: str, clearance: str = "restricted", **more: object) -> Hands:
    with case.read(clearance).snapshot() as reader:
        return hands(case, reader, start, **more)  # type: ignore[arg-type]


def away(found: Hands) -> dict[str, int]:
    return {one.party[-1]: one.away for one in found.holders}


def ways(found: Hands) -> set[str]:
    return {"".join(party[-1] for party in way.parties) for way in found.ways}


def test_before_a_party_and_before_an_item(case: Case) -> None:
    found = ask(case, "party-cccc")
    assert away(found) == {"b": 1, "a": 2} and ways(found) == {"abc"}
    assert [one.id for one in found.ways[0].transfers] == ["tran-aaaa", "tran-bbbb"]
    assert ways(ask(case, "item-aaaa")) == {"abc", "ab"}


def test_after_it_time_does_not_run_backwards(case: Case) -> None:
    found = ask(case, "party-aaaa", direction="after")
    assert away(found) == {"b": 1, "c": 2, "d": 2, "e": 3}  # holders whatever the days
    assert ways(found) == {"abce"}  # an undated transfer can have been


def test_one_party_under_two_names(case: Case) -> None:
    assert "c" in away(ask(case, "party-gggg"))


def test_between_two(case: Case) -> None:
    assert ways(ask(case, "party-aaaa", direction="after", to="party-eeee")) == {"abce"}
    assert ask(case, "party-aaaa", direction="after", to="party-dddd").ways == ()


def test_what_is_sealed_is_no_way(case: Case) -> None:
    assert "f" not in away(ask(case, "party-cccc"))
    assert "f" in away(ask(case, "party-cccc", "sealed"))


def test_limits_and_wrong_questions(case: Case) -> None:
    assert any("more than 1 paths" in said for said in ask(case, "party-bbbb", "sealed", direction="after",
                                                           paths=1).more)
    with pytest.raises(Missing, match="nobody is recorded"):
        ask(case, "item-bbbb")
    with pytest.raises(Invalid):
        ask(case, "tran-aaaa")
    with pytest.raises(Missing):
        ask(case, "party-zzzz")
