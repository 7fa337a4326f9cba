"""Bar and 2-D codes by zxing-cpp, read several times over and given only when that agrees.

A wrong number is worse than none: it sends a trace request to the wrong
maker. One look of a decoder is not enough for that, since some codes have no
check (Code 39, Codabar, ITF) or one that a chance pattern passes one time in
ten (EAN-8, UPC-E). So a picture is read at several sizes, sharpnesses and
thresholds, and a value counts when enough of those looks gave it and none of
the others contradicts it:

- codes with error correction or a strong check: two looks;
- codes with a weak check or none: three looks, of more than one size;
- ITF besides counts only in looks at the picture turned so that its bars stand
  upright: a line that leaves the bars halfway reads as a shorter whole number,
  and would do so in every look.

Weakness of checks: ISO/IEC 15420 (EAN/UPC), 16388 (Code 39), 16390 (ITF).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from math import atan2, cos, degrees, hypot, radians, sin

import numpy as np
import zxingcpp
from PIL import Image, ImageFilter, ImageOps

from headstamp.intake.machine.forms import LEFT_OUT, LOCATED, NO_CHECK, WEAK
from headstamp.intake.machine.proposal import Proposal, Region, Unread

_TURNED = (-30, -15, 15, 30, 45)
_ITF = "ITF"
# Enough for a code of 1 mm modules on a whole sheet; a larger picture is read scaled down.
MOST_PIXELS = 16_000_000


@dataclass(frozen=True, slots=True)
class _Look:
    """One way of looking: its name, its size class, and the picture of it."""

    name: str
    size: str
    picture: Image.Image
    binarizer: zxingcpp.Binarizer = zxingcpp.Binarizer.LocalAverage
    scale: float = 1.0
    angle: float = 0.0


@dataclass(slots=True)
class _Seen:
    """One value at one place, with the looks that gave it; ``form`` is a kind of its ``family``."""

    family: str
    form: str
    text: str
    region: Region
    looks: list[str] = field(default_factory=list)
    sizes: set[str] = field(default_factory=set)
    unused: float | None = None

    @property
    def weak(self) -> bool:
        return self.form in WEAK or self.family in WEAK

    @property
    def enough(self) -> bool:
        if self.weak:
            return len(self.looks) >= 3 and len(self.sizes) > 1
        return len(self.looks) >= 2


@cache
def reader_name() -> str:
    """The decoder with its version."""
    return f"zxing-cpp {version('zxing-cpp')}"


@cache
def _formats() -> zxingcpp.BarcodeFormats:
    every = zxingcpp.barcode_formats_list(
        zxingcpp.barcode_formats_from_str("AllLinear,AllMatrix")
    )
    return zxingcpp.barcode_formats_from_str(
        ",".join(str(one) for one in every if str(one) not in LEFT_OUT)
    )


def read_codes(pictures: Sequence[Image.Image]) -> tuple[list[Proposal], list[Unread]]:
    """The codes on a picture, and the places of codes that could not be read safely.

    ``pictures`` are 8-bit grey, the same one several times where it has a transparent
    ground: on white, then on black. Regions are in pixels of what was given.
    """
    seen: list[_Seen] = []
    broken: list[_Seen] = []
    for picture in pictures:
        scale = min(1.0, (MOST_PIXELS / max(1, picture.width * picture.height)) ** 0.5)
        grey = _scaled(picture, scale) if scale < 1 else picture
        _look_all(_plain_looks(grey), scale, picture.size, seen, broken)
        if not any(one.enough for one in seen):
            _look_all(_slanted(grey, _TURNED), scale, picture.size, seen, [])
        if not any(one.enough for one in seen):
            # Light bars on dark: the decoder tries that for 2-D codes only.
            grey = ImageOps.invert(grey)
            _look_all(_plain_looks(grey, "inverted, "), scale, picture.size, seen, [])
        seen = [one for one in seen if one.family != _ITF] + [
            better for one in seen if one.family == _ITF
            for better in _upright(grey, scale, picture.size, one)
        ]
        if seen:
            break
    return _judged(seen, broken)


def _scaled(picture: Image.Image, scale: float) -> Image.Image:
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    how = Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.LANCZOS
    return picture.resize(size, how)


def _plain_looks(grey: Image.Image, how: str = "") -> Iterator[_Look]:
    yield _Look(f"{how}as it is", "1", grey)
    yield _Look(f"{how}one threshold", "1", grey, zxingcpp.Binarizer.GlobalHistogram)
    yield _Look(f"{how}blurred", "1", grey.filter(ImageFilter.GaussianBlur(1)))
    yield _Look(f"{how}sharpened", "1", grey.filter(ImageFilter.UnsharpMask(2, 150, 0)))
    for scale in (0.5, 0.75, 1.5, 2.0):
        if scale < 1 or grey.width * grey.height * scale * scale <= MOST_PIXELS:
            yield _Look(f"{how}scaled {scale}", str(scale), _scaled(grey, scale), scale=scale)


def _slanted(grey: Image.Image, angles: Iterable[int]) -> Iterator[_Look]:
    for angle in angles:
        turned = grey.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
        # Turning draws every pixel anew, as another size does.
        yield _Look(f"turned {angle}", f"turned {angle}", turned, angle=angle)


def _upright(
    grey: Image.Image, scale: float, size: tuple[int, int], one: _Seen
) -> list[_Seen]:
    """What an ITF says once its bars stand upright, its earlier looks forgotten."""
    left, top, width, height = (round(number * scale) for number in one.region)
    around = max(width, height) // 4
    angle = bar_angle(grey.crop((
        max(0, left - around), max(0, top - around),
        min(grey.width, left + width + around), min(grey.height, top + height + around),
    )))
    alone = [_Seen(one.family, one.form, one.text, one.region)]
    if angle is None:
        return alone
    found: list[_Seen] = []
    for step in (0.0, -1.5, 1.5):
        turned = grey.rotate(angle + step, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
        for factor in (1.0, 1.5):
            if turned.width * turned.height * factor * factor <= 2 * MOST_PIXELS:
                picture = turned if factor == 1 else _scaled(turned, factor)
                look = _Look(f"upright {step} x{factor}", str(factor), picture, scale=factor,
                             angle=angle + step)
                _look_all([look], scale, size, found, [])
    return [
        other for other in found if other.family == _ITF and overlap(other.region, one.region)
    ] or alone


def bar_angle(grey: Image.Image) -> float | None:
    """By how many degrees to turn a picture of stripes so that they stand upright, -45 to 45.

    None where it shows no stripes of one direction. (Turning further by a quarter does
    not matter to the decoder.) The mean direction of the gradient, angles doubled so that
    light to dark counts as dark to light.
    """
    # Sharp edges have no direction of their own but those of the pixels.
    values = np.asarray(grey.filter(ImageFilter.GaussianBlur(1.5)), dtype=np.float32)
    if min(values.shape) < 4:
        return None
    down, across = np.gradient(values)
    same, cross = float((across * across - down * down).sum()), float((2 * across * down).sum())
    strength = float((across * across + down * down).sum())
    if strength <= 0 or hypot(same, cross) / strength < 0.5:
        return None
    turn = degrees(atan2(cross, same)) / 2
    return turn - 90 if turn > 45 else turn + 90 if turn < -45 else turn


def _look_all(
    looks: Iterable[_Look], scale: float, size: tuple[int, int], seen: list[_Seen],
    broken: list[_Seen],
) -> None:
    for look in looks:
        for code in zxingcpp.read_barcodes(
            look.picture, formats=_formats(), binarizer=look.binarizer, return_errors=True
        ):
            region = _region(code, look, scale, size)
            family = str(code.symbology)
            form = str(code.format) if code.valid else family
            good = code.valid and bool(code.text)
            if form in LEFT_OUT or (not good and family not in LOCATED):
                continue  # a row of stripes that is no code says nothing
            one = _Seen(family, form, code.text if good else "", region)
            known = seen if good else broken
            same = next((s for s in known if s.form == form and s.text == one.text
                         and overlap(s.region, region)), None)
            if same is None:
                known.append(one)
                same = one
            if look.name not in same.looks:
                same.looks.append(look.name)
                same.sizes.add(look.size)
            extra = code.extra
            unused = extra.get("UEC") if good and isinstance(extra, dict) else None
            if isinstance(unused, int | float):
                same.unused = max(float(unused), same.unused or 0.0)


def _region(
    code: zxingcpp.Barcode, look: _Look, scale: float, size: tuple[int, int]
) -> Region:
    """Where the code is in the picture as given, whatever was done to it for this look."""
    place = code.position
    points = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    corners = [(float(point.x), float(point.y)) for point in points]
    if look.angle:
        # The turned picture is larger; both have the same centre.
        turn, (wide, high) = radians(look.angle), look.picture.size
        base = (size[0] * scale / 2, size[1] * scale / 2)
        corners = [
            (cos(turn) * (x - wide / 2) - sin(turn) * (y - high / 2) + base[0],
             sin(turn) * (x - wide / 2) + cos(turn) * (y - high / 2) + base[1])
            for x, y in corners
        ]
    factor = scale * look.scale
    xs = [min(max(x / factor, 0), size[0]) for x, _ in corners]
    ys = [min(max(y / factor, 0), size[1]) for _, y in corners]
    # A code read along one line has no height; a place on a picture has.
    left, top = min(int(min(xs)), max(0, size[0] - 2)), min(int(min(ys)), max(0, size[1] - 2))
    return left, top, max(2, round(max(xs)) - left), max(2, round(max(ys)) - top)


def overlap(one: Region, other: Region) -> bool:
    """Whether two regions share a place; a line without height has one all the same.

    >>> overlap((0, 0, 10, 1), (5, 0, 10, 10)), overlap((0, 0, 10, 10), (20, 0, 5, 5))
    (True, False)
    """
    return (
        one[0] < other[0] + other[2] and other[0] < one[0] + one[2]
        and one[1] < other[1] + other[3] and other[1] < one[1] + one[3]
    )


def _judged(seen: list[_Seen], broken: list[_Seen]) -> tuple[list[Proposal], list[Unread]]:
    proposals: list[Proposal] = []
    unread: list[Unread] = []
    for group in _places(seen):
        kept = _agreed(group)
        if kept is None:
            first = max(group, key=lambda one: len(one.looks))
            unread.append(Unread(
                region=first.region,
                what=f"a code ({first.form}) seems to be here, but the looks at it do not agree; "
                     "no value is given",
            ))
        else:
            proposals.append(_proposal(kept))
    taken = [one.region for one in proposals] + [one.region for one in unread]
    for one in broken:
        if len(one.looks) >= 3 and not any(overlap(one.region, other) for other in taken):
            unread.append(Unread(
                region=one.region,
                what=f"a code ({one.form}) is here, but more of it is damaged than its check can mend",
            ))
    return sorted(proposals, key=lambda one: (-one.score, one.region, one.text)), unread


def _places(seen: list[_Seen]) -> list[list[_Seen]]:
    """The values by place: those that overlap, straight or through others, together."""
    groups: list[list[_Seen]] = []
    for one in seen:
        near = [g for g in groups if any(overlap(one.region, other.region) for other in g)]
        groups = [g for g in groups if g not in near]
        groups.append([one, *(other for g in near for other in g)])
    return groups


def _agreed(group: list[_Seen]) -> _Seen | None:
    """The one value of a place, None where the looks contradict each other or are too few."""
    whole = [one for one in group if not any(_part_of(one, other) for other in group)]
    best = max(whole, key=lambda one: (len(one.looks), len(one.text)))
    if not best.enough:
        return None
    for other in whole:
        if other is best or (other.form, other.text) == (best.form, best.text):
            continue
        if best.weak or 3 * len(other.looks) > len(best.looks):
            return None
    return best


def _part_of(one: _Seen, other: _Seen) -> bool:
    """Whether ``one`` is but a piece of ``other``: an ITF read by a line that left its bars."""
    return (
        one.family == other.family == _ITF and len(one.text) < len(other.text)
        and one.text in other.text
    )


def _proposal(kept: _Seen) -> Proposal:
    looks = len(kept.looks)
    if kept.form in NO_CHECK or kept.family in NO_CHECK:
        score, basis = 0.9, f"this code has no check of its own; {looks} looks at it agree"
    elif kept.weak:
        score, basis = 0.95, f"its own check is weak; {looks} looks at it agree"
    else:
        score, basis = 0.99, f"its own check fits, and {looks} looks at it agree"
    if kept.unused is not None:
        basis += f"; {round(100 * kept.unused)} % of its error correction was not needed"
    return Proposal(
        text=kept.text, score=score, method="barcode", reader=reader_name(), region=kept.region,
        form=kept.form, basis=basis,
    )

