"""The extract holds what its recipient may see and nothing above it, on one page, the same bytes twice."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from headstamp.actions.alerts.extract import (
    extract_of,
    extract_pdf,
    false_alarms,
    in_form,
    write_extract,
)
from headstamp.actions.cases import check_case
from headstamp.actions.evidence.receipt import check_paper
from headstamp.errors import Invalid, Missing, Refused
from headstamp.publish.alert_extract import LANGUAGES, PHOTOGRAPHS, Extract
from headstamp.publish.alert_page import MOST_LETTERS, in_letters, render
from headstamp.publish.witness import Witness, note_kept
from tests.actions.alerts.alert_case import (
    ARABIC,
    CANARY,
    LOT,
    SERIAL,
    STENCIL,
    Alerts,
    make_alerts,
)
from tests.actions.evidence.on_paper import pictures, read_codes


@pytest.fixture
def made(tmp_path: Path) -> Alerts:
    return make_alerts(tmp_path / "case")


def of(made: Alerts, clearance: str = "restricted", **more: Any) -> Extract:
    return extract_of(made.case, made["alert"], clearance=clearance, **more)


def text_of(pdf: bytes) -> str:
    pypdfium2 = pytest.importorskip("pypdfium2")
    document = pypdfium2.PdfDocument(pdf)
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    return text + str(document.get_metadata_dict())


def pages(pdf: bytes) -> int:
    pypdfium2 = pytest.importorskip("pypdfium2")
    return len(pypdfium2.PdfDocument(pdf))


def test_it_says_what_it_looks_like_where_and_what_is_not_known(made: Alerts) -> None:
    one = of(made)
    assert [(each.word, each.value) for each in one.features] == [
        ("paint", "olive over grey"), ("stencil", STENCIL), ("wrapping", "clear film")]
    assert set(one.marks) == {LOT, ARABIC}
    assert "at least 2 of these 3" in one.least
    assert one.first_day == "4 November 2016" and one.last_day == "11 February 2017"
    assert "".join(run.text for run in one.last).endswith("Tel Halim district, South province, Syria")
    assert "".join(run.text for run in one.known) == "Iraq" and one.finds == 3
    assert len(one.photographs) == 1 and one.coarse and one.unknown and one.sure


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_above_the_tier_is_in_any_form(made: Alerts, language: str) -> None:
    one = of(made, "sealed", language=language)
    pdf = extract_pdf(one)
    for told in (text_of(pdf), pdf.decode("latin-1"), render(one), in_letters(one)):
        assert CANARY not in told
        assert SERIAL not in told
        assert "4711" not in told
    assert "red" not in str(one.things)
    assert pages(pdf) == 1
    assert language != "ar" or extract_pdf(of(made, "sealed", language=language)) == pdf


def test_the_picture_carries_nothing_of_its_camera(made: Alerts) -> None:
    jpeg = of(made).photographs[0].jpeg
    assert CANARY.encode() not in jpeg
    from PIL import Image

    assert not Image.open(io.BytesIO(jpeg)).getexif()


def test_what_is_left_out_is_said(made: Alerts) -> None:
    told = of(made, "sealed").withheld
    assert "“partner”" in told and "some finds" in told and "some places" in told
    assert "some photographs" in told and "features" not in told
    # Of what its maker may not see either, nothing is said: it does not exist for them.
    assert of(made, "restricted").withheld.endswith("some places.")
    # The same alert for those who see it all.
    assert of(made, "sealed", tier="sealed").withheld == ""


def test_a_higher_tier_sees_more_and_measurements_never(made: Alerts) -> None:
    one = of(made, "sealed", tier="sealed")
    assert f"{CANARY} quarter" in "".join(run.text for run in one.last) or one.finds == 4
    assert one.finds == 4 and f"{CANARY} crate" in one.things
    page = render(one)
    assert f"{CANARY} length" not in page and "4711.5" not in page and SERIAL not in page


def test_a_signature_above_the_tier_takes_its_features_along(made: Alerts) -> None:
    made.version("signature", tier="restricted")
    with pytest.raises(Refused, match="not for readers of tier partner"):
        of(made)
    assert of(made, tier="restricted").features


def test_an_alert_above_the_tier_makes_none(made: Alerts) -> None:
    made.version("alert", tier="restricted")
    with pytest.raises(Refused, match="not for readers of tier partner: it is restricted"):
        of(made)
    with pytest.raises(Refused, match="not for readers of tier public"):
        of(made, tier="public")
    assert of(made, tier="restricted").title


def test_nobody_makes_it_for_who_sees_more_than_they_do(made: Alerts) -> None:
    with pytest.raises(Refused, match="made by somebody who may see what is restricted"):
        of(made, "partner", tier="restricted")
    with pytest.raises(Missing):
        of(made, "public", tier="public")


@pytest.mark.parametrize(("name", "value"), [("tier", "secret"), ("language", "de")])
def test_what_is_no_tier_or_language_is_refused(made: Alerts, name: str, value: str) -> None:
    with pytest.raises(Invalid, match=value):
        of(made, **{name: value})


def test_what_a_trace_reply_forbids_to_pass_on_stays_out(made: Alerts) -> None:
    made.put("request", "trace_request", title="Crates", items=[made["item 2"]])
    made.put("reply", "trace_reply", request=made["request"], reply_code="confirmed_full",
             received_on="2017-03-01", items=[made["item 2"]], use_limits=["no_onward"])
    made.put("told lot", "marking", item=made["item 2"], text="LOT-TOLD-9", marking_kind="lot",
             source={"document": made.put("letter", "document", title="the letter", items=[made["item 2"]],
                                          link="https://example.org/letter")})
    made.version("reply", document=made["letter"])
    for tier in ("partner", "restricted"):  # to whomever it goes, it goes out of the house
        one = of(made, tier=tier)
        assert "LOT-TOLD-9" not in render(one) + in_letters(one)
    made.version("reply", use_limits=None)
    assert "LOT-TOLD-9" in of(made).marks


def test_the_code_proves_the_alert_in_the_log(made: Alerts) -> None:
    one = of(made)
    paper = Witness.parse(one.witness.text())
    assert paper.record == made["alert"] and paper.version == 1
    assert paper.check(made.case.key_line) is not None


def test_whom_to_tell_comes_from_the_case_or_is_a_line(made: Alerts) -> None:
    assert "class=\"line\"" in render(of(made)) and "________" in in_letters(of(made))
    letters = made.case.folder / "letters"
    letters.mkdir()
    (letters / "sender.toml").write_text('name = "Mine Action Centre"\ncontact = ["tel. 00-11"]\n'
                                         '[ar]\nname = "مركز الألغام"\n', encoding="utf-8")
    assert "Mine Action Centre" in in_letters(of(made)) and "tel. 00-11" in render(of(made))
    assert "class=\"line\"" not in render(of(made)) and "مركز الألغام" in in_letters(of(made, language="ar"))


def test_photographs_are_at_most_two_and_its_own_first(made: Alerts) -> None:
    more = [made.photograph(f"p{number}", colour, [made["item 2"]])
            for number, colour in enumerate(("blue", "white", "black"))]
    made.version("alert", photographs=more)
    assert len(of(made).photographs) == PHOTOGRAPHS
    made.version("alert", photographs=None)
    assert of(made).photographs == () and any("photograph" in one.casefold() for one in of(made).unknown)
    made.version("paint 2", photograph=more[0])
    assert len(of(made).photographs) == 1


def test_the_most_it_can_say_fits_one_page_and_480_letters(made: Alerts) -> None:
    long = "word " * 400
    made.version("signature", features=[{"kind": "other", "value": f"feature {n} {'x' * 150}"} for n in range(30)])
    made.version("alert", title=f"T {long[:900]}", looks_like=long, where_seen=long, not_known=long,
                 photographs=[made.photograph("q1", "blue", [made["item 2"]]),
                              made.photograph("q2", "black", [made["item 2"]])])
    for number in range(12):
        made.put(f"m{number}", "marking", item=made["item 2"], text=f"M{number} " + "Y" * 140,
                 marking_kind="stencil")
    for language in LANGUAGES:
        one = of(made, language=language)
        assert one.features_left == 20 and one.marks_left
        letters = in_letters(one)
        assert len(letters) <= MOST_LETTERS
        assert letters.splitlines()[-1].startswith(one.words["report"])
        assert letters.count("\u2066") + letters.count("\u2068") == letters.count("\u2069")
    assert pages(extract_pdf(of(made, language="ru"))) == 1  # the longest words


def test_an_isolate_that_is_cut_is_closed(made: Alerts) -> None:
    made.version("south site", name="Store behind the long wall at the crossing of Tel Halim " * 3)
    for language in LANGUAGES:
        for letters in (in_letters(of(made, language=language), most) for most in range(150, 481, 30)):
            opened = letters.count("\u2066") + letters.count("\u2068")
            assert opened == letters.count("\u2069"), letters


def test_markings_and_numbers_keep_their_order(made: Alerts) -> None:
    page = render(of(made, language="ar"))
    assert '<bdi dir="ltr">07-85</bdi>' in page or '<bdo dir="ltr">07-85</bdo>' in page
    letters = in_letters(of(made, language="ar"))
    assert "\u206607-85\u2069" in letters and f"\u2068{LOT}\u2069" in letters
    assert "<b>x</b>" not in render(of(made, values={"title": "<b>x</b>"}))


def test_what_must_be_said_is_said(made: Alerts) -> None:
    made.put("data", "document", title="a set", link="https://example.org/d",
             caution="Invented for teaching. Nothing in it happened.")
    one = of(made)
    assert one.cautions and "Invented for teaching" in render(one)
    assert "Invented for teaching" in in_letters(one).splitlines()[1]


def test_it_is_written_by_the_ending_of_its_file(made: Alerts, tmp_path: Path) -> None:
    one = of(made)
    for form, begins in ((".pdf", b"%PDF"), (".html", b"<!DOCTYPE html>"), (".txt", b"Alert A-")):
        done = write_extract(one, tmp_path / f"x{form}")
        assert done.path.read_bytes() == in_form(one, form) and in_form(one, form).startswith(begins)
    with pytest.raises(Invalid, match=r"not '\.odt'"):
        write_extract(one, tmp_path / "x.odt")


@pytest.mark.parametrize(("method", "share"), [
    ("novelty.find 1; false alarms in 0.05", 0.05), ("by hand", None), ("", None),
    ("false alarms in many", None), ("false alarms in 7", None)])
def test_the_false_alarms_of_a_method(method: str, share: float | None) -> None:
    assert false_alarms(method) == share


@pytest.mark.parametrize("language", ["en", "ar", "ru"])
def test_the_code_on_paper_is_the_entry_and_the_checkpoint(made: Alerts, language: str, tmp_path: Path) -> None:
    (page,) = pictures(extract_pdf(of(made, language=language)), tmp_path)
    (text,) = read_codes(page)
    assert note_kept(text) == made.case.checkpoint_note()
    assert check_paper(made.case, text).record == made["alert"]
    assert check_case(made.case, against=[note_kept(text)]) == []
