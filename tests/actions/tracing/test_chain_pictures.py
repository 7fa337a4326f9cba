"""Pictures of one item's chain from a case: points as exact as may be told, limits told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from headstamp.actions.tracing.chain_pictures import diverted, map_of_chain, picture_of_chain
from headstamp.actions.tracing.trace import trace
from headstamp.store.case import Case
from tests.web.small import id_of, make, small_case

ITEM = id_of("item", "i1")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    made = small_case(tmp_path_factory.mktemp("chain") / "case", items=6)
    with made.change(actor="A. Sample", reason="more of the chain") as change:
        change.put_many([
            make("party", "group", name="Black Anvil", party_kind="armed_group"),
            make("trace_reply", "a2", request=id_of("trace_request", "q2"), reply_code="confirmed_partial",
                 use_limits=["not_published"]),
            make("transfer", "t2", transfer_kind="captured", from_party=id_of("party", "trader"),
                 to_party=id_of("party", "group"), happened_on="2014-06", lawful_status="unauthorised",
                 items=[ITEM], reply=id_of("trace_reply", "a2")),
        ])
    yield made
    made.close()


def test_the_chain_and_its_map(case: Case) -> None:
    with case.read("restricted").snapshot() as reader:
        traced = trace(case, reader, ITEM)
        chain, map_ = picture_of_chain(traced), map_of_chain(reader, traced)
    for words in ("Norhavn Works", "Blue Gate Trading", "Black Anvil", "captured"):
        assert words in chain.svg
    for one in (chain, map_):
        assert any(line.startswith("Not for publication") for line in one.caption)
    told = {leg["step"]: leg for leg in map_.data["legs"]}
    sold = next(leg for leg in told.values() if leg["what"].startswith("sold"))
    assert (sold["from"]["latitude"], sold["to"]["longitude"]) == (59.9, 37.4)
    assert sold["from"]["known_by"] == "place"
    captured = next(leg for leg in told.values() if leg["what"].startswith("captured"))
    assert captured["from"]["known_by"] == "party" and captured["to"] is None
    assert any(leg["what"].startswith("recovered") and leg["to"] for leg in told.values())


def test_points_are_as_exact_as_the_clearance(case: Case) -> None:
    with case.read("restricted").snapshot() as reader:
        exact = map_of_chain(reader, trace(case, reader, ITEM)).data["legs"]
    with case.read("partner").snapshot() as reader:
        coarse = map_of_chain(reader, trace(case, reader, ITEM)).data["legs"]
    ends = [next(leg["to"] for leg in legs if leg["what"].startswith("recovered"))
            for legs in (exact, coarse)]
    assert [end["known_by"] for end in ends] == ["place", "coarse"]
    assert ends[0]["latitude"] == 36.342 and ends[1]["latitude"] != 36.342


def test_without_a_diversion_nothing_is_marked() -> None:
    assert diverted(None) == ()
