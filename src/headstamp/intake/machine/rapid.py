"""Asking RapidOCR: where lines of text are, and what it makes of each.

Its models know Latin, Chinese, Japanese and Greek, and nothing of Cyrillic or
Arabic, which they read as Latin and are sure of; see ``weigh``. They come in
its package: nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from headstamp.intake.machine.candidate import Candidate
from headstamp.intake.machine.parts import rapid_version
from headstamp.intake.machine.script import visible

if TYPE_CHECKING:
    from numpy.typing import NDArray

Corners = tuple[tuple[float, float], ...]

# The longest side the finder sees: more finds smaller letters and takes longer.
FINDER_SIDE = 1600


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params={
        "Global.log_level": "error", "Global.use_cls": False, "Global.text_score": 0.0,
        "Det.limit_type": "max", "Det.limit_side_len": FINDER_SIDE,
        "EngineConfig.onnxruntime.intra_op_num_threads": 2,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    })


def find_lines(page: Image.Image) -> list[Corners]:
    """The corners of each line of text, clockwise from its top left, in pixels of ``page``."""
    said = _engine()(_array(page), use_det=True, use_cls=False, use_rec=False)
    boxes = getattr(said, "boxes", None)
    if boxes is None:
        return []
    return [tuple((float(x), float(y)) for x, y in box) for box in boxes]


def read_lines(lines: Sequence[Image.Image]) -> list[Candidate | None]:
    """What it makes of each line, None where it sees no text."""
    return [_read(line) for line in lines]


def _read(line: Image.Image) -> Candidate | None:
    said = _engine()(_array(line), use_det=False, use_cls=False, use_rec=True)
    texts, scores = getattr(said, "txts", None), getattr(said, "scores", None)
    text = visible(str(texts[0])) if texts and scores else ""
    if not text or not scores:
        return None
    sure = float(scores[0])
    return Candidate(text, sure, sure, "rapid", f"RapidOCR {rapid_version()}")


def _array(picture: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(picture.convert("RGB"))[:, :, ::-1]
