"""Values of an answer, the same from every engine: text, whole numbers, numbers, yes and no, or nothing.

What engines have besides is written in one way: a day or a moment as ISO text, a decimal as a
number, bytes as hexadecimal. A number that is not finite is no answer: it comes of a division by
zero or of a logarithm of nothing, which one engine refuses and the other passes on.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from headstamp.engine.question import Rows
from headstamp.errors import Invalid, Problem


def plain_rows(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Rows:
    """Rows as dictionaries of plain values.

    Raises Invalid where two columns have one name, or a number is not finite.
    """
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise Invalid("two columns of the answer have one name; name them apart with AS", [
            Problem("this name stands twice", "Write AS and another name.", name) for name in twice])
    answer = []
    for number, row in enumerate(rows, 1):
        one = {}
        for name, value in zip(columns, row, strict=True):
            one[name] = plain(value)
            if isinstance(one[name], float) and not math.isfinite(one[name]):
                raise Invalid("the answer holds what is no number", [Problem(
                    "it is not finite", "It comes of a division by zero, or of a logarithm or a root of "
                    "what has none: leave such rows out.", name, str(value), number)])
        answer.append(one)
    return answer


def plain(value: Any) -> Any:
    """One value as text, int, float, bool, None, or a list or dictionary of such.

    >>> plain(Decimal("12")), plain(Decimal("1.50")), plain(date(2017, 2, 1)), plain(b"\\x01")
    (12, 1.5, '2017-02-01', '01')
    """
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        return int(value) if isinstance(exponent, int) and exponent >= 0 else float(value)
    if isinstance(value, (date, time)):  # a moment is a date too
        return value.isoformat()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    as_dict = getattr(value, "asDict", None)  # a row within a row, as Spark has it
    if as_dict is not None:
        return plain(as_dict())
    return [plain(one) for one in value]
