"""The pages of measures: each renders with and without data; answers, refusals, files, findings; nothing hidden."""

from __future__ import annotations

import csv
import io
import os
import re
from html import unescape
from pathlib import Path
from urllib.parse import quote, urlencode

import orjson
import pytest
from starlette.testclient import TestClient

from headstamp.actions.measures.feeds import FEEDS
from headstamp.actions.settings import Settings
from headstamp.analysis.measures import MEASURES
from headstamp.analysis.plot import Plot, Series
from headstamp.store.case import Case
from headstamp.web.app import create_app
from headstamp.web.contexts.plot import cell
from tests.actions.measures.test_measuring import the_case
from tests.store.encrypted import encrypted_case
from tests.web.conftest import BASE
from tests.web.sample import everything, make
from tests.web.test_secrecy import _planted

VALUES = "/measures/scale.serials?ask=values&values=2,6,7,14"
OF_CASE = "/measures/scale.serials?ask=case&series=K%23"


def browser(case: Case, clearance: str = "sealed") -> TestClient:
    app = create_app(Settings(case.where, "Ann", clearance), case=case)
    return TestClient(app, base_url=BASE, follow_redirects=False)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return the_case(tmp_path / "case")


@pytest.fixture
def client(case: Case) -> TestClient:
    return browser(case)


def tables_of(page: str) -> list[list[list[str]]]:
    """The tables of plotted numbers on a page."""
    bodies = re.findall(r'<table class="list numbers">.*?<tbody>(.*?)</tbody>', page, re.S)
    return [[[unescape(one) for one in re.findall(r"<td[^>]*><bdi>(.*?)</bdi></td>", row)]
             for row in re.findall(r"<tr>(.*?)</tr>", body, re.S)] for body in bodies]


