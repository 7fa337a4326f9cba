"""One record: facts, what names it, and a proof that an outsider can check; one item with its past."""

from __future__ import annotations

import io
from base64 import b64decode
from pathlib import Path

import pytest
from PIL import Image
from starlette.testclient import TestClient

from headstamp.actions.settings import Settings
from headstamp.evidence.checkpoint import open_checkpoint
from headstamp.evidence.tree import leaf_hash, verify_inclusion
from headstamp.records import TYPES
from headstamp.store.case import Case
from headstamp.web.app import create_app
from headstamp.web.contexts.past import in_order, moment
from tests.web.conftest import BASE
from tests.web.sample import a_case, make


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
def test_every_kind_shows_its_records(client: TestClient, kind) -> None:
    for row in client.get(f"/api/{kind.slug}").json()["rows"]:
        page = client.get(f"/{kind.slug}/{row['id']}")
        assert page.status_code == 200
        assert "in the signed log" in page.text
        # What only happens to a case is not corrected by hand.
        told = kind.slug not in ("erasures", "bundles", "devices")
        assert (f"/{kind.slug}/{row['id']}/edit" in page.text) is told


def test_the_proof_on_a_page_is_one_an_outsider_can_check(
    client: TestClient, shared_case: Case
) -> None:
    answer = client.get("/api/items/item-aaaa").json()
    version, log = answer["history"][0], answer["log"]
    checkpoint = open_checkpoint(log["checkpoint"], [shared_case.verifier])
    entry = shared_case.read("sealed").entry(version["seq"])
    assert leaf_hash(entry).hex() == version["entry_hash"]
    assert verify_inclusion(
        version["seq"], checkpoint.size, bytes.fromhex(version["entry_hash"]),
        [b64decode(node) for node in version["proof"]], checkpoint.root,
    )


def test_an_item_shows_markings_readings_schemes_and_past(client: TestClient) -> None:
    page = client.get("/items/item-aaaa").text
    assert page.count('<bdi dir="ltr" class="marking">07-85</bdi>') >= 2
    assert "removed" in page
    for address in ("/items/item-pppp", "/parties/party-aaaa", "/recoveries/rec-aaaa",
                    "/documents/doc-aaaa", "/transfers/tran-aaaa", "/custodies/cust-aaaa",
                    "/notes/note-aaaa", "/trace-requests/trace-aaaa", "/readings/read-aaaa"):
        assert f'href="{address}"' in page, address
    past = client.get("/api/items/item-aaaa").json()["past"]
    assert [one["what"] for one in past] == [
        "made", "gap", "transfer", "gap", "custody", "gap", "recovery"]
    parent = client.get("/items/item-pppp").text
    assert 'href="/items/item-aaaa"' in parent


def test_what_schemes_recognise_is_told_with_its_doubt(tmp_path: Path) -> None:
    marks = [make("marking", item="item-aaaa", text=text) for text in ("4006381333931", "CSQU3054383")]
    with a_case(tmp_path / "case", *marks) as case:
        client = TestClient(create_app(Settings(case.where, "t"), case=case), base_url=BASE)
        page = client.get("/items/item-aaaa").text
    assert "Freight container number" in page
    assert "check digit fits" in page
    assert "Doubt:" in page


@pytest.mark.parametrize(("dates", "wanted"), [
    (["2014/2015", "2016-03~"], ["2014/2015", "", "2016-03~"]),
    (["2014/..", "2020"], ["2014/..", "2020"]),
    (["2016", "2016-06"], ["2016", "2016-06"]),
    ([None, "1999"], ["1999", ""]),
    (["201X", "2015"], ["201X", "2015"]),
    (["2016-01", "2016-02"], ["2016-01", "2016-02"]),
    (["../2013", "2015"], ["../2013", "", "2015"]),
])
def test_the_past_is_in_order_and_gaps_are_named(
    dates: list[str | None], wanted: list[str]
) -> None:
    for order in (dates, dates[::-1]):
        found = in_order([moment("custody", when, "x") for when in order])
        assert [one.when for one in found] == wanted


def test_photographs_and_originals(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (900, 600), "grey").save(buffer, "JPEG")
    with a_case(tmp_path / "case") as case:
        with case.change(actor="a", reason="r") as change:
            kept = change.file(buffer.getvalue())
            page_file = change.file(b"<script>alert(1)</script>")
            change.put(make("photograph", items=["item-aaaa"], digest=kept.digest, mime="image/jpeg"))
            change.put(make("document", title="page", digest=page_file.digest, mime="text/html",
                            original_name='a";\r\nx: y.html'))
        client = TestClient(create_app(Settings(case.where, "t"), case=case), base_url=BASE)
        assert f"/thumbs/{kept.digest}" in client.get("/items/item-aaaa").text
        assert f"/thumbs/{kept.digest}" in client.get("/items?view=cards").text
        for _ in range(2):
            small = client.get(f"/thumbs/{kept.digest}")
            assert small.headers["content-type"] == "image/jpeg"
            assert max(Image.open(io.BytesIO(small.content)).size) == 400
        assert (case.folder / "derived" / "thumbs").is_dir()
        assert client.get(f"/thumbs/{page_file.digest}").status_code == 422
        original = client.get(f"/originals/{page_file.digest}")
        assert original.content == b"<script>alert(1)</script>"
        assert original.headers["content-type"] == "application/octet-stream"
        assert original.headers["content-disposition"].startswith("attachment")
        assert "sandbox" in original.headers["content-security-policy"]
        assert original.headers["x-content-type-options"] == "nosniff"
        assert "x" not in original.headers
    for wrong in ("0" * 63, "../../case.sqlite", "A" * 64, "%2e%2e"):
        assert client.get(f"/originals/{wrong}").status_code == 404


def test_a_list_as_a_table_runs_nothing(tmp_path: Path) -> None:
    import csv

    item = make("item", tag="=1+1", make="@SUM(A1)", model="-2", remark="+3\nx",
                item_type="plain", recovered_on="2017",)
    site = make("site", name="South", place={"latitude": -12.5, "longitude": 3})
    with a_case(tmp_path / "case", item, site) as case:
        client = TestClient(create_app(Settings(case.where, "t"), case=case), base_url=BASE)
        text = client.get("/items.csv?item_type=plain").content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        assert len(rows) == 1
        assert [rows[0][n] for n in ("tag", "make", "model", "remark")] == [
            "'=1+1", "'@SUM(A1)", "'-2", "'+3\nx"]
        sites = csv.DictReader(io.StringIO(client.get("/sites.csv").text.lstrip("\ufeff")))
        assert "-12.5" in [row["place_latitude"] for row in sites]
        assert client.get("/items.csv?nonsense=1").status_code == 422
