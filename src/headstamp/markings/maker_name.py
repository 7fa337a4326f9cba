"""Whether two names can be of one maker: lists write the same works with and without its form.

A comparison of words, for narrowing only. Nothing is merged by it.
"""

from __future__ import annotations

from headstamp.vocab import fold

# Legal forms say nothing of whose name it is.
_FORMS = frozenset((
    "ltd", "limited", "llc", "inc", "incorporated", "corp", "corporation", "co", "company", "gmbh",
    "ag", "kg", "sa", "spa", "srl", "sarl", "sas", "plc", "bv", "nv", "ab", "oy", "doo", "ad", "jsc",
    "ojsc", "pjsc", "cjsc", "oao", "ooo", "ao", "zao", "pao", "оао", "ооо", "ао", "зао", "пао", "тов",
))


def same_maker(one: str, other: str) -> bool:
    """Whether two names can be of one maker: the words of one are all among those of the other.

    >>> same_maker("Prvi Partizan", "PRVI PARTIZAN a.d. Uzice"), same_maker("Norma", "Norinco")
    (True, False)
    """
    first, second = _name(one), _name(other)
    return bool(first and second) and (first <= second or second <= first)


def _name(text: str) -> set[str]:
    words = set(fold(text).split())
    # "a.d." and "d.o.o." come apart into single letters.
    plain = {w for w in words if w not in _FORMS and len(w) > 1}
    return plain or words
