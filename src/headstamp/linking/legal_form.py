"""The legal form in a firm's name, parted from the name and kept: Ltd, GmbH, ООО, ش.م.م, 有限公司.

Forms, and the classes within which translations of a name interchange them, stand in
``legal_forms.toml`` with their source. A form is taken from the end and the beginning of a
name; one inside a name parts it from the branch or department that follows.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_MARKS = frozenset("ًٌٍَُِّْـ")  # Arabic vowel marks and the stretching line
_ALIKE = str.maketrans({"ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك", "ٱ": "ا"})
_LONGEST = 7


@dataclass(frozen=True, slots=True)
class LegalForms:
    """The table: words (folded) of each form with its class, by where it may stand."""

    end: Mapping[tuple[str, ...], str]
    begin: Mapping[tuple[str, ...], str]
    within: frozenset[tuple[str, ...]]
    labels: Mapping[str, str]
    former: re.Pattern[str]
    joining: frozenset[str]
    unspaced: Mapping[str, str]

    @property
    def words(self) -> frozenset[str]:
        """All forms without spaces: by them letters with dots are known to be a form."""
        return frozenset("".join(one) for one in (*self.end, *self.begin))


@dataclass(frozen=True, slots=True)
class Parted:
    """The words of a name (positions in what was given) without its form and what follows it.

    ``form`` are the positions of the form's words, ``unit`` of those behind a form inside
    the name; ``kind`` is the form's class, empty where there is no form.
    """

    core: tuple[int, ...]
    form: tuple[int, ...]
    unit: tuple[int, ...]
    kind: str


def plain_word(word: str) -> str:
    """A word as words are compared in its own script: no case, accents, vowel marks or stretching.

    >>> plain_word("Sté"), plain_word("شَرِكَة") == plain_word("شركه")
    ('ste', True)
    """
    decomposed = unicodedata.normalize("NFKD", word)
    kept = "".join(c for c in decomposed if not unicodedata.combining(c) and c not in _MARKS)
    return "".join(c for c in kept.casefold() if c.isalnum()).translate(_ALIKE)


def words_of(text: str) -> list[str]:
    """The words of a text as written; signs between them are left out, apostrophes joined over."""
    joined = re.sub(r"(?<=\w)['’`ʼ״\"](?=\w)", "", unicodedata.normalize("NFKC", text))
    return [w for w in re.findall(r"[\w\u064b-\u0652\u0300-\u036f]+", joined.replace("_", " "))
            if plain_word(w)]


# Close together anywhere; with spaces between only behind the name, where initials do not stand.
_DOTTED = re.compile(r"(?<=\w\s)(?:\w\.\s){1,4}\w\.(?!\w)|(?<!\w)(?:\w{1,4}[./]){1,5}\w{0,4}\.?(?!\w)")


def undotted(text: str) -> str:
    """The text with forms written with dots or strokes as one word: ``S. A. R. L.``, ``A/S``.

    Initials of a person are left as they are, for they are no form.

    >>> undotted("Example S.A.R.L. of J. R. Smith"), undotted("Muster d. o. o.")
    ('Example SARL of J. R. Smith', 'Muster doo')
    """
    known = legal_forms().words

    def one(match: re.Match[str]) -> str:
        word = "".join(c for c in match[0] if c.isalnum())
        return word if plain_word(word) in known else match[0]

    return _DOTTED.sub(one, text)


@cache
def legal_forms() -> LegalForms:
    """The table as it stands in ``legal_forms.toml``."""
    text = files(__package__).joinpath("legal_forms.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    end: dict[tuple[str, ...], str] = {}
    begin: dict[tuple[str, ...], str] = {}
    for one in table["classes"]:
        for found, place in (("end", end), ("begin", begin)):
            for form in one[found]:
                for words in _ways(form):
                    place.setdefault(words, one["code"])
    former = "|".join(re.escape(one).replace(r"\ ", r"\s+")
                      for one in sorted(table["former"], key=len, reverse=True))
    return LegalForms(
        end, begin, frozenset(words for form in table["within"] for words in _ways(form)),
        {one["code"]: one["label"] for one in table["classes"]},
        re.compile(rf"[\s,;(/\[]+(?:{former})[\s:.]*(?=\S)", re.IGNORECASE),
        frozenset(table["joining"]),
        {"".join(words): kind for words, kind in end.items() if not "".join(words).isascii()
         and all(_is_unspaced(c) for c in "".join(words))},
    )


def _ways(form: str) -> list[tuple[str, ...]]:
    """How the words of a form may come: as they are, and those with dots as one word."""
    dotted = re.sub(r"[./]\s?", "", form)
    return list({tuple(map(plain_word, words_of(way))) for way in (form, dotted)} - {()})


def _is_unspaced(char: str) -> bool:
    return unicodedata.name(char, "").startswith(("CJK", "HIRAGANA", "KATAKANA", "HANGUL"))


def part(words: list[str]) -> Parted:
    """Parts the form from the words of a name; at least one word is always left.

    >>> part(["ABB", "Oy", "Marine"])
    Parted(core=(0,), form=(1,), unit=(2,), kind='limited')
    """
    forms = legal_forms()
    plain = tuple(map(plain_word, words))
    low, high = 0, len(plain)
    kinds: list[str] = []
    while True:
        n = next((n for n in range(min(_LONGEST, high - low - 1), 0, -1)
                  if plain[high - n:high] in forms.end), 0)
        if n:
            kinds.append(forms.end[plain[high - n:high]])
            high -= n
            continue
        n = next((n for n in range(min(_LONGEST, high - low - 1), 0, -1)
                  if plain[low:low + n] in forms.begin), 0)
        if not n:
            break
        kinds.append(forms.begin[plain[low:low + n]])
        low += n
    form = [*range(low), *range(high, len(plain))]
    unit: list[int] = []
    for at in range(low + 1, high - 1):
        n = next((n for n in range(min(_LONGEST, high - at - 1), 0, -1)
                  if plain[at:at + n] in forms.within), 0)
        if n:
            kinds.insert(0, forms.end.get(plain[at:at + n], "company"))
            # A form behind the branch repeats or belongs to it; the first one is the name's.
            form = [*range(low), *range(at, at + n)]
            unit = [*range(at + n, len(plain))]
            high = at
            break
    said = [kind for kind in kinds if kind != "company"] or kinds
    return Parted(tuple(range(low, high)), tuple(form), tuple(unit), said[0] if said else "")


def part_unspaced(word: str) -> tuple[str, str, str]:
    """A Chinese, Japanese or Korean name without its form, the form, and the form's class.

    >>> part_unspaced("北方工业有限公司")
    ('北方工业', '有限公司', 'limited')
    """
    forms = legal_forms().unspaced
    for form in sorted(forms, key=len, reverse=True):
        if word.endswith(form) and len(word) > len(form) + 1:
            return word[: -len(form)], form, forms[form]
        if word.startswith(form) and len(word) > len(form) + 1:
            return word[len(form):], form, forms[form]
    return word, "", ""
