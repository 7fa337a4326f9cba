"""The two forms of a measure: by what it chooses from this case, and the values one has.

Words that stand in the case are offered, so that nobody has to know how a maker is written or which id a site has
(``measure_offers``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from headstamp.actions.measures.feeds import BY_MEASURE
from headstamp.analysis.measure import Measure
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.web.contexts.measure_offers import is_picked, offers
from headstamp.web.measuring import SENT, sent_name

Widget = Literal["line", "number", "choice", "pick", "day", "lines", "file"]
# Settings that have no usual value and can be said of a case too; without one of them an input is data.
_OPEN: Final = {
    ("scale.serials", "most"), ("scale.serials", "expected"), ("scale.serials", "expected_sd"),
    ("scale.lists", "delta"), ("scale.lists", "unseen_most"),
    ("standard.in_time", "period"), ("standard.lots", "universe"),
}
_LONG: Final = ("whole numbers", "numbers", "words")


@dataclass(frozen=True)
class FieldView:
    """One field of a form. ``offered`` are (value, words) from the case; ``sent`` a file's name that came.

    Of a ``pick`` what is offered is all there is, and one of it is chosen by its words.
    """

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
    chosen = [_case_field(reader, one, given.get(one.name, "")) for one in feed.parameters]
    own = {one.name for one in feed.parameters}
    # What is data comes from the case; how it is worked with may be said here too.
    settings = [FieldView(
        one.name, field_title(one.name), one.help, _widget(one.kind, one.choices), False,
        given.get(one.name, ""), _default(one.default), one.choices, setting=True)
        for one in found.inputs
        if one.kind not in (*_LONG, "table") and not one.needed and one.name not in own
        and (one.default is not None or (found.name, one.name) in _OPEN)]
    needed = [FieldView(
        one.name, field_title(one.name), one.help, _widget(one.kind, one.choices), True,
        given.get(one.name, ""), _default(one.default), one.choices)
        for one in found.inputs
        if one.kind in ("number", "whole number") and one.needed and one.name not in own]
    return (*chosen, *needed, *settings)


def value_fields(case: Case, found: Measure, given: Mapping[str, str]) -> tuple[FieldView, ...]:
    """The measure's own inputs, to be typed or sent as files."""
    return tuple(_value_field(case, one, given.get(one.name, "")) for one in found.inputs)


def _case_field(reader: Reader, one: Any, value: str) -> FieldView:
    offered = () if one.choices else offers(reader, one.name)
    widget = _widget(one.kind, one.choices)
    # What was asked for and is not among them must not be lost.
    if widget == "line" and is_picked(one.name, offered) and value in ("", *(name for name, _ in offered)):
        widget = "pick"
    told = one.help.replace(" (its id)", "").replace(": its id or name", "") if widget == "pick" else one.help
    return FieldView(one.name, field_title(one.name), told, widget, one.needed, value, _default(one.default),
                     one.choices, offered)


def _value_field(case: Case, one: Any, text: str) -> FieldView:
    sent = sent_name(case, text) if text.startswith(SENT) else ""
    widget: Widget = ("file" if one.kind == "table" else "lines" if one.kind in _LONG
                      else _widget(one.kind, one.choices))
    return FieldView(one.name, field_title(one.name), one.help, widget, one.needed,
                     text if sent or not text.startswith(SENT) else "", _default(one.default),
                     one.choices, sent=sent)


def _widget(kind: str, choices: tuple[str, ...]) -> Widget:
    if choices and kind != "words":
        return "choice"
    if kind in ("number", "whole number"):
        return "number"
    return "day" if kind == "day" else "line"


def field_title(name: str) -> str:
    """A field's name as people read it.

    >>> field_title("item_type")
    'Item type'
    """
    return name.replace("_", " ").capitalize()


def _default(value: Any) -> str:
    if value is None or value == "" or value == () or value == []:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
