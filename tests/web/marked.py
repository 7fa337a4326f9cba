"""A case with a photograph of an invented crate and markings on it, for the reading pages."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from headstamp.records import kind_named
from headstamp.store.case import Case

WIDTH, HEIGHT = 1200, 800
SECRET = "QX 7741"
REMARK = "the clerk says seven seven"
CAPTION = "Stencil saying QX 7741"


def picture() -> bytes:
    """A drawn crate with a worn stencil."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "#8a6f4d")
    draw = ImageDraw.Draw(image)
    for y in range(0, HEIGHT, 160):
        draw.rectangle((0, y, WIDTH, y + 4), fill="#5d4a31")
    font = ImageFont.load_default(90)
    draw.text((420, 360), SECRET, fill="#3c3226", font=font)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


def make(kind: str, **values: object):
    return kind_named(kind).cls.build(values)


def marked_case(folder: Path) -> Case:
    case = Case.create(folder)
    with case.change(actor="A. Clerk", reason="an invented crate") as change:
        kept = change.file(picture())
        change.put_many([
            make("document", id="doc-aaaa", title="Invented finds",
                 caution="Invented: nothing in this case exists."),
            make("item", id="item-aaaa", tag="C-1", family="package", item_type="crate"),
            make("item", id="item-bbbb", tag="C-2", family="package", item_type="crate"),
            make("photograph", id="photo-aaaa", items=["item-aaaa"], digest=kept.digest,
                 size=kept.size, mime="image/jpeg", width=WIDTH, height=HEIGHT, caption=CAPTION,
                 original_name="qx7741.jpg"),
            make("photograph", id="photo-bbbb", items=["item-bbbb"],
                 link="https://example.org/p.jpg"),
            make("marking", id="mark-aaaa", item="item-aaaa", text=SECRET, state="clear",
                 marking_kind="lot", technique="painted_stencil", position="long side",
                 photograph="photo-aaaa", region="400, 350, 440, 120", remark=REMARK),
            make("marking", id="mark-bbbb", item="item-bbbb", text="07-85", state="clear",
                 photograph="photo-bbbb"),
            make("marking", id="mark-cccc", item="item-aaaa", text="RX 5", state="clear"),
        ])
    return case
