"""From a marking as written to the keys under which it is found again.

Every step is a named rule in :data:`RULES`, applied in that order, and every
step that changed anything is kept with the text before and after, so that a
reader can be shown how ``"3б9-J 257"`` came to be compared and can walk the way
back. The raw text is never touched: it stays the first field of :class:`Keys`.

Four keys, from strict to loose:

=========  ==================================================================
raw        as written
plain      one form of writing: width, digits, separators, case, script
folded     plain, with characters that are mistaken for each other made one
ncic       plain, with O as zero and letters between digits left out
=========  ==================================================================

``folded`` and ``ncic`` both start from ``plain`` and know nothing of each
other: two markings may share one and not the other. A shared key is a lead,
never a link by itself.

Unread characters (:mod:`headstamp.markings.unread`) pass through all keys.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from headstamp.markings.unread import MOST_ALTERNATIVES, RUN, UNREAD

KeyName = Literal["plain", "folded", "ncic"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One step: its name, why it is right, where it comes from, and what it does.

    ``key`` is the key the step works towards; ``apply`` takes any text (also
    with lone surrogates) and returns text, never raising.
    """

    name: str
    key: KeyName
    reason: str
    source: str
    apply: Callable[[str], str]


class Step(NamedTuple):
    """A rule that changed the text: its name, the text before, the text after."""

    rule: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Keys:
    """A marking as written, its keys, and the steps that led to them.

    ``applied`` holds the steps towards ``plain`` in order (each begins where
    the one before ended), then those from ``plain`` to ``folded``, then those
    from ``plain`` to ``ncic``.
    """

    raw: str
    plain: str
    folded: str
    ncic: str
    applied: tuple[Step, ...]


