"""The page of the networks found: its links to records, its files, its answer, what it does not show."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from headstamp.actions.settings import Settings
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.actions.measures.test_network_found import small
from tests.web.conftest import BASE
from tests.web.small import id_of


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    made = small(tmp_path_factory.mktemp("network") / "case")
    yield made
    made.close()


@pytest.fixture(scope="module")
def client(case: Case) -> TestClient:
    app = create_app(Settings(case.where, "tester", "restricted"), case=case)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False)


def test_each_node_and_link_leads_to_its_records(client: TestClient) -> None:
    page = client.get("/network")
    assert page.status_code == 200, page.text[-2000:]
    for word, id_ in (("sites", id_of("site", "s3")), ("flows", id_of("flow", "f2")),
                      ("documents", id_of("document", "list")), ("items", id_of("item", "crate"))):
        assert f'href="/{word}/{id_}"' in page.text, word
    for words in ("This is the network found, not the network that existed", "Who stands between", "words only", "never",
                  "Site 3 stands on", "/measures/network.sites?ask=case", "visits"):
        assert words in page.text, words
    assert "Hidden" not in page.text
    parties = client.get("/network", params={"of": "parties"}).text
    assert f'href="/transfers/{id_of("transfer", "t1")}"' in parties and "Firm 3 stands on" in parties
    assert "Items found" not in parties


def test_its_answer_for_programs(client: TestClient) -> None:
    told = client.get("/api/network", params={"of": "sites", "since": "2014-01-01"}).json()
    assert told["given"] == {"since": "2014-01-01"} and told["measure"]["refused"]
    assert len(told["network"]["edges"]) == 2 and "Hidden" not in str(told)
    whole = client.get("/api/network").json()
    assert whole["measure"]["more"]["node"] == id_of("site", "s3") and whole["measure"]["estimate"] == pytest.approx(0.6)


def test_its_files_are_narrowed_with_it(client: TestClient) -> None:
    page = client.get("/network", params={"until": "2012-12-31"}).text
    assert "/network/sites.csv?until=2012-12-31" in page
    rows = client.get("/network/sites.csv", params={"until": "2012-12-31"}).text.splitlines()
    assert len(rows) == 4 and rows[0].startswith("from,to,what")
    for of in ("sites", "parties"):
        for form, begins in (("svg", b"<svg"), ("png", b"\x89PNG"), ("json", b"{")):
            assert client.get(f"/network/{of}.{form}").content.startswith(begins)


def test_what_cannot_be_asked_is_told(client: TestClient) -> None:
    for query in ({"of": "everything"}, {"since": "yesterday"}, {"whole": "perhaps"}):
        assert client.get("/network", params=query).status_code == 422
