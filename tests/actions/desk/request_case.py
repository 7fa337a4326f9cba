"""A small case for trace requests: a maker, items of it and of another, markings that turn round."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import Image

from headstamp.records import BY_NAME
from headstamp.store.case import Case

TODAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SERIAL, LOT, ARABIC, MIXED = "07-85", "LOT 4470-B/2", "٠٧-٨٥", "دفعة 07-85"
"""Markings that the bidirectional algorithm turns round where they are not shut off."""


@dataclass
class Desk:
    """The case and the ids of its records by name."""

    case: Case
    ids: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.ids[name]

    def put(self, name: str, kind: str, /, **values: Any) -> str:
        """Records one record and keeps its id by name."""
        made = BY_NAME[kind].cls.build(values)
        with self.case.change(actor="D. Esk", reason="for the test") as change:
            self.ids[name] = change.put(made, expected=0).id
        return self.ids[name]

    def version(self, name: str, /, **values: Any) -> None:
        """A new version of a record."""
        shown = self.case.read("sealed").get(self[name])
        made = BY_NAME[shown.kind].cls.build({**shown.values, **values, "id": shown.id})
        with self.case.change(actor="D. Esk", reason="for the test") as change:
            change.put(made)


def picture(colour: str) -> bytes:
    """A JPEG of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (320, 200), colour).save(out, "JPEG")
    return out.getvalue()


def make_desk(folder: Path) -> Desk:
    """The case, with nothing asked yet."""
    desk = Desk(Case.create(folder, clock=lambda: TODAY))
    desk.put("maker", "party", name="Tarnholt Armoury", party_kind="firm", roles=["maker"],
             address="1 Mill Lane, Halvenport", country="RS",
             names=[{"text": "مصنع تارنهولت", "language": "ar"}])
    desk.put("other", "party", name="Velgor Works No. 41", party_kind="firm", country="BA")
    desk.put("board", "party", name="Export Control Board", party_kind="state_body", country="RS")
    desk.put("site", "site", name="Store at the mill", tier="restricted", place={
        "latitude": 44.8125, "longitude": 20.4612, "precision": "exact", "locality": "Lower Mill",
        "district": "Mill District", "province": "North", "country": "IQ"})
    desk.put("recovery", "recovery", title="the store", site=desk["site"], manner="seized",
             recovered_on="2025-11-30", circumstances="Racks along the wall.",
             illicit_basis=["illicit_where_found", "unlicensed"])
    for name, tag, serial in (("one", "QM-01", SERIAL), ("two", "QM-02", "TA 4122?7")):
        desk.put(name, "item", tag=tag, family="arm", item_type="rifle", make="Tarnholt Armoury",
                 maker=desk["maker"], model="TA-7", calibre="6.2 x 41 mm", country="RS", made_on="2011",
                 recovery=desk["recovery"], condition="worn")
        desk.put(f"{name} serial", "marking", item=desk[name], text=serial, marking_kind="serial",
                 position="receiver, left", state="partial" if "?" in serial else "clear")
    desk.put("arabic", "marking", item=desk["one"], text=ARABIC, marking_kind="property",
             position="butt plate")
    desk.put("mixed", "marking", item=desk["one"], text=MIXED, marking_kind="stencil")
    desk.put("lot", "marking", item=desk["one"], text=LOT, marking_kind="lot")
    desk.put("formula", "marking", item=desk["two"], text="=SUM(1)", marking_kind="proof")
    return desk


def add_photograph(desk: Desk, name: str, item: str, colour: str = "#884422", **values: Any) -> str:
    """A photograph of an item with its file."""
    with desk.case.change(actor="D. Esk", reason="for the test") as change:
        kept = change.file(picture(colour))
        made = BY_NAME["photograph"].cls.build({
            "items": [desk[item]], "digest": kept.digest, "size": kept.size, "mime": "image/jpeg",
            "width": 320, "height": 200, "view": "marking", "caption": "receiver", **values})
        desk.ids[name] = change.put(made, expected=0).id
    return desk.ids[name]
