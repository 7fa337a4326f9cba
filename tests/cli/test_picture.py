"""``picture`` writes each picture in each form, and refuses what makes no sense."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.store.case import Case
from tests.cli.conftest import Run
from tests.web.small import small_case

BEGINS = {"svg": b"<svg", "png": b"\x89PNG", "csv": b"", "json": b"{"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    case: Case = small_case(tmp_path_factory.mktemp("picture") / "case", items=4)
    folder = case.folder
    case.close()
    yield folder


def test_each_picture_in_each_form(run: Run, folder: Path, tmp_path: Path) -> None:
    for which in (["chain", "MS-001"], ["map", "MS-001"], ["sankey"], ["network"]):
        for form, begins in BEGINS.items():
            path = tmp_path / f"{which[0]}.{form}"
            told = run("picture", *which, "-o", path, "--case", folder, "--json")
            assert told.code == 0, told.err
            assert told.json["bytes"] == path.stat().st_size > 0
            assert path.read_bytes().startswith(begins)
    assert "Norhavn Works" in (tmp_path / "chain.csv").read_text()
    assert json.loads((tmp_path / "map.json").read_text())["picture"] == "map"
    words = run("picture", "network", "-o", tmp_path / "n.csv", "--case", folder).out
    assert "the network found, not the network there is" in words


def test_what_makes_no_sense_is_refused(run: Run, folder: Path, tmp_path: Path) -> None:
    for wrong in (["chain", "-o", "x.svg"], ["sankey", "MS-001", "-o", "x.svg"], ["sankey"],
                  ["network", "-o", "x.gif"], ["map", "MS-001", "--party", "p", "-o", "x.svg"]):
        assert run("picture", *wrong, "--case", folder).code == 2
    assert run("picture", "chain", "MS-999", "-o", tmp_path / "x.svg", "--case", folder).code == 3
    assert run("picture", "pie", "-o", tmp_path / "x.svg", "--case", folder).code == 2
    assert list(tmp_path.iterdir()) == []
