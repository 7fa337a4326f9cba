"""Markings (what is seen) and readings (what somebody makes of it): two records, never one.

A removed, a defaced, an absent and an unrecorded marking are four different
facts and each is a record with its state (domain practice: one firearm in five
to ten is said never to have been marked). Where a source has words instead of
characters they stay in ``state_as_written``; words that fit several states make
the state ``unsettled``, never a guess.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

from headstamp.kinds.code import CodeKind
from headstamp.kinds.date import PartialDate
from headstamp.kinds.identity import RefKind
from headstamp.kinds.kind import Unfit
from headstamp.kinds.number import Percent
from headstamp.kinds.tags import Language, Script
from headstamp.kinds.text import Line, Verbatim
from headstamp.records.record import Record, fact

_WITHOUT_TEXT = frozenset({"removed", "absent", "not_recorded", "unsettled"})
READABLE = frozenset({"clear", "partial", "defaced"})


class Marking(Record):
    """What is stamped, engraved, printed or painted, verbatim; unread characters are ``?``."""

    NAME: ClassVar[str] = "marking"
    PLURAL: ClassVar[str] = "markings"
    PREFIX: ClassVar[str] = "mark"
    OWNERS: ClassVar[tuple[str, ...]] = ("item",)

    item: Annotated[str, RefKind("item", "doc")] = fact("On which item", ...)
    text: Verbatim | None = fact("As it looks, character by character", text=True)
    state: Annotated[str, CodeKind("marking_state")] = fact("State", "clear", facet=True)
    state_as_written: Verbatim | None = fact("State in the words of the source", text=True)
    marking_kind: Annotated[str, CodeKind("marking_kind")] = fact("Kind", "unknown", facet=True)
    position: Line | None = fact("Where on the item (part, side, clock hour)")
    technique: Annotated[str, CodeKind("marking_technique")] | None = fact("How it was applied")
    script: Script | None = fact("Script")
    language: Language | None = fact("Language")
    photograph: Annotated[str, RefKind("photo")] | None = fact("Photograph")
    region: Line | None = fact("Part of the photograph (x, y, width, height in pixels)")

    def rules(self) -> Iterable[Unfit]:
        if self.text is None and self.state in ("clear", "partial"):
            yield Unfit(
                f"a marking that is {self.state} has a text",
                "Give the text, or say that it is removed, absent or not recorded.",
            )
        if self.text is not None and self.state in _WITHOUT_TEXT:
            yield Unfit(
                f"a marking that is {self.state.replace('_', ' ')} has no text",
                "Leave the text out, or change the state to partial or defaced.",
            )

    def label(self) -> str:
        return self.text if self.text is not None else self.state.replace("_", " ")


class Reading(Record):
    """What a person or a scheme makes of a marking, by whom, how sure."""

    NAME: ClassVar[str] = "reading"
    PLURAL: ClassVar[str] = "readings"
    PREFIX: ClassVar[str] = "read"
    OWNERS: ClassVar[tuple[str, ...]] = ("marking",)

    marking: Annotated[str, RefKind("mark")] = fact("Of which marking", ...)
    text: Verbatim = fact("What is read", ..., text=True)
    method: Annotated[str, CodeKind("reading_method")] = fact("How it was read", "person")
    reader: Line | None = fact("Who read it")
    read_on: PartialDate | None = fact("When")
    scheme: Line | None = fact("Scheme")
    meaning: Line | None = fact("What it means, in words", text=True)
    certainty: Percent | None = fact("How sure, in per cent")

    def label(self) -> str:
        return self.text
