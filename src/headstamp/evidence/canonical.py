"""Canonical JSON: one value, one sequence of bytes (RFC 8785, "JCS").

Two people who hash the same record must hash the same bytes. RFC 8785 fixes
them: no white space, keys sorted by UTF-16 code units, numbers as ECMAScript
prints them, strings with the fewest escapes, UTF-8.

Almost every record is a flat object of texts, whole numbers, yes/no and blanks,
for which ``orjson`` with sorted keys gives exactly those bytes; so the common
case is handed to it after a check that nothing in the value makes the two
differ. All else goes through the plain implementation below. The tests hold the
two against each other and against the published vectors.

What JSON readers disagree on is refused rather than hashed: NaN and Infinity,
whole numbers beyond 2**53 - 1, unpaired surrogates, keys that are no text, and
nesting deeper than ``DEPTH``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NoReturn

import orjson

from headstamp.errors import Invalid, Problem, Unreadable

INTEGER_MAX = 2**53 - 1
DEPTH = 100

_SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
_FLAT = frozenset({str, int, bool, type(None)})
_FLAT_OR_FLOAT = _FLAT | {float}
# Between these, a float that is not whole is printed alike by orjson and by
# ECMAScript: all digits, one point, no exponent.
_PLAIN_MIN, _PLAIN_MAX = 1e-4, 1e15


def canonical(value: object) -> bytes:
    """The RFC 8785 bytes of a JSON value (dict, list, tuple, str, int, float, bool, None).

    Raises ``Invalid`` for whatever has no canonical form; nothing is rounded or replaced.
    """
    kind = type(value)
    if kind is dict:
        plain = _flat(value)  # type: ignore[arg-type]
        if plain is not None:
            return plain
    elif kind in _FLAT:
        try:
            return orjson.dumps(value, option=_SORTED)
        except TypeError:
            pass  # out of range or an unpaired surrogate: the plain way says which
    if _alike(value, DEPTH):
        try:
            return orjson.dumps(value, option=_SORTED)
        except TypeError:
            pass
    pieces: list[bytes] = []
    _write(value, DEPTH, pieces)
    return b"".join(pieces)


def _flat(value: dict[Any, Any]) -> bytes | None:
    """The bytes of a flat object whose orjson form is canonical, or None when unsure."""
    if not _FLAT.issuperset(map(type, value.values())):
        if not _FLAT_OR_FLOAT.issuperset(map(type, value.values())):
            return None
        whole: dict[Any, int] = {}
        for key, number in value.items():
            if type(number) is float:
                if number.is_integer():
                    if not -INTEGER_MAX <= number <= INTEGER_MAX:
                        return None
                    whole[key] = int(number)  # 1.0 is written 1, and -0.0 is written 0
                elif not _PLAIN_MIN <= abs(number) < _PLAIN_MAX:
                    return None
        if whole:
            value = {**value, **whole}
    try:
        written = orjson.dumps(value, option=_SORTED)
    except TypeError:
        return None
    # orjson sorts by code point. For ASCII keys that is the order of UTF-16 too.
    if written.isascii() or "".join(value).isascii():
        return written
    return None


def _alike(value: Any, depth: int) -> bool:
    """Whether orjson surely writes this value as RFC 8785 does (texts are checked by orjson)."""
    kind = type(value)
    if kind is dict:
        if not all(map(_is_ascii, value)):
            return False
        value = value.values()
    elif kind is not list and kind is not tuple:
        return _alike_alone(value)
    if depth == 0:
        return False
    # A loop and not a call for each: most of what a list or an object holds is a text.
    for part in value:
        kind = type(part)
        if kind in _FLAT:
            continue
        if kind is dict or kind is list or kind is tuple:
            if not _alike(part, depth - 1):
                return False
        elif not _alike_alone(part):
            return False
    return True


def _alike_alone(value: Any) -> bool:
    kind = type(value)
    if kind is float:
        return not value.is_integer() and _PLAIN_MIN <= abs(value) < _PLAIN_MAX
    return kind in _FLAT


def _is_ascii(key: Any) -> bool:
    return type(key) is str and key.isascii()


def _write(value: Any, depth: int, pieces: list[bytes]) -> None:
    if value is None or value is True or value is False:
        pieces.append(b"null" if value is None else b"true" if value else b"false")
    elif isinstance(value, str):
        pieces.append(_text(value))
    elif isinstance(value, int):
        if not -INTEGER_MAX <= value <= INTEGER_MAX:
            _refuse("a whole number beyond 2**53 - 1 is not exact in JSON", int.__repr__(value))
        pieces.append(int.__repr__(value).encode("ascii"))
    elif isinstance(value, float):
        pieces.append(number(value).encode("ascii"))
    elif depth == 0 and isinstance(value, (list, tuple, dict)):
        _refuse(f"nested deeper than {DEPTH} levels", "")
    elif isinstance(value, (list, tuple)):
        opening = b"["
        for part in value:
            pieces.append(opening)
            _write(part, depth - 1, pieces)
            opening = b","
        pieces.append(b"]" if value else b"[]")
    elif isinstance(value, dict):
        opening = b"{"
        for key in _sorted_keys(value):
            pieces += (opening, _text(key), b":")
            _write(value[key], depth - 1, pieces)
            opening = b","
        pieces.append(b"}" if value else b"{}")
    else:
        _refuse("not a JSON value", type(value).__name__)


def _sorted_keys(value: dict[Any, Any]) -> Sequence[str]:
    for key in value:
        if not isinstance(key, str):
            _refuse("the key of an object must be text", repr(key))
    # Big-endian UTF-16 compares as its code units do; surrogatepass leaves the
    # refusal of an unpaired surrogate to _text, which names it.
    return sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))


def _text(value: str) -> bytes:
    try:
        # str.__str__ takes the text of a subclass, such as an enumeration, as it is.
        return orjson.dumps(str.__str__(value))
    except TypeError:
        _refuse("the text holds an unpaired surrogate", ascii(value))


def number(value: float) -> str:
    """A finite float as ECMAScript prints it (ECMA-262 Number::toString, radix 10).

    >>> number(1e21), number(0.000001), number(1e-7), number(-0.0), number(333333333.33333329)
    ('1e+21', '0.000001', '1e-7', '0', '333333333.3333333')
    """
    if value != value or value in (float("inf"), float("-inf")):
        _refuse("NaN and Infinity are no JSON numbers", str(value))
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    # repr gives the shortest digits that read back as the same float, as ECMA-262 asks.
    mantissa, _, exponent = float.__repr__(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    # The value is 0.digits times ten to the power of `point`.
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{point - 1:+d}"


def parse(data: bytes | str, *, repeated_keys: bool = False) -> Any:
    """Read one JSON value strictly; whatever it returns has a canonical form.

    Raises ``Unreadable`` where the bytes are no JSON (syntax, encoding, trailing
    data, endless nesting) and ``Invalid`` where they are JSON that readers
    understand differently: a key given twice, NaN, Infinity, a number too large
    for a float, a whole number no float holds as written, an unpaired surrogate.
    A whole number beyond 2**53 - 1 that is the canonical form of a float is read
    as that float, so that ``parse(canonical(x)) == x``. ``repeated_keys`` reads the
    last of a key given twice, as RFC 8259 permits; never use it before hashing.
    """
    try:
        raw = data.encode("utf-8") if isinstance(data, str) else bytes(data)
        text = data if isinstance(data, str) else raw.decode("utf-8")
    except UnicodeError as error:
        raise Unreadable("This is not UTF-8 text, so it is not JSON.") from error
    try:
        quick = orjson.loads(raw)
        # Canonical bytes hold no key twice and no odd number: the quick reading stands.
        if canonical(quick) == raw:
            return quick
    except (orjson.JSONDecodeError, Invalid):
        pass  # the strict reading below decides, and says why
    try:
        value = (_LENIENT if repeated_keys else _STRICT).decode(text)
    except (ValueError, RecursionError) as error:
        told = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise Unreadable("This is not JSON.", [Problem(rule=told, value=text[:80])]) from error
    canonical(value)
    return value


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        _refuse("a key is given twice in one object", twice)
    return value


def _integer(text: str) -> int | float:
    if len(text) <= len(str(-INTEGER_MAX)) and abs(int(text)) <= INTEGER_MAX:
        return int(text)
    value = float(text)
    if abs(value) == float("inf") or number(value) != text:
        _refuse("a whole number beyond 2**53 - 1 is not exact in JSON", text[:80])
    return value


def _fraction(text: str) -> float:
    value = float(text)
    if abs(value) == float("inf"):
        _refuse("the number is too large for JSON", text[:80])
    return value


def _constant(text: str) -> NoReturn:
    # Not JSON at all, though the standard library reads them: a fault of syntax.
    raise ValueError(f"{text} is no JSON number")


_STRICT = json.JSONDecoder(
    object_pairs_hook=_pairs,
    parse_int=_integer,
    parse_float=_fraction,
    parse_constant=_constant,
)
_LENIENT = json.JSONDecoder(parse_int=_integer, parse_float=_fraction, parse_constant=_constant)


def _refuse(rule: str, value: str) -> NoReturn:
    raise Invalid("This value has no canonical JSON form.", [Problem(rule=rule, value=value)])
