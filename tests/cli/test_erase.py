"""``headstamp erase``: asked for, looked at, approved by somebody else; and one value shown later."""

from __future__ import annotations

from pathlib import Path

from headstamp.check import main as check
from headstamp.store.case import Case
from tests.cli.conftest import Run


def made(run: Run, folder: Path) -> str:
    run("init", folder)
    told = run("record", "item", "--make", "Kanary", "--set", "remark=Kanary said so", "--reason", "seen",
               "--case", folder, "--actor", "Ann", "--json").json
    return str(told["id"])


def test_from_asking_to_erased(run: Run, tmp_path: Path) -> None:
    case = tmp_path / "case"
    item = made(run, case)
    asked = run("erase", item, "--field", "remark", "--ground", "safety", "--why", "x", "--case", case,
                "--actor", "Ann", "--json").json
    assert asked["scope"]["fields"] == ["remark"]
    erasure = asked["erasure"]
    looked = run("erase", "--look", erasure, "--case", case)
    assert "remark, in 1 version." in looked.out
    assert "Asked for by " in looked.out
    assert "Backups made before" in looked.out
    waits = run("erase", "--list", "--case", case).out
    assert "asked for, not yet done" in waits
    assert "headstamp erase --look" in waits
    assert run("erase", "--approve", erasure, "--case", case, "--actor", "ANN", "--json").code == 4
    done = run("erase", "--approve", erasure, "--case", case, "--actor", "Bob", "--json")
    assert (done.code, done.json["left"]) == (0, [])
    assert b"Kanary said so" not in (case / "case.sqlite").read_bytes()
    listed = run("erase", "--list", "--case", case, "--json").json["erasures"]
    assert [(one["id"], one["erasure_state"]) for one in listed] == [(erasure, "approved")]
    assert run("erase", "--finish", "--case", case, "--json").json == {"finished": True}
    assert run("verify", "--case", case).code == 0
    shown = run("show", item, "--case", case)
    assert "remark (erased)" in shown.out
    again = run("erase", "--decline", erasure, "--case", case, "--actor", "Bob", "--json")
    assert again.json["error"] == "conflicting"


def test_what_does_not_go_together_is_refused(run: Run, tmp_path: Path) -> None:
    case = tmp_path / "case"
    item = made(run, case)
    for words in ((), (item, "--list"), ("--list", "--finish"), ("--list", "--field", "remark"), (item,),
                  (item, "--ground", "because"), (item, "--ground", "safety", "--field", "tier"),
                  ("item-nobody0000", "--ground", "safety"), ("--approve", "eras-nobody0000"),
                  ("--approve", item)):
        assert run("erase", *words, "--case", case, "--json").json["error"] in ("invalid", "missing"), words
    with Case.open(case) as opened:
        assert opened.checkpoint().size == 1


def test_one_value_is_shown_and_proven(run: Run, tmp_path: Path) -> None:
    case, file = tmp_path / "case", tmp_path / "make.json"
    item = made(run, case)
    told = run("proof", item, "--field", "make", "-o", file, "--case", case, "--json").json
    assert check([str(file), "--key", told["key"]]) == 0
    assert "said so" not in file.read_text("utf-8")
    file.write_text(file.read_text("utf-8").replace("Kanary", "Canary"), encoding="utf-8")
    assert check([str(file), "--key", told["key"]]) == 9
    assert run("proof", item, "--field", "model", "--case", case, "--json").json["error"] == "missing"
    assert run("proof", "--since", file, "--field", "make", "--case", case, "--json").json["error"] == "invalid"
