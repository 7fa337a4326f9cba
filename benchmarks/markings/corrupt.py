"""Ways in which a marking is read wrongly, each from a seed: what a query is made of.

``mix`` is the mixture the targets were set on; the others err in other ways, so that
nothing can be fitted to one of them and look good on all:

=============  =====================================================================
mix            1/2/3 edits at 50/35/15 %; look-alike 52, unread 20, dropped 8, truncated
               6, swapped 5, added 4, other character 3, ``*`` 2 %
uniform        1/2/3 edits at 50/35/15 %, each character and each place alike
machine        what optical recognition does: shapes of print, joined and parted
               letters, one script taken for another, stray points
worn           much is not read: neighbouring ``?``, worn ends, ``*``, ``[8B]``
clerk          copying by hand and typing: swaps, a left-out prefix, doubled digits,
               neighbouring keys, zeros left out, words added, handwritten figures
half           every second reading right, the others of the mixture
=============  =====================================================================

The tables were written for this benchmark from general knowledge of misreadings. They are
not measured, and no table of the engine was copied into them or from them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import pairwise

Model = Callable[[random.Random, str], str]

_GROUPS = "0OQD 1IL 8B 5S 2Z 6G"
_SOFTER = (
    "38 3E 4A 71 7T 56 68 08 94 90 UV MN CG EF PR KX YV HN WM CO JI TI LE KR BE BR RA VY "
    "ЖК ИН ШЩ ЛП Б6 З3 ЗЭ ЦЩ ЧУ Ч4 ЯР ГТ ФО ДЛ ЮО ЫЬ "
    "ΓΤ ΔΑ ΔΛ ΘΟ Θ0 ΛΑ ΣΕ ΞΕ ΠΗ ΨΥ ΩΟ ΦΟ "
    "بت جح حخ دذ رز سش صض طظ عغ فق كل اج ان"
)
_ARABIC_DIGITS = "23 05 78 69 19 34"
_HANDWRITTEN = "17 49 06 35 5S 2Z 38 1I 0O UV G6 B8 VY MN PR 71 91"
_KEYPAD = "789 456 123 147 258 369 02"
_PRINT = {
    "0": "OD8", "O": "0QC", "1": "lI|", "I": "l1", "L": "1", "5": "S6", "S": "5$", "8": "B3",
    "B": "8E", "2": "Z", "Z": "2", "6": "G8", "G": "6C", "4": "A", "A": "4", "7": "1T", "9": "g",
    "3": "8", "D": "O0", "Q": "O", "M": "N", "W": "VV", "U": "V", "V": "Y", "E": "F", "F": "P",
    "К": "K", "И": "N", "Я": "R", "Л": "n", "П": "n", "Ч": "4", "З": "3", "Б": "6", "Д": "A",
    "Ш": "W", "Щ": "W", "Ж": "X", "Г": "r", "У": "y", "Ф": "O", "Ц": "U", "Э": "3", "Ю": "IO",
    "Δ": "A", "Θ": "0", "Λ": "A", "Π": "N", "Σ": "E", "Ξ": "E", "Φ": "O", "Ψ": "Y", "Ω": "O",
    "Γ": "r", "٠": ".", "١": "1", "٢": "r", "٣": "r", "٥": "0", "٦": "7", "٧": "V", "٨": "A",
    "٩": "9", "۰": ".", "۱": "1", "۵": "0", "۷": "V", "۸": "A", "۹": "9",
}
_JOINED = {"RN": "M", "CL": "D", "VV": "W", "II": "U", "13": "B", "10": "D", "11": "N"}
_TWINS = dict(zip("ABEKMHOPCTYX", "АВЕКМНОРСТУХ", strict=True))
_SEPARATORS = ("", "", " ", "-", ".", "/", "_")
_SCRIPTS = (
    "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "АБВГДЕЖЗИКЛМНПРСТУФХЦЧШЭЮЯ",
    "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "ابجدهوزحطيكلمنسعفصقرشت",
)


def _pairs(words: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in words.split():
        for char in word:
            found[char] = found.get(char, "") + word.replace(char, "")
    return found


_STRONG, _SOFT = _pairs(_GROUPS), _pairs(_SOFTER)
LIKENESSES = (_STRONG, _SOFT)
"""Each character's look-alikes: of the six old groups, and softer ones."""

_FIGURES = _pairs(_ARABIC_DIGITS)
_HAND, _KEYS = _pairs(_HANDWRITTEN), _pairs(_KEYPAD)


def _script(char: str) -> str:
    return next((chars for chars in _SCRIPTS if char in chars), _SCRIPTS[1])


def _places(chars: Sequence[str]) -> list[int]:
    """Where a letter or figure stands, not a separator nor something already unread."""
    return [at for at, char in enumerate(chars) if char.isalnum()]


