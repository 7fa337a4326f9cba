"""Hostile files given to ``headstamp import``: an exit code and words that name file and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.actions.cases import make_case
from tests.cli.conftest import Run, call_apart
from tests.intake.hostile import overlapping, picture, png, some_of

_GIVEN = (
    "overlap-50-1000000.xlsx", "path-09.xlsx", "outer-xl-workbook.xml.xlsx", "quadratic.gpx",
    "laughs-content.xml.ods", "page.xlsx", "pdf-called-list.csv", "nested-10.csv.gz",
    "entries-100000.xlsx", "database.xlsx",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("hostile")
    make_case(where / "case").close()
    return where


def test_each_is_refused_by_name_and_reason(run: Run, folder: Path) -> None:
    for one in some_of(_GIVEN):
        path = folder / one.name
        path.write_bytes(one.data)
        told = run("import", path, "--as", "item", "--case", folder / "case")
        assert told.code == 6, (one.name, told)
        assert one.name in told.err and len(told.err) > len(one.name) + 30
        assert "Traceback" not in told.err
    assert run("count", "item", "--case", folder / "case").out == "0\n"


def test_a_picture_nobody_should_open_is_kept_and_told(folder: Path) -> None:
    path = folder / "bomb.png"
    path.write_bytes(png(16_000, 16_000, lines=9))
    told = call_apart("import", path, "--case", folder / "case")
    assert told.code == 0, told.err
    said = told.out + told.err
    assert "bomb.png" in said and "`image_pixels`" in said and "HEADSTAMP_LIMITS" in said
    raised = call_apart("import", path, "--case", folder / "case",
                        HEADSTAMP_LIMITS="image_pixels=300000000")
    assert raised.code == 0 and "`image_pixels`" not in raised.out + raised.err
    assert call_apart("verify", "--case", folder / "case").code == 0


def test_limits_that_are_none_are_said(folder: Path) -> None:
    path = folder / "good.jpg"
    path.write_bytes(picture("JPEG"))
    told = call_apart("import", path, "--case", folder / "case", HEADSTAMP_LIMITS="rows=many pixels=1")
    assert told.code == 2 and "rows=many" in told.err and "pixels=1" in told.err
    path = folder / "overlap.xlsx"
    path.write_bytes(overlapping(2, 9_000))
    assert call_apart("import", path, "--as", "item", "--case", folder / "case").code == 6
