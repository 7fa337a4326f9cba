"""A place: point, how precise it is, and the chain of areas it lies in.

Where the point is not known the areas alone are a place. ``verbatim`` keeps
what the source said. The datum is WGS 84 unless named otherwise.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import model_validator

from headstamp.kinds.code import CodeKind
from headstamp.kinds.country import COUNTRY, Country
from headstamp.kinds.kind import Unfit
from headstamp.kinds.number import Latitude, Longitude
from headstamp.kinds.struct import Struct
from headstamp.kinds.text import Line

PRECISION = CodeKind("precision")
Precision = Annotated[str, PRECISION]


class Place(Struct):
    """Latitude and longitude in degrees, precision class, and areas from small to large."""

    latitude: Latitude | None = None
    longitude: Longitude | None = None
    precision: Precision | None = None
    locality: Line | None = None
    district: Line | None = None
    province: Line | None = None
    country: Country | None = None
    datum: Line | None = None
    verbatim: Line | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not any(value is not None for value in self.__dict__.values()):
            raise Unfit("the place is empty", "Leave it out instead.")
        return self

    def show(self) -> str:
        areas = [part for part in (self.locality, self.district, self.province) if part]
        if self.country:
            areas.append(COUNTRY.show(self.country))
        text = ", ".join(areas) or self.verbatim or ""
        if self.latitude is not None and self.longitude is not None:
            point = f"{self.latitude:.5f}, {self.longitude:.5f}"
            if self.precision:
                point += f" ({PRECISION.show(self.precision)})"
            text = f"{text}: {point}" if text else point
        # A place of which only a part was taken down is shown as that part.
        return text or super().show()