def _other(draw: random.Random, char: str) -> str:
    return draw.choice(_script(char).replace(char, ""))


def _alike(draw: random.Random, char: str) -> str:
    """A character like this one; the six old groups twice as often as softer likenesses."""
    zero = next((base for base in (0x660, 0x6F0) if base <= ord(char) < base + 10), 0)
    if zero:
        told = _FIGURES.get(str(ord(char) - zero))
        return chr(zero + int(draw.choice(told))) if told else _other(draw, char)
    strong, soft = _STRONG.get(char, ""), _SOFT.get(char, "")
    if strong and (not soft or draw.random() < 0.67):
        return draw.choice(strong)
    return draw.choice(soft) if soft else _other(draw, char)


def _edit(draw: random.Random, chars: list[str], kind: str) -> None:
    """One edit in place. Nothing is done to a text that has nothing left to lose."""
    places = _places(chars)
    if len(places) < 3:
        return
    at = draw.choice(places)
    if kind == "alike":
        chars[at] = _alike(draw, chars[at])
    elif kind == "other":
        chars[at] = _other(draw, chars[at])
    elif kind == "unread":
        chars[at] = "?"
    elif kind == "dropped":
        del chars[at]
    elif kind == "added":
        chars.insert(at + draw.randrange(2), draw.choice(_script(chars[at])))
    elif kind == "swapped":
        pairs = [(a, b) for a, b in pairwise(places) if chars[a] != chars[b]]
        if pairs:
            a, b = draw.choice(pairs)
            chars[a], chars[b] = chars[b], chars[a]
    elif kind == "truncated":
        lost = min(draw.choice((1, 1, 1, 2, 2, 3)), len(places) - 2)
        if draw.random() < 0.5:
            del chars[: places[lost - 1] + 1]
        else:
            del chars[places[-lost] :]
    elif kind == "run":
        first = draw.randrange(len(places))
        last = min(first + draw.choice((0, 1, 1, 2, 3)), len(places) - 1)
        if last - first + 1 <= len(places) - 2:
            chars[places[first] : places[last] + 1] = ["*"]


def _several(draw: random.Random) -> int:
    return draw.choices((1, 2, 3), (50, 35, 15))[0]


def _restyled(
    draw: random.Random, chars: list[str], rewritten: float, twins: float
) -> str:
    """Other separators or case, and letters typed in the other alphabet."""
    if draw.random() < rewritten:
        if draw.random() < 0.6:
            sign = draw.choice(_SEPARATORS)
            chars = [sign if not (c.isalnum() or c in "?*[]") else c for c in chars]
        else:
            chars = [c.lower() if len(c.lower()) == 1 else c for c in chars]
    if draw.random() < twins:
        chars = [_TWINS.get(c, c) for c in chars]
    return "".join(chars).strip()


_MIX = {
    "alike": 52, "unread": 20, "dropped": 8, "truncated": 6, "swapped": 5, "added": 4, "other": 3,
    "run": 2,
}


def mix(draw: random.Random, text: str) -> str:
    """The mixture the targets were set on."""
    chars = list(text)
    for kind in draw.choices(list(_MIX), list(_MIX.values()), k=_several(draw)):
        _edit(draw, chars, kind)
    return _restyled(draw, chars, 0.30, 0.15)


def uniform(draw: random.Random, text: str) -> str:
    """Any character for any other, anywhere."""
    chars = list(text)
    for kind in draw.choices(("other", "added", "dropped"), (60, 20, 20), k=_several(draw)):
        _edit(draw, chars, kind)
    return _restyled(draw, chars, 0.10, 0.0)


def machine(draw: random.Random, text: str) -> str:
    """As optical recognition fails: by shape, at 8 % of the characters and at least at one."""
    chars = list(text)
    places = _places(chars)
    wrong = {at for at in places if draw.random() < 0.08} or {draw.choice(places)}
    out: list[str] = []
    skip = False
    for at, char in enumerate(chars):
        if skip:
            skip = False
        elif at not in wrong:
            out.append(char)
        elif draw.random() < 0.12 and char + "".join(chars[at + 1 : at + 2]) in _JOINED:
            out.append(_JOINED[char + chars[at + 1]])
            skip = True
        elif (chance := draw.random()) < 0.10:
            pass  # not seen at all
        elif chance < 0.18:
            out.extend((char, draw.choice(".,'-|")))
        elif char in _PRINT and chance < 0.92:
            shapes = _PRINT[char]
            out.append(shapes if shapes in ("VV", "IO") else draw.choice(shapes))
        else:
            out.append(_other(draw, char))
    if draw.random() < 0.25:  # spaces where none are, none where some are
        out = [c for c in out if c != " "]
        out.insert(draw.randrange(1, len(out)) if len(out) > 1 else 0, " ")
    return "".join(out).strip()


