"""Sixty canaries above the clearance never sing, and a hidden record changes no answer (rule 3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from headstamp.actions.cases import index_case
from headstamp.actions.settings import Settings
from headstamp.kinds.tier import RANK
from headstamp.records import TYPES, Record, RecordType
from headstamp.store.case import Case
from headstamp.store.policy import POLICY
from headstamp.web.app import create_app
from headstamp.web.routes import pages
from tests.web.conftest import BASE
from tests.web.sample import everything, make

_TEXT = ("line", "prose", "verbatim")
# Fields of a structure or of digits, where a canary has to be written differently.
_WRITTEN = {
    "place": lambda c: {"locality": c, "verbatim": c, "latitude": 11.123456, "longitude": 22.5},
    "from_place": lambda c: {"locality": c, "country": "FR"},
    "to_place": lambda c: {"verbatim": c, "country": "FR"},
    "addresses": lambda c: [c],
    "identifiers": lambda c: [{"scheme": "register", "value": c}],
    "value": lambda c: {"amount": 90_000_000 + int(re.sub(r"\D", "", c)), "currency": "EUR"},
    "digest": lambda c: re.sub(r"\D", "", c).rjust(4, "0") * 16,
    "direction": lambda c: 70_000 + int(re.sub(r"\D", "", c)),
}


def _sung(field: str, canary: str) -> str:
    """What to look for in an answer."""
    if field == "value":
        return str(90_000_000 + int(re.sub(r"\D", "", canary)))
    if field == "digest":
        return re.sub(r"\D", "", canary).rjust(4, "0") * 16
    return str(70_000 + int(re.sub(r"\D", "", canary))) if field == "direction" else canary


def _hidden(kind: RecordType, tier: str, canary: str) -> Record:
    """A record of a kind with a canary in every text; it names visible records of the sample."""
    values: dict[str, object] = {"id": f"{kind.prefix}-hid{tier[:1]}", "tier": tier}
    for fact in kind.facts:
        if fact.kind is not None and fact.kind.name in _TEXT and not fact.many:
            values[fact.name] = canary
        elif fact.ref is not None and fact.name not in ("parent", "part_of", "owner"):
            prefix = (fact.ref or ("item",))[0]
            one = f"{prefix}-aaaa"
            values[fact.name] = [one] if fact.many else one
        elif fact.required and fact.kind is not None and fact.name not in values:
            values[fact.name] = fact.kind.example or fact.kind.clean("1")
    if kind.name == "photograph":
        values["link"] = f"https://example.org/{canary}"
    if "generation" in kind.by_name:  # who says what was done has no original
        values["generation"] = "copy"
    if kind.name == "signature":  # it is made of features
        values["features"] = [{"kind": "paint", "value": canary}]
    if kind.name == "list_entry":  # it is about something
        values["names"] = [canary]
    if kind.name == "custody":  # and seals belong to an act
        values |= {"act": "checked", "held_on": "2016-03"}
    return kind.cls.build(values)


def _planted() -> tuple[list[Record], list[tuple[str, int]]]:
    """Records with canaries, and (what to look for, rank needed to see it)."""
    records: list[Record] = []
    canaries: list[tuple[str, int]] = []
    for number, (kind, tier) in enumerate((k, t) for t in ("restricted", "sealed") for k in TYPES):
        canary = f"zqcanary{number:03}x"
        records.append(_hidden(kind, tier, canary))
        canaries.append((canary, RANK[tier]))
    base = {record.NAME: record for record in everything("public")}
    changed: dict[str, dict[str, object]] = {}
    for number, (kind_name, field, tier, _) in enumerate(POLICY, 100):
        canary = f"zqcanary{number:03}x"
        value = _WRITTEN.get(field, lambda c: c)(canary)
        if (kind_name, field) == ("measurement", "value"):
            value = float(_sung(field, canary))
        changed.setdefault(kind_name, {})[field] = value
        canaries.append((_sung(field, canary), RANK[tier]))
    for kind_name, values in changed.items():
        whole = base[kind_name].model_dump(exclude_none=True)
        whole = {k: v for k, v in whole.items() if v != ()}
        if kind_name == "custody":
            whole["act"] = "checked"
        records.append(type(base[kind_name]).build({**whole, **values}))
    # Visible records that name hidden ones.
    records.append(make("item", id="item-nams", tag="N", tier="public", site="site-hids",
                        maker="party-hids", source={"document": "doc-hids", "row": 5}))
    records.append(make("transfer", id="tran-nams", tier="public", from_party="party-hids",
                        to_party="party-aaaa", items=["item-hids", "item-aaaa"]))
    return records, canaries


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Case, list[tuple[str, int]]]]:
    records, canaries = _planted()
    with Case.create(tmp_path_factory.mktemp("canaries") / "case") as case:
        with case.change(actor="tester", reason="sample") as change:
            change.put_many(everything("public"))
        with case.change(actor="tester", reason="canaries") as change:
            change.put_many(records)
        index_case(case)
        yield case, canaries


def _client(case: Case, clearance: str) -> TestClient:
    app = create_app(Settings(case.where, "tester", clearance), case=case)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False, follow_redirects=False)


_LINK = re.compile(r'(?:href|src|action)="(/[^"#]*)')


def _crawl(
    client: TestClient, *, columns: bool = False, most: int = 400
) -> Iterator[tuple[str, str]]:
    """What can be reached: pages by their links, twins, tables, searches, refusals.

    ``columns``: every list sorted and counted by every column too.
    """
    todo = [page.path for page in pages() if page.path and "{" not in page.path]
    todo += [page.api for page in pages() if page.api and "{" not in page.api]
    todo += ["/api/openapi.json"]
    for kind in TYPES:
        todo += [f"/{kind.slug}.csv", f"/api/{kind.slug}?limit=200", f"/{kind.slug}?nonsense=1",
                 f"/api/{kind.slug}/{kind.prefix}-hids", f"/{kind.slug}/{kind.prefix}-hidr"]
        if columns:
            todo += [f"/api/{kind.slug}?order={column.name}" for column in kind.columns]
            todo += [f"/api/count/{kind.slug}?by={column.name}" for column in kind.columns]
        todo += [f"/api/{kind.slug}/{one}"
                 for one in (f"{kind.prefix}-aaaa", f"{kind.prefix}-hids")]
    todo += [f"/api/search?q={quote(q)}" for q in ("zqcanary", "zqcan*", "z?canary", "canary")]
    todo += [f"/search?q={quote(q)}" for q in ("zqcanary", "zqcanary0*")]
    seen: set[str] = set()
    while todo and len(seen) < most:
        address = todo.pop(0)
        if address in seen or address.startswith("/static/"):
            continue
        seen.add(address)
        answer = client.get(address)
        assert answer.status_code < 500, (address, answer.text[:500])
        yield address, answer.text
        if answer.headers.get("content-type", "").startswith("text/html"):
            todo.extend(link.replace("&amp;", "&") for link in _LINK.findall(answer.text)
                        if link not in seen and link.count("=") <= 1)


@pytest.mark.parametrize("clearance", ["public", "partner", "restricted"])
def test_no_canary_sings(
    planted: tuple[Case, list[tuple[str, int]]], clearance: str
) -> None:
    case, canaries = planted
    silent = [text for text, rank in canaries if rank > RANK[clearance]]
    heard = [
        (text, address)
        for address, told in _crawl(_client(case, clearance), columns=clearance == "public",
                                    most=1000 if clearance == "public" else 400)
        for text in silent if text in told
    ]
    assert heard == []


def test_every_canary_sings_to_whoever_may_hear_it(
    planted: tuple[Case, list[tuple[str, int]]]
) -> None:
    case, canaries = planted
    assert len(canaries) >= 60
    whole = "".join(told for _, told in _crawl(_client(case, "sealed")))
    assert [text for text, _ in canaries if text not in whole] == []


def test_asking_for_a_canary_is_answered_like_asking_for_nonsense(
    planted: tuple[Case, list[tuple[str, int]]]
) -> None:
    case, canaries = planted
    client = _client(case, "public")
    for text, rank in canaries:
        if rank > 0 and text.startswith("zq"):
            assert client.get("/api/search", params={"q": text}).json()["hits"] == []
    for kind in TYPES:
        for fact in kind.facts:
            if fact.kind is not None and fact.kind.name in _TEXT and not fact.many:
                hidden = next(c for c, r in canaries if r == RANK["sealed"])
                answers = [client.get(f"/api/{kind.slug}", params={fact.name: value})
                           for value in (hidden, "zznonsense0x")]
                assert answers[0].status_code == answers[1].status_code
                if answers[0].status_code == 200:
                    assert answers[0].json()["total"] == answers[1].json()["total"] == 0


def test_a_hidden_id_is_refused_in_a_form_like_one_that_is_not_there(
    planted: tuple[Case, list[tuple[str, int]]]
) -> None:
    case, _ = planted
    client = _client(case, "public")
    page = client.get("/notes/new").text
    token = re.search(r'name="token" value="(\w+)"', page)
    assert token is not None
    said = []
    for target in ("item-hids", "item-zzzz"):
        answer = client.post("/notes/new", data={
            "token": token[1], "about": target, "text": "t", "tier": "public"})
        assert answer.status_code == 422
        said.append(answer.text.replace(target, "TARGET"))
    assert said[0] == said[1]


def test_originals_and_thumbnails_of_hidden_records_are_not_there(tmp_path: Path) -> None:
    with Case.create(tmp_path / "case") as case:
        with case.change(actor="a", reason="r") as change:
            kept = change.file(b"\xff\xd8\xff not much of a picture")
            change.put(make("photograph", digest=kept.digest, tier="sealed"))
        for address in (f"/originals/{kept.digest}", f"/thumbs/{kept.digest}"):
            hidden = _client(case, "restricted").get(address)
            nothing = _client(case, "restricted").get(address.replace(kept.digest, "0" * 64))
            assert hidden.status_code == nothing.status_code == 404
            assert hidden.text.replace(kept.digest, "0" * 64) == nothing.text
        assert _client(case, "sealed").get(f"/originals/{kept.digest}").status_code == 200


# What the log itself says is the same for all readers, and grows with every entry.
_OF_THE_LOG = ("log", "history", "seq", "checkpoint", "size", "at", "origin", "verifier", "entry", "entries")


def _without_log(value: object) -> object:
    if isinstance(value, dict):
        return {k: _without_log(v) for k, v in value.items() if k not in _OF_THE_LOG}
    if isinstance(value, list):
        return [_without_log(one) for one in value]
    return value


def test_answers_are_the_same_with_and_without_hidden_records(tmp_path: Path) -> None:
    clients = []
    for name, more in (("without", []), ("with", [r for r in _planted()[0] if "-hid" in r.id])):
        case = Case.create(tmp_path / name)
        with case.change(actor="tester", reason="sample") as change:
            change.put_many([*everything("public"), *more])
            naming = {"site": "site-hids"} if more else {}
            change.put(make("item", id="item-nams", tag="N", tier="public", **naming))
        index_case(case)
        clients.append(_client(case, "partner"))
    asked = [f"/api/{kind.slug}" for kind in TYPES]
    asked += [f"/api/{kind.slug}/{kind.prefix}-{end}" for kind in TYPES for end in ("aaaa", "hids")]
    asked += [f"/api/count/{kind.slug}?by={column.name}" for kind in TYPES for column in kind.columns]
    asked += [f"/api/items?{q}" for q in ("site=", "site=site-hids", "order=site", "order=-year",
                                         "source_document=", "maker=party-hids", "parent=item-hids")]
    asked += [f"/api/search?q={q}" for q in ("zqcanary", "07-85", "crates", "0*")]
    asked += [f"/{kind.slug}.csv" for kind in TYPES]
    # Each page that is about the whole case: what is wrong, the exchange, erasures, what waits.
    asked += [page.api for page in pages() if page.api and "{" not in page.api]
    assert {"/api/doctor", "/api/exchange", "/api/verify"} <= set(asked)
    for address in asked:
        one, other = (client.get(address) for client in clients)
        assert one.status_code == other.status_code, address
        if address.startswith("/api/"):
            assert _without_log(one.json()) == _without_log(other.json()), address
        else:
            assert one.text == other.text, address
