"""Bars of two common codes, for drawn packages: EAN-13 and Code 128 (set B).

Each function gives the widths' bit pattern, one character a module: ``1`` is a
bar, ``0`` a gap, quiet zones left out. Source: GS1 General Specifications,
sections 5.2 (EAN-13) and 5.4 (Code 128).
"""

from __future__ import annotations

from headstamp.errors import Invalid

_LEFT = ("0001101", "0011001", "0010011", "0111101", "0100011",
         "0110001", "0101111", "0111011", "0110111", "0001011")  # fmt: skip
_PARITY = ("LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG",
           "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL")  # fmt: skip

# Widths of bar, gap, bar, gap, bar, gap for the values 0 to 105.
_WIDTHS = (  # noqa: SIM905 - a table is easier to compare with its source in rows
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 "
    "122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 "
    "321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 "
    "211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 "
    "213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 "
    "121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 "
    "241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 "
    "412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 "
    "211214 211232"
).split()
_STOP = "2331112"
_START_B = 104


def ean13(number: str) -> str:
    """The 95 modules of a 13-digit number whose check digit fits. Raises Invalid.

    >>> ean13("9520000000004")[:10], len(ean13("9520000000004"))
    ('1010110001', 95)
    """
    if len(number) != 13 or not number.isdigit() or gtin_check(number[:12]) != number[12]:
        raise Invalid(f"{number!r} is no 13-digit GTIN with a check digit that fits")
    left = ""
    for digit, parity in zip(number[1:7], _PARITY[int(number[0])], strict=True):
        odd = _LEFT[int(digit)]
        left += odd if parity == "L" else _inverse(odd)[::-1]
    right = "".join(_inverse(_LEFT[int(digit)]) for digit in number[7:])
    return f"101{left}01010{right}101"


def gtin_check(digits: str) -> str:
    """The check digit that these digits call for (GS1 General Specifications, 7.9).

    >>> gtin_check("952000000000")
    '4'
    """
    total = sum(int(d) * (3 if place % 2 == 0 else 1) for place, d in enumerate(reversed(digits)))
    return str(-total % 10)


def code128(text: str) -> str:
    """The modules of a text of printable ASCII. Raises Invalid for any other.

    >>> len(code128("QM-A01")) == 11 * 8 + 13
    True
    """
    if not text or not all(" " <= c <= "~" for c in text):
        raise Invalid("Code 128 B holds printable ASCII only")
    values = [ord(c) - 32 for c in text]
    check = (_START_B + sum(place * value for place, value in enumerate(values, 1))) % 103
    return "".join(_modules(_WIDTHS[v]) for v in (_START_B, *values, check)) + _modules(_STOP)


def _inverse(bits: str) -> str:
    return bits.translate(str.maketrans("01", "10"))


def _modules(widths: str) -> str:
    return "".join(("1" if place % 2 == 0 else "0") * int(w) for place, w in enumerate(widths))
