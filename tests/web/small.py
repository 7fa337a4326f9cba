"""A small, plainly invented case with something for every page. Places and people do not exist."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from headstamp.kinds.identity import derived_id
from headstamp.records import kind_named
from headstamp.store.case import Case

TIER = "partner"


def id_of(kind: str, word: str) -> str:
    return derived_id(kind_named(kind).prefix, word)


def make(kind: str, word: str, **values: Any) -> Any:
    return kind_named(kind).cls.build({"id": id_of(kind, word), **values})


def small_case(folder: Path, items: int = 24) -> Case:
    case = Case.create(folder)
    with case.change(actor="A. Sample", reason="first visit to the invented town") as change:
        paper = change.file("Packing list 07-85\nقائمة التعبئة".encode())
        source = {"document": id_of("document", "set")}
        change.put_many([
            make("document", "set", title="Invented finds", document_kind="dataset",
                 credit="Invented for teaching", licence="CC0-1.0",
                 caution="Invented: nothing in this case exists."),
            make("party", "maker", name="Norhavn Works", party_kind="firm", country="NO",
                 roles=["maker", "exporter"],
                 names=[{"text": "Норхавн", "language": "ru", "script": "Cyrl"},
                        {"text": "نورهافن", "language": "ar", "script": "Arab"}],
                 identifiers=[{"scheme": "lei", "value": "5493001KJTIIGC8Y1R12"},
                              {"scheme": "imo", "value": "9074728"},
                              {"scheme": "trade register", "value": "HRB 1"}]),
            make("party", "trader", name="Blue Gate Trading", party_kind="firm", country="TR",
                 roles=["distributor"], owner=id_of("party", "maker")),
            make("site", "street", name="Mill Street workshops", site_kind="workshop",
                 former_use=["vehicle_work", "retail"], present_use=["none"],
                 activities=["metal_work", "packing", "storage"], active_on="2014/2016",
                 place={"latitude": 36.3412, "longitude": 43.1289, "precision": "100m",
                        "locality": "Tell Sample", "country": "IQ"},
                 description="A street of former car workshops.", controller="an armed group"),
            make("site", "store", name="Old grain store", site_kind="store",
                 former_use=["farming"], activities=["storage"],
                 place={"latitude": 36.48, "longitude": 43.02, "precision": "1km",
                        "country": "IQ"}),
            make("visit", "first", site=id_of("site", "street"), held_on="2016-11-08", hours=3,
                 access_limits="Two halls were not yet declared safe to enter."),
            make("flow", "f1", from_site=id_of("site", "street"), to_site=id_of("site", "store"),
                 flow_kind="goods", what="crates with blue stencil",
                 happened_on="2016", quantity={"value": 40, "unit": "crate"}),
            make("recovery", "one", title="Mill Street, hall 2", site=id_of("site", "street"),
                 visit=id_of("visit", "first"), manner="recovered", recovered_on="2016-11-08",
                 place={"latitude": 36.342, "longitude": 43.13, "precision": "100m"}),
            make("recovery", "two", title="Checkpoint north", manner="seized",
                 place={"latitude": 36.9, "longitude": 42.4, "precision": "10km"}),
        ])
        for n in range(items):
            rec = "one" if n % 3 else "two"
            change.put_many([
                make("item", f"i{n}", tag=f"MS-{n:03}", source={**source, "row": n + 1},
                     family=("arm", "ammunition", "package", "component")[n % 4],
                     item_type=("rifle", "cartridge", "crate", "circuit")[n % 4],
                     make=("Norhavn", "Zavod 5", None)[n % 3], maker=id_of("party", "maker"),
                     country=("NO", "RU", "TR", "CN")[n % 4], made_on=str(1985 + n % 9),
                     recovery=id_of("recovery", rec),
                     **({"site": id_of("site", "street")} if rec == "one" else {}),
                     recovered_on=f"{2014 + n % 4}-0{1 + n % 9}",
                     **({"grade": "B2"} if n % 2 else {})),
            ])
            if n % 5:
                state = ("clear", "partial", "removed")[n % 3]
                change.put(make(
                    "marking", f"m{n}", item=id_of("item", f"i{n}"), state=state,
                    **({} if state == "removed" else {"text": f"07-{85 + n}?" if n % 3 else
                                                      f"07-{85 + n}"}),
                    marking_kind="lot"))
        change.put_many([
            make("reading", "r1", marking=id_of("marking", "m3"), text="07-88", reader="A. Sample"),
            make("document", "paper", title="Packing list 07-85", document_kind="packing_list",
                 digest=paper.digest, size=paper.size, mime="text/plain",
                 original_name="packing.txt", number="PL 7", issuer=id_of("party", "trader"),
                 parties=[id_of("party", "maker"), id_of("party", "trader")],
                 items=[id_of("item", "i1")], found_at=id_of("site", "street"),
                 languages=["ar"], issued_on="2014-05",
                 text="قائمة التعبئة: الصندوق 07-85 من الوجبة 12-345/A",
                 translation="Packing list: crate 07-85 of lot 12-345/A"),
            make("photograph", "ph1", items=[id_of("item", "i1"), id_of("document", "paper")],
                 site=id_of("site", "street"), link="https://example.org/p.jpg",
                 caption="Crate with stencil", view="marking"),
            make("transfer", "t1", transfer_kind="sold", from_party=id_of("party", "maker"),
                 to_party=id_of("party", "trader"), happened_on="2013", goods="tinned goods",
                 items=[id_of("item", "i1")], documents=[id_of("document", "paper")],
                 lawful_status="authorised",
                 from_place={"latitude": 59.9, "longitude": 10.7, "country": "NO"},
                 to_place={"latitude": 37.0, "longitude": 37.4, "country": "TR"}),
            make("custody", "c1", item=id_of("item", "i1"), custody_kind="sold",
                 from_party=id_of("party", "maker"), to_party=id_of("party", "trader"),
                 held_on="2013"),
            make("trace_request", "q1", title="Request to Norhavn Works", status="sent",
                 addressee=id_of("party", "maker"), items=[id_of("item", "i1")],
                 question="To whom was lot 07-85 sold?", sent_on="2017-02-01",
                 due_on="2017-04-01"),
            make("trace_request", "q2", title="Request to Blue Gate", status="answered",
                 addressee=id_of("party", "trader"), sent_on="2017-02-01"),
            make("trace_reply", "a1", request=id_of("trace_request", "q2"),
                 reply_code="confirmed_partial", received_on="2017-03-05",
                 text="Sold in 2013; the register of 2014 is lost.",
                 transfers=[id_of("transfer", "t1")]),
            make("finding", "f", sentence="The crates passed through Blue Gate Trading.",
                 items=[id_of("item", "i1")], documents=[id_of("document", "paper")],
                 probability="likely", probability_low=55, probability_high=80,
                 confidence="moderate", status="in_review",
                 alternatives="Another trader used the same labels."),
            make("note", "n", about=id_of("site", "street"), text="Return to hall 3."),
            make("tally", "y1", what="pistols seized", count=31, period="2015", area="Precinct 5",
                 place={"country": "IQ"}),
            make("tally", "y2", what="pistols seized", count=12, period="2016", area="Precinct 5"),
            make("tally", "y3", what="pistols seized", count=43, area="Precinct 5", total=True),
        ])
    with case.change(actor="B. Keeper", reason="kept from the public") as change:
        change.put(make("document", "secret", title="Sealed paper", tier="sealed"))
    return case
