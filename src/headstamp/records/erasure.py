"""An erasure: values that had to go, for good, and the two people who decided it.

One person asks (the first version), another carries it out (the second, ``approved``): the
log's entries of the two versions name both, and why. The values and their salts are then
deleted from every version; their commitments stay in the log, which still verifies, and
from which nothing can be found (``docs/evidence-format.md``, section 2). What is erased
cannot be filled in again under the same record, and stays erased whatever a bundle brings.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from headstamp.kinds.code import CodeKind
from headstamp.kinds.date import PartialDate
from headstamp.kinds.identity import RecordId
from headstamp.kinds.text import Line, Prose
from headstamp.records.record import Record, fact
from headstamp.vocab import vocabulary


class Erasure(Record):
    """Values of one record that were, or are to be, erased for good, and on what ground."""

    NAME: ClassVar[str] = "erasure"
    PLURAL: ClassVar[str] = "erasures"
    PREFIX: ClassVar[str] = "eras"
    BY_HAND: ClassVar[bool] = False

    # Not a reference: the record itself may be gone afterwards.
    record: RecordId = fact("Of which record", ...)
    fields: tuple[Line, ...] = fact(
        "Which fields", (), help="Leave this empty for the whole record."
    )
    erasure_ground: Annotated[str, CodeKind("erasure_ground")] = fact("On what ground", ..., facet=True)
    erasure_state: Annotated[str, CodeKind("erasure_state")] = fact("Where it stands", "asked", facet=True)
    requested_on: PartialDate | None = fact("Asked for on")
    why: Prose | None = fact("Why, without what is to be erased")

    def label(self) -> str:
        what = ", ".join(self.fields) or "the whole record"
        return f"{vocabulary('erasure_state').label(self.erasure_state)}: {what} of {self.record}"