def worn(draw: random.Random, text: str) -> str:
    """Much is not read; what is read is mostly right."""
    chars = list(text)
    places = _places(chars)
    unread = min(draw.choices((1, 2, 3, 4), (35, 30, 20, 15))[0], max(len(places) - 3, 1))
    start = draw.randrange(len(places) - unread + 1)
    if draw.random() < 0.6:  # a worn patch; else spots here and there
        lost = places[start : start + unread]
    else:
        lost = draw.sample(places, unread)
    for at in lost:
        chars[at] = "?"
    for kind, chance in (("run", 0.08), ("truncated", 0.10), ("alike", 0.20), ("alike", 0.05)):
        if draw.random() < chance:
            _edit(draw, chars, kind)
    left = _places(chars)
    if len(left) > 2 and draw.random() < 0.15:  # two ways of reading one place, mostly one right
        at = draw.choice(left)
        true = chars[at] if draw.random() < 0.9 else _other(draw, chars[at])
        also = _alike(draw, true)
        if also != true:
            chars[at] = "[" + "".join(sorted((true, also))) + "]"
    return _restyled(draw, chars, 0.15, 0.10)


def clerk(draw: random.Random, text: str) -> str:
    """Copied by hand from a worn list, then typed."""
    chars = list(text)
    kinds = ("swapped", "prefix", "doubled", "keys", "hand", "zeros", "word", "dropped", "block")
    weights = (22, 12, 8, 14, 24, 6, 6, 6, 2)
    for kind in draw.choices(kinds, weights, k=draw.choices((1, 2), (75, 25))[0]):
        chars = _slip(draw, chars, kind)
    return _restyled(draw, chars, 0.70, 0.12)


def _slip(draw: random.Random, chars: list[str], kind: str) -> list[str]:
    """One slip of a copying hand."""
    places = _places(chars)
    if len(places) < 3:
        return chars
    if kind in ("keys", "hand"):
        table = _KEYS if kind == "keys" else _HAND
        known = [at for at in places if chars[at] in table]
        if known:
            at = draw.choice(known)
            chars[at] = draw.choice(table[chars[at]])
            return chars
        kind = "swapped"
    if kind == "prefix":
        cut = next((at for at, c in enumerate(chars) if at and not c.isalnum()), 0)
        if cut and len(_places(chars[cut:])) >= 4:
            return chars[cut + 1 :]
        kind = "swapped"
    if kind == "doubled":
        twice = [b for a, b in pairwise(places) if chars[a] == chars[b]]
        if twice:
            del chars[draw.choice(twice)]
        else:
            at = draw.choice(places)
            chars.insert(at, chars[at])
        return chars
    if kind == "zeros":
        nought = [at for at in places if chars[at] in "0٠۰"]
        if nought:
            del chars[nought[0]]
        else:
            chars.insert(places[0], "0")
        return chars
    if kind == "word":
        return [*draw.choice(("NO ", "SER ", "№ ", "SN ", "NR. ")), *chars]
    if kind == "block":  # the last group twice
        cut = max((at for at, c in enumerate(chars) if not c.isalnum()), default=0)
        return [*chars, *chars[cut:]] if cut else chars
    _edit(draw, chars, "swapped" if kind == "swapped" else "dropped")
    return chars


def half(draw: random.Random, text: str) -> str:
    """Every second reading is right but for separators and case; the others are of the mixture.

    All other models err in every reading, which no reader does: of two markings one figure
    apart they make the one that stands in the query to the letter the wrong one, always.
    """
    if draw.random() < 0.5:
        return mix(draw, text)
    return _restyled(draw, list(text), 0.30, 0.15)


MODELS: dict[str, Model] = {
    "mix": mix, "uniform": uniform, "machine": machine, "worn": worn, "clerk": clerk, "half": half,
}


def hard(draw: random.Random, text: str, kind: str) -> str:
    """Queries that say little: ``run`` (``*``), ``short`` (4 signs), ``unread`` (all but two)."""
    chars = [c for c in text if c.isalnum()]
    if kind == "short":
        start = draw.randrange(max(len(chars) - 3, 1))
        return "".join(chars[start : start + 4])
    if kind == "unread":
        kept = set(draw.sample(range(len(chars)), 2))
        return "".join(c if at in kept else "?" for at, c in enumerate(chars))
    first = draw.randrange(1, max(len(chars) - 2, 2))
    last = min(first + draw.randrange(1, 5), len(chars) - 1)
    return draw.choice((
        "".join([*chars[:first], "*", *chars[last:]]), "".join(chars[:2]) + "*",
        "*" + "".join(chars[-3:]), "*" + "".join(chars[first : first + 3]) + "*",
    ))
