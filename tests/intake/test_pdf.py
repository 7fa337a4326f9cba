"""Pages of PDF documents: drawn as they are, and no document harms who has it drawn."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from headstamp.errors import HeadstampError, Invalid, Missing, Unreadable
from headstamp.intake import limited
from headstamp.intake.limits import LIMITS, Limits
from headstamp.intake.pdf import PdfFacts, page_picture, read_pdf
from headstamp.intake.photo import read_photo
from headstamp.publish.pdf import print_pdf
from tests.effort import EFFORT
from tests.intake.hostile import picture
from tests.intake.pdfs import changed_by_chance, form, hostile_papers, pages, paper
from tests.shared import ROOT

HASTY = replace(LIMITS, parser_cpu_seconds=2)
MOST_KILOBYTES = 512 * 1024


def image(data: bytes, page: int = 1, side: int = 842) -> Image.Image:
    return Image.open(io.BytesIO(page_picture(data, page, side, name="a.pdf"))).convert("RGB")


def near(found: Any, wanted: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 12 for one, other in zip(found, wanted, strict=True))


def test_a_page_is_drawn_upright_and_in_its_colours() -> None:
    data = paper()
    assert read_pdf(data) == PdfFacts(pages=1, sizes=((595.0, 842.0),))
    drawn = image(data)
    assert drawn.size in ((595, 842), (596, 842))
    # From the lower left corner of the page: 100 to 300 across, 100 to 400 up.
    assert near(drawn.getpixel((200, 842 - 250)), (0, 0, 255))
    assert near(drawn.getpixel((200, 250)), (255, 255, 255))
    assert max(image(data, side=3_508).size) in (3_508, 3_509)
    turned = paper(page="/Rotate 90")
    assert read_pdf(turned).sizes == ((842.0, 595.0),)
    assert near(image(turned).getpixel((250, 200)), (0, 0, 255))
    assert page_picture(data, 1, 400) == page_picture(data, 1, 400)


def test_a_letter_of_our_own_has_its_pages() -> None:
    letter = print_pdf("<h1>Letter</h1><p>TA 412207</p><p style='page-break-before:always'>2</p>")
    assert read_pdf(letter).pages == 2
    first, second = image(letter, 1), image(letter, 2)
    assert first.getextrema()[0][0] < 60 and first.tobytes() != second.tobytes()


def test_a_form_shows_what_was_filled_in() -> None:
    assert near(image(form()).getpixel((200, 842 - 715)), (255, 0, 0))


def test_many_pages_are_told_and_bounded() -> None:
    many = pages(10_000)
    facts = read_pdf(many)
    assert (facts.pages, len(facts.sizes)) == (10_000, LIMITS.pdf_pages)
    assert image(many, LIMITS.pdf_pages, 400).size[1] in (400, 401)
    with pytest.raises(Unreadable, match=r"page 2,001 was asked for.*`pdf_pages` of 2,000"):
        page_picture(many, 2_001, 400)
    few = Limits(pdf_pages=2)
    assert len(read_pdf(pages(3), limits=few).sizes) == 2
    for page in (0, -1, 4):
        with pytest.raises(Missing, match="3 pages"):
            page_picture(pages(3), page, 400, name="a.pdf")
    for side in (0, 10_001):
        with pytest.raises(Invalid):
            page_picture(pages(3), 1, side)
    with pytest.raises(Unreadable, match="`image_pixels`"):
        page_picture(pages(3), 1, 1_600, limits=Limits(image_pixels=1_000))


def test_a_child_that_was_taken_over_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr("headstamp.intake.pdf.only_answer", lambda *_, **__: told[-1])
    for said in (None, [], {"pages": "3", "sizes": []}, {"pages": True, "sizes": [[1, 1]]},
                 {"pages": 0, "sizes": []}, {"pages": 1 << 40, "sizes": []},
                 {"pages": 1, "sizes": [[1, float("nan")]]}, {"pages": 1, "sizes": [[1, -1]]},
                 {"pages": 1, "sizes": [["1", 1]]}, {"pages": 1, "sizes": [[1, 1], [1, 1]]},
                 {"pages": 2, "sizes": [[1, 1]]}):
        told.append(said)
        with pytest.raises(Unreadable, match="without sense"):
            read_pdf(paper())
    for said in (None, {}, {"jpeg": 3}, {"jpeg": "?"}, {"jpeg": "PHN2Zz4="}):
        told.append(said)
        with pytest.raises(Unreadable, match="without sense"):
            page_picture(paper(), 1, 400)


@pytest.mark.slow
def test_every_hostile_document_is_refused_or_drawn_within_the_limits() -> None:
    papers = [*hostile_papers(), *changed_by_chance(40 * EFFORT)]
    assert len({one.name for one in papers}) == len(papers)
    for one in papers:
        told = ""
        for ask in (partial(read_pdf, one.data), partial(page_picture, one.data, 1, 1_600)):
            limited.KEEPERS.latest = limited.End(0)
            try:
                ask(name=one.name, limits=HASTY)
            except HeadstampError as error:
                told += f"{error}\n"
                assert one.name in str(error), (one.name, told)
            end = limited.KEEPERS.latest
            assert end.kilobytes < MOST_KILOBYTES and end.seconds < 4, (one.name, end)
        if one.refused is None and not one.name.startswith("chance"):
            assert told == "", (one.name, told)
        assert (one.refused or "") in told, (one.name, told)
    assert image(paper()).size[1] == 842
    assert read_photo(picture("JPEG")).width == 96


def test_nothing_that_a_document_wants_is_done(tmp_path: Path) -> None:
    """It is drawn as if it did not ask; what lies in another file does not come into the picture."""
    plain = image(paper()).tobytes()
    for one in hostile_papers():
        if "wants-" in one.name:
            assert image(one.data).tobytes() == plain, one.name
    secret = tmp_path / "secret"
    secret.write_bytes(b"0 0 1 rg 0 0 595 842 re f\n")
    path = str(secret).encode()
    data = paper(more={4: b"<< /Length 0 /F (%s) >>\nstream\n\nendstream" % path})
    assert image(data).getextrema() == ((255, 255),) * 3


def test_pdfium_is_loaded_in_the_child_alone(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(paper())
    told = subprocess.run(
        [sys.executable, "-c", "import sys, json; from headstamp.intake.pdf import read_pdf; "
         "import headstamp.web.app; assert read_pdf(sys.argv[1]).pages == 1; "
         "print(json.dumps([m for m in sys.modules if 'pdfium' in m]))",
         str(tmp_path / "a.pdf")],
        capture_output=True, text=True, check=False, cwd=ROOT)
    assert json.loads(told.stdout) == [], told.stderr
