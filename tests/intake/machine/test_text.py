"""Text on drawn pictures by the readers that are installed: what is proposed, and what is doubted."""

from __future__ import annotations

import pytest
from PIL import Image

from headstamp.intake.machine import lines
from headstamp.intake.machine.parts import rapid_version, tesseract_languages
from headstamp.intake.machine.proposal import Proposal
from headstamp.intake.machine.read import read_image
from headstamp.intake.machine.script import as_latin, compact, core
from headstamp.intake.machine.weigh import DOUBTFUL
from tests.intake.machine.drawing import blurred, lettered, noisy, page, turned

NEEDED = frozenset({"eng", "rus", "ara", "fas", "chi_sim"})

pytestmark = pytest.mark.skipif(
    not rapid_version() or not tesseract_languages() >= NEEDED,
    reason="not all readers of text are installed (headstamp[ocr], tesseract with its languages)",
)


def proposals(picture: Image.Image) -> list[Proposal]:
    return list(read_image(picture, ("ocr",)).proposals)


def texts(found: list[Proposal]) -> set[str]:
    return {compact(one.text) for one in found}


def test_clean_latin_is_one_proposal_of_two_readers() -> None:
    found = proposals(page(["RSG 44871", "LN-27-85"]))
    assert texts(found) == {"rsg44871", "ln-27-85"}
    for one in found:
        assert one.form == "Latn" and " and " in one.reader and one.score > DOUBTFUL
        assert one.region[2] > 100 and one.region[3] > 20


CYRILLIC = ["6Ж40", "ЦДФ 5512", "НБ4821", "ЛМ2279", "68КГ8", "ТЦ-28-90", "ПАТРОНЫ 7,62", "ШЩ 90",
            "ИЯ 1234", "ЗАВОД 325", "АВС 1234", "СССР 840", "Партия 25"]


def test_cyrillic_never_comes_back_as_a_sure_latin_reading() -> None:
    for picture in (page(CYRILLIC), noisy(page(CYRILLIC, "serif"), 25),
                    turned(page(CYRILLIC, "sans"), 4)):
        found = proposals(picture)
        assert len({one.region for one in found}) > len(CYRILLIC) - 3
        for one in found:
            if one.form == "Latn":
                assert one.doubts and one.score <= DOUBTFUL, one


def test_cyrillic_words_are_among_the_proposals() -> None:
    wanted = ["ПАТРОНЫ 7,62", "ЗАВОД 325", "ЦДФ 5512"]
    found = {core(one.text): one.form for one in proposals(page(wanted))}
    assert {core(text): "Cyrl" for text in wanted}.items() <= found.items()


def test_letters_of_two_scripts_that_look_alike_are_given_in_both() -> None:
    found = proposals(lettered("АВС 1234"))
    assert {"Latn", "Cyrl"} <= {one.form for one in found}
    assert {as_latin(one.text) for one in found} == {"ABC 1234"}


def test_arabic_and_persian_words_without_their_digits() -> None:
    found = proposals(page(["صنع في ١٩٨٥", "۶۰ ملیمتر", "صنع في العراق"], "arabic"))
    arabic = [one for one in found if one.form == "Arab"]
    given = " ".join(one.text for one in arabic)
    assert "صنع" in given and "العراق" in given
    for one in arabic:
        assert not any(c.isdigit() for c in one.text) and one.doubts and one.score <= DOUBTFUL


def test_arabic_digits_alone_are_never_relied_on() -> None:
    for one in proposals(page(["١٢٠", "۶۰", "٢٥٦٧", "٧٤٥", "۱۳۶۴"], "arabic")):
        assert one.doubts and one.score <= DOUBTFUL, one


def test_chinese_by_two_readers() -> None:
    found = proposals(lettered("北方工业 五六式 1985", "chinese"))
    assert found[0].form == "Hani" and compact(found[0].text) == "北方工业五六式1985"
    assert found[0].score > DOUBTFUL


@pytest.mark.parametrize("degrees", [-6, 90, 180])
def test_a_turned_line_is_read(degrees: float) -> None:
    assert compact("RSG 44871") in texts(proposals(turned(lettered("RSG 44871"), degrees)))


def test_light_on_dark_and_somewhat_blurred() -> None:
    light = lettered("RSG 44871", ink=230, ground=30)
    assert compact("RSG 44871") in texts(proposals(blurred(light, 1.2)))


def test_what_is_lost_in_noise_is_doubted_or_not_given() -> None:
    drowned = noisy(blurred(lettered("AB805089", size=24), 3), 120)
    assert all(one.doubts for one in proposals(drowned))


def test_several_lines_each_at_its_place_from_the_top() -> None:
    sheet = Image.new("L", (900, 500), 225)
    sheet.paste(lettered("RSG 44871"), (20, 20))
    sheet.paste(lettered("LN-27-85"), (300, 300))
    found = proposals(sheet)
    assert [compact(one.text) for one in found][:1] == ["rsg44871"]
    places = {compact(one.text): one.region for one in found}
    assert places["rsg44871"][1] < 150 < 300 < places["ln-27-85"][1]
    assert read_image(Image.new("L", (300, 200), 200), ("ocr",)).proposals == ()


def test_tesseract_alone_gives_doubtful_proposals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "rapid_version", lambda: "")
    found = proposals(page(["RSG 44871", "ЗАВОД 325"]))
    assert {"rsg44871", "завод325"} <= texts(found)
    assert all(one.doubts and one.score <= DOUBTFUL for one in found)
