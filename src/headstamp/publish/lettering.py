"""Right-to-left lettering in drawings, for a printer that sets text letter by letter.

WeasyPrint (70.0, ``svg/text.py``) places the characters of an SVG ``<text>``
one by one from left to right: Arabic comes out unjoined and backwards. Text in
HTML is set rightly; only drawings are concerned. Browsers need none of this.

WeasyPrint does not know ``<bdo>`` either, which keeps parted numbers in order; the
controls that Unicode has for it (LRO and PDF) take its place.

So before a page goes to the PDF writer, :func:`for_print` replaces the content
of each ``<text>`` that has right-to-left letters by the same letters in the
order in which they stand on paper, each in its joined shape. Unicode has code
points for those shapes (Arabic Presentation Forms A and B); which belongs to
which letter is read from the character database, so there is no table here to
go stale. A letter without such shapes (some Kurdish ones) stays as it is.

Order: the Unicode bidirectional algorithm (Standard Annex 9) for one short line
without explicit controls: rules P2-P3, W2-W7 for numbers, N0-N2, L2, L4.
"""

from __future__ import annotations

import re
import unicodedata
from html import escape, unescape

_TEXT = re.compile(r"(<text\b[^>]*>)([^<]*)(</text>)")
_ORDERED = re.compile(r'<bdo dir="ltr">([^<]*)</bdo>')
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_ISOLATES = re.compile("[\u2066-\u2069]")
_MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")
_SHAPES = ("isolated", "final", "initial", "medial")


def _forms() -> dict[str, dict[str, str]]:
    """Letter (or lam-alef pair) to its shapes, from the decompositions Unicode gives."""
    found: dict[str, dict[str, str]] = {}
    for code in (*range(0xFB50, 0xFBFF + 1), *range(0xFE70, 0xFEFC + 1)):
        kind, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        shape = kind.strip("<>")
        base = "".join(chr(int(letter, 16)) for letter in letters)
        pair = len(base) == 2 and base[0] == "\u0644" and base[1] in "\u0622\u0623\u0625\u0627"
        if shape in _SHAPES and (len(base) == 1 or pair):
            found.setdefault(base, {}).setdefault(shape, chr(code))
    return found


_FORMS = _forms()


def for_print(markup: str) -> str:
    """Markup with every ``<text>`` of right-to-left letters set out for a letter-by-letter printer.

    >>> for_print("<p>سلام</p><text x='1'>AB-12</text>")
    "<p>سلام</p><text x='1'>AB-12</text>"
    >>> for_print('<bdo dir="ltr">٠٧-٨٥</bdo>') == "\u202d٠٧-٨٥\u202c"
    True
    >>> for_print("<text>با</text>") == "<text>\ufe8e\ufe91</text>"
    True
    """

    def reset(match: re.Match[str]) -> str:
        if not _RIGHT_TO_LEFT.search(match[2]):
            return match[0]
        written = unescape(match[2])
        base = "ltr" if written.startswith("\u2066") else "auto"
        return match[1] + escape(visual(_ISOLATES.sub("", written), base)) + match[3]

    return _ORDERED.sub("\u202d\\1\u202c", _TEXT.sub(reset, markup))


def visual(text: str, direction: str = "auto") -> str:
    """The letters of one line from left to right as on paper, Arabic ones in joined shapes.

    ``direction`` is ``"ltr"``, or ``"auto"`` for that of the first letter.

    >>> visual("AB 12"), visual("אב 12"), visual("אב (12)", "ltr")
    ('AB 12', '12 בא', '(12) בא')
    """
    shaped = joined(text)
    kinds = _kinds(shaped)
    base = 0
    if direction == "auto":
        base = next((1 if kind == "R" else 0 for kind in kinds if kind in "LR"), 0)
    levels = _levels(_bracketed(shaped, kinds, base), base)
    clusters: list[tuple[int, str]] = []
    for char, level in zip(shaped, levels, strict=True):
        if clusters and unicodedata.combining(char):
            clusters[-1] = (clusters[-1][0], clusters[-1][1] + char)
        else:
            clusters.append((level, char.translate(_MIRRORED) if level % 2 else char))
    for depth in range(max(levels, default=0), 0, -1):
        clusters = _turned(clusters, depth)
    return "".join(char for _, char in clusters)


def joined(text: str) -> str:
    """Arabic letters in the shapes their neighbours give them, still in reading order.

    >>> [unicodedata.name(c).split(" FORM")[0].split()[-1] for c in joined("ببب")]
    ['INITIAL', 'MEDIAL', 'FINAL']
    """
    units = _units(text)
    solid = [i for i, unit in enumerate(units) if not unicodedata.combining(unit[0])]
    out = list(units)
    for order, at in enumerate(solid):
        forms = _FORMS.get(units[at])
        if forms is None:
            continue
        before = units[solid[order - 1]] if order else ""
        after = units[solid[order + 1]] if order + 1 < len(solid) else ""
        to_before = _joins_on(before) and "final" in forms
        to_after = _joins_on(units[at]) and _joins_back(after)
        shape = _SHAPES[(1 if to_before else 0) + (2 if to_after else 0)]
        out[at] = forms.get(shape, units[at])
    return "".join(out)


