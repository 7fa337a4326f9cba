"""When two names, addresses or numbers are written alike enough to ask whether they are one.

Equality of a plain key and nothing more: no case, accents, punctuation, no legal form at the
end. What agrees is proposed; that two parties are one is for a person to judge. Finer
comparison, also between scripts, is the business of linking.
"""

from __future__ import annotations

from functools import lru_cache

from headstamp.vocab import fold

# Legal forms at the beginning or end of a firm's name, folded; those most common in trade papers.
_WORDS = (
    "ab ag as asa bv co company corp corporation fze fzco gmbh inc incorporated jsc kg limited llc "
    "llp ltd nv oao ojsc ooo oy oyj pao pjsc plc pte pvt sa sarl sas sl spa srl sro zao ао зао "
    "оао ооо пао тов"
)
_FORMS = frozenset(_WORDS.split())


@lru_cache(maxsize=200_000)
def name_key(name: str) -> str:
    """A name without case, accents, punctuation and legal forms; empty where nothing is left.

    >>> name_key("JSC Chip and Dip"), name_key("Chip & Dip, Ltd."), name_key("S.A.")
    ('chip and dip', 'chip dip', 's a')
    >>> name_key("Shenzhen Hi-Link Electronic Co., Ltd") == name_key("SHENZHEN HI-LINK ELECTRONIC")
    True
    """
    words = fold(name).split()
    while len(words) > 1 and words[-1] in _FORMS:
        words.pop()
    while len(words) > 1 and words[0] in _FORMS:
        words.pop(0)
    return " ".join(words)


@lru_cache(maxsize=200_000)
def address_key(address: str) -> str:
    """An address without case, accents and punctuation; empty where it names no house.

    Without a number it names a town or a street at most, which many share.

    >>> address_key("12, Harbour Rd., Suite 4"), address_key("Hong Kong")
    ('12 harbour rd suite 4', '')
    """
    folded = fold(address)
    return folded if any(one.isdigit() for one in folded) and len(folded) > 5 else ""


@lru_cache(maxsize=200_000)
def identifier_key(scheme: str, value: str) -> str:
    """A number of a register as it is compared: letters and digits only.

    >>> identifier_key("Tax register", "12-345.67 a")
    'tax register 1234567a'
    """
    return f"{fold(scheme)} {''.join(one for one in value.casefold() if one.isalnum())}"
