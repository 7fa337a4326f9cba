"""The annex of a trace letter: the items with their marks, and the photographs that were chosen.

Marks stand as they look, each with its kind and where it is on the item, also those that
were removed or never there: that too tells a maker something. Where an item was found is told
by the area, never by a position (:meth:`headstamp.publish.letter_subject.Subject.place_of`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from headstamp.publish.letter_run import (
    Line,
    Run,
    joined,
    labelled,
    own,
    said_country,
    said_date,
)
from headstamp.publish.letter_subject import Subject
from headstamp.publish.letter_words import Words
from headstamp.store.shown import Shown

Pictures = Mapping[str, tuple[bytes, int, int]]
"""A photograph's id to a small JPEG of it without metadata, its width and height in pixels."""

FIRST = ("serial", "lot", "maker", "factory_code", "model", "calibre", "year", "headstamp",
         "part_number", "date_code", "import", "proof")
"""The kinds of marking that identify a thing, in the order of a letter."""


@dataclass(frozen=True, slots=True)
class AnnexItem:
    """One row of the table: what each cell says, line by line."""

    number: int
    id: str
    what: tuple[Line, ...]
    make: tuple[Line, ...]
    marks: tuple[Line, ...]
    made: tuple[Line, ...]
    found: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class AnnexPhotograph:
    """A photograph as it goes out: a small JPEG, its size in pixels, and what stands under it."""

    number: int
    jpeg: bytes
    width: int
    height: int
    caption: Line
    alt: str


def ordered(markings: tuple[Shown, ...]) -> list[Shown]:
    """Markings with those that identify first, then in the order of recording."""
    def rank(one: Shown) -> int:
        kind = one.get("marking_kind", "unknown")
        return FIRST.index(kind) if kind in FIRST else len(FIRST)

    return sorted(markings, key=rank)


def items(about: Subject, words: Words) -> tuple[AnnexItem, ...]:
    """The rows of the table, in the order of the request."""
    return tuple(_row(number, item, about, words) for number, item in enumerate(about.items, 1))


def _row(number: int, item: Shown, about: Subject, words: Words) -> AnnexItem:
    return AnnexItem(
        number, item.id, tuple(_what(item, about, words)),
        tuple(line for line in (
            _said(item, "make"), _said(item, "model"),
            labelled(words, "calibre", _code(item.get("calibre")))) if line),
        tuple(_mark(one, words) for one in ordered(about.markings[item.id])) or (
            own(words["label.no_marks"]),),
        tuple(line for line in (own(said_country(item.get("country"), words)),
                                own(said_date(item.get("made_on"), words))) if line[0].text),
        tuple(_found(item, about, words)))


def _said(item: Shown, name: str) -> Line:
    return (Run(str(item.get(name)), "said"),) if item.get(name) else ()


def _code(text: object) -> Line:
    return (Run(str(text), "code"),) if text else ()


def _what(item: Shown, about: Subject, words: Words) -> list[Line]:
    lines: list[Line] = []
    if item.get("item_type"):
        lines.append(_said(item, "item_type"))
    elif item.get("family") not in (None, "unknown"):
        lines.append(own(words.code("family", item.get("family"))))
    if item.get("tag"):
        lines.append(labelled(words, "tag", _code(item.get("tag"))))
    quantity = item.get("quantity")
    if quantity:
        number = f"{quantity['value']:g}" if isinstance(quantity["value"], float) else str(quantity["value"])
        unit = words.code("unit", quantity.get("unit") or "piece")
        lines.append(labelled(words, "quantity", own(
            words["label.quantity_told"].format(number=number, unit=unit))))
    parent = about.parents.get(item.get("parent") or "")
    if parent is not None:
        lines.append(labelled(words, "packed_in", (Run(parent.label, "said"),)))
    return lines or [own(words["label.not_known"])]


def _mark(marking: Shown, words: Words) -> Line:
    """A marking: its kind, its letters as they look, its state where that is not plain, its place."""
    kind = words.code("marking_kind", marking.get("marking_kind", "unknown"))
    state = marking.get("state", "clear")
    text = marking.get("text")
    line: list[Run] = [Run(kind, "label"), Run(words["label.colon"])]
    if text:
        line.append(Run(str(text), "mark"))
    if state != "clear" or not text:
        line.append(Run((" (" if text else "") + words.code("marking_state", state) + (")" if text else "")))
    if marking.get("position"):
        line += [Run(words["label.comma"]), Run(str(marking.get("position")), "said")]
    return tuple(line)


def _found(item: Shown, about: Subject, words: Words) -> list[Line]:
    when = said_date(about.found_on(item), words)
    areas, country = about.place_of(item)
    place = joined([*(((Run(area, "said"),)) for area in areas),
                    *((own(said_country(country, words)),) if country else ())], words["label.comma"])
    return [line for line in (own(when) if when else (), place) if line] or [
        own(words["label.not_told"])]


def photographs(
    about: Subject, words: Words, pictures: Pictures | None
) -> tuple[AnnexPhotograph, ...]:
    """The chosen photographs with their captions; those without a picture are left out."""
    numbers = {item.id: number for number, item in enumerate(about.items, 1)}
    found: list[AnnexPhotograph] = []
    for shown in about.photographs:
        made = (pictures or {}).get(shown.id)
        if made is None:
            continue
        at = len(found) + 1
        title = words["label.photograph"].format(number=at)
        of = [numbers[one] for one in shown.get("items") or () if one in numbers]
        line: list[Line] = [(Run(title, "label"),)]
        if of:
            line.append(own(words["label.shows"].format(number=", ".join(map(str, of)))))
        if shown.get("caption"):
            line.append((Run(str(shown.get("caption")), "said"),))
        caption = joined(line, words["label.comma"])
        found.append(AnnexPhotograph(at, *made, caption=caption, alt="".join(run.text for run in caption)))
    return tuple(found)
