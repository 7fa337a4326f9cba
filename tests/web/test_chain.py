"""The chain of an item and the supply of a case: pages, their JSON, their files, the finding."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from headstamp.actions.settings import Settings
from headstamp.actions.tracing.trace import trace
from headstamp.store.case import Case
from headstamp.web.app import create_app
from headstamp.web.contexts.chain import MOST_STEPS
from tests.web.conftest import BASE
from tests.web.small import id_of, make, small_case

ITEM = id_of("item", "i1")
HOSTILE = '"><script>alert(1)</script>\u202eذ07-85'


@pytest.fixture
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    made = small_case(tmp_path_factory.mktemp("chain") / "case", items=6)
    with made.change(actor="A. Sample", reason="more of the chain") as change:
        change.put_many([
            make("party", "group", name=HOSTILE, party_kind="armed_group"),
            make("party", "sealed", name="Hidden Dealer", tier="sealed"),
            make("transfer", "t2", transfer_kind="captured", from_party=id_of("party", "trader"),
                 to_party=id_of("party", "group"), happened_on="2014-06", lawful_status="unauthorised",
                 items=[ITEM], documents=[id_of("document", "paper")], grade="B2",
                 basis="Seen in the store."),
            make("transfer", "t3", transfer_kind="sold", from_party=id_of("party", "sealed"),
                 to_party=id_of("party", "group"), happened_on="2013-05", tier="sealed", items=[ITEM],
                 goods="a secret sale"),
            make("transfer", "t4", transfer_kind="sold", from_party=id_of("party", "trader"),
                 to_party=id_of("party", "maker"), items=[ITEM], lawful_status="contested"),
        ])
    yield made
    made.close()


@pytest.fixture
def client(case: Case) -> TestClient:
    app = create_app(Settings(case.where, "tester"), case=case)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False)


def test_the_page_tells_the_chain(client: TestClient, case: Case) -> None:
    page = client.get(f"/items/{ITEM}/chain")
    assert page.status_code == 200, page.text[-2000:]
    text = page.text
    for words in ("Chain of supply", "Norhavn Works", "Blue Gate Trading", "captured", "Steps",
                  "Where it left lawful hands", "What does not fit", "On the map",
                  "Packing list 07-85", "Seen in the store.",
                  f'href="/forward?from={ITEM}"', "nothing says that this party did wrong"):
        assert words in text, words
    assert "<script>alert" not in text and "\u202e" not in re.sub(r"<bdi[^>]*>[^<]*</bdi>", "", text.split("</header>")[1])
    assert "secret sale" not in text and "Hidden Dealer" not in text
    told = client.get(f"/api/items/{ITEM}/chain").json()
    with case.read("restricted").snapshot() as reader:
        traced = trace(case, reader, ITEM).as_dict()
    assert told["chain"]["steps"] == traced["steps"] and told["clearance"] == "restricted"
    assert f"/items/{ITEM}/chain" in client.get(f"/items/{ITEM}").text


def test_an_item_without_a_past_says_so(client: TestClient, case: Case) -> None:
    with case.change(actor="A", reason="bare") as change:
        change.put(make("item", "bare", item_type="crate"))
    page = client.get(f"/items/{id_of('item', 'bare')}/chain")
    assert page.status_code == 200 and "Nothing is recorded of this item" in page.text


def test_what_is_not_there_is_missing(client: TestClient) -> None:
    for path in ("/items/item-0000000000000000/chain", f"/items/{id_of('site', 'street')}/chain",
                 "/items/item-0000000000000000/chain/chain.svg", "/api/items/x/chain"):
        assert client.get(path).status_code == 404


def test_files(client: TestClient) -> None:
    begins = {"svg": b"<svg", "png": b"\x89PNG", "csv": b"", "json": b"{"}
    for base in (f"/items/{ITEM}/chain/chain", f"/items/{ITEM}/chain/map", "/supply/sankey", "/supply/network"):
        for form, begin in begins.items():
            got = client.get(f"{base}.{form}")
            assert got.status_code == 200, (base, form)
            assert got.content.startswith(begin) and "attachment" in got.headers["content-disposition"]
            assert b"Hidden Dealer" not in got.content
        assert client.get(f"{base}.gif").status_code == 404


def test_supply_and_its_filters(client: TestClient) -> None:
    page = client.get("/supply")
    assert page.status_code == 200, page.text[-2000:]
    assert "the network found, not the network there is" in page.text and "Hidden Dealer" not in page.text
    assert "<script>alert" not in page.text
    told = client.get("/api/supply").json()
    assert told["flows"]["total"] == 6 and told["network"]["edges"]
    some = client.get("/api/supply", params={"family": "package"}).json()
    assert some["flows"]["total"] < 6
    narrowed = client.get("/supply", params={"party": id_of("party", "group"), "from": "2014"}).text
    assert "/supply/sankey.svg?party=" in narrowed and "selected" in narrowed
    assert client.get("/supply", params={"from": "14x"}).status_code == 422
    assert client.get("/api/supply", params={"party": "party-none"}).json()["flows"]["total"] == 0


def test_a_hypothesis_is_put_down_as_a_draft(client: TestClient, case: Case) -> None:
    page = client.get(f"/items/{ITEM}/chain").text
    token = re.search(r'name="token" value="([^"]+)"', page)[1]  # type: ignore[index]
    to = f"/items/{ITEM}/chain/finding"
    assert client.post(to, data={"hypothesis": "1"}, headers={"origin": BASE}).status_code == 403
    made = client.post(to, data={"token": token, "hypothesis": "1"}, headers={"origin": BASE},
                       follow_redirects=False)
    assert made.status_code == 303, made.text[-500:]
    finding = case.read("restricted").get(made.headers["location"].rpartition("/")[2])
    assert finding.get("status") == "draft" and ITEM in finding.get("items")
    for wrong in ("99", "x"):
        again = client.post(to, data={"token": token, "hypothesis": wrong}, headers={"origin": BASE})
        assert again.status_code == 422
    twice = client.post(to, data={"token": token, "hypothesis": "1"}, headers={"origin": BASE})
    assert twice.status_code == 409


def test_a_public_viewer_sees_no_more_than_the_public(case: Case) -> None:
    app = create_app(Settings(case.where, "tester", "public"), case=case)
    client = TestClient(app, base_url=BASE, raise_server_exceptions=False)
    assert client.get(f"/items/{ITEM}/chain").status_code == 404
    assert client.get("/api/supply").json()["flows"]["total"] == 0


def test_a_long_chain_is_cut_and_says_so(case: Case, client: TestClient) -> None:
    houses = [make("party", f"h{n}", name=f"House {n}") for n in range(261)]
    thing = make("item", "long", item_type="crate")
    with case.change(actor="A", reason="a long way") as change:
        change.put_many([*houses, thing, *(
            make("transfer", f"l{n}", transfer_kind="sold", from_party=houses[n].id,
                 to_party=houses[n + 1].id, happened_on=f"{1700 + n}", items=[thing.id])
            for n in range(260))])
    text = client.get(f"/items/{thing.id}/chain").text
    assert text.count('id="step-') == MOST_STEPS
    assert f"The first {MOST_STEPS} of 260; all are in the" in text
    assert len(client.get(f"/items/{thing.id}/chain/chain.csv").text.splitlines()) > 260
