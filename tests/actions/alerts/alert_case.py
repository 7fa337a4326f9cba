"""A small case for alerts: a signature met in two countries, photographs, and canaries above partner."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import Image

from headstamp.records import BY_NAME
from headstamp.store.case import Case

TODAY = datetime(2017, 3, 20, 9, 0, tzinfo=UTC)
LOT, ARABIC, SERIAL = "LOT 07-85", "دفعة 07-85", "SER-4711"
STENCIL = "white, «قسم 07-85» over two lines"
BY, CHECKER = "A. Writer", "B. Checker"
CANARY = "zqcanary"
"""Stands in everything that a partner may not see."""


@dataclass
class Alerts:
    """The case and the ids of its records by name."""

    case: Case
    ids: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.ids[name]

    def put(self, name: str, kind: str, /, **values: Any) -> str:
        """Records one record and keeps its id by name."""
        made = BY_NAME[kind].cls.build(values)
        with self.case.change(actor=BY, reason="for the test") as change:
            self.ids[name] = change.put(made, expected=0).id
        return self.ids[name]

    def version(self, name: str, /, actor: str = BY, **values: Any) -> None:
        """A new version of a record; None empties a field."""
        shown = self.case.read("sealed").get(self[name])
        told = {k: v for k, v in {**shown.values, **values, "id": shown.id}.items() if v is not None}
        with self.case.change(actor=actor, reason="for the test") as change:
            change.put(BY_NAME[shown.kind].cls.build(told))

    def photograph(self, name: str, colour: str, items: Sequence[str], **values: Any) -> str:
        """A photograph of one colour, with its file."""
        with self.case.change(actor=BY, reason="for the test") as change:
            kept = change.file(picture(colour))
            made = BY_NAME["photograph"].cls.build({
                "items": list(items), "digest": kept.digest, "mime": "image/jpeg", "width": 320,
                "height": 200, "caption": f"{CANARY} caption", **values})
            self.ids[name] = change.put(made, expected=0).id
        return self.ids[name]


def picture(colour: str) -> bytes:
    """A JPEG of one colour that names its camera."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = f"{CANARY} camera"
    Image.new("RGB", (320, 200), colour).save(out, "JPEG", exif=exif)
    return out.getvalue()


def make_alerts(folder: Path) -> Alerts:
    """The case, with one alert drafted by hand: ``alert``."""
    made = Alerts(Case.create(folder, clock=lambda: TODAY))
    for name, country, town in (("north", "IQ", "Qadim"), ("south", "SY", "Tel Halim")):
        made.put(f"{name} site", "site", name=f"Store at {town}", place={
            "latitude": 36.0, "longitude": 43.0, "precision": "exact", "locality": f"{CANARY} quarter",
            "district": f"{town} district", "province": f"{name.title()} province", "country": country})
    for number, (site, day) in enumerate((("north", "2016-11-04"), ("north", "2017-01"), ("south", "2017-02-11"))):
        item = made.put(f"item {number}", "item", family="package", item_type="wooden crate",
                        site=made[f"{site} site"], recovered_on=day, tag=f"{CANARY}-{number}")
        made.put(f"paint {number}", "feature", item=item, feature_kind="paint", value="olive over grey")
        made.put(f"stencil {number}", "feature", item=item, feature_kind="stencil", value=STENCIL)
        for kind, text in (("lot", LOT), ("serial", SERIAL), ("label", ARABIC)):
            made.put(f"{kind} {number}", "marking", item=item, text=text, marking_kind=kind)
        made.put(f"length {number}", "measurement", item=item, feature=f"{CANARY} length", value=4711.5,
                 unit=CANARY)
    made.put("other", "item", family="component", item_type="switch", site=made["south site"])
    made.put("sealed item", "item", family="package", item_type=f"{CANARY} crate", tier="sealed",
             site=made["south site"], recovered_on="2017-03-01")
    made.put("sealed paint", "feature", item=made["sealed item"], feature_kind="paint",
             value="olive over grey")
    made.put("sealed stencil", "feature", item=made["sealed item"], feature_kind="stencil", value=STENCIL)
    made.put("sealed lot", "marking", item=made["item 2"], text=f"{CANARY} lot", marking_kind="lot",
             tier="restricted")
    made.put("hidden site", "site", name=f"{CANARY} house", tier="restricted", place={"country": "SY"})
    made.put("signature", "signature", name="Olive crates", least=2, known_in=["IQ"], features=[
        {"kind": "paint", "value": "olive over grey"}, {"kind": "stencil", "value": STENCIL},
        {"kind": "wrapping", "value": "clear film"}])
    made.photograph("open photograph", "olive", [made["item 2"]])
    made.photograph("sealed photograph", "red", [made["item 2"]], tier="sealed")
    made.put("recipient", "party", name="Border post 4", party_kind="state_body", country="SY",
             address=f"{CANARY} road")
    made.put("alert", "alert", title="Olive crates met in the south", alert_kind="new_theatre",
             signature=made["signature"], items=[made["item 2"], made["sealed item"]],
             sites=[made["south site"], made["hidden site"]], author=BY,
             where_seen="Three finds between November and February.",
             not_known="Since when it was there, and by what way it came.",
             photographs=[made["open photograph"], made["sealed photograph"]], method="spread.new_places 1")
    return made
