"""Receipts: one page in every language, whose code is read off the paper and pins the log."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.actions.cases import check_case
from headstamp.actions.evidence.receipt import check_paper, receipt_of, receipt_pdf, write_receipt
from headstamp.errors import Invalid, Missing, Tampered, Unreadable
from headstamp.evidence.checkpoint import open_checkpoint
from headstamp.publish.receipt import LANGUAGES, render, words_of
from headstamp.publish.witness import Witness
from headstamp.store.case import Case
from tests.actions.evidence.on_paper import pictures, read_codes
from tests.actions.evidence.thing_kept import PARTED, a_case, act, full, make

ACT = "cust-third0000"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with a_case(tmp_path_factory.mktemp("receipt") / "case") as made:
        with made.change(actor="R. Ilmen", reason="everything said") as change:
            change.put(full())
            change.put_many([make("marking", f"more{n}", item="item-sight0000", text="7" * 200)
                             for n in range(9)])
        yield made


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_page_whose_code_is_the_checkpoint_and_the_entry(
    case: Case, language: str, tmp_path: Path
) -> None:
    receipt = receipt_of(case, ACT, clearance="restricted", language=language)
    (page,) = pictures(receipt_pdf(receipt), tmp_path)
    (text,) = read_codes(page)
    assert text.partition("\n\n")[2] == case.checkpoint_note()
    paper = Witness.parse(text)
    assert (paper.record, paper.index) == (ACT, case.read("restricted").get(ACT).seq)
    assert paper.check([case.verifier]) == case.checkpoint()
    assert check_paper(case, text).record == ACT


@pytest.mark.parametrize("language", ["en", "ar", "ru"])
def test_the_fullest_receipt_is_one_page_too(case: Case, language: str, tmp_path: Path) -> None:
    receipt = receipt_of(case, "cust-full0000", clearance="restricted", language=language)
    (page,) = pictures(receipt_pdf(receipt), tmp_path)
    assert len(read_codes(page)) == 1
    assert words_of(language)["cut"] in render(receipt)


def test_every_field_stands_on_it_and_what_was_not_said_too(case: Case) -> None:
    page = render(receipt_of(case, ACT, clearance="restricted"))
    for text in ("handed over", "2016-12-01T10:00Z", "النيابة العامة", "Laboratory", "reading",
                 "Signature of who gives", "Signature of who receives", "Invented for teaching.",
                 "R. Ilmen", case.verifier.text()):
        assert text in page, text
    assert page.count("not said here") == 3  # where, by whose authority, in which condition


def test_markings_are_isolated_and_escaped_in_either_direction(case: Case) -> None:
    for language in ("en", "ar"):
        page = render(receipt_of(case, ACT, clearance="restricted", language=language))
        assert '<bdi dir="ltr" class="marking">OS4 00871</bdi>' in page
        assert f'<bdo dir="ltr">{PARTED}</bdo>' in page
        assert '<bdi dir="ltr">07-85</bdi>' in page
        assert "&lt;b&gt;&amp;amp;" in page and "<b>&amp;" not in page
        # Each text of the case stands in a box of its own: its full stop stays where it was.
        second = render(receipt_of(case, "cust-second0000", clearance="restricted", language=language))
        assert '<bdi dir="ltr" class="own">Team two (S. Torvag).</bdi>' in second


def test_every_language_has_every_word() -> None:
    english = words_of("en")
    for language in LANGUAGES[1:]:
        told = words_of(language)
        same = {key for key in english if told[key] == english[key]}
        assert told.keys() == english.keys() and same <= {"version"}, (language, same)
    with pytest.raises(Invalid, match="not in 'xx'"):
        words_of("xx")


def test_every_word_of_the_lists_has_its_translation() -> None:
    from headstamp.vocab import vocabulary

    words = words_of("en")
    for term in vocabulary("custody_act"):
        assert words[f"act_{term.code}"] == term.label
    for term in vocabulary("seal_state"):
        assert words[f"seal_{term.code}"] == term.label


def test_a_record_of_the_past_has_no_receipt(case: Case, tmp_path: Path) -> None:
    past = make("custody", "past", item="item-sight0000", custody_kind="captured", held_on="2014")
    with case.change(actor="A", reason="the past") as change:
        change.put(past)
    with pytest.raises(Invalid, match="no act of custody"):
        receipt_of(case, past.id, clearance="restricted")
    with pytest.raises(Missing):
        receipt_of(case, "cust-nobody0000", clearance="restricted")
    with pytest.raises(Invalid, match="a receipt is written as"):
        write_receipt(case, ACT, tmp_path / "x.doc", clearance="restricted")
    made = write_receipt(case, ACT, tmp_path / "x.html", clearance="restricted")
    assert made.size == (tmp_path / "x.html").stat().st_size


def test_what_is_above_the_clearance_is_not_on_the_paper(case: Case) -> None:
    page = render(receipt_of(case, "cust-second0000", clearance="partner"))
    assert "Room 2" not in page and "tier “partner”" in page
    sealed = act("sealed", "sealed", "2016-12-05", "", "lab", seals_set=["Z 9"], tier="sealed")
    with case.change(actor="A", reason="sealed") as change:
        change.put(sealed)
    with pytest.raises(Missing):
        receipt_of(case, sealed.id, clearance="restricted")


def test_the_paper_holds_against_a_log_that_grew_and_not_against_another(
    case: Case, tmp_path: Path
) -> None:
    text = receipt_of(case, ACT, clearance="restricted").witness.text()
    with case.change(actor="A", reason="later") as change:
        change.put(make("note", "later", about="item-sight0000", text="later"))
    told = check_paper(case, text)
    assert told.now > told.then
    note = text.partition("\n\n")[2]
    assert check_case(case, against=[note]) == []
    assert open_checkpoint(note, [case.verifier]).size == told.then
    with a_case(tmp_path / "other") as other, pytest.raises(Tampered):
        check_paper(other, text)  # signed by another key
    with pytest.raises(Unreadable):
        check_paper(case, "no receipt")


def test_a_paper_made_to_name_another_record_is_found_out(case: Case) -> None:
    true = receipt_of(case, ACT, clearance="restricted").witness
    for false in (Witness("cust-first0000", 1, true.index, true.leaf, true.path, true.checkpoint),
                  Witness(true.record, 2, true.index, true.leaf, true.path, true.checkpoint)):
        with pytest.raises(Tampered, match="another record"):
            check_paper(case, false.text())
    moved = Witness(true.record, 1, true.index - 1, true.leaf, true.path, true.checkpoint)
    with pytest.raises(Tampered, match="does not agree with itself"):
        check_paper(case, moved.text())


def test_a_log_cut_back_is_found_against_the_paper(tmp_path: Path) -> None:
    with a_case(tmp_path / "case") as case:
        shutil.copytree(tmp_path / "case", tmp_path / "old")
        with case.change(actor="A", reason="later") as change:
            change.put(act("fourth", "checked", "2016-12-09", "", "lab"))
        text = receipt_of(case, "cust-fourth0000", clearance="restricted").witness.text()
    with Case.open(tmp_path / "old") as old, pytest.raises(Tampered, match="cut or is older"):
        check_paper(old, text)
    assert re.search(r"\nindex \d+\n", text)
