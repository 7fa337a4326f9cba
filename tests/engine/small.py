"""A small case, and what each question says of it, counted by hand.

Three items and a package with markings clear, partial, removed and none; dates known to the day, the month, the
year, and not at all; texts in two scripts and with a quotation mark.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from headstamp.records import Record
from headstamp.store.case import Case
from tests.web.sample import make

MISSION, MILL, POST = "mis-aaaa", "site-mill", "site-post"


def records() -> list[Record]:
    """All records of the small case."""
    return [
        make("mission", id=MISSION, title="First mission", held_on="2017"),
        make("site", id=MILL, name="Old mill"),
        make("site", id=POST, name="Border post"),
        make("visit", id="vis-aaaa", site=MILL, mission=MISSION, held_on="2017-02-05", hours=3.5, access="full"),
        make("visit", id="vis-bbbb", site=POST, held_on="2017-03"),
        make("recovery", id="rec-aaaa", title="Ground floor", site=MILL, visit="vis-aaaa", recovered_on="2017-02-05"),
        make("item", id="item-crate", tag=None, family="package", item_type="crate", site=MILL,
             recovered_on="2017-02-05"),
        make("item", id="item-ones", tag="A-1", family="ammunition", make="O'Brien Söhne", country="CZ",
             parent="item-crate", site=MILL, recovery="rec-aaaa", recovered_on="2017-02-05",
             quantity={"value": 40, "unit": "piece"}),
        make("item", id="item-twos", tag="A-2", family="ammunition", make="Завод 7", country="RU", site=MILL,
             recovered_on="2017-02", quantity={"value": 2.5, "unit": "kilogram"}),
        make("marking", id="mark-one1", item="item-ones", text="07-85", marking_kind="lot"),
        make("marking", id="mark-one2", item="item-ones", text="AB 1234", marking_kind="serial"),
        make("marking", id="mark-one3", item="item-ones", state="removed", marking_kind="serial"),
        make("marking", id="mark-two1", item="item-twos", text="07-85", marking_kind="lot"),
        make("marking", id="mark-two2", item="item-twos", text="12?5", state="partial", marking_kind="serial"),
        make("reading", id="read-aaaa", marking="mark-two2", text="1235", reader="J. Reader", certainty=60),
        make("reading", id="read-bbbb", marking="mark-two2", text="1225", reader="K. Reader", certainty=40),
    ]


def small_case(folder: Path) -> Case:
    """The small case in SQLite."""
    case = Case.create(folder)
    with case.change(actor="A", reason="counted by hand") as change:
        change.put_many(records())
    return case


def _rows(columns: str, *values: tuple[Any, ...]) -> list[dict[str, Any]]:
    names = columns.split()
    return [dict(zip(names, row, strict=True)) for row in values]


# The clear marks have a state too; an item that is a package bears none.
COUNTED: list[tuple[str, dict[str, str], list[dict[str, Any]]]] = [
    ("counts", {"kind": "marking", "by": "marking_kind,state"}, _rows(
        "first second third records",
        ("lot", "clear", None, 2), ("serial", "clear", None, 1), ("serial", "partial", None, 1),
        ("serial", "removed", None, 1))),
    ("counts", {"kind": "item", "by": "make"}, _rows(
        "first second third records", (None, None, None, 1), ("O'Brien Söhne", None, None, 1),
        ("Завод 7", None, None, 1))),
    ("counts", {"kind": "item", "by": "quantity_value,family", "least": "1"}, _rows(
        "first second third records", (None, "package", None, 1), (2.5, "ammunition", None, 1),
        (40.0, "ammunition", None, 1))),
    ("counts", {"kind": "marking", "by": "item", "least": "3"}, _rows(
        "first second third records", ("item-ones", None, None, 3))),
    ("counts", {"kind": "alert", "by": "title"}, []),
    ("months", {"kind": "item"}, _rows("month known records", ("2017-02", "month", 3))),
    ("months", {"kind": "mission"}, _rows("month known records", (None, "roughly", 1))),
    ("months", {"kind": "visit"}, _rows("month known records", ("2017-02", "month", 1), ("2017-03", "month", 1))),
    ("frequent_markings", {}, _rows("text marking_kind markings items", ("07-85", "lot", 2, 2))),
    ("frequent_markings", {"least": "1", "marking_kind": "serial"}, _rows(
        "text marking_kind markings items", ("12?5", "serial", 1, 1), ("AB 1234", "serial", 1, 1))),
    ("frequent_markings", {"least": "1", "make": "O'Brien Söhne", "limit": "1"}, _rows(
        "text marking_kind markings items", ("07-85", "lot", 1, 1))),
    ("item_markings", {}, _rows(
        "value items marked markings", ("O'Brien Söhne", 1, 1, 3), ("Завод 7", 1, 1, 2), (None, 1, 0, 0))),
    ("item_markings", {"by": "country", "marking_kind": "lot", "parts": "no", "family": "ammunition"}, _rows(
        "value items marked markings", ("CZ", 1, 1, 1), ("RU", 1, 1, 1))),
    ("item_markings", {"by": "tag", "mission": MISSION}, _rows("value items marked markings", ("A-1", 1, 1, 3))),
    ("item_markings", {"by": "tag", "since": "2017-02-20"}, _rows("value items marked markings", ("A-2", 1, 1, 2))),
    ("item_markings", {"by": "tag", "until": "2017-02-04"}, _rows("value items marked markings", ("A-2", 1, 1, 2))),
    ("marking_states", {}, _rows(
        "value state markings items", ("O'Brien Söhne", "clear", 2, 1), ("O'Brien Söhne", "removed", 1, 1),
        ("Завод 7", "clear", 1, 1), ("Завод 7", "partial", 1, 1))),
    ("marking_states", {"by": "site", "marking_kind": "serial"}, _rows(
        "value state markings items", (MILL, "clear", 1, 1), (MILL, "partial", 1, 1), (MILL, "removed", 1, 1))),
    ("packages", {}, _rows(
        "item family parent package recovery site made_on made_from made_to pieces unit lot",
        ("item-crate", "package", None, None, None, MILL, None, None, None, None, None, None),
        ("item-ones", "ammunition", "item-crate", "item-crate", "rec-aaaa", MILL, None, None, None, 40.0, "piece", "07-85"),
        ("item-twos", "ammunition", None, None, None, MILL, None, None, None, 2.5, "kg", "07-85"))),
    ("serials", {}, _rows(
        "item marking state text read certainty site recovery parent package make mission team source",
        ("item-ones", "mark-one2", "clear", "AB 1234", None, None, MILL, "rec-aaaa", "item-crate", "item-crate",
         "O'Brien Söhne", MISSION, None, None),
        ("item-ones", "mark-one3", "removed", None, None, None, MILL, "rec-aaaa", "item-crate", "item-crate",
         "O'Brien Söhne", MISSION, None, None),
        ("item-twos", "mark-two2", "partial", "12?5", "1235", 60, MILL, None, None, None, "Завод 7", None, None, None),
        ("item-twos", "mark-two2", "partial", "12?5", "1225", 40, MILL, None, None, None, "Завод 7", None, None, None))),
    ("visits", {}, _rows(
        "visit site mission first last hours access limits",
        ("vis-aaaa", MILL, MISSION, "2017-02-05", "2017-02-05", 3.5, "full", None),
        ("vis-bbbb", POST, None, "2017-03-01", "2017-03-31", None, None, None))),
]
