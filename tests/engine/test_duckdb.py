"""DuckDB as an engine: parameters by name, lists taken apart, faults in our words."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.engine.duckdb import DuckDB
from headstamp.engine.engine import Engine
from headstamp.engine.snapshot import take_snapshot
from headstamp.errors import Invalid
from tests.web.sample import a_case


@pytest.fixture
def engine(tmp_path: Path) -> DuckDB:
    return DuckDB(take_snapshot(a_case(tmp_path / "case"), "restricted", tmp_path / "snapshot"))


def test_it_is_an_engine(engine: DuckDB) -> None:
    assert isinstance(engine, Engine)


def test_parameters_are_named_and_a_colon_in_a_text_is_none(engine: DuckDB) -> None:
    rows = engine.rows(
        "SELECT id, ':make' AS said FROM item WHERE make = :make AND tag = :tag",
        {"make": "Maker Ltd", "tag": "A-1", "not_used": 1})
    assert rows == [{"id": "item-aaaa", "said": ":make"}]


def test_lists_are_taken_apart_in_their_order(engine: DuckDB) -> None:
    assert engine.rows(
        f"SELECT id, member, position FROM {engine.members('document', 'items')} AS m ORDER BY id, position"
    ) == [{"id": "doc-aaaa", "member": "item-aaaa", "position": 1}]


def test_what_it_does_not_understand_is_told(engine: DuckDB) -> None:
    with pytest.raises(Invalid, match="cannot be answered"):
        engine.rows("SELECT nothing FROM nowhere")


def test_nothing_is_drawn_on_the_standard_output(engine: DuckDB) -> None:
    assert engine.rows("SELECT value FROM duckdb_settings() WHERE name = 'enable_progress_bar'") == [{"value": "false"}]
