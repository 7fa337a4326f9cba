"""The signatures of the teaching case, as whoever invented them knows them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from headstamp.actions.measures.found import found_by_reader
from headstamp.actions.measures.spread import new_places, sightings, spread_of
from headstamp.demo.fill import _put
from headstamp.demo.teaching import id_of, load
from headstamp.store.case import Case
from tests.demo.known_truth import SIGNATURES


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """The records alone: no drawing of photographs."""
    made = Case.create(tmp_path_factory.mktemp("street") / "case")
    _put(made, "tester", "the records", list(load().records))
    yield made
    made.close()


@pytest.mark.parametrize("key", SIGNATURES)
def test_what_is_known_of_a_signature_is_found(case: Case, key: str) -> None:
    truth, signature = SIGNATURES[key], id_of("sig", key)
    with case.read("restricted").snapshot() as reader:
        finds = found_by_reader(reader)
        seen = sightings(reader, signature, finds)
        tags = {str(reader.get(one.item).values["tag"]) for one in seen}
        new = {(one.kind, one.where) for one in new_places(reader, finds) if one.signature == signature}
        told = spread_of(reader, signature)
    assert tags == truth.items and seen[0].site == id_of("site", truth.first_at)
    assert new == set(truth.new)
    assert told.refused and told.more["first"]["can_be"][0]["place"] == id_of("site", truth.first_at)
    with case.read("sealed").snapshot() as reader:
        above = {str(reader.get(one.item).values["tag"]) for one in sightings(reader, signature)}
    assert above - tags == ({truth.sealed_item} if truth.sealed_item else set())
