"""``headstamp read``: proposals in words and as JSON; acceptance by a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.records import Photograph
from headstamp.store.case import Case
from tests.cli.conftest import Run, Small
from tests.intake.machine.drawing import code


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    code("QRCode", "IMEI 35-417803-685978-9", 5).save(tmp_path / "box.png")
    return tmp_path / "box.png"


@pytest.fixture
def photograph(small: Small, picture: Path) -> str:
    with Case.open(small.folder) as case, case.change(actor="Ana", reason="a box") as change:
        kept = change.file(picture)
        made = Photograph.build({"items": [small.radio], "digest": kept.digest})
        change.put(made)
    return made.id


def test_a_file_needs_no_case(run: Run, picture: Path) -> None:
    told = run("read", picture, "--only", "barcode", "--json")
    assert told.code == 0
    [one] = told.json["pictures"]
    [proposal] = one["proposals"]
    assert one["picture"] == str(picture) and one["looked_for"] == ["barcode"]
    assert (proposal["text"], proposal["method"], proposal["form"]) == (
        "IMEI 35-417803-685978-9", "barcode", "QR Code")
    assert 0 < proposal["score"] < 1 and len(proposal["region"]) == 4 and proposal["reader"]
    assert proposal["means"][0]["scheme"] == "imei"
    assert ["serial", "685978"] in proposal["means"][0]["parts"]
    words = run("read", picture, picture, "--only", "barcode").out
    assert words.count("IMEI 35-417803-685978-9") == 2 and "compare each" in words


def test_a_photograph_of_the_case_and_acceptance(run: Run, small: Small, photograph: str) -> None:
    common = ("--case", small.folder, "--only", "barcode", "--json")
    before = run("count", "reading", *common[:2], "--json").json["total"]
    assert run("read", photograph, *common).code == 0
    assert run("count", "reading", *common[:2], "--json").json["total"] == before
    done = run("read", photograph, "--accept", "IMEI 35-417803-685978-9", "--item", small.radio,
               *common).json["accepted"]
    shown = run("show", done["reading"], *common[:2], "--json").json
    assert (shown["method"], shown["marking"]) == ("barcode", done["marking"])
    again = run("read", photograph, "--accept", "IMEI 35-417803-685978-9", "--item", small.radio,
                *common)
    assert (again.code, again.json["error"]) == (5, "conflicting")


@pytest.mark.parametrize(("arguments", "exit_code"), [
    (["--only", "smell"], 2), (["--region", "a,b"], 2), (["--region", "900,900,10,10"], 2),
    (["--accept", "X"], 2), (["--item", "item-1"], 2),
])
def test_refusals(run: Run, picture: Path, arguments: list[str], exit_code: int) -> None:
    assert run("read", picture, *arguments, "--json").code == exit_code


def test_what_is_not_there_and_what_is_no_picture(run: Run, small: Small, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("words")
    assert run("read", tmp_path / "a.txt", "--json").code == 6
    assert run("read", tmp_path / "none.png", "--json").code == 3
    assert run("read", "photo-none", "--case", small.folder, "--json").code == 3
