"""Import, verification and report through the pages: looked at first, told as they run, in words."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from PIL import Image
from starlette.testclient import TestClient

from headstamp.actions.settings import Settings
from headstamp.store.case import Case
from headstamp.web import uploads
from headstamp.web.app import create_app
from headstamp.web.uploads import safe_name, waiting
from tests.web.conftest import BASE
from tests.web.small import small_case

FINDS = (
    "Tag,Category,Manufacturer,Date found,Colour\n"
    "A-1,arm,Zavod 5,2016-02-01,blue\n"
    "A-2,arm,Zavod 5,2016-33-01,blue\n"
)


@pytest.fixture()
def case(tmp_path: Path) -> Iterator[Case]:
    with small_case(tmp_path / "case", items=6) as case:
        yield case


@pytest.fixture()
def browser(case: Case) -> TestClient:
    app = create_app(Settings(case.where, "Ana"), case=case)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False, follow_redirects=False)


def token(browser: TestClient, address: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', browser.get(address).text)
    assert found is not None
    return found[1]


def send(browser: TestClient, *files: tuple[str, bytes], **more: str) -> str:
    answer = browser.post(
        "/import", data={"token": token(browser, "/import"), **more},
        files=[("files", file) for file in files],
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def finished(browser: TestClient, address: str) -> dict:
    wait = Event()
    for _ in range(3000):
        job = browser.get(f"/api{address}").json()
        if job["state"] != "running":
            return job
        wait.wait(0.01)
    raise AssertionError("the job does not end")


def do(browser: TestClient, address: str, what: str) -> str:
    plain = address.partition("?")[0]
    answer = browser.post(plain, data={"token": token(browser, address), "do": what})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_a_table_is_looked_at_checked_and_imported(browser: TestClient, case: Case) -> None:
    before = case.checkpoint().size
    address = send(browser, ("finds.csv", FINDS.encode()))
    page = browser.get(address).text
    assert "Nothing has been written yet" in page and "item: Make" in page
    assert "kept in the remark" in page and "--as" not in page
    job = do(browser, address, "check")
    told = finished(browser, job)
    assert told["result"]["dry"] and told["result"]["files"][0]["accepted"] == 1
    assert case.checkpoint().size == before
    assert "Checked only" in browser.get(job).text
    job = do(browser, address, "import")
    (file,) = finished(browser, job)["result"]["files"]
    assert (file["read"], file["accepted"], file["refused"]) == (2, 1, 1)
    page = browser.get(job).text
    assert "there is no month 33" in page and "2016-33-01" in page
    problems = browser.get(f"{job}/problems/0")
    assert problems.headers["content-disposition"].startswith("attachment")
    assert "A-2" in problems.text and "A-1" not in problems.text
    assert case.read().count("item")[0] == 7
    assert browser.get(address).status_code == 404  # the waiting copy is gone
    assert not any((case.folder / "imports" / "waiting").iterdir())


def test_what_cannot_be_read_is_said_in_words(browser: TestClient) -> None:
    address = send(browser, ("book.pdf", b"%PDF-1.7 nothing"), ("../up.csv", FINDS.encode()))
    page = browser.get(address).text
    assert "a PDF document" in page and "Traceback" not in page
    assert "up.csv" in page and "../up.csv" not in page
    job = finished(browser, do(browser, address, "import"))
    by_name = {one["name"]: one for one in job["result"]["files"]}
    assert by_name["up.csv"]["accepted"] == 1
    assert by_name["book.pdf"]["error"]["error"] == "unreadable"


def test_photographs_are_taken_in_as_one_folder(browser: TestClient, case: Case) -> None:
    def picture(colour: str) -> bytes:
        out = io.BytesIO()
        Image.new("RGB", (60, 40), colour).save(out, "JPEG")
        return out.getvalue()

    address = send(browser, ("a.jpg", picture("red")), ("b.jpg", picture("blue")))
    assert "2 photographs" in browser.get(address).text
    job = finished(browser, do(browser, address, "import"))
    assert job["result"]["files"][0]["accepted"] == 2
    assert case.read().count("photograph")[0] == 3


def test_files_can_be_let_go(browser: TestClient, case: Case) -> None:
    address = send(browser, ("finds.csv", FINDS.encode()))
    assert do(browser, address, "let_go") == "/import"
    assert browser.get(address).status_code == 404


def test_nothing_is_taken_without_our_form_or_beyond_the_limit(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [("files", ("finds.csv", FINDS.encode()))]
    assert browser.post("/import", files=files).status_code == 403
    assert browser.post("/verify").status_code == 403
    assert browser.post("/report").status_code == 403
    empty = browser.post("/import", data={"token": token(browser, "/import")},
                         files=[("files", ("", b""))])
    assert empty.status_code == 422 and "no file was sent" in empty.text.lower()
    monkeypatch.setattr(uploads, "MOST_BYTES", 200)
    large = browser.post("/import", data={"token": token(browser, "/import")},
                         files=[("files", ("finds.csv", b"x" * 4000))])
    assert large.status_code == 422 and "too large" in large.text


@pytest.mark.parametrize("bad", ["..", "/etc/passwd", "x" * 16, "0" * 15, "../../../../etc"])
def test_waiting_files_are_found_by_their_id_only(case: Case, bad: str) -> None:
    from headstamp.errors import Missing

    with pytest.raises(Missing):
        waiting(case, bad)


@pytest.mark.parametrize("name", ["..", "a/../b.csv", "\x00", "C:\\x\\y.csv", "é" * 300 + ".csv", ""])
def test_no_name_leads_out_of_its_folder(name: str) -> None:
    safe = safe_name(name)
    assert safe and safe not in (".", "..") and not set(safe) & set("/\\\x00")
    assert len(safe.encode()) <= 200 and safe.endswith((".csv", "file"))


def test_verification_tells_nothing_wrong_and_what_is(browser: TestClient, case: Case) -> None:
    page = browser.get("/verify").text
    assert case.checkpoint_note().split("\n")[2] in page.replace("&#43;", "+")
    answer = browser.post("/verify", data={"token": token(browser, "/verify")})
    job = finished(browser, answer.headers["location"])
    assert job["result"]["ok"] and job["result"]["size"] == case.checkpoint().size
    assert "Nothing is wrong" in browser.get("/verify").text
    assert browser.get("/api/overview").json()["log"]["verified_at"]
    original = next(iter((case.folder / "originals").glob("??/??/*")))
    original.chmod(0o644)
    original.write_bytes(b"changed")
    answer = browser.post("/verify", data={"token": token(browser, "/verify"),
                                           "against": case.checkpoint_note()})
    job = finished(browser, answer.headers["location"])
    assert not job["result"]["ok"] and job["result"]["against"] == 1
    page = browser.get(answer.headers["location"]).text
    assert original.name in page and "custodian" in page


def test_a_text_that_is_no_checkpoint_is_refused_at_once(browser: TestClient) -> None:
    answer = browser.post("/verify", data={"token": token(browser, "/verify"), "against": "hello"})
    assert answer.status_code in (422, 500) and "Traceback" not in answer.text


def test_the_checkpoint_can_be_taken_away(browser: TestClient, case: Case) -> None:
    answer = browser.get("/checkpoint.txt")
    assert answer.text == case.checkpoint_note()
    assert "attachment" in answer.headers["content-disposition"]


def test_a_report_is_written_and_handed_out(browser: TestClient) -> None:
    assert browser.get("/jobs/0000000000000000").status_code == 404
    answer = browser.post("/report", data={"token": token(browser, "/report"), "form": "html"})
    job = finished(browser, answer.headers["location"])
    assert job["result"]["form"] == "html" and job["result"]["items"] == 6
    report = browser.get(f"{answer.headers['location']}/report")
    assert report.status_code == 200 and "attachment" in report.headers["content-disposition"]
    assert "Sealed paper" not in report.text


def test_a_running_job_asks_for_its_state_and_a_finished_one_no_more(
    browser: TestClient, case: Case
) -> None:
    go, jobs = Event(), browser.app.state.desk.jobs

    def work(told):
        told("rows", 3, 10)
        assert go.wait(20)

    job = jobs.start("import", "finds.csv", work)
    state = browser.get(f"/jobs/{job.id}/state").text
    assert 'hx-trigger="every 1s"' in state and "<progress" in state
    assert "An import is running" in browser.get("/import").text
    go.set()
    finished(browser, f"/jobs/{job.id}")
    assert "hx-get" not in browser.get(f"/jobs/{job.id}/state").text