def _nfkc(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def _digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(
        c if c.isascii() or (d := unicodedata.decimal(c, None)) is None else str(d) for c in text
    )


_UNREAD_SIGNS = str.maketrans({"\u061f": UNREAD, "\ufffd": UNREAD})


def _unread_signs(text: str) -> str:
    return text if text.isascii() else text.translate(_UNREAD_SIGNS)


# Dots, slashes and underscores by name; all spaces (Z*), all dashes (Pd), all
# controls and invisible format characters (Cc, Cf: bidi controls, joiners,
# soft hyphen, byte order mark) by their Unicode category.
_NAMED_SEPARATORS = frozenset("./\\_\u00b7\u2022\u2219\u22c5\u30fb\u2044\u2215\u2212\u06d4\u3002")
_CATEGORIES_OUT = frozenset({"Zs", "Zl", "Zp", "Pd", "Cc", "Cf"})


def _is_separator(char: str) -> bool:
    return char in _NAMED_SEPARATORS or unicodedata.category(char) in _CATEGORIES_OUT


_ASCII_SEPARATORS = {i: None for i in range(128) if _is_separator(chr(i))}


def _separators_out(text: str) -> str:
    text = text.translate(_ASCII_SEPARATORS)
    if text.isascii():
        return text
    return "".join(c for c in text if c.isascii() or not _is_separator(c))


def _upper(text: str) -> str:
    return text.upper()


# Left: as it is written; right: the Latin letter of the same shape in capitals.
_TWINS = str.maketrans(
    "АВЕЅІЈКМНОРСТУҮХԚԜ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "ABESIJKMHOPCTYYXQW" + "ABEZHIKMNOPTYX",
)


def _script_twins(text: str) -> str:
    return text if text.isascii() else text.translate(_TWINS)


_BRACKETS = re.compile(rf"\[([^\[\]]{{1,{MOST_ALTERNATIVES}}})\]|[\[\]]")


def _one_class(match: re.Match[str]) -> str:
    inside = match[1]
    if inside is None:
        return ""
    if UNREAD in inside or RUN in inside:
        return UNREAD
    kept = "".join(sorted(set(inside)))
    return kept if len(kept) == 1 else f"[{kept}]"


def _alternatives(text: str) -> str:
    if "[" not in text and "]" not in text:
        return text
    # ``[A]`` loses its brackets, which may not leave an outer pair behind that
    # now looks whole: so stray brackets go first, then classes are put in order.
    text = _BRACKETS.sub(lambda m: m[0] if m[1] is not None else "", text)
    return _BRACKETS.sub(_one_class, text)


LOOKALIKES = {"0": "OQD", "1": "IL", "2": "Z", "5": "S", "6": "G", "8": "B"}
"""Digit: the capital letters commonly read for it, or it for them, on worn stamps."""

_FOLD = str.maketrans(
    {letter: digit for digit, letters in LOOKALIKES.items() for letter in letters}
)


def _lookalike(text: str) -> str:
    return _alternatives(text.translate(_FOLD))


def _o_to_zero(text: str) -> str:
    return _alternatives(text.replace("O", "0"))


_EMBEDDED = re.compile(r"(\[[^\]]*\])|(?<=[0-9])[^\W\d_]+(?=[0-9])")


def _embedded_letters_out(text: str) -> str:
    return _EMBEDDED.sub(lambda m: m[1] or "", text)


_NCIC = "FBI NCIC gun file, as told in the Wisconsin TIME system manual"

RULES: tuple[Rule, ...] = (
    Rule(
        "nfkc",
        "plain",
        "Full-width, ligature and other compatibility forms are the same characters.",
        "Unicode Standard Annex 15, form NFKC",
        _nfkc,
    ),
    Rule(
        "digits",
        "plain",
        "A digit is the same digit in every script: ٣ and 3 are one number.",
        "Unicode Character Database, Decimal_Digit",
        _digits,
    ),
    Rule(
        "unread_signs",
        "plain",
        "The Arabic question mark and the replacement sign say 'not read', as ? does.",
        "house rule; see headstamp.markings.unread",
        _unread_signs,
    ),
    Rule(
        "separators_out",
        "plain",
        "Spaces, hyphens and dashes, dots, slashes, underscores and invisible direction "
        "signs are set differently by every writer.",
        f"{_NCIC}: enter without spaces, hyphens, symbols",
        _separators_out,
    ),
    Rule("case", "plain", "Capitals and small letters are not told apart.", _NCIC, _upper),
    Rule(
        "script_twins",
        "plain",
        "Cyrillic and Greek capitals that look like Latin ones are typed for each other: "
        "a stamped A does not say which alphabet it is from.",
        "Unicode Technical Standard 39, confusables (capitals of one shape only)",
        _script_twins,
    ),
    Rule(
        "alternatives",
        "plain",
        "Characters in square brackets are alternatives for one place, in no order; "
        "brackets that hold none are framing.",
        "house rule; see headstamp.markings.unread",
        _alternatives,
    ),
    Rule(
        "lookalike",
        "folded",
        "Worn or hand-copied characters are mistaken for each other: 0 O Q D, 1 I L, 2 Z, "
        "5 S, 6 G, 8 B.",
        "common misreadings of stamped numbers; most errors come from copied handwriting "
        "(Michigan State Police, Firearms Guide)",
        _lookalike,
    ),
    Rule("o_to_zero", "ncic", "The letter O is entered as zero.", _NCIC, _o_to_zero),
    Rule(
        "embedded_letters_out",
        "ncic",
        "Letters between digits are ignored, letters before the first and after the last "
        "digit count: 369J257 is asked as 369257.",
        _NCIC,
        _embedded_letters_out,
    ),
)
"""All rules in the order in which they are applied."""

_PLAIN = tuple(rule for rule in RULES if rule.key == "plain")
_FOLDED = tuple(rule for rule in RULES if rule.key == "folded")
_NCIC_RULES = tuple(rule for rule in RULES if rule.key == "ncic")
_MOST_PASSES = 8


def _run(rules: tuple[Rule, ...], text: str, steps: list[Step]) -> str:
    for rule in rules:
        after = rule.apply(text)
        if after != text:
            steps.append(Step(rule.name, text, after))
            text = after
    return text


def keys(text: str) -> Keys:
    """All keys of a marking, with the steps that led to them. Never raises on any text.

    >>> k = keys("３б9-J 257")
    >>> k.raw, k.plain, k.folded
    ('３б9-J 257', '3Б9J257', '3Б9J257')
    >>> [step.rule for step in k.applied]
    ['nfkc', 'separators_out', 'case', 'embedded_letters_out']
    >>> {keys(t).ncic for t in ("369257", "369M257", "369J257")}
    {'369257'}
    >>> keys("A369257").ncic, keys("КО-1?[8B]7").plain, keys("КО-1?[8B]7").folded
    ('A369257', 'KO1?[8B]7', 'K01?87')
    """
    steps: list[Step] = []
    plain = _run(_PLAIN, text, steps)
    # One rule may make work for an earlier one (a mark left without the joiner
    # before it composes; a capital of a ligature is two letters). Going round
    # until nothing changes is what makes cleaning a cleaned key change nothing.
    for _ in range(_MOST_PASSES):
        again = _run(_PLAIN, plain, steps)
        if again == plain:
            break
        plain = again
    folded = _run(_FOLDED, plain, steps)
    ncic = _run(_NCIC_RULES, plain, steps)
    return Keys(text, plain, folded, ncic, tuple(steps))


def plain_key(text: str) -> str:
    """The plain key alone: ``keys(text).plain``.

    >>> plain_key("ak-47 / ٣")
    'AK473'
    """
    return keys(text).plain


def rule(name: str) -> Rule:
    """The rule of that name (a ``KeyError`` here is a mistake in our own code).

    >>> rule("case").key
    'plain'
    """
    return _BY_NAME[name]


_BY_NAME = {each.name: each for each in RULES}
