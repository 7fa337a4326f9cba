"""``custody``, ``receipt`` and ``derive`` from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.actions.evidence.receipt import receipt_of
from headstamp.publish.qr import qr_lines
from headstamp.records import kind_named
from headstamp.store.case import Case
from tests.actions.evidence.thing_kept import a_case
from tests.cli.conftest import Run


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Path]:
    a_case(tmp_path / "case").close()
    yield tmp_path / "case"


def test_the_timeline_in_words_and_as_json(run: Run, kept: Path) -> None:
    told = run("--case", kept, "custody", "P-06")
    assert told.code == 0 and "WRONG SEAL: At “handed over”" in told.out
    assert "held now by Laboratory" in told.out
    document = run("--case", kept, "custody", "item-sight0000", "--json").json
    assert [one["what"] for one in document["faults"]] == ["seal_mismatch"]
    assert run("--case", kept, "custody", "nowhere").code != 0
    assert "no act of custody" in run("--case", kept, "custody", "doc-basis0000").out


def test_a_receipt_is_written_and_checked(run: Run, kept: Path, tmp_path: Path) -> None:
    out = tmp_path / "receipt.html"
    made = run("--case", kept, "receipt", "cust-third0000", "-o", out, "--language", "fr", "--json")
    assert made.json["record"] == "cust-third0000" and "Reçu de pièce" in out.read_text("utf-8")
    paper = tmp_path / "paper.txt"
    with Case.open(kept) as case:
        paper.write_text(receipt_of(case, "cust-third0000", clearance="restricted").witness.text(),
                         encoding="utf-8")
    told = run("--case", kept, "receipt", "--check", paper)
    assert told.code == 0 and "as on the paper" in told.out
    paper.write_text(paper.read_text("utf-8").replace("index 12", "index 11"), encoding="utf-8")
    assert run("--case", kept, "receipt", "--check", paper).code == 9
    for wrong in (("receipt",), ("receipt", "cust-third0000"), ("receipt", "--check", "/nowhere"),
                  ("receipt", "cust-third0000", "-o", out, "--language", "xx")):
        answer = run("--case", kept, *wrong)
        assert answer.code != 0 and "Traceback" not in answer.err


def test_a_derivative_from_the_command_line(run: Run, kept: Path, tmp_path: Path) -> None:
    with Case.open(kept) as case, case.change(actor="A", reason="a letter") as change:
        file = change.file(b"letter")
        change.put(kind_named("document").cls.build(
            {"id": "doc-letter0000", "title": "Letter", "digest": file.digest}))
    copy = tmp_path / "letter.txt"
    copy.write_bytes(b"letter, typed out")
    refused = run("--case", kept, "derive", "doc-letter0000", copy)
    assert refused.code != 0 and "what was done" in refused.err
    made = run("--case", kept, "derive", "doc-letter0000", copy, "--what", "typed out", "--json").json
    assert made["parent"] == "doc-letter0000" and not made["working"]
    working = run("--case", kept, "derive", "doc-letter0000")
    assert "working copy of doc-letter0000" in working.out
    assert run("--case", kept, "verify").code == 0


def test_all_problems_of_an_act_are_told_at_once(run: Run, kept: Path) -> None:
    told = run("--case", kept, "record", "custody", "--item", "item-sight0000", "--act", "handed_over",
               "--held-on", "2016-11-04T09:30", "--seals-found", "A", "--seals-set", "B",
               "--reason", "x")
    assert told.code != 0
    for rule in ("who gives it", "who receives it", "no zone", "needs its reason"):
        assert rule in told.err, rule


def test_a_receipts_code_and_a_checkpoint_off_a_screen_are_taken_as_they_come(
    run: Run, kept: Path, tmp_path: Path
) -> None:
    """As a telephone saves them: the whole code, no last line feed, other line ends."""
    paper = tmp_path / "paper.txt"
    with Case.open(kept) as case:
        code = receipt_of(case, "cust-third0000", clearance="restricted").witness.text()
    for told in (code, code.rstrip(), code.replace("\n", "\r\n"), code.partition("\n\n")[2].rstrip()):
        paper.write_bytes(told.encode())
        assert run("--case", kept, "verify", "--against", paper).code == 0
        if told.startswith("c2sp"):
            assert run("--case", kept, "receipt", "--check", paper).code == 0
    paper.write_text(code.replace("\n13\n", "\n12\n"), "utf-8")
    assert run("--case", kept, "verify", "--against", paper).code == 9


def test_the_checkpoint_is_drawn_for_a_telephone(run: Run, kept: Path) -> None:
    note = run("--case", kept, "checkpoint").out
    assert run("--case", kept, "checkpoint", "--qr").out.rstrip("\n") == qr_lines(note).rstrip("\n")
