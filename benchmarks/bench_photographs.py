"""Importing photographs through the limited child, against the same decoded in the program itself.

2,000 small photographs (640 by 480, JPEG with EXIF), a hundred at a time in
turn, into two cases side by side: originals, records and thumbnails.
"""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path
from typing import Any

from PIL import Image

from headstamp.actions.cases import make_case
from headstamp.actions.intake.photographs import import_photographs
from headstamp.intake import photo, picture
from headstamp.intake.handed import Handed, Opened
from headstamp.intake.limits import Limits

PHOTOGRAPHS, AT_ONCE = 2_000, 100
TARGET = 1.3


def _made(folder: Path, first: int, rng: random.Random) -> None:
    ground = Image.effect_mandelbrot((1024, 768), (-2, -1, 1, 1), 60).convert("RGB")
    folder.mkdir()
    for number in range(first, first + AT_ONCE):
        left, top = rng.randrange(300), rng.randrange(200)
        exif = Image.Exif()
        exif[271], exif[306], exif[270] = "Fabrikam", "2016:02:01 12:33:40", str(number)
        ground.crop((left, top, left + 640, top + 480)).save(
            folder / f"A-{number}.jpg", "JPEG", exif=exif, quality=85)


def _here(task: str, file: Opened, limits: Limits, **wishes: Any) -> Any:
    return picture.answer(Handed.at(file.handle, file.name), limits, **wishes)


def run() -> list[dict[str, object]]:
    """One row: seconds through the child, seconds without, and their ratio."""
    ways = {"child": photo.only_answer, "here": _here}
    took = dict.fromkeys(ways, 0.0)
    rng = random.Random(20_160_404)
    with tempfile.TemporaryDirectory() as name:
        cases = {way: make_case(Path(name) / way) for way in ways}
        for first in range(0, PHOTOGRAPHS, AT_ONCE):
            folder = Path(name) / f"in-{first}"
            _made(folder, first, rng)
            for way in sorted(ways, reverse=first // AT_ONCE % 2 == 1):
                photo.only_answer = ways[way]
                began = time.perf_counter()
                result = import_photographs(cases[way], folder, actor="bench", index=False)
                took[way] += time.perf_counter() - began
                assert result.accepted == AT_ONCE
        photo.only_answer = ways["child"]
        for case in cases.values():
            case.close()
    ratio = took["child"] / took["here"]
    return [{
        "name": "photographs imported through the limited child", "ours": round(took["child"], 2),
        "peer": round(took["here"], 2), "ratio": round(ratio, 3), "target": f"<= {TARGET}",
        "met": ratio <= TARGET, "unit": "s", "data": f"{PHOTOGRAPHS:,} photographs of 640 by 480",
    }]
