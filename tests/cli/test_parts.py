"""``headstamp parts``: in words, as JSON, and recording what is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.store.case import Case
from tests.actions.markings.test_parts import records
from tests.cli.conftest import Run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Case.create(tmp_path / "case") as case, case.change(actor="tester", reason="sample") as change:
        change.put_many(records())
    return tmp_path / "case"


def test_nothing_is_told_before_anything_is_read(run: Run, folder: Path) -> None:
    told = run("--case", folder, "--json", "parts").json
    assert (told["components"], told["numbered"], told["same"]) == (8, 0, [])


def test_it_records_and_tells(run: Run, folder: Path) -> None:
    first = run("--case", folder, "--json", "parts", "--record").json
    assert first["read"]["texts"] == 7 and first["read"]["new"] > 0
    assert [one["key"] for one in first["same"]] == ["ADM3202ARNZ"]
    assert set(first["same"][0]["weapons"]) == {"missile", "uav"}
    assert first["time"]["from_making"][0]["count"] == 2 and "random sample" in first["caution"]
    again = run("--case", folder, "--json", "parts", "--record").json
    assert again["read"]["new"] == 0


def test_in_words_and_for_one_number(run: Run, folder: Path) -> None:
    run("--case", folder, "parts", "--record")
    words = run("--case", folder, "parts")
    assert words.code == 0 and "Not a random sample" in words.out and "8, 6 with a part number" in words.out
    one = run("--case", folder, "parts", "--number", "adm 3202arnz")
    assert one.out.startswith("ADM3202ARNZ: 2 items, 2 weapons")
    assert run("--case", folder, "--json", "parts", "--number", "none").json["items"] == []
