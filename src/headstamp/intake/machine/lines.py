"""The lines of text on a picture, cut out level, each with every reader's answers.

A line is read both ways up: a plate photographed upside down gives answers
too, and some texts (``SOS 96``) are whole either way, which must be said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

from PIL import Image

from headstamp.intake.machine import rapid, tesseract
from headstamp.intake.machine.candidate import Candidate
from headstamp.intake.machine.parts import rapid_version
from headstamp.intake.machine.proposal import Region

MOST_LINES = 60
_HEIGHT = 96
_WIDEST = 4_000


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: where it is, and the answers for it upright and upside down."""

    region: Region
    upright: tuple[Candidate, ...]
    turned: tuple[Candidate, ...]


def read_lines(grey: Image.Image, whole: bool) -> tuple[list[Line], bool]:
    """The lines on an 8-bit grey picture, from the top; whether there were too many for all.

    ``whole``: where no line is found the picture itself is taken for one, since a person
    has marked it.
    """
    places = _places(grey, whole)
    kept = places[:MOST_LINES]
    pictures = [_level(grey, corners) for corners in kept]
    both = [*pictures, *(picture.rotate(180) for picture in pictures)]
    answers = tesseract.read_lines(both)
    if rapid_version():
        for one, said in zip(answers, rapid.read_lines(both), strict=True):
            if said is not None:
                one.insert(0, said)
    lines = [
        Line(_around(corners, grey.size), tuple(answers[n]), tuple(answers[n + len(kept)]))
        for n, corners in enumerate(kept)
    ]
    return lines, len(places) > len(kept)


def _places(grey: Image.Image, whole: bool) -> list[rapid.Corners]:
    if rapid_version():
        found = rapid.find_lines(grey)
    else:
        found = [_corners(region) for region in tesseract.find_lines(grey)]
    if not found and whole:
        found = [_corners((0, 0, grey.width, grey.height))]
    return sorted(found, key=lambda corners: (min(y for _, y in corners), min(x for x, _ in corners)))


def _corners(region: Region) -> rapid.Corners:
    left, top, width, height = region
    return ((left, top), (left + width, top), (left + width, top + height), (left, top + height))


def _level(grey: Image.Image, corners: rapid.Corners) -> Image.Image:
    """The line cut out level with some room around it, a standing one laid down."""
    if hypot(*_minus(corners[3], corners[0])) > 1.5 * hypot(*_minus(corners[1], corners[0])):
        corners = (*corners[1:], corners[0])
    a, b, c, d = corners
    along, down = _minus(b, a), _minus(d, a)
    wide, high = max(1.0, hypot(*along)), max(1.0, hypot(*down))
    # The finder cuts close, and at times cuts off a letter it does not know.
    aside, above = 0.35 * high / wide, 0.12
    quad: list[float] = []
    for (x, y), across, deep in ((a, -aside, -above), (d, -aside, above), (c, aside, above),
                                 (b, aside, -above)):
        quad += [x + across * along[0] + deep * down[0], y + across * along[1] + deep * down[1]]
    width = min(_WIDEST, max(8, round(_HEIGHT * wide * (1 + 2 * aside) / (high * (1 + 2 * above)))))
    left = min(quad[0::2]), min(quad[1::2])
    right = max(quad[0::2]), max(quad[1::2])
    box = (int(left[0]) - 1, int(left[1]) - 1, int(right[0]) + 2, int(right[1]) + 2)
    part = _with_ground(grey, box)
    moved = [number - box[n % 2] for n, number in enumerate(quad)]
    return part.transform(
        (width, _HEIGHT), Image.Transform.QUAD, moved, Image.Resampling.BICUBIC
    )


def _with_ground(grey: Image.Image, box: tuple[int, int, int, int]) -> Image.Image:
    """A part that may reach over the edge: what lies beyond has the ground's shade, not black."""
    inside = (max(0, box[0]), max(0, box[1]), min(grey.width, box[2]), min(grey.height, box[3]))
    part = grey.crop(inside)
    if inside == box:
        return part
    edge = sorted([*part.crop((0, 0, part.width, 1)).tobytes(),
                   *part.crop((0, part.height - 1, part.width, part.height)).tobytes()])
    ground = Image.new("L", (box[2] - box[0], box[3] - box[1]), edge[len(edge) // 2] if edge else 255)
    ground.paste(part, (inside[0] - box[0], inside[1] - box[1]))
    return ground


def _minus(one: Sequence[float], other: Sequence[float]) -> tuple[float, float]:
    return one[0] - other[0], one[1] - other[1]


def _around(corners: rapid.Corners, size: tuple[int, int]) -> Region:
    xs = [min(max(x, 0), size[0]) for x, _ in corners]
    ys = [min(max(y, 0), size[1]) for _, y in corners]
    left, top = int(min(xs)), int(min(ys))
    return left, top, max(1, round(max(xs)) - left), max(1, round(max(ys)) - top)