def token_of(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found
    return found[1]


def test_the_list_has_every_measure(client: TestClient) -> None:
    page = client.get("/measures").text
    told = client.get("/api/measures").json()["measures"]
    assert [one["name"] for one in told] == [one.name for one in MEASURES]
    assert {one["name"] for one in told if one["of_case"]} == {feed.measure for feed in FEEDS}
    for one in MEASURES:
        assert f'href="/measures/{one.name}"' in page and one.question in unescape(page)


@pytest.mark.parametrize("name", [one.name for one in MEASURES])
def test_every_measure_has_a_page_with_its_form(client: TestClient, name: str) -> None:
    answer = client.get(f"/measures/{name}")
    page = unescape(answer.text)
    assert answer.status_code == 200 and page.count("<h1>") == 1
    (measure,) = [one for one in MEASURES if one.name == name]
    assert measure.refuses in page and all(said in page for said in measure.assumptions)
    for one in measure.inputs:
        assert f'name="{one.name}"' in page or f'name="file:{one.name}"' in page, one.name
    assert client.get(f"/api/measures/{name}").json()["state"] == ""


@pytest.mark.parametrize("name", [feed.measure for feed in FEEDS])
def test_asked_of_an_empty_case_it_says_so(tmp_path: Path, name: str) -> None:
    with Case.create(tmp_path / "empty") as empty:
        answer = browser(empty).get(f"/measures/{name}?ask=case")
        assert answer.status_code == 200
        assert "No number can be given" in answer.text or 'class="wrong"' in answer.text


@pytest.mark.parametrize("name", [feed.measure for feed in FEEDS])
def test_asked_of_a_full_case_it_answers_or_says_what_is_missing(shared_case: Case, name: str) -> None:
    street = browser(shared_case, "restricted")
    answer = street.get(f"/measures/{name}?ask=case")
    assert answer.status_code == 200
    assert 'class="outcome' in answer.text or 'class="wrong"' in answer.text
    twin = street.get(f"/api/measures/{name}?ask=case")
    if 'class="wrong"' in answer.text:
        assert twin.status_code == 422 and twin.json()["problems"]
        return
    told = twin.json()
    assert told["state"] == "answered" and told["result"]["case"]["effort"]["words"]
    for plot in told["plots"]:
        rows = [(one["name"], *point) for one in plot["series"] for point in one["points"]]
        file = street.get(f"/measures/{name}/{plot['name']}.csv?ask=case")
        lines = list(csv.reader(io.StringIO(file.content.decode())))
        assert len(lines) == len(rows) + 1
        assert street.get(f"/measures/{name}/{plot['name']}.svg?ask=case").text.startswith("<svg")


def test_an_answer_says_all_that_it_rests_on(client: TestClient, case: Case) -> None:
    page = unescape(client.get(OF_CASE).text)
    told = client.get(f"/api{OF_CASE}").json()["result"]
    assert "16.5 pieces" in page and "95 % interval: 14 to 29.6" in page
    for said in (*told["assumptions"], *told["warnings"], *told["case"]["taken"], told["text"],
                 told["case"]["effort"]["words"], told["case"]["snapshot"], *told["sources"]):
        assert said in page, said
    assert all(f"/items/item-aaa{at}" in page for at in range(4))
    assert "scale.serials, version" in page and case.origin in page
    for model in told["models"]:
        assert model["name"] in page


def test_the_table_is_the_plot(client: TestClient) -> None:
    for address in (OF_CASE, VALUES):
        page = client.get(address).text
        plots = client.get(f"/api{address}").json()["plots"]
        wide = [any(len(point) > 2 for one in plot["series"] for point in one["points"]) for plot in plots]
        assert plots and tables_of(page) == [
            [[cell(value) for value in (one["name"], *point, *[None] * ((5 if spread else 3) - 1 - len(point)))]
             for one in plot["series"] for point in one["points"]]
            for plot, spread in zip(plots, wide, strict=True)]
        assert [orjson.loads(unescape(one)) for one in re.findall(r'data-plot="([^"]*)"', page)] == plots


def test_a_refusal_is_an_answer(client: TestClient) -> None:
    answer = client.get("/measures/scale.serials?ask=values&values=2,6")
    assert answer.status_code == 200
    assert "No number can be given." in answer.text and "at least 3 do" in answer.text
    assert 'role="alert"' not in answer.text and "Put into a finding" not in answer.text
    told = client.get("/api/measures/scale.serials?ask=values&values=2,6").json()["result"]
    assert told["refused"] and told["estimate"] is None


def test_what_cannot_be_asked_keeps_the_form_and_is_an_error_for_programs(client: TestClient) -> None:
    address = "/measures/scale.serials?ask=values&values=2,six&level=0.9"
    answer = client.get(address)
    assert answer.status_code == 200 and "not a whole number" in answer.text
    assert "2,six" in answer.text and 'value="0.9"' in answer.text
    assert client.get(f"/api{address}").status_code == 422
    assert client.get("/measures/nothing").status_code == 404
    assert client.get("/measures/scale.serials?ask=nobody").status_code == 200
    assert client.get("/api/measures/scale.serials?ask=nobody").status_code == 422


def test_the_series_of_a_case_are_offered(client: TestClient) -> None:
    page = client.get("/measures/scale.serials?ask=case").text
    assert 'href="/measures/scale.serials?ask=case&amp;series=K%23"' in page


@pytest.mark.parametrize("given", [
    {"values": "@/etc/passwd"}, {"cells": "/etc/passwd"}, {"values": "@"}, {"cells": "sent:../../etc"},
    {"cells": "sent:0123456789abcdef"}])
def test_no_file_of_this_machine_is_read(client: TestClient, given: dict[str, str]) -> None:
    name = "scale.lists" if "cells" in given else "scale.serials"
    for way in ("values", "case"):
        query = urlencode({"ask": way, **given})
        assert client.get(f"/api/measures/{name}?{query}").status_code in (404, 422)
        assert "root:" not in client.get(f"/measures/{name}?{query}").text


def test_a_file_is_sent_and_its_answer_has_an_address(client: TestClient) -> None:
    page = client.get("/measures/scale.lists").text
    cells = b"a,b,count\n1,0,27\n0,1,25\n1,1,23\n"
    done = client.post("/measures/scale.lists/values", data={"token": token_of(page), "level": "0.9"},
                       files={"file:cells": ("cells.csv", cells, "text/csv")})
    assert done.status_code == 303, done.text
    there = done.headers["location"]
    assert re.fullmatch(r"/measures/scale\.lists\?ask=values&cells=sent%3A[0-9a-f]{16}&level=0\.9", there)
    answer = client.get(there)
    assert answer.status_code == 200 and "cells.csv" in answer.text and 'class="outcome' in answer.text
    told = client.get(f"/api{there}").json()
    assert told["result"]["level"] == 0.9 and str(Path("/")) + "imports" not in str(told)


def test_many_typed_values_go_by_a_file(client: TestClient) -> None:
    page = client.get("/measures/scale.serials").text
    typed = ", ".join(str(at * 7 + 3) for at in range(900))
    done = client.post("/measures/scale.serials/values", data={"token": token_of(page), "values": typed})
    assert "sent%3A" in done.headers["location"] and len(done.headers["location"]) < 200
    assert "900 different numbers" in client.get(done.headers["location"]).text


def test_values_are_sent_from_our_own_form_only(client: TestClient) -> None:
    assert client.post("/measures/scale.serials/values", data={"token": "x", "values": "1"}).status_code == 403
    assert client.post("/measures/scale.serials/finding", data={"token": "x"}).status_code == 403


def test_the_files_of_a_plot(client: TestClient) -> None:
    query = OF_CASE.partition("?")[2]
    plot = client.get(f"/api{OF_CASE}").json()["plots"][0]
    base = f"/measures/scale.serials/{plot['name']}"
    assert client.get(f"{base}.png?{query}").content.startswith(b"\x89PNG")
    told = client.get(f"{base}.json?{query}").json()
    assert told["plot"] == plot and told["estimate"] == 16.5
    assert client.get(f"{base}.csv?{query}").headers["content-disposition"].endswith('.csv"')
    assert client.get(f"/measures/scale.serials/nothing.svg?{query}").status_code == 422
    assert client.get(f"{base}.svg").status_code == 422


def test_an_answer_is_put_into_a_finding(client: TestClient, case: Case) -> None:
    page = client.get(OF_CASE).text
    snapshot = re.search(r'name="snapshot" value="([0-9a-f]{64})"', page)
    asked = re.search(r'name="asked" value="([^"]+)"', page)
    assert snapshot and asked
    form = {"token": token_of(page), "asked": unescape(asked[1]), "snapshot": snapshot[1]}
    done = client.post("/measures/scale.serials/finding", data=form)
    assert done.status_code == 303, done.text
    finding = case.read("sealed").get(done.headers["location"].rpartition("/")[2])
    assert snapshot[1] in finding.get("checkpoint") and finding.get("author") == "Ann"
    assert "14 and 30" in client.get(done.headers["location"]).text
    # The finding itself changed the case: what the page showed is no longer its state.
    assert client.post("/measures/scale.serials/finding", data=form).status_code == 409


def test_a_refused_or_plain_answer_is_put_into_none(client: TestClient) -> None:
    page = client.get(OF_CASE).text
    for asked in ("ask=values&values=2,6,7,14", "ask=case&series=ZZ%23", ""):
        told = client.get(f"/api/measures/scale.serials?{asked}").json()["result"]
        snapshot = told["case"]["snapshot"] if told and "case" in told else ""
        done = client.post("/measures/scale.serials/finding", data={
            "token": token_of(page), "asked": asked, "snapshot": snapshot})
        assert done.status_code in (403, 422), asked


def test_a_long_answer_is_waited_for_on_its_page(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from threading import Event

    from headstamp.web import measuring
    held, begun = Event(), Event()
    ask = measuring.measure

    def slow(*given):
        begun.set()
        held.wait(20)
        return ask(*given)

    monkeypatch.setattr(measuring, "measure", slow)
    monkeypatch.setattr(measuring, "SOON", 0.01)
    page = client.get(VALUES).text
    assert begun.wait(10)
    assert "At work" in page and f'hx-get="{VALUES.replace("&", "&amp;").replace(",", "%2C")}"' in page
    assert "Look again" in page and "16.5" not in page
    held.set()
    monkeypatch.setattr(measuring, "SOON", 20.0)
    assert "16.5" in client.get(VALUES).text


def test_so_many_at_once_and_no_more(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from threading import Event

    from headstamp.web import measuring
    held = Event()
    ask = measuring.measure

    def slow(*given):
        held.wait(20)
        return ask(*given)

    monkeypatch.setattr(measuring, "measure", slow)
    monkeypatch.setattr(measuring, "SOON", 0.01)
    addresses = [f"{VALUES},{more}" for more in range(100, 100 + measuring.MOST_AT_WORK)]
    assert [client.get(one).status_code for one in addresses] == [200] * len(addresses)
    assert client.get(addresses[0]).status_code == 200  # what is at work already may be looked at
    refused = client.get(f"{VALUES},99")
    assert refused.status_code == 503 and "ask again when" in refused.text
    assert client.get("/measures/scale.serials").status_code == 200
    held.set()
    monkeypatch.setattr(measuring, "SOON", 20.0)
    for one in (*addresses, f"{VALUES},99"):
        assert "95" in client.get(one).text
        assert client.get(one.replace("/measures", "/api/measures")).json()["state"] == "answered"


def test_a_crowd_that_waits_for_one_answer_leaves_the_pages_free(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from threading import Event, Thread

    from headstamp.web import measuring
    held = Event()
    ask = measuring.measure

    def slow(*given):
        held.wait(30)
        return ask(*given)

    monkeypatch.setattr(measuring, "measure", slow)
    monkeypatch.setattr(measuring, "SOON", 30.0)
    told: list[int] = []
    crowd = [Thread(target=lambda: told.append(client.get(VALUES).status_code)) for _ in range(25)]
    for one in crowd:
        one.start()
    try:  # five wait; the others have been told that it is at work, and hold nothing
        for _ in range(2_000):
            if len(told) == 20:
                break
            held.wait(0.01)
        assert len(told) == 20
    finally:
        held.set()
        for one in crowd:
            one.join()
    assert told == [200] * 25


def test_hostile_words_are_shown_as_text(client: TestClient) -> None:
    word = "<script>alert(1)</script>\"'"
    page = client.get(f"/measures/scale.serials?ask=case&make={quote(word)}&series=K%23").text
    assert "<script>alert" not in page
    sung = Plot("p", word, word, word, (Series(word, "intervals", ((word, 1.0, 0.0, 2.0),)),), words=word)
    from headstamp.publish.plot_svg import plot_svg
    assert "<script>alert" not in plot_svg(sung)


_STATE = re.compile(r"[0-9a-f]{64}|[\d,]+ entries|\d+ records|token\" value=\"[^\"]+|case-[a-z0-9.]+/[0-9a-f]+")


@pytest.mark.parametrize("clearance", ["public", "partner"])
def test_a_hidden_record_changes_no_answer(tmp_path: Path, clearance: str) -> None:
    told: list[dict[str, object]] = []
    for name, more in (("without", []), ("with", [r for r in _planted()[0] if "-hid" in r.id])):
        case = Case.create(tmp_path / name)
        with case.change(actor="tester", reason="sample") as change:
            numbers = [make("item", id=f"item-num{at}", make="Maker", site="site-aaaa", tier="public",
                            recovered_on=f"2016-0{at + 1}") for at in range(6)]
            marks = [make("marking", id=f"mark-num{at}", item=f"item-num{at}", marking_kind="serial",
                          text=f"K-00{at * 9 + 11}", state="clear", tier="public") for at in range(6)]
            change.put_many([*everything("public"), *numbers, *marks, *more])
            if more:
                change.put_many([
                    make("item", id="item-hidx", make="Maker", site="site-aaaa", tier="sealed"),
                    make("marking", id="mark-hidx", item="item-hidx", marking_kind="serial",
                         text="K-0999", state="clear", tier="sealed"),
                    make("visit", id="vis-hidx", site="site-aaaa", held_on="2016-03-04", hours=90, tier="sealed")])
        looker = browser(case, clearance)
        found: dict[str, object] = {}
        for feed in FEEDS:
            for query in ("ask=case", "ask=case&series=K%23") if feed.measure == "scale.serials" else ("ask=case",):
                address = f"/measures/{feed.measure}?{query}"
                twin = looker.get(f"/api{address}")
                answer = twin.json()
                if answer.get("result"):
                    answer["result"]["case"] = {
                        k: v for k, v in answer["result"]["case"].items() if k != "checkpoint"}
                found[address] = (twin.status_code, answer)
                page = looker.get(address).text
                assert "K-0999" not in page and "hidx" not in page and "zqcanary" not in page
        told.append(found)
    assert any(one[1].get("result") for one in told[0].values())
    for address in told[0]:
        assert told[0][address] == told[1][address], address


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="needs files in memory")
def test_an_encrypted_case_is_asked_in_memory_and_writes_nothing_readable(tmp_path: Path) -> None:
    with encrypted_case(tmp_path / "case") as case:
        with case.change(actor="Ann", reason="numbers") as change:
            for at, number in enumerate((2, 6, 7, 14)):
                change.put(make("item", id=f"item-aaa{at}", make="Maker"))
                change.put(make("marking", id=f"mark-aaa{at}", item=f"item-aaa{at}", marking_kind="serial",
                                text=f"K-00{number:02}", state="clear"))
        client = browser(case, "restricted")
        page = client.get(OF_CASE).text
        assert "16.5 pieces" in page
        done = client.post("/measures/scale.lists/values", data={"token": token_of(page)}, files={
            "file:cells": ("secret name.csv", b"a,b,count\n1,0,27\n0,1,25\n1,1,23\n", "text/csv")})
        assert "secret name.csv" in client.get(done.headers["location"]).text
        snapshot = re.search(r'name="snapshot" value="([0-9a-f]{64})"', page)
        assert snapshot
        put = client.post("/measures/scale.serials/finding", data={
            "token": token_of(page), "asked": "ask=case&series=K%23", "snapshot": snapshot[1]})
        assert put.status_code == 303, put.text
        held = [path for path in case.folder.rglob("*") if path.is_file()]
        assert held and not any(b"1,0,27" in path.read_bytes() or b"PAR1" in path.read_bytes() for path in held)
        assert not any("secret" in path.name for path in held)
