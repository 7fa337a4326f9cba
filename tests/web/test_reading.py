"""Reading pages without a browser: what their bytes hold, and what their forms record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from headstamp.actions.settings import Settings
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.web.conftest import BASE
from tests.web.marked import CAPTION, REMARK, SECRET, make, marked_case

PAGE = "/markings/mark-aaaa/read"
ADA = "QX 7?41"


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with marked_case(tmp_path / "case") as made:
        yield made


def as_person(case: Case, name: str, clearance: str = "restricted") -> TestClient:
    return TestClient(create_app(Settings(case.where, name, clearance), case=case), base_url=BASE,
                      raise_server_exceptions=False)


def post(client: TestClient, page: str, act: str = "", **data: str):
    token = re.search(r'name="token" value="(\w+)"', client.get("/items/new").text)
    assert token, page
    return client.post(act or page, data={"token": token[1], **data}, follow_redirects=False)


def read(client: TestClient, text: str, reader: str, **more: str):
    return post(client, PAGE, text=text, reader=reader, **more)


def told(client: TestClient, page: str = PAGE) -> str:
    return client.get(page).text + client.get("/api" + page).text


def test_what_others_read_is_not_in_the_bytes_before_ones_own(case: Case) -> None:
    ada, ben = as_person(case, "Ada"), as_person(case, "Ben")
    for word in (SECRET, REMARK, CAPTION, "qx7741"):
        assert word not in told(ada)
    done = read(ada, ADA, "Ada", certainty="60", remark="seen from the left")
    assert done.status_code == 303 and done.headers["location"] == PAGE
    assert ADA in told(ada) and SECRET in told(ada)
    blind = told(ben)
    for word in (ADA, SECRET, REMARK, CAPTION, "qx7741", "seen from the left", "Ada",
                 "/items/item-aaaa", '"/markings/mark-aaaa"'):
        assert word not in blind, word
    assert "One other person has read this marking" in blind
    # Nor in what the page itself asks for, nor in the queue that leads to it.
    for asked in set(re.findall(r'(?:href|src)="(/(?:static|thumbs)/[^"]+)"', blind)):
        assert SECRET.encode() not in ben.get(asked.replace("&amp;", "&")).content
    queue = told(ben, "/reading")
    assert "C-1" in queue and ADA not in queue and SECRET not in queue
    this = ben.get("/api" + PAGE).json()
    assert this["blind"] and this["held_back"] == 1 and this["given"] == [] and not this["recorded"]


def test_both_readings_stand_side_by_side_afterwards(case: Case) -> None:
    ada, ben = as_person(case, "Ada"), as_person(case, "Ben")
    read(ada, ADA, "Ada")
    read(ben, "OX 7741", "Ben")
    for client in (ada, ben):
        page = client.get(PAGE).text
        assert "place 1: Ada reads Q, Ben reads O" in page
        assert "place 5: Ben reads 7, Ada could not read it" in page
        assert ("4 of the 5 characters that both read agree, 1 differs; "
                "1 was read by one of them only") in page
    this = ben.get("/api" + PAGE).json()
    assert this["joint"] == "[QO]X 7741"
    (pair,) = this["pairs"]
    assert [one["kind"] for one in pair["places"]] == [
        "differing", "agreed", "separator", "agreed", "unread", "agreed", "agreed"]
    assert pair["share"] == pytest.approx(0.8)
    assert [one["method"] for one in this["given"]] == ["photograph", "second_person"]
    assert as_person(case, "Cyd").get("/api" + PAGE).json()["held_back"] == 2


def test_another_person_may_read_at_the_same_desk(case: Case) -> None:
    desk = as_person(case, "Ada")
    read(desk, ADA, "Ada")
    page = desk.get(PAGE + "?reader=Ben").text
    assert ADA not in page and 'value="Ben"' in page
    done = read(desk, "QX 7741", " Ben ")
    assert done.headers["location"] == PAGE + "?reader=Ben"
    assert "Ada" in desk.get(done.headers["location"]).text
    reader = case.read("sealed")
    by = {shown.get("reader") for shown in reader.referring("mark-aaaa", kind="reading")}
    assert by == {"Ada", "Ben"}


def test_a_refused_reading_is_shown_again_with_what_is_wrong(case: Case) -> None:
    ada = as_person(case, "Ada")
    size = case.read("sealed").size()
    refused = read(ada, "", "Ada", certainty="200", remark="keep <me>")
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text and "keep &lt;me&gt;" in refused.text
    assert read(ada, "A", " ").status_code == 422
    bad = ada.post(PAGE, data={"token": "no", "text": "A1", "reader": "Ada"})
    assert bad.status_code == 403 and "A1" in bad.text
    assert case.read("sealed").size() == size
    read(ada, ADA, "Ada")
    again = read(ada, "QX 1", "ada")
    assert again.status_code == 409 and "has read this marking already" in again.text
    assert "QX 1" in again.text and ADA in again.text
    assert post(ada, PAGE, "/markings/mark-zzzz/read", text="A", reader="B").status_code == 404


def test_a_joint_text_becomes_a_new_version(case: Case) -> None:
    ada, ben = as_person(case, "Ada"), as_person(case, "Ben")
    read(ada, ADA, "Ada")
    read(ben, "OX 7741", "Ben")
    settle = "/markings/mark-aaaa/settle"
    assert 'value="joint text of the readings by Ada and Ben"' in ben.get(PAGE).text
    refused = post(ben, PAGE, settle, text="[QO]X 7741", state="clear", reason="", expected="1",
                   reader="Ben")
    assert refused.status_code == 422 and "Ada" in refused.text
    stale = post(ben, PAGE, settle, text="QX 7741", state="clear", reason="x", expected="9",
                 reader="Ben")
    assert stale.status_code == 409
    done = post(ben, PAGE, settle, text="[QO]X 7741", state="partial", reason="looked again",
                expected="1", reader="Ben")
    assert done.status_code == 303 and done.headers["location"] == PAGE
    event = case.read("sealed").history("mark-aaaa")[-1]
    assert (event.values["text"], event.values["state"]) == ("[QO]X 7741", "partial")
    assert (event.actor, event.reason) == ("Ben", "looked again")
    assert event.values["region"] == "400, 350, 440, 120" and event.values["remark"] == REMARK
    assert "is the text of all readings together" in ben.get(PAGE).text


def test_a_part_of_a_photograph_becomes_a_marking_with_its_first_reading(case: Case) -> None:
    ada = as_person(case, "Ada")
    page = "/photographs/photo-aaaa/mark"
    values = {"x": "10", "y": "20", "width": "300", "height": "90", "item": "item-aaaa",
              "text": "LOT ?", "state": "partial", "marking_kind": "lot", "reader": "Ada"}
    assert "C-1" in ada.get(page).text
    refused = post(ada, page, **{**values, "width": "9000"})
    assert refused.status_code == 422 and "1200 by 800 pixels" in refused.text
    assert 'value="9000"' in refused.text and "LOT ?" in refused.text
    done = post(ada, page, **values)
    assert done.status_code == 303
    marking = done.headers["location"].split("/")[2]
    shown = case.read("sealed").get(marking)
    assert shown.get("region") == "10, 20, 300, 90" and shown.get("photograph") == "photo-aaaa"
    assert "LOT ?" in ada.get(done.headers["location"]).text
    assert "LOT ?" not in as_person(case, "Ben").get(done.headers["location"]).text


def test_a_known_marking_is_given_its_part(case: Case) -> None:
    ada = as_person(case, "Ada")
    page = "/photographs/photo-aaaa/mark?marking=mark-cccc"
    assert "RX 5" not in ada.get(page).text
    done = post(ada, page, "/photographs/photo-aaaa/mark", marking="mark-cccc", expected="1",
                x="1", y="2", width="30", height="40", reader="Ada")
    assert done.headers["location"] == "/markings/mark-cccc/read"
    shown = case.read("sealed").get("mark-cccc")
    assert (shown.get("region"), shown.get("text")) == ("1, 2, 30, 40", "RX 5")
    assert ada.get("/photographs/photo-aaaa/mark?marking=item-aaaa").status_code == 404


def test_without_a_picture_the_form_remains(case: Case) -> None:
    ada = as_person(case, "Ada")
    page = ada.get("/markings/mark-bbbb/read").text
    assert "published elsewhere" in page and 'name="from_item" value="yes"' in page
    assert "07-85" not in page
    assert "not held" in ada.get("/photographs/photo-bbbb/mark").text


def test_the_queue_tells_who_waits_and_how_well_readers_agree(case: Case) -> None:
    ada, ben = as_person(case, "Ada"), as_person(case, "Ben")
    assert "No marking waits" in ada.get("/reading").text
    assert ada.get("/api/reading?state=none").json()["total"] == 3
    read(ada, ADA, "Ada")
    (row,) = ben.get("/api/reading").json()["rows"]
    assert (row["marking"], row["readers"], row["mine"], row["photograph"]) == (
        "mark-aaaa", 1, False, True)
    read(ben, "OX 7741", "Ben")
    this = ben.get("/api/reading?state=two").json()
    assert this["total"] == 1 and this["statistics"]["share"] == pytest.approx(0.8)
    assert this["statistics"]["confusions"] == [{"one": "O", "other": "Q", "count": 1}]
    page = ben.get("/reading?state=two").text
    assert "Of 5 characters that both read, 4 agree (80.0 %)" in " ".join(page.split())
    assert ben.get("/reading?state=three").status_code == 422


def test_the_picture_to_read_from_is_as_large_as_the_original(case: Case) -> None:
    from io import BytesIO

    from PIL import Image

    ada = as_person(case, "Ada")
    address = re.search(r'href="(/thumbs/\w+\?side=8000)"', ada.get(PAGE).text)
    assert address
    answer = ada.get(address[1])
    assert answer.headers["content-type"] == "image/jpeg"
    assert Image.open(BytesIO(answer.content)).size == (1200, 800)


def test_a_photograph_of_unknown_size_is_a_plain_picture(case: Case) -> None:
    ada = as_person(case, "Ada")
    shown = case.read("sealed").get("photo-aaaa")
    values = {name: value for name, value in shown.values.items() if name not in ("width", "height")}
    with case.change(actor="t", reason="no size") as change:
        change.put(make("photograph", **values, id="photo-aaaa"))
    for page in (PAGE, "/photographs/photo-aaaa/mark"):
        answer = ada.get(page)
        assert answer.status_code == 200 and "data-stage" not in answer.text
        assert re.search(r'<img src="/thumbs/\w+\?side=1200"', answer.text)
    done = post(ada, "/photographs/photo-aaaa/mark", x="1", y="2", width="3", height="4",
                item="item-aaaa", state="removed", reader="Ada")
    assert done.status_code == 303 and ada.get(done.headers["location"]).status_code == 200


def test_three_readers_and_markings_that_run_from_right_to_left(case: Case) -> None:
    for name, text in (("Ada", "لوط 0785"), ("Ben", "لوط 07?5"), ("Cyd", "لوط ٠٧٨٦")):
        assert read(as_person(case, name), text, name).status_code == 303
    page = as_person(case, "Cyd").get(PAGE).text
    assert page.count('<table class="places" dir="rtl">') == 3  # and beside the record
    assert as_person(case, "Cyd").get("/api" + PAGE).json()["joint"] == "لوط 078[5٦]"


@pytest.mark.parametrize("text", ["[[8B]", "]", "*" * 30, "<script>", "\u202e12", "a\r\nb", "x" * 9000])
def test_any_text_can_be_read_and_is_shown_as_text(case: Case, text: str) -> None:
    for name in ("Ada", "Ben"):
        assert read(as_person(case, name), text + name, name).status_code == 303
    page = as_person(case, "Ada").get(PAGE)
    assert page.status_code == 200 and "<script>Ada" not in page.text
    assert as_person(case, "Ada").get("/reading?state=two").status_code == 200
    for data in ({}, {"expected": "1"}, {"expected": "²", "text": "A"}):
        refused = post(as_person(case, "Ada"), PAGE, "/markings/mark-aaaa/settle", **data)
        assert refused.status_code in (409, 422)


def test_what_is_hidden_is_not_there(case: Case) -> None:
    public = as_person(case, "Ada", "public")
    for page in (PAGE, "/photographs/photo-aaaa/mark"):
        assert public.get(page).status_code == 404
    assert public.get("/api/reading?state=none").json()["total"] == 0
    refused = post(public, "/items/new", PAGE, text="A", reader="Ada")
    assert refused.status_code == 404
