"""Hostile files sent through the page: told by name and reason, kept apart, never shown in place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from headstamp.actions.cases import check_case, make_case
from headstamp.actions.settings import Settings
from headstamp.records import Document
from headstamp.store.case import Case
from headstamp.web.app import create_app
from headstamp.web.uploads import safe_name
from tests.intake.hostile import OUTSIDE, SCRIPTS, picture, png, some_of
from tests.web.conftest import BASE
from tests.web.test_working import do, finished, send

_SENT = (
    "overlap-50-1000000.xlsx", "path-00.xlsx", "laughs-xl-workbook.xml.xlsx", "laughs.svg", "page.jpg",
    "exif-script-00.jpg", "exif-script-04.jpg", "jpeg-and-page.jpg", "pdf-script.pdf",
    "boxes-deep.heic", "postscript.jpg", "nested-10.csv.gz", "entries-100000.xlsx",
)
_NAMES = (
    f"../../{OUTSIDE}.csv", f"/tmp/{OUTSIDE}.csv", f"C:\\{OUTSIDE}.csv", f"..\\{OUTSIDE}.csv",
    f"\\\\server\\share\\{OUTSIDE}.csv", "..", ".", "CON", ".htaccess", "<script>x</script>.csv",
    "a" * 400 + ".csv", "\u202egpj.csv", "．．／x.csv",
)


@pytest.fixture()
def case(tmp_path: Path) -> Iterator[Case]:
    with make_case(tmp_path / "case") as case:
        yield case


@pytest.fixture()
def browser(case: Case) -> TestClient:
    app = create_app(Settings(case.where, "Ana"), case=case)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False, follow_redirects=False)


def test_files_sent_are_refused_or_kept_and_the_service_stays_up(
    browser: TestClient, case: Case, tmp_path: Path
) -> None:
    by_name = {one.name: one for one in some_of(_SENT)}
    address = send(browser, *((one.name, one.data) for one in by_name.values()),
                   ("bomb.png", png(16_000, 16_000, lines=9)))
    page = browser.get(address)
    assert page.status_code == 200 and "alert(1)" not in page.text
    job = do(browser, address, "import")
    done = {one["name"]: one for one in finished(browser, job)["result"]["files"]}
    pictures = done.pop("photographs")
    for name, told in done.items():
        assert told["error"]["error"] in ("unreadable", "invalid"), (name, told)
        assert name in str(told["error"]) and len(told["error"]["message"]) > len(name) + 15
    warned = " ".join(pictures["warnings"])
    assert "bomb.png" in warned and "`image_pixels`" in warned and "boxes-deep.heic" in warned
    for path in ("/", "/photographs", job, "/import", "/items"):
        shown = browser.get(path)
        assert shown.status_code == 200
        assert "<script>alert" not in shown.text and "onerror=alert(1)>" not in shown.text
    for photo in case.read("sealed").stream("photograph"):
        name, digest = str(photo.get("original_name")), str(photo.get("digest"))
        assert browser.get(f"/photographs/{photo.id}").status_code == 200
        small = browser.get(f"/thumbs/{digest}?side=400")
        assert small.status_code in (200, 422), name
        assert small.headers["x-content-type-options"] == "nosniff"
        if small.status_code == 200:
            assert small.content[:2] == b"\xff\xd8" and b"alert" not in small.content
        else:
            assert name[1:] in small.text  # a sentence begins with a capital
        if name in by_name:
            assert browser.get(f"/originals/{digest}").content == by_name[name].data
    assert not list(tmp_path.rglob(f"*{OUTSIDE}*"))
    assert check_case(case) == []


@pytest.mark.parametrize("name", _NAMES)
def test_a_name_sent_with_a_file_leads_nowhere(
    browser: TestClient, case: Case, tmp_path: Path, name: str
) -> None:
    around = {path for path in tmp_path.rglob("*") if not path.is_relative_to(case.folder)}
    address = send(browser, (name, b"tag,make\nA-9,x\n"))
    page = browser.get(address)
    assert page.status_code == 200 and "<script>x</script>" not in page.text
    [waiting] = (case.folder / "imports" / "waiting").iterdir()
    [path] = waiting.iterdir()
    assert path.parent == waiting and safe_name(name) == path.name
    assert around == {path for path in tmp_path.rglob("*") if not path.is_relative_to(case.folder)}


@pytest.mark.parametrize(("name", "data"), [
    ("page.html", b"<!DOCTYPE html><script>alert(1)</script>"),
    ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
    ("evil\r\nset-cookie: a=b\".html", b"<script>alert(1)</script>"),
    ("paper.pdf", b"%PDF-1.7 /OpenAction"),
    ("picture.jpg", picture("JPEG") + b"<script>alert(1)</script>"),
])
def test_an_original_is_handed_over_and_never_shown_in_place(
    browser: TestClient, case: Case, name: str, data: bytes
) -> None:
    with case.change(actor="Ana", reason="test") as change:
        kept = change.file(data)
        change.put(Document.build({
            "title": SCRIPTS[0], "digest": kept.digest, "mime": "text/html", "size": len(data),
            "original_name": name.replace("\r\n", " ")}))
    answer = browser.get(f"/originals/{kept.digest}")
    assert answer.status_code == 200 and answer.content == data
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "set-cookie" not in answer.headers
    page = browser.get("/documents")
    assert page.status_code == 200 and SCRIPTS[0] not in page.text
