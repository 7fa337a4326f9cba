"""Whose mark it may be, on the pages: all that fits, the caution once, nothing above the clearance."""

from __future__ import annotations

from pathlib import Path

from starlette.testclient import TestClient

from headstamp.actions.settings import Settings
from headstamp.web.app import create_app
from tests.web.conftest import BASE
from tests.web.sample import a_case, make

CAUTION = "A mark is not proof"


def several(folder: Path, clearance: str = "partner") -> TestClient:
    case = a_case(
        folder,
        make("reference", id="ref-cccc", code="QZK", reference_kind="makers_mark", maker="<b>Third</b> Works",
             country="BG", used_from="1960", used_to="1970", photograph="photo-aaaa", grade="B2"),
        make("reference", id="ref-dddd", code="QZK", reference_kind="factory_code", maker="Sealed Works",
             tier="sealed"),
        make("item", id="item-cccc", family="arm", item_type="rifle", made_on="1955"),
        make("marking", id="mark-cccc", item="item-cccc", text="Q?K", marking_kind="maker"),
        make("marking", id="mark-dddd", item="item-cccc", text="QZK", marking_kind="serial"),
        make("marking", id="mark-eeee", item="item-cccc", text="QZK-1", marking_kind="unknown"),
        make("reading", id="read-cccc", marking="mark-cccc", text="QZK"),
    )
    return TestClient(create_app(Settings(clearance=clearance), case=case), base_url=BASE)


def test_a_marking_and_its_item_show_possible_makers(tmp_path: Path) -> None:
    with several(tmp_path / "case") as client:
        for path in ("/items/item-cccc", "/markings/mark-cccc"):
            page, twin = client.get(path).text, client.get(f"/api{path}").json()
            assert page.count(CAUTION) == 1 and "Possible makers" in page
            assert "Invented Works" in page and "&lt;b&gt;Third&lt;/b&gt; Works" in page
            assert "Sealed Works" not in page
            whose = {one["asked"]: one for one in twin["possible"]["markings"]}
            assert [e["maker"] for e in whose["Q?K"]["possible"]] == ["Invented Works"]
            assert whose["QZK"]["set_aside"][0]["against"] == ["used 1960 to 1970, and this was made 1955"]
            assert 'href="/references/ref-cccc"' in page and 'href="/photographs/photo-aaaa"' in page
        assert {one["marking"] for one in client.get("/api/items/item-cccc").json()["possible"]["markings"]
                } == {"mark-cccc", "mark-eeee"}
        assert client.get("/api/markings/mark-dddd").json()["possible"] is None
        assert "Possible makers" not in client.get("/markings/mark-dddd").text


def test_a_code_is_looked_up(tmp_path: Path) -> None:
    with several(tmp_path / "case") as client:
        assert "Look a code up" in client.get("/references").text
        assert client.get("/references/find").status_code == 200
        page = client.get("/references/find", params={"code": "qzk", "year": "1965"}).text
        assert "2 makers are possible" in page and page.count(CAUTION) == 1
        twin = client.get("/api/references/find", params={"code": "QZK", "country": "Bulgaria"}).json()
        assert [one["maker"] for one in twin["answer"]["possible"]] == ["<b>Third</b> Works"]
        assert "Soviet" not in str(twin) and "Sealed Works" not in str(twin)
        none = client.get("/references/find", params={"code": "ZZZZ"}).text
        assert "says nothing of who made it" in none
        assert client.get("/references/find", params={"code": "QZK", "year": "soon"}).status_code == 422
    with several(tmp_path / "other", "sealed") as client:
        assert "Sealed Works" in client.get("/references/find", params={"code": "QZK"}).text


def test_words_that_leave_the_state_open_say_what_fits(tmp_path: Path) -> None:
    marking = make("marking", id="mark-gggg", item="item-aaaa", state="unsettled",
                   state_as_written="N\u00e3o aparente")
    case = a_case(tmp_path / "case", marking)
    with TestClient(create_app(Settings(clearance="partner"), case=case), base_url=BASE) as client:
        page = client.get("/markings/mark-gggg").text
        assert "N\u00e3o aparente" in page and "not settled: removed or absent" in page
        assert "mark-gggg" in client.get("/search", params={"q": "n\u00e3o aparente"}).text
        assert "mark-bbbb" in client.get("/search", params={"q": "raspado"}).text
