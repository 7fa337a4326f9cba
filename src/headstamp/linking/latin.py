"""A name in another script spelled in Latin letters, for comparing and as a help to the reader.

The spelling is derived and never takes the place of the name as written. It comes from
anyascii (ISC licence), a table of one Latin spelling for each character, near to BGN/PCGN
for Cyrillic and to pinyin for Chinese; two things are done before it, for Arabic: the article
is parted and the long a, which the table leaves out, is written.

Arabic and Hebrew are written without most vowels, so that their spelling is a skeleton:
*shrkh* for *sharika*. To compare it with a name spelled with vowels both are brought to their
consonants, in one spelling for sounds that lists spell in several ways (*kh* and *h*, *sh* and
*sch*, *q* and *k*). Many names share one skeleton: it finds, and proves nothing.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

_SCRIPTS = {
    "LATIN": "Latin", "CYRILLIC": "Cyrillic", "ARABIC": "Arabic", "GREEK": "Greek",
    "HEBREW": "Hebrew", "CJK": "Han", "HIRAGANA": "Japanese", "KATAKANA": "Japanese",
    "HANGUL": "Hangul", "ARMENIAN": "Armenian", "GEORGIAN": "Georgian",
}
DOUBTS = {
    "Arabic": "written without vowels: many names share these consonants",
    "Hebrew": "written without vowels: many names share these consonants",
    "Han": "spelled as in Mandarin: another language reads these characters otherwise",
    "Japanese": "spelled sign by sign: the reading of a name may be another",
}
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ARTICLE = re.compile(r"^(?:وال|بال|ال|لل)(?=\w{3})")
_LONG_A = str.maketrans({"ا": "a", "آ": "a", "أ": "a", "إ": "i", "ٱ": "a", "ع": "a", "ء": ""})
_LATIN_ARTICLES = frozenset(("al", "el", "ul", "as", "ash", "ad", "an", "ar", "at", "az"))
# Longest first: how one sound is spelled in several ways, and the letter that stands for all.
_SOUNDS = tuple((re.compile(pattern), to) for pattern, to in (
    ("shch|sch|tsch|tch|sh|ch|cz|sz", "s"), ("dzh|dj|zh", "j"), ("ts|tz", "s"), ("kh|gh(?=[aeiou]|$)|gh", "h"),
    ("ph", "f"), ("th", "t"), ("dh", "d"), ("ck|qu|q|c(?=[aouklrt]|$)", "k"), ("c|z", "s"), ("x", "ks"),
    ("[aeiou]", ""), ("y", ""),
))
_DOUBLE = re.compile(r"(.)\1+")


def script_of(text: str) -> str:
    """The script that most letters of a text are of; empty where it has no letters.

    >>> script_of("ООО Ромашка"), script_of("Acme 7"), script_of("12")
    ('Cyrillic', 'Latin', '')
    """
    counts: dict[str, int] = {}
    for char in text:
        if char.isalpha():
            script = _script(char)
            counts[script] = counts.get(script, 0) + 1
    return max(counts, key=lambda one: (counts[one], one)) if counts else ""


@lru_cache(maxsize=8192)
def _script(char: str) -> str:
    name = unicodedata.name(char, "").partition(" ")[0]
    return _SCRIPTS.get(name, name.capitalize() or "other")


@lru_cache(maxsize=65_536)
def latin_word(word: str) -> str:
    """One word in Latin letters, small, without marks; Chinese syllable by syllable.

    >>> latin_word("щербаков"), latin_word("المثال"), latin_word("华为"), latin_word("ø")
    ('shcherbakov', 'mthal', 'hua wei', 'o')
    """
    if script_of(word) == "Arabic":
        word = _ARTICLE.sub("", _unpointed(word)).translate(_LONG_A)
    return _spelled(word)


def latin_shown(word: str) -> str:
    """One word in Latin letters as it is shown: an Arabic article stays, before a hyphen.

    >>> latin_shown("المثال")
    'al-mthal'
    """
    if script_of(word) != "Arabic":
        return latin_word(word)
    word = _unpointed(word)
    rest = word.removeprefix("ال")
    article = "al-" if rest != word and len(rest) > 2 else ""
    return article + _spelled((rest if article else word).translate(_LONG_A))


def _unpointed(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFC", word) if not unicodedata.combining(c))


def _spelled(word: str) -> str:
    spelled = anyascii(word)
    parted = _CAPITAL.sub(" ", spelled) if not word.isascii() and not word.islower() else spelled
    kept = "".join(c if c.isalnum() else " " if c.isspace() else "" for c in parted)
    return " ".join(kept.lower().split())


def skeletons(words: tuple[str, ...]) -> frozenset[str]:
    """The consonants of Latin words, sorted: one spelling with w, v and j, and one without them.

    The second is for Arabic, where one letter is both a consonant and a long vowel.

    >>> skeletons(("muhammad", "khalil")) & skeletons(("mhmd", "khlyl"))
    frozenset({'hl mhmd'})
    >>> "vnv" in skeletons(("iwanow",)) & skeletons(("ivanov",))
    True
    """
    plain = [one for one in words if one not in _LATIN_ARTICLES] or list(words)
    full = [_skeleton(one) for one in plain]
    light = [_DOUBLE.sub(r"\1", one.replace("v", "").replace("j", "")) for one in full]
    return frozenset(" ".join(sorted(one for one in some if one)) for some in (full, light)) - {""}


@lru_cache(maxsize=65_536)
def _skeleton(word: str) -> str:
    found = word.replace("w", "v")
    for pattern, to in _SOUNDS:
        found = pattern.sub(to, found)
    # The h that ends a feminine Arabic word is mostly not written in Latin.
    found = found[:-1] if found.endswith("h") and len(found) > 2 else found
    return _DOUBLE.sub(r"\1", found)
