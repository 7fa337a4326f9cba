"""A witness: a checkpoint of our log that somebody outside vouches for or keeps.

A log whose key and only copy lie on one machine can be rewritten by whoever holds that
machine. What shows it is a checkpoint in other hands: a time-stamping authority's signed
token (RFC 3161), a partner, a court's registry, a sheet of paper in a safe. This record
says which checkpoint, who has it, and holds the token where there is one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

from headstamp.kinds.code import CodeKind
from headstamp.kinds.instant import Instant
from headstamp.kinds.kind import Unfit
from headstamp.kinds.number import Count
from headstamp.kinds.text import Line, Prose, Verbatim
from headstamp.records.record import Record, fact


class Witness(Record):
    """A checkpoint of the log that somebody outside vouches for or keeps."""

    NAME: ClassVar[str] = "witness"
    PLURAL: ClassVar[str] = "witnesses"
    PREFIX: ClassVar[str] = "wit"

    witness_kind: Annotated[str, CodeKind("witness_kind")] = fact("What kind", ..., facet=True)
    holder: Line = fact("Who vouches for it or keeps it", ..., facet=True, text=True)
    checkpoint: Verbatim = fact("The signed checkpoint", ...)
    size: Count = fact("Its number of entries", ...)
    witnessed_at: Instant | None = fact("When, by the witness")
    stamp: Prose | None = fact("RFC 3161 time stamp of the checkpoint's bytes, in base64")
    certificates: Prose | None = fact("Certificates of the authority (PEM), as it was known then")

    def rules(self) -> Iterable[Unfit]:
        if (self.witness_kind == "time_stamp") != (self.stamp is not None):
            yield Unfit("a time stamp has the bytes of its stamp, and no other witness has")

    def label(self) -> str:
        return f"{self.holder}: {self.size} entries"
