"""The teaching case as an encrypted one, with a canary in every text that it holds.

So every measure, chain, letter and warning has something to work on, and whatever any of them
writes to the disk in the open carries a word that is looked for.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from headstamp.actions.cases import index_case
from headstamp.demo import fill as filling
from headstamp.demo.teaching import load
from headstamp.demo.warn import warn
from headstamp.records import TYPES
from tests.intake.pdfs import paper, stream
from tests.store.canaries import canary
from tests.store.encrypted import encrypted_case

FONT_WORD = "LOT 4711"
"""What is drawn on the pictures, for machines to read."""
_TEXT = ("line", "prose", "verbatim")
# What is checked word for word against another record, or names a form.
_KEPT = frozenset({"finding", "right_of_reply", "alert", "erasure"})
_KEPT_FIELDS = frozenset({"mime"})


def encrypted_street(folder: Path) -> int:
    """Makes the case; how many fields carry a canary of their own."""
    teaching = load()
    first = teaching.of("photograph")[0]
    whole, drawn = filling.drawn(first, teaching.scenes[first.id])
    lies = {name: getattr(whole, name) for name in ("digest", "size", "mime", "width", "height")}
    with pytest.MonkeyPatch.context() as patch, encrypted_case(folder) as case:
        patch.setattr(filling, "drawn", lambda record, scene: (
            type(record).build({**record.model_dump(exclude_none=True), **lies}), drawn))
        filling.fill(case)
        warn(case, say=lambda line: None)
        number: dict[tuple[str, str], int] = {}
        changed = []
        for kind in TYPES:
            facts = [fact for fact in kind.facts if fact.kind is not None and fact.kind.name in _TEXT
                     and not fact.many and fact.name not in _KEPT_FIELDS]
            for one in () if kind.name in _KEPT else case.read("sealed").stream(kind.name):
                values = {"id": one.id} | {n: v for n, v in one.values.items() if v is not None}
                for fact in facts:
                    if values.get(fact.name):
                        word = canary(number.setdefault((kind.name, fact.name), len(number)))
                        values[fact.name] = f"{values[fact.name]} {word}"
                changed.append(kind.cls.build(values))
        with case.change(actor=canary(198), reason=canary(199)) as change:
            change.put_many(changed)
        index_case(case)
    return len(number)


def finds(words: Iterable[int]) -> str:
    """A list with a canary in every cell, four a row; its last row is refused."""
    told = [canary(one) for one in words]
    rows = [f"{told[n]},{told[n + 1]},AK {told[n + 2]},{told[n + 3]},2020-01-02"
            for n in range(0, len(told) - 3, 4)]
    return "\n".join(["tag,make,model,serial number,date found", *rows,
                      f"{told[0]}X,{told[1]},{told[2]},{told[3]},not a {told[0]}"])


def picture(word: str, drawn: str = "", size: int = 900) -> bytes:
    """A photograph that has the word in its EXIF and beside it, and ``drawn`` on it."""
    image = Image.effect_noise((size, size), 40).convert("RGB")
    if drawn:
        ImageDraw.Draw(image).text((20, 20), drawn, fill="black", font=ImageFont.load_default(70))
    exif = image.getexif()
    exif[0x010E], exif[0x010F], exif[0x0110], exif[0x013B] = word, word, word, word
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, quality=80)
    return out.getvalue() + word.encode()


def letter(word: str) -> bytes:
    """A PDF that says the word, in the open and on its page."""
    said = b"BT /F 40 Tf 90 700 Td (%s) Tj ET" % word.encode()
    return paper(b"", more={4: stream(said, packed=False), 10: b"(%s)" % word.encode()})
