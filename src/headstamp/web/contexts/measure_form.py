"""The two forms of a measure: by what it chooses from this case, and the values one has.

Words that stand in the case are offered, so that nobody has to know how a maker is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from headstamp.actions.feeds import BY_MEASURE
from headstamp.analysis.measure import Measure
from headstamp.records import BY_NAME
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.tables import facet_columns
from headstamp.web.measuring import SENT, sent_name

Widget = Literal["line", "number", "choice", "day", "lines", "file"]
_MOST_OFFERED: Final = 200
_LONG: Final = ("whole numbers", "numbers", "words")


@dataclass(frozen=True)
class FieldView:
    """One field of a form. ``offered`` are (value, words) from the case; ``sent`` a file's name that came."""

    name: str
    title: str
    help: str
    widget: Widget
    needed: bool
    value: str
    default: str
    choices: tuple[str, ...] = ()
    offered: tuple[tuple[str, str], ...] = ()
    sent: str = ""
    setting: bool = False


def case_fields(reader: Reader, found: Measure, given: Mapping[str, str]) -> tuple[FieldView, ...]:
    """By what it chooses, and how it is asked; empty where it is not asked of a case."""
    feed = BY_MEASURE.get(found.name)
    if feed is None:
        return ()
    chosen = [FieldView(
        one.name, _title(one.name), one.help, _widget(one.kind, one.choices), one.needed,
        given.get(one.name, ""), _default(one.default), one.choices, _offered(reader, one.name))
        for one in feed.parameters]
    own = {one.name for one in feed.parameters}
    # What is data comes from the case; how it is worked with may be said here too.
    settings = [FieldView(
        one.name, _title(one.name), one.help, _widget(one.kind, one.choices), False,
        given.get(one.name, ""), _default(one.default), one.choices, setting=True)
        for one in found.inputs
        if one.kind not in (*_LONG, "table") and not one.needed and one.name not in own
        and one.default is not None]
    needed = [FieldView(
        one.name, _title(one.name), one.help, _widget(one.kind, one.choices), True,
        given.get(one.name, ""), _default(one.default), one.choices)
        for one in found.inputs
        if one.kind in ("number", "whole number") and one.needed and one.name not in own]
    return (*chosen, *needed, *settings)


def value_fields(case: Case, found: Measure, given: Mapping[str, str]) -> tuple[FieldView, ...]:
    """The measure's own inputs, to be typed or sent as files."""
    return tuple(_value_field(case, one, given.get(one.name, "")) for one in found.inputs)


def _value_field(case: Case, one: Any, text: str) -> FieldView:
    sent = sent_name(case, text) if text.startswith(SENT) else ""
    widget: Widget = ("file" if one.kind == "table" else "lines" if one.kind in _LONG
                      else _widget(one.kind, one.choices))
    return FieldView(one.name, _title(one.name), one.help, widget, one.needed,
                     text if sent or not text.startswith(SENT) else "", _default(one.default),
                     one.choices, sent=sent)


def _widget(kind: str, choices: tuple[str, ...]) -> Widget:
    if choices and kind != "words":
        return "choice"
    if kind in ("number", "whole number"):
        return "number"
    return "day" if kind == "day" else "line"


def _title(name: str) -> str:
    """A field's name as people read it.

    >>> _title("item_type")
    'Item type'
    """
    return name.replace("_", " ").capitalize()


def _default(value: Any) -> str:
    if value is None or value == "" or value == () or value == []:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _offered(reader: Reader, name: str) -> tuple[tuple[str, str], ...]:
    """What there is of it in the case, as far as this reader sees, the commonest first."""
    if name in ("site", "mission", "signature", "party"):
        rows = reader.list(name, limit=_MOST_OFFERED).rows if name in BY_NAME else ()
        return tuple((one.id, one.label) for one in rows)
    if name in facet_columns(BY_NAME["item"]):
        counted = reader.count("item", name)[1]
        return tuple((str(value), f"{n:,} items") for value, n in counted[:_MOST_OFFERED] if value)
    return ()

