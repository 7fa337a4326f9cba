"""Asking tesseract: every line in every language it has, one call a language.

The program reads the lines as pages of one picture from a pipe; it writes no
file. It runs inside the confined process, so that process's limits hold for it too.
"""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Sequence

from PIL import Image

from headstamp.errors import Unreadable
from headstamp.intake.machine.candidate import Candidate
from headstamp.intake.machine.parts import tesseract, tesseract_languages, tesseract_version
from headstamp.intake.machine.proposal import Region
from headstamp.intake.machine.script import visible

_ONE_LINE, _SCATTERED = "7", "11"
_SECONDS = 120
# Letters of so many pixels are what its models were trained on.
_HEIGHT = 56


def read_lines(lines: Sequence[Image.Image]) -> list[list[Candidate]]:
    """For each line (8-bit grey) what every language makes of it; nothing where it is absent."""
    found: list[list[Candidate]] = [[] for _ in lines]
    if not lines or not tesseract():
        return found
    pages = _pages([_fitting(line) for line in lines])
    for language in sorted(tesseract_languages()):
        for number, words in _words(pages, language, _ONE_LINE).items():
            if number < len(found) and (one := _candidate(words, language)) is not None:
                found[number].append(one)
    return found


def find_lines(page: Image.Image) -> list[Region]:
    """Where tesseract itself sees lines of text; for want of a better finder."""
    if not tesseract() or not tesseract_languages():
        return []
    rows = _rows(_pages([page]), "+".join(sorted(tesseract_languages())), _SCATTERED)
    boxes: dict[tuple[str, ...], list[int]] = {}
    for row in rows:
        if row[0] == "5" and row[11].strip() and float(row[10]) > 20:
            left, top, width, height = (int(number) for number in row[6:10])
            box = boxes.setdefault(tuple(row[1:5]), [left, top, left + width, top + height])
            box[:] = [min(box[0], left), min(box[1], top), max(box[2], left + width),
                      max(box[3], top + height)]
    return [(a, b, c - a, d - b) for a, b, c, d in boxes.values()]


def _fitting(line: Image.Image) -> Image.Image:
    """The line at the height the models know, dark on light, with room around it."""
    scale = _HEIGHT / max(1, line.height)
    small = line.resize((max(1, round(line.width * scale)), _HEIGHT), Image.Resampling.BICUBIC)
    edge = [*small.crop((0, 0, small.width, 2)).tobytes(),
            *small.crop((0, small.height - 2, small.width, small.height)).tobytes()]
    ground = sorted(edge)[len(edge) // 2]
    room = Image.new("L", (small.width + 24, small.height + 24), ground)
    room.paste(small, (12, 12))
    return room


def _pages(pictures: Sequence[Image.Image]) -> bytes:
    out = io.BytesIO()
    pictures[0].save(out, "TIFF", save_all=True, append_images=list(pictures[1:]), dpi=(300, 300))
    return out.getvalue()


def _rows(pages: bytes, language: str, layout: str) -> list[list[str]]:
    try:
        done = subprocess.run(  # noqa: S603 - nothing of the picture is in its arguments
            [tesseract(), "stdin", "stdout", "--psm", layout, "-l", language, "tsv"],
            input=pages, capture_output=True, timeout=_SECONDS, check=False,
            # More threads than one make it slower on lines, not faster.
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable(f"tesseract gave no answer within {_SECONDS} s.") from error
    except OSError as error:
        raise Unreadable(f"tesseract cannot be run: {error.strerror}.") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise Unreadable(f"tesseract broke off: {said[-1] if said else done.returncode}.")
    rows = [line.split("\t") for line in done.stdout.decode("utf-8", "replace").split("\n")[1:]]
    return [row for row in rows if len(row) == 12]


def _words(pages: bytes, language: str, layout: str) -> dict[int, list[tuple[str, float]]]:
    """The words of each page with their confidence, 0 to 1; pages counted from 0."""
    found: dict[int, list[tuple[str, float]]] = {}
    for row in _rows(pages, language, layout):
        if row[0] == "5" and row[11].strip():
            found.setdefault(int(row[1]) - 1, []).append(
                (row[11].strip(), max(0.0, float(row[10])) / 100)
            )
    return found


def _candidate(words: list[tuple[str, float]], language: str) -> Candidate | None:
    length = sum(len(word) for word, _ in words)
    if not length:
        return None
    sure = sum(len(word) * share for word, share in words) / length
    lettered = [share for word, share in words if any(c.isalpha() for c in word)]
    text = visible(" ".join(word for word, _ in words))
    if not text:
        return None
    return Candidate(
        text, sure, min(lettered, default=sure), language,
        f"tesseract {tesseract_version()} {language}",
    )
