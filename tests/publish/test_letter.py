"""The letters: in five languages, with no marking turned round, on paper and for a word processor."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import unicodedata
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from headstamp.actions.desk import requests
from headstamp.actions.desk.request_letter import letter_of, write_form, write_out_templates
from headstamp.errors import Conflicting, Invalid, Missing
from headstamp.publish.letter import asked_in_words
from headstamp.publish.letter_csv import ETRACE, PLAIN, disarmed, undone
from headstamp.publish.letter_docx import LRI, LRO, PDI, RLI
from headstamp.publish.letter_run import filled, said_country, said_date
from headstamp.publish.letter_words import LANGUAGES, load
from tests.actions.desk.request_case import (
    ARABIC,
    LOT,
    MIXED,
    SERIAL,
    Desk,
    add_photograph,
    make_desk,
)

REFERENCE = "12-34/26"
KEPT = (SERIAL, REFERENCE, "QM-01")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = make_desk(tmp_path_factory.mktemp("letters") / "case")
    with made.case:
        add_photograph(made, "photo", "one")
        for language in LANGUAGES:
            made.ids[language] = requests.draft_request(
                made.case, [made["one"], made["two"]], addressee=made["maker"], language=language,
                photographs=[made["photo"]], clearance="restricted", actor="D. Esk",
                values={"channel": f"court, file {REFERENCE}", "our_reference": REFERENCE,
                        "due_on": "2026-04-13", "why_illicit": f"Found beside no. {SERIAL}, in a store.",
                        "urgent_because": "hearing 05-06"}).id
        yield made


def values(desk: Desk, language: str, **more: Any) -> dict[str, Any]:
    shown = desk.case.read("restricted").get(desk[language])
    return {**shown.values, "id": shown.id, "sent_on": "2026-03-02", **more}


def form(desk: Desk, language: str, ending: str, **more: Any) -> bytes:
    return write_form(desk.case, values(desk, language), ending, clearance="restricted", **more)


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"needs {name} (poppler)")
    return found


def words_on(pdf: bytes, folder: Path) -> list[str]:
    path = folder / "letter.pdf"
    path.write_bytes(pdf)
    told = subprocess.run([tool("pdftotext"), "-bbox", path, "-"], check=True, capture_output=True).stdout
    return [unicodedata.normalize("NFKC", unescape(one))
            for one in re.findall(r">([^<]+)</word>", told.decode("utf-8"))]


# -- what it says


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_what_the_instrument_asks(desk: Desk, language: str) -> None:
    letter, templates, _ = letter_of(desk.case, values(desk, language), clearance="restricted")
    words, text = templates.words, asked_in_words(letter)
    for name in ("letter.why_title", "letter.found_title", "letter.ask_title", "letter.use_title",
                 "letter.intended_use", "letter.no_accusation", "letter.answer_refused"):
        assert words[name] in text
    assert words.code("illicit_basis", "unlicensed") in text
    assert all(one in text for one in words.each("ask.maker"))
    assert text.count(REFERENCE) >= 2
    assert "{" not in text
    assert "44.8" not in text
    assert "Lower Mill" not in text
    assert letter.draft is False


def test_a_draft_says_that_it_is_none_sent(desk: Desk) -> None:
    letter, templates, _ = letter_of(desk.case, values(desk, "en", sent_on=None), clearance="restricted")
    assert letter.draft
    assert templates.words["label.draft"] in asked_in_words(letter)


def test_arms_and_other_goods_are_asked_for_on_different_grounds(desk: Desk) -> None:
    def opening(**more: Any) -> str:
        letter, _, _ = letter_of(desk.case, values(desk, "en", **more), clearance="restricted")
        return asked_in_words(letter)

    assert "International Instrument" in opening()
    desk.version("two", family="ammunition")
    assert "International Instrument" not in opening()
    desk.version("two", family="arm")


def test_a_question_of_ones_own_takes_the_place_of_the_standing_ones(desk: Desk) -> None:
    letter, templates, _ = letter_of(desk.case, values(desk, "en", question="Whose is it?"),
                                     clearance="restricted")
    text = asked_in_words(letter)
    assert "Whose is it?" in text
    assert templates.words.each("ask.maker")[0] not in text


def test_the_addressee_is_named_in_the_language_of_the_letter(desk: Desk) -> None:
    letter, _, _ = letter_of(desk.case, values(desk, "ar"), clearance="restricted")
    assert [line[0].text for line in letter.addressee] == [
        "مصنع تارنهولت", "Tarnholt Armoury", "1 Mill Lane, Halvenport", "صربيا"]


def test_sealed_markings_stay_out(desk: Desk) -> None:
    sealed = desk.put("secret", "marking", item=desk["one"], text="SECRET-9", tier="sealed")
    letter, _, about = letter_of(desk.case, values(desk, "en"), clearance="sealed")
    assert "SECRET-9" not in str(letter)
    assert about.withheld == 1
    assert sealed not in form(desk, "en", ".csv").decode("utf-8")


# -- dates and countries


def test_a_date_is_never_told_more_exactly_than_it_was_said() -> None:
    told = {language: load(language).words for language in LANGUAGES}
    assert said_date("2026-03-02", told["en"]) == "2 March 2026"
    assert said_date("2026-03-02", told["ru"]) == "2 марта 2026\u00a0г."
    assert said_date("2026-03-02", told["ar"]) == "2 مارس 2026"
    assert said_date("2026-03", told["fr"]) == "mars 2026"
    assert said_date("2011", told["es"]) == "2011"
    assert said_date("2016~", told["en"]) == "about 2016"
    assert said_date("2016-03?", told["en"]) == "March 2016, uncertain"
    assert said_date("2014/..", told["fr"]) == "à partir de\u00a0: 2014"
    assert said_date("../2016-10", told["en"]) == "until October 2016"
    assert said_date("2014/2016", told["es"]) == "2014 a 2016"
    assert said_date("2016-10-3X", told["en"]) == "30 October 2016 to 31 October 2016"
    assert said_date("198X", told["en"]) == "198– (last figures not known)"
    assert said_date("2016-XX", told["en"]) == "2016"
    assert said_date("2016-11-04T09:30+03:00", told["en"]) == "4 November 2016"
    assert said_date("", told["en"]) == said_date(None, told["en"]) == ""


def test_countries_have_their_names_in_the_language() -> None:
    assert said_country("RS", load("fr").words) == "Serbie"
    assert said_country("SUHH", load("fr").words) == "Soviet Union"
    assert said_country("Kestria", load("ar").words) == "Kestria"
    assert said_country(None, load("ar").words) == ""


# -- no marking is turned round


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_number_is_turned_round_in_print(desk: Desk, language: str, tmp_path: Path) -> None:
    told = words_on(form(desk, language, ".pdf"), tmp_path)
    text = " ".join(told)
    for kept in (*KEPT, "4470-B/2", "4122?7"):
        assert kept in text, (kept, text)
    for turned in ("85-07", "26/34-12", "34/26-12", "B/2-4470", "2/B-4470", "01-QM", "06-05"):
        assert turned not in text
    assert "٨٥-٠٧" not in text


def test_a_marking_looks_the_same_in_arabic_as_in_english(desk: Desk, tmp_path: Path) -> None:
    """Letter by letter on paper: whatever a program reads out of the file."""
    strips = []
    for language in ("en", "ar"):
        path = tmp_path / f"{language}.pdf"
        path.write_bytes(form(desk, language, ".pdf"))
        boxes = subprocess.run([tool("pdftotext"), "-bbox", path, "-"], check=True,
                               capture_output=True).stdout.decode("utf-8")
        found = None
        for number, page in enumerate(boxes.split("<page ")[1:], 1):
            wide = float(re.findall(r'width="([\d.]+)"', page)[0])
            word = re.search(rf'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">{SERIAL}<', page)
            if word and wide > 800:  # in the annex
                found = number, [float(one) for one in word.groups()]
        assert found, language
        number, (left, top, right, bottom) = found
        subprocess.run([tool("pdftoppm"), "-r", "288", "-f", str(number), "-l", str(number), "-png",
                        "-singlefile", path, tmp_path / language], check=True)
        with Image.open(tmp_path / f"{language}.png") as page_image:
            box = (round(left * 4), round(top * 4), round(right * 4), round(bottom * 4))
            strips.append(page_image.convert("L").crop(box).resize((80, 24)))
    apart = sum(abs(a - b) for a, b in zip(strips[0].tobytes(), strips[1].tobytes(), strict=True))
    turned = strips[0].transpose(Image.Transpose.FLIP_LEFT_RIGHT).tobytes()
    mirrored = sum(abs(a - b) for a, b in zip(turned, strips[1].tobytes(), strict=True))
    assert apart < mirrored / 3


def docx_of(desk: Desk, language: str) -> Any:
    return Document(io.BytesIO(form(desk, language, ".docx")))


def runs_of(doc: Any) -> list[list[tuple[str, bool]]]:
    """Each paragraph of text and tables as runs: their text, and whether they are marked w:rtl."""
    return [[("".join(t.text or "" for t in run.iter(qn("w:t"))), run.find(f"{qn('w:rPr')}/{qn('w:rtl')}") is not None)
             for run in para.iter(qn("w:r"))] for para in doc.element.body.iter(qn("w:p"))]


def test_in_a_docx_marks_stand_in_runs_of_their_own_between_isolates(desk: Desk) -> None:
    for language in LANGUAGES:
        seen = set()
        for runs in runs_of(docx_of(desk, language)):
            texts = [text for text, _ in runs]
            for at, (text, rtl) in enumerate(runs):
                if text in (SERIAL, LOT, REFERENCE, "TA 4122?7"):
                    seen.add(text)
                    assert not rtl
                    if language == "ar":
                        assert (texts[at - 1], texts[at + 1]) == (LRI, PDI), texts
                if text == MIXED:
                    seen.add(text)
                    assert rtl
                    assert (texts[at - 1], texts[at + 1]) == (RLI, PDI)
                if text == ARABIC:
                    seen.add(text)
                    assert not rtl
                    assert texts[at - 2 : at] == [LRI, LRO]
        assert seen == {SERIAL, LOT, REFERENCE, "TA 4122?7", MIXED, ARABIC}, language


def test_a_docx_runs_the_way_of_its_language(desk: Desk) -> None:
    arabic, english = docx_of(desk, "ar"), docx_of(desk, "en")
    own = load("ar").words["letter.closing"]
    for para in arabic.element.body.iter(qn("w:p")):
        text = "".join(t.text or "" for t in para.iter(qn("w:t")))
        if not text:
            continue
        theirs = text.startswith(("Found beside", "Racks"))
        assert theirs == (para.find(f"{qn('w:pPr')}/{qn('w:bidi')}") is None), text
    assert any(runs == [(own, True)] for runs in runs_of(arabic))
    assert arabic.tables[0]._tbl.tblPr.find(qn("w:bidiVisual")) is not None
    assert not list(english.element.body.iter(qn("w:bidi")))
    assert english.core_properties.author == ""
    assert str(english.core_properties.created) == str(english.core_properties.modified)


def test_the_order_of_properties_is_the_one_that_word_reads(desk: Desk) -> None:
    rank = {name: at for at, name in enumerate((
        "rStyle", "rFonts", "b", "bCs", "color", "sz", "szCs", "rtl", "cs", "lang"))}
    para = {name: at for at, name in enumerate((
        "pStyle", "keepNext", "numPr", "bidi", "spacing", "ind", "jc", "rPr", "sectPr"))}
    doc = docx_of(desk, "ar")
    for tag, order in (("w:rPr", rank), ("w:pPr", para)):
        for one in doc.element.body.iter(qn(tag)):
            names = [child.tag.rpartition("}")[2] for child in one]
            assert [order[name] for name in names] == sorted(order[name] for name in names), names


def test_no_photograph_takes_its_camera_along(desk: Desk) -> None:
    with zipfile.ZipFile(io.BytesIO(form(desk, "en", ".docx"))) as archive:
        pictures = [archive.read(name) for name in archive.namelist() if name.startswith("word/media/")]
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert len(pictures) == 1
    with Image.open(io.BytesIO(pictures[0])) as image:
        assert not image.getexif()


@pytest.mark.parametrize("ending", [".pdf", ".docx", ".html", ".csv"])
def test_the_same_bytes_twice(desk: Desk, ending: str) -> None:
    assert form(desk, "ar", ending) == form(desk, "ar", ending)


# -- templates


def test_the_shipped_templates_written_out_give_the_same_letter(desk: Desk, tmp_path: Path) -> None:
    assert len(write_out_templates(tmp_path / "all")) == 9
    assert form(desk, "fr", ".html", templates=tmp_path / "all") == form(desk, "fr", ".html")
    with pytest.raises(Conflicting, match=r"en\.toml"):
        write_out_templates(tmp_path / "all")
    with pytest.raises(Missing, match="no folder"):
        form(desk, "fr", ".html", templates=tmp_path / "none")


def test_a_changed_look_is_used(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "letter.html").write_text("<p>{{ letter.number }}</p>", encoding="utf-8")
    assert form(desk, "en", ".html", templates=tmp_path) == f"<p>{REFERENCE}</p>".encode()


@pytest.mark.parametrize(("text", "line"), [
    ("<p>\n{{ letter.nothing }}", 2), ("<p>\n\n{% if %}", 3), ("{{ words['letter.none'] }}", 1),
    ("\n{{ letter.__class__.__mro__ }}", 2), ("{% for x in range(10000000) %}{% endfor %}", 1),
    ("{{ letter | nothing }}", 1),
])
def test_a_look_that_cannot_be_used_is_told_with_its_line(
    desk: Desk, tmp_path: Path, text: str, line: int
) -> None:
    path = tmp_path / "letter.html"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Invalid) as error:
        form(desk, "en", ".html", templates=tmp_path)
    assert [p.file for p in error.value.problems] == [f"{path}, line {line}"]


def test_somebodys_words_are_no_markup(desk: Desk) -> None:
    page = write_form(desk.case, values(desk, "en", why_illicit="<script>x</script>", channel="{{ 7*7 }}"),
                      ".html", clearance="restricted").decode("utf-8")
    assert "<script" not in page
    assert "{{ 7*7 }}" in page


# -- tables


def rows(raw: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def test_the_plain_table_has_a_row_for_each_marking(desk: Desk) -> None:
    raw = form(desk, "en", ".csv")
    assert raw.startswith(b"\xef\xbb\xbf")
    assert not form(desk, "en", ".csv", bom=False).startswith(b"\xef\xbb\xbf")
    told = rows(raw)
    assert tuple(told[0]) == PLAIN
    assert [(one["item_number"], one["tag"], one["marking_text"]) for one in told] == [
        ("1", "QM-01", SERIAL), ("1", "QM-01", LOT), ("1", "QM-01", ARABIC), ("1", "QM-01", MIXED),
        ("2", "QM-02", "TA 4122?7"), ("2", "QM-02", "'=SUM(1)")]
    assert told[0]["found_at"] == "Mill District, North, Iraq"
    assert told[0]["our_reference"] == REFERENCE
    assert {one["answer_code"] for one in told} == {""}


def test_the_table_like_etrace_has_a_row_for_each_item(desk: Desk) -> None:
    told = rows(form(desk, "en", ".csv", etrace=True, officer="R. Aziz"))
    assert tuple(told[0]) == ETRACE
    first = told[0]
    assert (first["serial_number"], first["manufacturer"], first["caliber"], first["officer"]) == (
        SERIAL, "Tarnholt Armoury", "6.2 x 41 mm", "R. Aziz")
    assert (first["priority"], first["special_instructions"]) == ("urgent", "hearing 05-06")
    assert first["additional_markings"] == f"{LOT}; {ARABIC}; {MIXED}"
    assert (first["crime_code"], first["possessor"], first["serial_obliterated"]) == ("", "", "no")
    assert len(told) == 2


@given(st.text(max_size=20))
def test_no_cell_is_a_formula_and_none_is_lost(text: str) -> None:
    shown = disarmed(text)
    assert not shown.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert undone(shown) == text


@given(st.text(max_size=30))
def test_what_is_filled_in_is_never_read_as_a_template(text: str) -> None:
    from headstamp.publish.letter_run import Run

    runs = filled("Quote {reference}.", {"reference": Run(text, "code")})
    assert [run.text for run in runs] == ["Quote ", text, "."]


def test_other_endings(desk: Desk) -> None:
    with pytest.raises(Invalid, match="a letter is written as"):
        form(desk, "en", ".odt")


@pytest.mark.parametrize("ending", [".docx", ".html", ".csv"])
def test_a_reference_of_any_length_makes_a_letter(desk: Desk, ending: str) -> None:
    made = write_form(desk.case, values(desk, "en", our_reference="long " * 300), ending, clearance="restricted")
    if ending == ".docx":
        assert len(Document(io.BytesIO(made)).core_properties.title) == 255
    assert len(made) > 100
