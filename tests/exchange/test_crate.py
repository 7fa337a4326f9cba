"""The crate: held to the rules of RO-Crate 1.3 that can be checked without a network."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any
from urllib.parse import unquote

import pytest

from headstamp.errors import Invalid
from headstamp.exchange.box import Filed
from headstamp.exchange.crate import CONFORMS_TO, CONTEXT, FILE_NAME, Description, metadata

TOLD = Description(
    name="Handed over by laptop-7", description="Entries 0 to 12 of the log laptop-7.",
    device="laptop-7", device_key="laptop-7+00000000+AAAA", made_by="A. Investigator",
    made_at="2026-11-22T08:00:00.000000Z", version="0.1.0",
)
NAMES = ["data/records.jsonl", "data/bundle.json", "data/log/verify.py", "data/log/tile/0/000.p/3",
         "data/originals/" + "a" * 64, "data/odd name %é.txt"]
FILES = [Filed(name, number, sha256(name.encode()).hexdigest()) for number, name in enumerate(NAMES)]


def graph(data: bytes) -> dict[str, dict[str, Any]]:
    value = json.loads(data)
    assert value["@context"] == CONTEXT
    entities = {one["@id"]: one for one in value["@graph"]}
    assert len(entities) == len(value["@graph"]), "an @id is there once"
    return entities


def references(value: object) -> list[str]:
    if isinstance(value, list):
        return [found for part in value for found in references(part)]
    if isinstance(value, dict):
        return [value["@id"]] if value.keys() == {"@id"} else []
    return []


def test_the_root_is_found_and_described() -> None:
    entities = graph(metadata(TOLD, FILES))
    descriptor = entities[FILE_NAME]
    assert descriptor["@type"] == "CreativeWork"
    assert descriptor["conformsTo"] == {"@id": CONFORMS_TO}
    root = entities[descriptor["about"]["@id"]]
    assert (root["@id"], root["@type"]) == ("./", "Dataset")
    assert all(root[key] for key in ("name", "description", "datePublished", "license"))


def test_every_reference_leads_somewhere_in_a_flat_graph() -> None:
    entities = graph(metadata(TOLD, FILES))
    for entity in entities.values():
        assert entity["@type"]
        for key, value in entity.items():
            assert not isinstance(value, dict) or value.keys() == {"@id"}, "flat"
            for aim in references(value):
                assert aim in entities or (key, aim) == ("conformsTo", CONFORMS_TO)


def test_every_file_of_the_payload_is_listed_with_its_sum() -> None:
    entities = graph(metadata(TOLD, FILES, {"data/originals/" + "a" * 64: "image/jpeg"}))
    parts = [entities[part["@id"]] for part in entities["./"]["hasPart"]]
    assert {unquote("data/" + part["@id"]) for part in parts} == set(NAMES)
    told = {unquote("data/" + part["@id"]): part for part in parts}
    for filed in FILES:
        part = told[filed.name]
        assert part["@type"] == "File"
        assert (part["sha256"], part["contentSize"]) == (filed.sha256, str(filed.size))
        assert "/" in part["encodingFormat"]
        assert part["@id"].isascii() and " " not in part["@id"]
    assert told["data/originals/" + "a" * 64]["encodingFormat"] == "image/jpeg"
    assert told["data/bundle.json"]["encodingFormat"] == "application/json"


def test_the_device_is_the_agent() -> None:
    entities = graph(metadata(TOLD, FILES))
    (action,) = [one for one in entities.values() if one["@type"] == "CreateAction"]
    agents = [entities[one["@id"]] for one in action["agent"]]
    assert [(one["@type"], one["name"]) for one in agents] == [
        ("IndividualProduct", "laptop-7"), ("Person", "A. Investigator")]
    assert entities[action["instrument"]["@id"]]["version"] == "0.1.0"


def test_the_same_files_give_the_same_bytes() -> None:
    assert metadata(TOLD, FILES) == metadata(TOLD, reversed(FILES))


def test_only_the_payload_is_told_of() -> None:
    with pytest.raises(Invalid):
        metadata(TOLD, [Filed("bagit.txt", 1, "0" * 64)])
