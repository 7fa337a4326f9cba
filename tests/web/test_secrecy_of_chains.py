"""Chains, flows, lists and the desk tell nobody what their clearance hides, now or a moment ago."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from headstamp.actions.evidence.erasing import approve, ask
from headstamp.actions.linking.ftm import tell_parties
from headstamp.actions.settings import Settings
from headstamp.actions.tracing.diversion import all_diversions, diversion_of
from headstamp.actions.tracing.lag import GROUPINGS
from headstamp.actions.tracing.supply_graph import supply
from headstamp.actions.tracing.trace import trace
from headstamp.kinds.tier import RANK
from headstamp.records import BY_NAME, BY_PREFIX, Record
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.web.conftest import BASE
from tests.web.sample import make

ITEMS = ("item-open", "item-shut")
CLEARANCES = ("public", "partner", "restricted", "sealed")


def world() -> list[dict[str, Any]]:
    """A chain of which each tier hides a part: records as values, owners before what they own."""
    told: list[dict[str, Any]] = []

    def put(id_: str, tier: str = "public", **values: Any) -> None:
        told.append({"id": id_, "tier": tier, **values})

    put("doc-open", title="Register")
    put("site-open", name="Old mill", place={"latitude": 10.5, "longitude": 20.25, "country": "IQ",
                                             "precision": "exact", "locality": "zqplace1restricted"})
    put("rec-open", site="site-open", recovered_on="2016-10", manner="seized",
        finder="zqfinder1sealed")
    for name, country, kind, roles in (
            ("makr", "RS", "company", ["maker"]), ("army", "IQ", "armed_force", []),
            ("auth", "IQ", "state_body", ["authority"]), ("band", "IQ", "armed_group", [])):
        put(f"party-{name}", name=f"Open {name}", country=country, party_kind=kind, roles=roles,
            address=f"1 Same Lane zqaddress{name}restricted",
            identifiers=[{"scheme": "lei", "value": f"zqnumber{name}partner"}])
    put("item-open", tag="A-1", make="Open makr", model="TA-7 carbine", family="arm", maker="party-makr",
        made_on="2009", recovery="rec-open", recovered_on="2016-10", site="site-open")
    put("mark-open", item="item-open", text="TA 412207", marking_kind="serial")
    put("mark-lots", item="item-open", text="4470-B", marking_kind="lot")
    put("tran-open", transfer_kind="exported", from_party="party-makr", to_party="party-army",
        happened_on="2010", serials="TA 412001 - 413200", lawful_status="authorised",
        goods="TA-7 carbine", product="TA-7 carbine", control_code="ML1", quantity={
            "value": 1200, "unit": "piece"}, value={"amount": 77001122, "currency": "EUR"},
        from_place={"country": "RS"}, to_place={"country": "IQ", "locality": "zqplace2restricted"})
    put("cust-open", item="item-open", custody_kind="captured", from_party="party-army",
        to_party="party-band", held_on="2014-06", lawful_status="unauthorised")
    for tier in ("partner", "restricted", "sealed"):
        name, t = f"zqname{tier}", tier[:4]

        def say(what: str, tier: str = tier) -> str:
            return f"zq{what}{tier}"

        put(f"doc-{t}", tier, title=say("paper"), credit=say("credit"), caution=say("caution"))
        put(f"party-{t}", tier, name=name, country="TR", party_kind="company", address="1 Same Lane",
            roles=["authority"], names=[{"text": say("alias")}])
        put(f"party-{t}2", tier, name=f"{name} Open army", country="IQ", party_kind="state_body",
            roles=["authority"])
        put(f"item-{t}", tier, tag=say("tag"), family="arm", maker="party-makr", make="Open makr",
            model="TA-7 carbine")
        put(f"mark-{t}", tier, item=f"item-{t}", text="TA 412208", marking_kind="serial")
        put(f"mark-{t}o", tier, item="item-open", text=f"ZQ{tier.upper()} 77", marking_kind="serial")
        put(f"read-{t}", tier, marking="mark-open", text=say("reading"), certainty=40)
        put(f"trace-{t}", tier, title=say("title"), addressee="party-makr", items=["item-open"],
            question=say("question"), channel=say("channel"), our_reference=say("ours"),
            status="sent", sent_on="2020-01-02", due_on="2020-02-02", how_found=say("found"))
        put(f"reply-{t}", tier, request=f"trace-{t}", reply_code="confirmed_full", text=say("text"),
            received_on="2020-02-01", serials="TA 412000-412300", items=["item-open"],
            their_reference=say("theirs"))
        put(f"tran-{t}", tier, transfer_kind="sold", from_party="party-army", to_party=f"party-{t}",
            happened_on="2012", serials="TA 412000 - 412300", lot="4470-B", goods=say("goods"),
            product="TA-7 carbine", licence=say("licence"), basis=say("basis"), lawful_status="unauthorised",
            items=["item-open"], documents=[f"doc-{t}"], carrier=f"party-{t}2", control_code="ML1",
            quantity={"value": 900, "unit": "piece"}, through=["AE"],
            end_user_certificate=say("certificate"), to_place={"country": "TR"})
        put(f"tran-{t}r", tier, transfer_kind="retransferred", from_party=f"party-{t}",
            to_party="party-band", happened_on="2013", items=["item-open"], reply=f"reply-{t}",
            goods=say("replied"))
        put(f"tran-{t}p", tier, transfer_kind="sold", from_party="party-makr", to_party="party-auth",
            product="Open makr TA-7 carbine", goods=say("product"))
        put(f"tran-{t}v", "public", transfer_kind="sold", from_party=f"party-{t}",
            to_party="party-band", happened_on="2013-02", items=["item-open"],
            documents=[f"doc-{t}"], broker=f"party-{t}2", through=["AE"])
        put(f"cust-{t}", tier, item="item-open", custody_kind="stolen", from_party="party-army",
            to_party=f"party-{t}", held_on="2013-05", evidence=say("evidence"), transfer=f"tran-{t}")
        put(f"cust-{t}v", "public", item="item-open", custody_kind="sold", to_party=f"party-{t}",
            held_on="2015", transfer=f"tran-{t}", documents=[f"doc-{t}"])
        put(f"tie-{t}", tier, party="party-army", tie_kind="same", to_party="party-band",
            role=say("role"), basis=say("judged"))
        put(f"tie-{t}o", tier, party="party-makr", tie_kind="owner", to_party="party-auth",
            role=say("owner"))
        put(f"tie-{t}v", "public", party=f"party-{t}", tie_kind="officer", to_party="party-army")
        put(f"find-{t}", tier, sentence=say("sentence"), items=["item-open"], named=["party-army"],
            transfers=[f"tran-{t}"])
        put(f"find-{t}v", "public", sentence="An open sentence.", items=["item-open"],
            named=["party-army", f"party-{t}"], transfers=[f"tran-{t}", "tran-open"])
        put(f"right-{t}", tier, finding=f"find-{t}v", party="party-army", sentence="An open sentence.",
            right_state="answered", asked_on="2021", answered_on="2021", answer=say("answer"))
        put(f"entry-{t}", tier, list_name=say("list"), list_version="1", list_date="2009",
            list_kind="arms_embargo", code=say("code"), title=say("embargo"), countries=["IQ"],
            in_force="2008/..", arms=True, names=["Open army"])
        put(f"note-{t}", tier, about="tran-open", text=say("note"))
    put("item-shut", tag="A-2", family="arm", parent="item-open", maker="party-rest")
    return told


def seen_by(told: list[dict[str, Any]], clearance: str) -> list[dict[str, Any]]:
    """The same world without what a clearance may not see, as if it had never been."""
    hidden: set[str] = set()
    kept = []
    for one in told:
        kind = BY_PREFIX[one["id"].partition("-")[0]]
        owners = {one[name] for name in kind.owners if isinstance(one.get(name), str)}
        if RANK[one["tier"]] > RANK[clearance] or owners & hidden:
            hidden.add(one["id"])
        else:
            kept.append(one)
    return [{name: [v for v in value if isinstance(v, dict) or v not in hidden] if isinstance(value, list) else value
             for name, value in one.items() if not (isinstance(value, str) and value in hidden)}
            for one in kept]


def put(case: Case, told: list[dict[str, Any]]) -> None:
    with case.change(actor="tester", reason="sample") as change:
        change.put_many([record(one) for one in told])


def record(values: Mapping[str, Any]) -> Record:
    return make(BY_PREFIX[values["id"].partition("-")[0]].name, **values)


def client_of(case: Case, clearance: str) -> TestClient:
    app = create_app(Settings(case.where, "tester", clearance), case=case)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False, follow_redirects=False)


# --- every way out

APIS = [
    "/api/supply", "/api/supply?party=party-army", "/api/supply?from=2009&to=2013", "/api/lag",
    "/api/network?of=parties",
    *(f"/api/lag?by={by}" for by in GROUPINGS), "/api/flags", "/api/lists", "/api/desk",
    "/api/desk/statistics", "/api/parties/candidates?state=all",
    *(f"/api/flags?what={what}" for what in (
        "arms_embargo", "listed_party", "munitions_list", "quantity_received", "shared_address",
        "tied_parties", "shared_officer", "route_far", "no_licence")),
    *(f"/api/items/{id_}/chain" for id_ in ITEMS), *(f"/api/items/{id_}" for id_ in ITEMS),
    *(f"/api/parties/party-{name}" for name in ("makr", "army", "auth", "band")),
    *(f"/api/parties/candidates?state=all&party=party-{name}" for name in ("army", "auth")),
    "/api/transfers/tran-open", "/api/transfers/tran-restv", "/api/findings/find-restv",
    "/api/forward?from=tran-open", "/api/forward?from=party-makr", "/api/forward?from=party-army",
    "/api/forward?from=item-open", "/api/forward?from=doc-open", "/api/forward?from=cust-open",
    "/api/forward?from=cust-sealv", "/api/forward?by=lot&text=4470-B",
    "/api/forward?by=serials&text=TA%20412200-412260",
]
FILES = [
    *(f"/items/{id_}/chain/{which}.{form}" for id_ in ITEMS for which in ("chain", "map")
      for form in ("svg", "csv", "json")),
    *(f"/supply/{which}.{form}" for which in ("sankey", "network") for form in ("svg", "csv", "json")),
    "/network/parties.csv", "/network/parties.svg",
]
PAGES = [
    "/supply", "/network?of=parties", "/lag", "/flags", "/flags?what=arms_embargo", "/lists", "/desk", "/desk/statistics",
    "/desk.ics", "/parties/candidates?state=all", "/forward?from=tran-open", "/forward?from=party-army",
    *(f"/items/{id_}/chain" for id_ in ITEMS), *(f"/items/{id_}" for id_ in ITEMS),
    *(f"/parties/party-{name}" for name in ("makr", "army", "auth", "band")),
    *(f"/{BY_NAME[kind].slug}/{id_}" for kind, id_ in (
        ("transfer", "tran-open"), ("transfer", "tran-restv"), ("transfer", "tran-sealv"),
        ("custody", "cust-sealv"), ("finding", "find-sealv"), ("recovery", "rec-open"))),
    *(f"/{slug}/{prefix}-{tier}{end}" for slug, prefix, end in (
        ("transfers", "tran", ""), ("parties", "party", ""), ("trace-requests", "trace", ""),
        ("trace-requests", "trace", "/reply"), ("trace-replies", "reply", ""),
        ("trace-replies", "reply", "/read"), ("findings", "find", ""), ("items", "item", "/chain"),
        ("items", "item", "/chain/chain.svg"), ("items", "item", "/chain/map.json"))
      for tier in ("part", "rest", "seal")),
    "/forward?from=party-seal", "/forward?from=tran-rest", "/supply?party=party-seal",
    "/api/forward?from=party-seal", "/api/supply?party=party-part",
]


def by_actions(case: Case, clearance: str) -> dict[str, Any]:
    """What the commands are made of, asked of an open case."""
    reader = case.read(clearance)
    found: dict[str, Any] = {
        f"trace {id_}": trace(case, reader, id_).as_dict() for id_ in ITEMS}
    found |= {f"diversion {id_}": diversion_of(case, reader, id_).as_dict() for id_ in ITEMS}
    found["diversions"] = [one.as_dict() for one in all_diversions(case, reader).rows]
    out = tell_parties(reader)
    found["exchange"] = repr(out)
    graph = supply(case, clearance)
    for party in ("makr", "army", "band"):
        found[f"up {party}"] = [(one.parties, len(one.transfers))
                                for one in graph.paths_from(f"party-{party}").paths]
    return found


_OF_THE_LOG = ("log", "history", "seq", "checkpoint", "size", "at", "log_size")


def plain(value: Any) -> Any:
    """Without what the log says of itself, which is the same for all readers and grows."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if k not in _OF_THE_LOG}
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value


