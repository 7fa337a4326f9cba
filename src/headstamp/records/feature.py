"""What is seen on an item besides its markings, and what is measured on it.

Both are for comparison between finds: a feature is neutral and says nothing of how a thing is
made or works (the vocabulary ``feature_kind`` is the whole of what can be recorded); a
measurement is never published and never told by design.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from headstamp.kinds.code import CodeKind
from headstamp.kinds.date import PartialDate
from headstamp.kinds.identity import RefKind
from headstamp.kinds.number import Number
from headstamp.kinds.text import Line, Prose
from headstamp.records.record import Record, fact


class Feature(Record):
    """A neutral feature seen on an item: its paint, its stencil, its package, how it is marked."""

    NAME: ClassVar[str] = "feature"
    PLURAL: ClassVar[str] = "features"
    PREFIX: ClassVar[str] = "feat"
    WHEN: ClassVar[str] = "observed_on"
    OWNERS: ClassVar[tuple[str, ...]] = ("item",)

    item: Annotated[str, RefKind("item")] = fact("On which item", ...)
    feature_kind: Annotated[str, CodeKind("feature_kind")] = fact("What sort of feature", ..., facet=True)
    value: Line = fact("What it is, named alike on every find", ..., facet=True, text=True)
    description: Prose | None = fact("Description", text=True)
    photograph: Annotated[str, RefKind("photo")] | None = fact("Photograph")
    observed_on: PartialDate | None = fact("When it was seen")
    observer: Line | None = fact("Who saw it")

    def label(self) -> str:
        return f"{self.feature_kind.replace('_', ' ')}: {self.value}"


class Measurement(Record):
    """A number measured on an item, for comparison between finds only; never published."""

    NAME: ClassVar[str] = "measurement"
    PLURAL: ClassVar[str] = "measurements"
    PREFIX: ClassVar[str] = "meas"
    WHEN: ClassVar[str] = "measured_on"
    OWNERS: ClassVar[tuple[str, ...]] = ("item",)

    item: Annotated[str, RefKind("item")] = fact("On which item", ...)
    feature: Line = fact("What was measured, named alike on every find", ..., facet=True)
    value: Number = fact("Number", ..., help="For comparison between finds only: it is never published.")
    unit: Line | None = fact("Unit")
    sample: Line | None = fact("Which piece, or which place on it")
    instrument: Line | None = fact("Measured with what")
    measured_on: PartialDate | None = fact("When it was measured")
    measured_by: Line | None = fact("Who measured it")

    def label(self) -> str:
        return self.feature
