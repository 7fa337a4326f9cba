"""A word that was used everywhere, then erased: in no file of the case, and on no page of a server that ran on."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from PIL import Image
from starlette.testclient import TestClient

from headstamp.actions.cases import check_case, index_case
from headstamp.actions.evidence.erasing import approve, ask
from headstamp.actions.intake.file import import_file
from headstamp.actions.measures.finding import put_into_finding
from headstamp.actions.measures.measuring import measure_snapshot, snapshot_now
from headstamp.actions.settings import Settings
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.store.canaries import COMMON, canary, in_files
from tests.web.conftest import BASE
from tests.web.sample import everything, make

WORD = canary(1)
FIRST, THEN = {"id": "item-cana", "make": f"{WORD} works", "site": "site-cana", "recovered_on": "2017-02-05",
               "made_on": "2011", "maker": "party-cana"}, {"tag": f"T-{WORD}", "model": WORD}
# Pages that answer from what was worked out before: lists, searches, indexes, graphs, counts.
ASKED = (
    "/", "/items", "/items.csv", "/markings", "/parties", "/sites", "/map", "/trace-requests", "/network", "/hands",
    "/parts", "/series", "/lag", "/spread", "/measures", "/missing", "/parties/possible", "/items/item-cana",
    "/items/item-cana/chain", "/items/item-cana/custody", "/items/item-cana/forward", "/parties/party-cana",
    "/parties/party-cana/hands", "/photographs/photo-cana", "/notes/note-cana", "/history", "/items?view=cards",
    f"/search?q={WORD}", f"/search?q={WORD[:-2]}%3F%3F", f"/api/search?q={WORD}", "/api/count/items?by=make",
    "/api/items?limit=200", "/api/facets/items", "/api/network", "/api/parties/possible", "/api/map",
    "/api/items/item-cana", "/api/items/item-cana/chain", "/signatures/sig-cana", "/signatures/sig-cana/spread",
)


def said(folder: Path) -> list[str]:
    """The files in which the word stands; in Parquet, by what it reads as."""
    found = in_files(folder)
    tables = [one for one in found if found[one] == {"Parquet"}]
    with duckdb.connect() as sql:
        empty = {one for one in tables
                 if COMMON not in repr(sql.execute("SELECT * FROM read_parquet(?)", [one]).fetchall())}
    return sorted(found.keys() - empty)


def put(case: Case, *records: object, reason: str = "seen") -> None:
    with case.change(actor="Ann", reason=reason) as change:
        change.put_many(list(records))  # type: ignore[arg-type]


def picture() -> bytes:
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x010F] = f"{WORD} camera"
    Image.new("RGB", (600, 400), "olive").save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.fixture
def used(tmp_path: Path) -> Iterator[Case]:
    """A case in which the word stands in records of most kinds, old versions, files and refused rows."""
    with Case.create(tmp_path / "case") as case:
        place = {"latitude": 36.5, "longitude": 43.25, "locality": f"{WORD} quarter", "country": "IQ"}
        put(case, *everything("public"),
            make("site", id="site-cana", name=f"{WORD} depot", place=place),
            make("party", id="party-cana", name=f"{WORD} Trading", address=f"{WORD} road",
                 identifiers=[{"scheme": "register", "value": WORD}]))
        put(case, make("item", remark=f"old {WORD}", **FIRST))
        put(case, make("item", remark=f"new {WORD}", **FIRST, **THEN),
            *(make("item", id=f"item-can{n}", make="Maker") for n in range(6)),
            *(make("marking", id=f"mark-can{n}", item=f"item-can{n}", text=f"K-00{n + 10}", marking_kind="serial")
              for n in range(6)),
            make("marking", id="mark-cana", item="item-cana", text=f"{WORD} 77", marking_kind="serial"),
            make("reading", id="read-cana", marking="mark-cana", text=f"{WORD} 77", certainty=80, meaning=WORD),
            make("transfer", id="tran-cana", items=["item-cana"], from_party="party-cana",
                 to_party="party-bbbb", happened_on="2015", goods=f"{WORD} crates"),
            make("feature", id="feat-cana", item="item-cana", feature_kind="stencil", value=f"{WORD} arrow"),
            make("signature", id="sig-cana", name=WORD, features=[{"kind": "stencil", "value": f"{WORD} arrow"}]),
            make("note", id="note-cana", about="item-cana", text=f"They say {WORD}."),
            make("trace_request", id="trace-cana", title=WORD, addressee="party-cana", items=["item-cana"]))
        table = tmp_path / "finds.csv"
        table.write_text(f"tag,make,date found\nC-1,{WORD} co,2017-03-01\nC-2,Vicor,{WORD}\n", encoding="utf-8")
        import_file(case, table, kind="item", actor="Ann")
        with case.change(actor="Ann", reason="seen") as change:
            kept = change.file(picture())
            change.put(make("photograph", id="photo-cana", items=["item-cana"], digest=kept.digest, size=kept.size,
                            mime="image/jpeg", caption=WORD))
        index_case(case)
        yield case


def test_no_file_and_no_page_says_it_any_more(used: Case) -> None:
    made = put_into_finding(
        used, measure_snapshot(snapshot_now(used, "sealed"), "scale.serials", {"series": "K#"}), actor="Ann")
    with Case.open(used.folder) as running:
        app = create_app(Settings(running.where, "Ann", "sealed"), case=running)
        client = TestClient(app, base_url=BASE, raise_server_exceptions=False, follow_redirects=True)
        digest = used.read("sealed").get("photo-cana").get("digest")
        asked = [one for one in (*ASKED, f"/thumbs/{digest}", f"/findings/{made.id}")
                 if client.get(one).status_code == 200]
        saying = [one for one in asked if COMMON in client.get(one).text]
        assert len(asked) > 25 and len(saying) > 18, (len(asked), len(saying))
        before = {Path(one).relative_to(used.folder).parts[0] for one in said(used.folder)}
        assert {"case.sqlite-wal", "originals", "imports", "snapshots"} <= before
        assert list((used.folder / "derived").rglob("*.jpg"))
        found = dict.fromkeys(
            one.id for kind in used.read("sealed").totals() for one in used.read("sealed").stream(kind)
            if COMMON in repr(one.values) or one.get("digest"))
        for record in found:
            done = approve(used, ask(used, record, ground="safety", actor="Ann", clearance="sealed"),
                           actor="Bob", clearance="sealed")
            assert done.left == (), record
        assert said(used.folder) == []
        # The server that ran all the time, and was told nothing, shows it no more, nor writes it anew.
        answers = {one: client.get(one) for one in asked}
        # The pages of a search say again what was asked, and that nothing was found.
        assert [one for one, got in answers.items() if COMMON in got.text and WORD[:-2] not in one] == []
        assert client.get(f"/api/search?q={WORD}").json()["hits"] == []
        assert [one for one, got in answers.items() if got.status_code >= 500] == []
        assert check_case(running) == []
        assert said(used.folder) == []