def _units(text: str) -> list[str]:
    """Letters, with lam and the alef after it as one, as they are always written."""
    units: list[str] = []
    for char in text:
        if units and units[-1] == "\u0644" and units[-1] + char in _FORMS:
            units[-1] += char
        else:
            units.append(char)
    return units


_TATWEEL = "\u0640"


def _joins_on(unit: str) -> bool:
    """Whether a letter reaches out to the one after it."""
    return unit == _TATWEEL or "initial" in _FORMS.get(unit, {})


def _joins_back(unit: str) -> bool:
    """Whether a letter reaches back to the one before it."""
    return unit == _TATWEEL or "final" in _FORMS.get(unit, {})


def _kinds(text: str) -> list[str]:
    """``L``, ``R``, ``D`` (digits and what holds a number together) or ``N`` for each character."""
    raw = [unicodedata.bidirectional(char) for char in text]
    kinds: list[str] = []
    after_arabic = False
    for at, kind in enumerate(raw):
        if kind in ("L", "R", "AL"):
            after_arabic = kind == "AL"
            kinds.append("L" if kind == "L" else "R")
        elif kind in ("EN", "AN"):
            kinds.append("D")
        elif kind == "NSM":
            kinds.append(kinds[-1] if kinds else "N")
        elif kind in ("ES", "CS") and _between_digits(raw, at, kind, after_arabic):
            kinds.append("D")
        else:
            kinds.append("N")
    return kinds


def _between_digits(raw: list[str], at: int, kind: str, after_arabic: bool) -> bool:
    """W4: a sign between two digits belongs to the number; a hyphen after Arabic does not (W2)."""
    if not 0 < at < len(raw) - 1:
        return False
    left, right = raw[at - 1], raw[at + 1]
    if left != right or left not in ("EN", "AN"):
        return False
    return kind == "CS" or (left == "EN" and not after_arabic)


def _bracketed(text: str, kinds: list[str], base: int) -> list[str]:
    """N0: both brackets of a pair take the direction of what they hold and of what they follow."""
    kinds = list(kinds)
    start, against = ("R", "L") if base else ("L", "R")
    open_at: list[int] = []
    pairs: list[tuple[int, int]] = []
    for at, char in enumerate(text):
        if char in "([{":
            open_at.append(at)
        elif char in ")]}" and open_at and text[open_at[-1]] == char.translate(_MIRRORED):
            pairs.append((open_at.pop(), at))
    for left, right in sorted(pairs):
        inside = {_strong(kinds, at, start) for at in range(left + 1, right)} - {"N"}
        before = next(
            (k for at in range(left - 1, -1, -1) if (k := _strong(kinds, at, start)) != "N"), start
        )
        if start in inside or (against in inside and before == start):
            kinds[left] = kinds[right] = start
        elif against in inside:
            kinds[left] = kinds[right] = against
    return kinds


def _strong(kinds: list[str], at: int, start: str) -> str:
    """``L``, ``R`` or ``N``; digits count as right-to-left unless they follow left-to-right text."""
    if kinds[at] != "D":
        return kinds[at]
    return next((k for k in reversed(kinds[:at]) if k in "LR"), start)


def _levels(kinds: list[str], base: int) -> list[int]:
    """Embedding levels: base, one more against it, numbers among right-to-left letters at two."""
    start = "R" if base else "L"
    strong, last = [], start
    for kind in kinds:
        last = kind if kind in "LR" else last
        strong.append("L" if kind == "D" and last == "L" else kind)
    levels: list[int] = []
    for at, kind in enumerate(strong):
        if kind == "N":
            before = next((k for k in reversed(strong[:at]) if k != "N"), start)
            after = next((k for k in strong[at + 1 :] if k != "N"), start)
            sides = {"R" if side == "D" else side for side in (before, after)}
            kind = sides.pop() if len(sides) == 1 else start
        levels.append({"L": 2 if base else 0, "R": 1, "D": 2}[kind])
    return levels


def _turned(clusters: list[tuple[int, str]], depth: int) -> list[tuple[int, str]]:
    """L2 for one depth: every run at that level or deeper the other way round."""
    out: list[tuple[int, str]] = []
    run: list[tuple[int, str]] = []
    for cluster in (*clusters, (-1, "")):
        if cluster[0] >= depth:
            run.append(cluster)
            continue
        out.extend(reversed(run))
        run = []
        out.append(cluster)
    return out[:-1]