def answers(
    case: Case, clearance: str, addresses: tuple[str, ...] = (*APIS, *FILES)
) -> dict[str, Any]:
    client = client_of(case, clearance)
    found: dict[str, Any] = {}
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code < 500, (address, answer.text[:300])
        told = plain(answer.json()) if "json" in answer.headers.get("content-type", "") else answer.text
        found[address] = answer.status_code, told
    return found | plain(by_actions(case, clearance))


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[Case]:
    with Case.create(tmp_path / "whole") as case:
        put(case, world())
        yield case


_CANARY = re.compile(r"zq[a-z0-9]+?(partner|restricted|sealed)|ZQ(PARTNER|RESTRICTED|SEALED)|(77001122)",
                     re.ASCII)
_HIDDEN_ID = re.compile(r"\b[a-z]+-(part|rest|seal)[2orp]?\b")
_TIER = {"part": "partner", "rest": "restricted", "seal": "sealed"}


def sung(text: str, clearance: str, address: str) -> set[str]:
    found = set()
    for match in _CANARY.finditer(text):
        tier = (match[1] or match[2] or "partner").lower()
        if RANK[tier] > RANK[clearance]:
            found.add(match[0])
    for match in _HIDDEN_ID.finditer(text):
        if RANK[_TIER[match[1]]] > RANK[clearance] and match[0] not in address:
            found.add(match[0])
    return found


