"""A small case that has one of everything, for the tests of the pages."""

from __future__ import annotations

from pathlib import Path

from headstamp.actions.cases import index_case
from headstamp.records import Record, kind_named
from headstamp.store.case import Case

CAUTION = "Invented teaching data: no place, person or maker in it is real."


def make(kind: str, **values: object) -> Record:
    """A record of a kind."""
    return kind_named(kind).cls.build(values)


def everything(tier: str = "partner") -> list[Record]:
    """At least one record of every kind, all belonging together."""

    def make(kind: str, **values: object) -> Record:
        return kind_named(kind).cls.build({"tier": tier, **values})

    return [
        make("document", id="doc-aaaa", title="Packing list", caution=CAUTION, credit="A. Writer",
             licence="CC BY 4.0", document_kind="packing_list", parties=["party-aaaa"],
             items=["item-aaaa"], text="قائمة 07-85"),
        make("mission", id="mis-aaaa", title="Mission one", held_on="2017"),
        make("site", id="site-aaaa", name="Old mill", site_kind="workshop", present_use=["storage"],
             place={"latitude": 10.5, "longitude": 20.25, "country": "FR", "precision": "exact"}),
        make("site", id="site-bbbb", name="Border post"),
        make("flow", id="flow-aaaa", from_site="site-bbbb", to_site="site-aaaa", what="crates"),
        make("visit", id="vis-aaaa", site="site-aaaa", mission="mis-aaaa", held_on="2017-02-05"),
        make("recovery", id="rec-aaaa", title="Mill, ground floor", site="site-aaaa",
             visit="vis-aaaa", recovered_on="2017-02"),
        make("party", id="party-aaaa", name="Maker Ltd", country="CN", roles=["manufacturer"]),
        make("party", id="party-bbbb", name="Carrier Co"),
        make("item", id="item-pppp", tag="P-1", family="package", item_type="crate",
             site="site-aaaa", recovered_on="2017-02-05"),
        make("item", id="item-aaaa", tag="A-1", family="ammunition", make="Maker Ltd",
             model="M1", country="CN", parent="item-pppp", site="site-aaaa", recovery="rec-aaaa",
             maker="party-aaaa", recovered_on="2017-02-05", made_on="1985",
             quantity={"value": 200, "unit": "piece"}, remark="on the pallet",
             source={"document": "doc-aaaa", "row": 7}),
        make("marking", id="mark-aaaa", item="item-aaaa", text="07-85", marking_kind="lot"),
        make("marking", id="mark-bbbb", item="item-aaaa", state="removed"),
        make("reading", id="read-aaaa", marking="mark-aaaa", text="07-85", reader="J. Reader",
             meaning="lot 7 of 1985", certainty=80),
        make("photograph", id="photo-aaaa", items=["item-aaaa"], caption="Stencil",
             link="https://example.org/p.jpg"),
        make("transfer", id="tran-aaaa", items=["item-aaaa"], from_party="party-aaaa",
             to_party="party-bbbb", happened_on="2014/2015", goods="crates"),
        make("custody", id="cust-aaaa", item="item-aaaa", to_party="party-bbbb", held_on="2016-03~",
             transfer="tran-aaaa"),
        make("trace_request", id="trace-aaaa", title="Letter 1", addressee="party-aaaa",
             items=["item-aaaa"], question="To whom was lot 07-85 sold?"),
        make("trace_reply", id="reply-aaaa", request="trace-aaaa", reply_code="no_reply"),
        make("finding", id="find-aaaa", sentence="The crates came over the border.",
             items=["item-aaaa"]),
        make("tie", id="tie-aaaa", party="party-bbbb", tie_kind="agent", to_party="party-aaaa",
             role="forwarding agent"),
        make("right_of_reply", id="right-aaaa", finding="find-aaaa", party="party-bbbb",
             sentence="The crates came over the border.", right_state="asked", asked_on="2017-06-01"),
        make("list_entry", id="entry-aaaa", list_name="Invented embargoes", list_version="2017-01",
             list_date="2017-01-01", list_kind="arms_embargo", code="X-1", title="Embargo on Xanadu",
             countries=["XK"], in_force="2012-03-01/.."),
        make("feature", id="feat-aaaa", item="item-aaaa", feature_kind="stencil", value="white arrow",
             observed_on="2017-02-05"),
        make("measurement", id="meas-aaaa", item="item-aaaa", feature="letter height", value=6.5,
             unit="mm", sample="lid"),
        make("signature", id="sig-aaaa", name="White arrow",
             features=[{"kind": "stencil", "value": "white arrow"}], known_in=["FR"]),
        make("alert", id="alert-aaaa", title="White arrow met at the mill", alert_kind="new_area",
             signature="sig-aaaa", items=["item-aaaa"], looks_like="A white arrow on the lid."),
        make("note", id="note-aaaa", about="item-aaaa", text="Look at the lid again."),
        make("tally", id="tally-aaaa", what="rifles", count=12, period="2016-05"),
        make("reference", id="ref-aaaa", code="QZK", reference_kind="factory_code",
             maker="Invented Works", country="YUCS", used_from="1951", doubt="One list alone."),
        make("reference", id="ref-bbbb", code="07", reference_kind="factory_code",
             maker="Another Works", country="CN"),
        make("device", id="dev-aaaa", title="Laptop 2", key="headstamp.local/ab+00000000+AAAA",
             holder="B. Custodian"),
        make("bundle", id="bndl-aaaa", device="dev-aaaa", direction="taken", bundle_state="taken",
             sum="0" * 64, size=12),
        make("erasure", id="eras-aaaa", record="doc-aaaa", fields=["remark"],
             erasure_ground="safety", why="It named somebody."),
        make("witness", id="wit-aaaa", witness_kind="paper", holder="Registry", size=12,
             checkpoint="headstamp.local/ab\n12\nAAAA\n"),
    ]


def a_case(folder: Path, *more: Record) -> Case:
    """A case with ``everything`` and more, indexed for search."""
    case = Case.create(folder)
    with case.change(actor="tester", reason="a sample") as change:
        change.put_many([*everything(), *more])
    index_case(case)
    return case
