"""Workbooks: what is written of them, and where."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from headstamp.publish.sheets import Sheet, workbook, write_workbook


def test_nothing_of_a_workbook_lies_in_the_folder_for_temporary_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    common = tmp_path / "common"
    common.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(common))
    seen: list[str] = []

    def rows() -> Iterator[Sequence[str]]:
        for number in range(2_000):
            seen.extend(path.name for path in common.iterdir())
            yield (f"canary {number}",)

    made = workbook([Sheet("one", ("a",), rows()), Sheet("two", ("b",), [("x",)])], "2016-02-29T00:00:00Z")
    write_workbook(tmp_path / "out.xlsx", [Sheet("one", ("a",), rows())])
    assert not seen and not list(common.iterdir())
    read = load_workbook(BytesIO(made), read_only=True)
    assert [row[0] for row in read["one"].iter_rows(values_only=True)][-1] == "canary 1999"