def test_no_page_file_or_answer_sings_whoever_asked_before(whole: Case) -> None:
    heard = []
    for clearance in ("sealed", "public", "partner", "restricted"):
        client = client_of(whole, clearance)
        for address in (*APIS, *FILES, *PAGES):
            answer = client.get(address)
            assert answer.status_code < 500, (address, answer.text[:300])
            heard += [(clearance, address, one)
                      for one in sung(answer.text, clearance, address)]
        for name, told in by_actions(whole, clearance).items():
            heard += [(clearance, name, one) for one in sung(repr(told), clearance, name)]
    assert heard == []


@pytest.mark.parametrize("clearance", CLEARANCES[:3])
def test_answers_are_those_of_a_case_without_what_is_hidden(
    whole: Case, tmp_path: Path, clearance: str
) -> None:
    by_actions(whole, "sealed")  # somebody who sees all has asked before
    with Case.create(tmp_path / "without") as without:
        put(without, seen_by(world(), clearance))
        mine, theirs = answers(whole, clearance), answers(without, clearance)
    # What is recorded of a hidden reply or party leaves no other trace than the field that is empty.
    assert {name for name in mine if mine[name] != theirs[name]} == set()


def test_whoever_may_hear_them_hears_them(whole: Case) -> None:
    client = client_of(whole, "sealed")
    told = "".join(client.get(one).text for one in (*APIS, *FILES, *PAGES))
    told += repr(by_actions(whole, "sealed"))
    heard = {match[0] for match in _CANARY.finditer(told)}
    assert {f"zqname{tier}" for tier in CLEARANCES[1:]} <= heard
    for what in ("goods", "licence", "basis", "title", "question", "ours", "text", "replied",
                 "product", "sentence", "answer", "list", "embargo", "evidence", "owner", "tag"):
        assert f"zq{what}sealed" in heard, what


