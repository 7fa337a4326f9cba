"""Numbers: counts, measures, degrees and years; and truth values.

A number is kept as JSON keeps it. What is not finite, or too long for a JSON
reader to keep exactly (beyond 2**53), is refused: two verifiers would disagree.
"""

from __future__ import annotations

import math
from typing import Annotated, Any

from headstamp.kinds.kind import Kind, Sql, Unfit

EXACT = 2**53 - 1


def number(value: Any) -> int | float:
    """A finite number from a number or its text; whole numbers become ``int``.

    >>> number("12.0"), number(" 7,5 ".replace(",", "."))
    (12, 7.5)
    """
    if type(value) is int:
        found: int | float = value
    elif type(value) is float:
        found = value
    elif type(value) is str:
        text = value.strip().replace("\u2212", "-").replace("\u00a0", "")
        try:
            found = int(text)
        except ValueError:
            try:
                found = float(text)
            except ValueError:
                raise Unfit(
                    "not a number", "Write digits with a point for decimals and no thousands mark."
                ) from None
        if "_" in text:
            raise Unfit("not a number", "Write the digits without underscores.")
    else:
        raise Unfit("not a number", "Write digits.")
    if isinstance(found, float):
        if not math.isfinite(found):
            raise Unfit("the number is not finite", "Leave the field out if it is not known.")
        if not found.is_integer():
            return found
        # Beyond this a float is whole, and would be read back as an int that is refused.
        found = int(found)
    if abs(found) > EXACT:
        raise Unfit("the number is too large to be kept exactly", "Write it as text elsewhere.")
    return found


class NumberKind(Kind):
    """A finite number between two bounds (either may be open)."""

    sql: Sql = "real"
    widget = "number"

    def __init__(
        self, name: str, title: str, low: float | None = None, high: float | None = None,
        whole: bool = False, example: str = "",
    ) -> None:
        self.name, self.title, self.low, self.high, self.whole = name, title, low, high, whole
        self.example = example
        self.sql = "int" if whole else "real"
        self.schema = {
            "type": "integer" if whole else "number",
            "minimum": -EXACT if low is None else low,
            "maximum": EXACT if high is None else high,
        }

    def clean(self, value: Any) -> int | float:
        found = number(value)
        if self.whole and not isinstance(found, int):
            raise Unfit(f"{self.title} must be a whole number", "Round it, or use a quantity.")
        if (self.low is not None and found < self.low) or (
            self.high is not None and found > self.high
        ):
            if self.high is None:
                raise Unfit(f"{self.title} must be at least {self.low}", "Check it.")
            raise Unfit(f"{self.title} must lie between {self.low} and {self.high}", "Check it.")
        return found

    def show(self, value: Any) -> str:
        return f"{value:,}" if isinstance(value, int) and abs(value) >= 10_000 else str(value)


class TruthKind(Kind):
    """Yes or no."""

    name, title, widget = "truth", "yes or no", "checkbox"
    sql: Sql = "bool"
    schema = {"type": "boolean"}
    example = "true"
    _WORDS = {
        "true": True, "yes": True, "y": True, "1": True, "oui": True, "да": True, "نعم": True,
        "false": False, "no": False, "n": False, "0": False, "non": False, "нет": False, "لا": False,
    }

    def clean(self, value: Any) -> bool:
        if type(value) is bool:
            return value
        found = self._WORDS.get(str(value).strip().casefold())
        if found is None:
            raise Unfit("neither yes nor no", "Write true or false.")
        return found

    def show(self, value: Any) -> str:
        return "yes" if value else "no"


COUNT = NumberKind("count", "a count", 0, EXACT, whole=True, example="12")
NUMBER = NumberKind("number", "a number", example="12.5")
LATITUDE = NumberKind("latitude", "latitude in degrees (WGS 84)", -90, 90, example="35.1")
LONGITUDE = NumberKind("longitude", "longitude in degrees (WGS 84)", -180, 180, example="44.2")
PERCENT = NumberKind("percent", "a share in per cent", 0, 100, example="80")
TRUTH = TruthKind()

Count = Annotated[int, COUNT]
Number = Annotated[float, NUMBER]
Latitude = Annotated[float, LATITUDE]
Longitude = Annotated[float, LONGITUDE]
Percent = Annotated[float, PERCENT]
Truth = Annotated[bool, TRUTH]
