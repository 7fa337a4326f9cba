"""The report's lists of items: each with its markings as they look, where found, and the source."""

from __future__ import annotations

from dataclasses import dataclass

from headstamp.publish import wording
from headstamp.publish.listing import Cut, first, shares
from headstamp.publish.sources import Citation, Sources
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

LISTED = 500
_MOST_MARKINGS = 12


@dataclass(frozen=True, slots=True)
class MarkingLine:
    """A marking as it looks (None: nothing to read), its state, and what was read in it."""

    text: str | None
    state: str
    told: tuple[str, ...]
    readings: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One row of a list of items."""

    number: int
    id: str
    name: str
    told: tuple[str, ...]
    quantity: str
    group: str
    markings: tuple[MarkingLine, ...]
    more_markings: int
    found: tuple[str, ...]
    grade: str
    source: Citation | None


@dataclass(frozen=True, slots=True)
class ItemList:
    """The items of one family, in the order of their recording."""

    family: str
    lines: tuple[ItemLine, ...]
    cut: Cut

    @property
    def with_finds(self) -> bool:
        """Whether any of them says where or when it was found."""
        return any(line.found for line in self.lines)


def gather(reader: Reader, sources: Sources, most: int = LISTED) -> tuple[ItemList, ...]:
    """A list for each family, large families cut alike so that ``most`` rows are shown in all."""
    _, groups = reader.count("item", "family")
    counts = {str(value): n for value, n in groups if n}
    rooms = shares(counts, most)
    readings = reader.count("reading")[0] > 0
    found: list[ItemList] = []
    at = 0
    for family, _ in groups:
        if not counts.get(str(family)):
            continue
        rows, cut = first(reader, "item", rooms[str(family)], where={"family": family})
        named = _names(reader, rows)
        lines = []
        for shown in rows:
            at += 1
            lines.append(_line(reader, shown, at, named, sources, readings))
        found.append(ItemList(wording.shown("item", "family", family), tuple(lines), cut))
    return tuple(found)


def _names(reader: Reader, rows: list[Shown]) -> dict[str, str]:
    """The labels of the parents and sites that these items name."""
    ids = {str(one) for shown in rows for name in ("parent", "site")
           if (one := shown.get(name)) is not None}
    return reader.labels(sorted(ids))


def _line(
    reader: Reader, shown: Shown, at: int, named: dict[str, str], sources: Sources, readings: bool
) -> ItemLine:
    def word(name: str) -> str:
        return wording.field("item", shown.values, name)

    markings = reader.referring(shown.id, kind="marking", field="item")
    described = (
        "" if word("item_type") and word("item_type") in shown.label else word("item_type"),
        word("calibre"), word("country"), f"made {word('made_on')}" if word("made_on") else "",
        word("condition"),
    )
    return ItemLine(
        number=at, id=shown.id, name=shown.label, told=_filled(described), quantity=word("quantity"),
        group=named.get(str(shown.get("parent")), ""),
        markings=tuple(_marking(reader, one, readings) for one in markings[:_MOST_MARKINGS]),
        more_markings=max(0, len(markings) - _MOST_MARKINGS),
        found=_filled((named.get(str(shown.get("site")), ""), word("recovered_on"))),
        grade=str(shown.get("grade") or ""), source=sources.cite(shown.get("source")),
    )


def _marking(reader: Reader, shown: Shown, readings: bool) -> MarkingLine:
    def word(name: str) -> str:
        return wording.field("marking", shown.values, name)

    kind = "" if shown.get("marking_kind") == "unknown" else word("marking_kind")
    state = "" if shown.get("state") == "clear" else word("state")
    read: list[tuple[str, tuple[str, ...]]] = []
    if readings:
        for one in reader.referring(shown.id, kind="reading", field="marking"):
            told = _filled((
                wording.field("reading", one.values, "meaning"),
                wording.field("reading", one.values, "method"),
                f"{one.get('certainty')} % sure" if one.get("certainty") is not None else "",
            ))
            read.append((str(one.get("text") or ""), told))
    return MarkingLine(
        shown.get("text"), state, _filled((kind, word("position"), word("technique"))),
        tuple(read),
    )


def _filled(parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part for part in parts if part)