SOME = ("/api/supply", "/api/flags?what=arms_embargo", "/api/lists", "/api/desk",
        "/api/parties/candidates?state=all", "/api/forward?from=party-makr",
        "/api/items/item-open/chain", "/supply/network.csv")


def changed(case: Case, id_: str, **values: Any) -> None:
    shown = case.read("sealed").get(id_)
    with case.change(actor="tester", reason="corrected") as change:
        change.put(record({**shown.values, "id": id_, **values}))


def erased(case: Case, id_: str) -> None:
    asked = ask(case, id_, ground="safety", why="test", clearance="sealed", actor="one")
    approve(case, asked, actor="two", clearance="sealed")


CHANGES: dict[str, tuple[Any, ...]] = {
    "a hidden reply limits it": ("reply-seal", {"use_limits": ["not_published"], "document": "doc-open"}),
    "the limit is lifted": ("reply-seal", {"use_limits": [], "document": "doc-open"}),
    "the transfer sealed": ("tran-open", {"tier": "sealed"}),
    "a party sealed": ("party-army", {"tier": "restricted"}),
    "the custody sealed": ("cust-open", {"tier": "restricted"}),
    "a party opened": ("party-rest", {"tier": "public"}),
    "a transfer opened": ("tran-seal", {"tier": "public"}),
    "a list's entry opened": ("entry-rest", {"tier": "public"}),
    "a tie opened": ("tie-rest", {"tier": "public"}),
    "a transfer corrected": ("tran-open", {"serials": "TA 1 - 2", "goods": "another"}),
    "a reply limits it": ("reply-part", {"use_limits": ["not_published"], "transfers": ["tran-open"]}),
    "a tie erased": ("tie-rest", {}),
    "a party erased": ("party-rest", {}),
    "a transfer erased": ("tran-open", {}),
    "a promise limits it": ("trace-part", {"confidentiality_given": "addressee_only"}),
}


