"""A small invented case that has a little of everything a report tells, always the same.

Ids and the clock are fixed. Two things of a case are random by design, its key
and the salts of its log: whoever compares pages puts a fixed ``Standing`` in.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from headstamp.publish.standing import Standing
from headstamp.records import BY_NAME, Record
from headstamp.store.case import Case

FIXED = Standing(
    origin="headstamp.local/sample", size=41, root="gWEDBzfcYjf+ZxYxqmSq01qp3+bdGqa5MLb8SpGtgnM=",
    note="headstamp.local/sample\n41\ngWEDBzfcYjf+ZxYxqmSq01qp3+bdGqa5MLb8SpGtgnM=\n\n"
         "\N{EM DASH} headstamp.local/sample AAAAAAAA\n",
    verifier="headstamp.local/sample+00000000+AQAA", at="2026-03-02T09:00:07.000000Z",
)
ARABIC = "وُجد الصندوق في الممر، رقم الدفعة 07-85 مطبوع عليه."
CAUTION = "Invented for teaching: no place, person, firm or find in it is real."


class Clock:
    """A clock that goes on by one second each time somebody looks."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 9, 0, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


def _made(kind: str, at: int, /, **values: Any) -> Record:
    type_ = BY_NAME[kind]
    values["id"] = f"{type_.prefix}-{at:0>4}"
    return type_.cls.build(values)


def small_case(folder: Path) -> Case:
    """A case with sites, items, markings, papers, custody, traces, findings and tallies."""
    case = Case.create(folder / "case", clock=Clock())
    with case.change(actor="teacher", reason="the sample is made") as change:
        paper = change.file(b"PACKING LIST 14\n40 cartons\n")
        photo = change.file(b"not really a photograph")
        change.put_many([
            _made("document", 1, title="Field sheets of Lower Marrow", document_kind="form",
                  caution=CAUTION, credit="headstamp, teaching material", licence="CC0-1.0"),
            _made("document", 2, title="Packing list 14", document_kind="packing_list",
                  number="14/B", issued_on="2014-05", digest=paper.digest, size=paper.size,
                  original_name="packing list.txt", languages=["ar"], text=ARABIC, grade="B2"),
            _made("document", 3, title="Yearly counts of the border service",
                  document_kind="dataset", link="https://example.org/counts"),
        ])
        change.put_many([
            _made("mission", 1, title="Lower Marrow, spring visit", held_on="2026-02"),
            _made("party", 1, name="Eastmark Trading", party_kind="firm"),
            _made("party", 2, name="شركة النهر للتجارة", party_kind="firm"),
            _made("party", 3, name="Army of Varn", party_kind="armed_force"),
            _made("site", 1, name="Mill Street 4", names=[{"text": "شارع الطاحونة ٤"}],
                  site_kind="workshop", former_use=["repair"], activities=["metal_work", "packing"],
                  place={"latitude": 36.34, "longitude": 43.13, "locality": "Lower Marrow"},
                  active_on="2014/2016", description="A row of three rooms.\n" + ARABIC),
            _made("site", 2, name="Old silo", site_kind="store", activities=["storage"],
                  place={"latitude": 36.41, "longitude": 43.29}),
            _made("visit", 1, site="site-0001", mission="mis-0001", held_on="2026-02-11",
                  method="Room by room", access_limits="The cellar was not entered."),
        ])
        source = {"document": "doc-0001"}
        change.put_many([
            _made("item", 1, tag="A-1", family="package", item_type="wooden crate",
                  site="site-0001", recovered_on="2026-02-11", source={**source, "row": 1}),
            _made("item", 2, tag="A-2", family="ammunition", item_type="cartridges",
                  make="Varn State Works", country="RU", parent="item-0001", site="site-0001",
                  recovered_on="2026-02-11", source={**source, "row": 2}, grade="B2",
                  quantity={"value": 440, "unit": "piece", "method": "package_label"}),
            _made("item", 3, tag="A-3", family="arm", make="Eastmark", model="Type 9",
                  country="CN", site="site-0002", recovered_on="2025-11", made_on="1986",
                  source={**source, "row": 3}),
            _made("item", 4, tag="A-4", family="commercial_good", make="شركة النهر",
                  item_type="كابل 3x2.5", country="TR", site="site-0001",
                  source={**source, "row": 4}, quantity={"value": 12, "unit": "roll"}),
            _made("item", 5, item_type="<b>unlabelled</b> & odd", tier="restricted"),
            _made("item", 6, tag="SECRET-TAG-6", tier="sealed", site="site-0002"),
        ])
        change.put_many([
            _made("marking", 1, item="item-0001", text="07-85", marking_kind="lot",
                  technique="stencilled", position="lid"),
            _made("marking", 2, item="item-0001", text="الدفعة 07-85", marking_kind="stencil"),
            _made("marking", 3, item="item-0003", text="12-34?/A", state="partial",
                  marking_kind="serial", position="receiver"),
            _made("marking", 4, item="item-0003", state="removed", marking_kind="import"),
            _made("marking", 5, item="item-0004", text="8690000000012", marking_kind="barcode"),
            _made("marking", 6, item="item-0006", text="CANARY-6", marking_kind="serial"),
            _made("reading", 1, marking="mark-0003", text="12-345/A", method="person",
                  certainty=80, meaning="serial number"),
            _made("reading", 2, marking="mark-0005", text="8690000000012", method="barcode",
                  scheme="gtin"),
            _made("photograph", 1, items=["item-0001"], digest=photo.digest, size=photo.size,
                  original_name="IMG_1.jpg"),
        ])
        change.put_many([
            _made("flow", 1, from_site="site-0001", to_site="site-0002", what="crates",
                  happened_on="2015-03~", documents=["doc-0002"]),
            _made("transfer", 1, transfer_kind="sold", from_party="party-0001",
                  to_party="party-0002", goods="cable, 40 cartons", happened_on="2014-05",
                  lot="07-85", lawful_status="authorised", documents=["doc-0002"]),
            _made("transfer", 2, transfer_kind="retransferred", from_party="party-0002",
                  goods="cable", items=["item-0004"], basis="Said by one witness."),
            _made("custody", 1, item="item-0003", custody_kind="issued", to_party="party-0003",
                  held_on="1987/2014-06", lawful_status="authorised"),
            _made("custody", 2, item="item-0003", custody_kind="captured",
                  from_party="party-0003", held_on="2014-06~", lawful_status="unauthorised"),
            _made("trace_request", 1, title="Serial of A-3", addressee="party-0001",
                  items=["item-0003"], status="answered", sent_on="2026-02-14",
                  question="When and to whom did it leave you?"),
            _made("trace_reply", 1, request="trace-0001", reply_code="confirmed_partial",
                  received_on="2026-02-27", text="Made in 1986; records from before 1990 are lost."),
            _made("finding", 1, sentence="The crate was packed at Mill Street 4.",
                  items=["item-0001"], probability="likely", probability_low=55,
                  probability_high=80, confidence="moderate", grade="B2", status="approved",
                  alternatives="It was brought there empty.", documents=["doc-0002"]),
            _made("finding", 2, sentence=ARABIC),
            _made("finding", 3, sentence="Withdrawn sentence.", status="withdrawn"),
            _made("tally", 1, what="pistols", count=3, period="2012-05",
                  source={"document": "doc-0003", "row": 1}),
            _made("tally", 2, what="rifles", count=5, period="2012-06",
                  source={"document": "doc-0003", "row": 2}),
            _made("tally", 3, what="all arms", count=8, period="2012", total=True,
                  source={"document": "doc-0003", "row": 3}),
        ])
    return case
