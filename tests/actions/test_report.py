"""Writing a report: two forms, whole or not at all, the same bytes from the same checkpoint."""

from __future__ import annotations

import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.actions.cases import check_case
from headstamp.actions.report import write_report
from headstamp.errors import Conflicting, Invalid, Unavailable
from headstamp.publish.standing import standing
from headstamp.store.case import Case
from tests.actions.evidence.on_paper import pictures, read_codes
from tests.publish.sample import small_case


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with small_case(tmp_path_factory.mktemp("report")) as made:
        yield made


@pytest.fixture(scope="module")
def printed(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pdf") / "report.pdf"
    write_report(case, path, clearance="restricted")
    return path


def test_twice_from_the_same_checkpoint_gives_the_same_bytes(case: Case, tmp_path: Path) -> None:
    first, second = tmp_path / "a.html", tmp_path / "b.html"
    done = write_report(case, first, clearance="restricted")
    with Case.open(case.folder) as again:
        write_report(again, second, clearance="restricted")
    assert first.read_bytes() == second.read_bytes()
    assert (done.form, done.items, done.size) == ("html", 5, first.stat().st_size)
    page = first.read_text("utf-8")
    assert case.checkpoint_note().splitlines()[2] in page, "the root stands in the page"
    assert case.verifier.text() in page
    assert case.checkpoint().size == done.entries


def test_the_code_on_paper_is_the_checkpoint(case: Case, printed: Path, tmp_path: Path) -> None:
    (text,) = [one for page in pictures(printed.read_bytes(), tmp_path) for one in read_codes(page)]
    assert text == case.checkpoint_note() and check_case(case, against=[text]) == []


_WRITE = """
import sys
from pathlib import Path
from headstamp.actions.report import write_report
from headstamp.store.case import Case
write_report(Case.open(sys.argv[1]), Path(sys.argv[2]), clearance="restricted")
"""


def test_another_process_in_another_place_gives_the_same_bytes(
    case: Case, tmp_path: Path
) -> None:
    """Neither the order of sets, nor time zone, nor language, nor folder comes in."""
    first, second = tmp_path / "a.html", tmp_path / "b.html"
    write_report(case, first, clearance="restricted")
    elsewhere = {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C", "PATH": "/usr/bin:/bin"}
    subprocess.run(
        [sys.executable, "-c", _WRITE, str(case.folder), str(second)], check=True, cwd=tmp_path,
        env=elsewhere,
    )
    assert first.read_bytes() == second.read_bytes()


def test_another_entry_makes_another_report(tmp_path: Path) -> None:
    from headstamp.records import Item

    with small_case(tmp_path) as case:
        path = tmp_path / "r.html"
        write_report(case, path, clearance="restricted")
        before = path.read_bytes()
        with case.change(actor="teacher", reason="one more") as change:
            change.put(Item.build(tag="A-7"))
        assert write_report(case, path, clearance="restricted").items == 6
        assert path.read_bytes() != before and b"A-7" in path.read_bytes()


@pytest.mark.parametrize("name", ["report", "report.docx", "report.html.gz"])
def test_another_ending_is_refused(case: Case, tmp_path: Path, name: str) -> None:
    with pytest.raises(Invalid, match=r"\.html or \.pdf"):
        write_report(case, tmp_path / name, clearance="restricted")
    assert list(tmp_path.iterdir()) == []


def test_a_report_that_cannot_be_written_leaves_nothing(case: Case, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be written"):
        write_report(case, tmp_path / "none" / "r.html", clearance="restricted")
    (tmp_path / "r.html").mkdir()
    with pytest.raises(Unavailable, match="cannot be written"):
        write_report(case, tmp_path / "r.html", clearance="restricted")
    assert [p.name for p in tmp_path.iterdir()] == ["r.html"]


def test_what_is_done_is_told(case: Case, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    write_report(case, tmp_path / "r.html", clearance="public",
                 told=lambda *step: told.append(step))
    assert [step[1] for step in told] == [0, 1, 2] and told[-1] == ("written", 2, 2)


def test_a_case_that_changes_meanwhile_is_not_signed_for(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note read before the state is fixed must be the one read after."""
    notes = iter(range(1000))
    note = case.checkpoint_note()
    monkeypatch.setattr(
        case, "checkpoint_note", lambda: note if next(notes) % 2 == 0 else note + "x"
    )
    with pytest.raises(Conflicting, match="written to"), standing(case, "restricted"):
        pass


def test_without_the_printing_library_there_is_advice(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(Unavailable, match=r"Pango.*\.html"):
        write_report(case, tmp_path / "r.pdf", clearance="restricted")
    assert list(tmp_path.iterdir()) == []


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"poppler-utils is not installed: {name}")
    return found


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_the_pdf_is_tagged_titled_and_paged(printed: Path) -> None:
    told = _run(_tool("pdfinfo"), str(printed))
    assert "Lower Marrow, spring visit" in told and "A4" in told
    assert printed.read_bytes().startswith(b"%PDF-")
    assert "pdfuaid" in _run(_tool("pdfinfo"), "-meta", str(printed))
    assert "Tagged:          yes" in told
    pages = int(next(line for line in told.splitlines() if line.startswith("Pages")).split()[1])
    assert 8 <= pages <= 20
    assert f"1 / {pages}" in _run(_tool("pdftotext"), "-l", "1", "-layout", str(printed), "-")


def test_in_print_a_marking_in_arabic_is_not_turned_round(printed: Path) -> None:
    text = unicodedata.normalize("NFKC", _run(_tool("pdftotext"), str(printed), "-"))
    assert text.count("07-85") >= 4 and "85-07" not in text
    assert "12-34?/A" in text and "A/34?-12" not in text
    assert "Checkpoint" in text


def test_in_print_a_marking_in_arabic_stands_from_left_to_right(printed: Path) -> None:
    """The places of the glyphs, not their order in the file: what the eye sees."""
    boxes = _run(_tool("pdftotext"), "-bbox", str(printed), "-")
    assert boxes.count(">07-85<") >= 4, "one word, its characters from left to right"


def test_the_pages_can_be_looked_at(printed: Path, tmp_path: Path) -> None:
    from PIL import Image

    _run(_tool("pdftoppm"), "-r", "30", "-png", "-f", "1", "-l", "3", str(printed),
         str(tmp_path / "page"))
    pictures = sorted(tmp_path.glob("page*.png"))
    assert len(pictures) == 3
    for picture in pictures:
        with Image.open(picture) as page:
            assert len(page.convert("L").getcolors(256) or []) > 8, "the page is not empty"


def test_the_contents_name_pages(printed: Path) -> None:
    text = _run(_tool("pdftotext"), "-f", "2", "-l", "2", "-layout", str(printed), "-")
    lines = [line.split() for line in text.splitlines() if "Manifest of originals" in line]
    assert lines and int(lines[0][-1]) > 3