def test_what_changes_is_told_as_if_nobody_had_asked_before(whole: Case) -> None:
    changed(whole, "tie-part", tier="public", documents=["doc-open"])
    changed(whole, "party-auth", source={"document": "doc-open", "row": 1})
    for clearance in ("public", "partner"):
        answers(whole, clearance, SOME)
    for name, (id_, values) in CHANGES.items():  # each is asked what the change before left
        if values:
            changed(whole, id_, **values)
        else:
            erased(whole, id_)
        with Case.open(whole.where) as fresh:
            for clearance in ("public", "partner"):
                mine, theirs = (answers(one, clearance, SOME) for one in (whole, fresh))
                assert {at for at in mine if mine[at] != theirs[at]} == set(), (name, clearance)


def limited(case: Case, limit: str) -> list[str]:
    """A case in which much rests on one reply with a limit; the ids of its records."""
    given: list[dict[str, Any]] = [
        {"id": "party-makr", "name": "Maker", "country": "RS", "party_kind": "firm"},
        {"id": "party-army", "name": "Army", "country": "IQ", "party_kind": "armed_force"},
        {"id": "item-open", "tag": "T-1", "make": "Maker", "model": "TA-7", "family": "arm",
         "recovered_on": "2016", "made_on": "2010", "maker": "party-makr"},
        {"id": "item-shut", "tag": "T-2", "parent": "item-open"},
        {"id": "mark-open", "item": "item-open", "text": "77", "marking_kind": "serial"},
        {"id": "doc-lett", "title": "zqletterpartner"},
        {"id": "trace-open", "title": "Q", "addressee": "party-makr", "items": ["item-open"],
         "status": "sent", "sent_on": "2020-01-01"},
        {"id": "reply-open", "request": "trace-open", "reply_code": "confirmed_full",
         "use_limits": [limit], "document": "doc-lett", "items": ["item-open"]},
        {"id": "party-newp", "name": "zqnewpartner", "source": {"document": "doc-lett", "row": 1}},
        {"id": "tran-open", "transfer_kind": "exported", "from_party": "party-makr",
         "to_party": "party-army", "happened_on": "2011", "items": ["item-open"], "reply": "reply-open",
         "goods": "zqgoodspartner", "licence": "zqlicencepartner", "lot": "ZQPARTNER 7"},
        {"id": "cust-open", "item": "item-open", "custody_kind": "captured", "from_party": "party-army",
         "to_party": "party-newp", "held_on": "2013", "evidence": "zqevidencepartner",
         "reply": "reply-open"},
        {"id": "find-open", "sentence": "zqsentencepartner", "items": ["item-open"],
         "transfers": ["tran-open"], "named": ["party-army"]},
        {"id": "right-open", "finding": "find-open", "party": "party-army", "right_state": "answered",
         "sentence": "zqsentencepartner", "asked_on": "2021", "answer": "zqanswerpartner"},
        {"id": "note-open", "about": "tran-open", "text": "zqnotepartner"},
        {"id": "tie-open", "party": "party-army", "to_party": "party-makr", "tie_kind": "owner",
         "documents": ["doc-lett"], "role": "zqrolepartner"},
    ]
    put(case, [{"tier": "public", **one} for one in given])
    return [one["id"] for one in given]


def test_what_must_not_be_published_is_told_on_no_page_and_breaks_none(tmp_path: Path) -> None:
    with Case.create(tmp_path / "case") as case:
        ids = limited(case, "not_published")
        own = [f"{api}/{BY_PREFIX[id_.partition('-')[0]].slug}/{id_}" for id_ in ids for api in ("", "/api")]
        lists = [at for slug in {BY_PREFIX[id_.partition("-")[0]].slug for id_ in ids}
                 for at in (f"/{slug}", f"/{slug}.csv", f"/api/{slug}")]
        heard = []
        for clearance in ("partner", "public"):
            client = client_of(case, clearance)
            for address in (*own, *lists, *APIS, *FILES, *PAGES):
                answer = client.get(address)
                assert answer.status_code < 500, (address, answer.text[:300])
                if clearance == "public":
                    heard += [(address, one) for one in sung(answer.text, "public", address)]
        assert heard == []
        told = by_actions(case, "public")
        assert sung(repr(told), "public", "") == set()
