"""The annex of a trace request as a table: plain, or with the fields of an eTrace request.

Plain: one row for each marking of each item, to be filled in by the addressee and sent back.
eTrace-like: one row for each item with the fields of ATF form 3312.1 as published (serial,
maker, type, calibre, model, country of origin, importer, marks, recovery). It is **like** that
form, for those who work with it; it is neither the form nor any official format, and says so.

A cell that a spreadsheet would take for a formula is disarmed by an apostrophe in front of it,
which :func:`undone` takes away again: a marking may begin with any sign.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from headstamp.publish.letter_annex import ordered
from headstamp.publish.letter_subject import Subject
from headstamp.store.shown import Shown
from headstamp.vocab import vocabulary

PLAIN = (
    "request", "our_reference", "item_number", "item_id", "tag", "family", "type", "make", "model",
    "calibre", "country_of_make", "year_of_make", "quantity", "unit", "found_on", "found_at",
    "marking_id", "marking_kind", "marking_text", "marking_state", "marking_position",
    "answer_code", "answer_text", "answer_delivered_to", "answer_delivered_on", "answer_document",
)
"""Columns of the plain table; those that begin with ``answer`` are left empty, to be filled in."""

ETRACE = (
    "request_date", "priority", "special_instructions", "crime_code", "project_code", "agency_id",
    "officer", "agency_case_number", "serial_number", "serial_obliterated", "obliterated_detail",
    "manufacturer", "weapon_type", "caliber", "model", "country_of_origin", "importer",
    "additional_markings", "possessor", "recovery_date", "recovery_place", "recovery_country",
)
"""Columns after ATF form 3312.1; crime codes and possessor are never filled in from a case."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_GONE = ("removed", "defaced")


def disarmed(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    >>> disarmed("=1+1"), disarmed("-49"), disarmed("TA 412207"), undone(disarmed("'86"))
    ("'=1+1", "'-49", 'TA 412207', "'86")
    """
    return f"'{text}" if text.lstrip(" \u00a0\u3000").startswith(_FORMULA) or text.startswith(_FORMULA) else text


def undone(text: str) -> str:
    """The text as it was before it was disarmed."""
    if text.startswith("'") and disarmed(text[1:]) == text:
        return text[1:]
    return text


def plain(about: Subject, request_id: str, *, bom: bool = True) -> bytes:
    """The plain table as UTF-8, with a byte order mark that spreadsheets need for it.

    An item without any recorded marking has one row with the marking's cells empty.
    """
    return _written(PLAIN, _plain_rows(about, request_id), bom)


def etrace_like(about: Subject, *, officer: str = "", agency: str = "", bom: bool = True) -> bytes:
    """The eTrace-like table as UTF-8: one row for each item."""
    return _written(ETRACE, _etrace_rows(about, officer, agency), bom)


def _written(head: tuple[str, ...], rows: Iterable[tuple[str, ...]], bom: bool) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([disarmed(cell) for cell in row] for row in rows)
    return (b"\xef\xbb\xbf" if bom else b"") + out.getvalue().encode("utf-8")


def _country(code: str | None) -> str:
    return vocabulary("countries").label(code) if code else ""


def _place(item: Shown, about: Subject) -> tuple[str, str]:
    areas, country = about.place_of(item)
    return ", ".join(areas), _country(country)


def _plain_rows(about: Subject, request_id: str) -> Iterator[tuple[str, ...]]:
    answers = tuple("" for name in PLAIN if name.startswith("answer"))
    for number, item in enumerate(about.items, 1):
        areas, country = _place(item, about)
        quantity = item.get("quantity") or {}
        begin = (
            request_id, str(about.request.get("our_reference") or ""), str(number), item.id,
            *(str(item.get(name) or "") for name in ("tag", "family", "item_type", "make", "model", "calibre")),
            _country(item.get("country")), str(item.get("made_on") or ""),
            str(quantity.get("value", "")), str(quantity.get("unit", "")), about.found_on(item),
            ", ".join(part for part in (areas, country) if part),
        )
        marks = ordered(about.markings[item.id])
        for one in marks:
            yield (*begin, one.id, *(str(one.get(name) or "") for name in (
                "marking_kind", "text", "state", "position")), *answers)
        if not marks:
            yield (*begin, "", "", "", "", "", *answers)


def _etrace_rows(about: Subject, officer: str, agency: str) -> Iterator[tuple[str, ...]]:
    request = about.request
    for item in about.items:
        marks = ordered(about.markings[item.id])
        serials = [one for one in marks if one.get("marking_kind") == "serial"]
        # The frame's number first, as the form asks; it is the first that was recorded.
        serial = next((str(one.get("text")) for one in serials if one.get("text")), "")
        gone = [one for one in serials if one.get("state") in _GONE]
        importers = "; ".join(str(one.get("text")) for one in marks
                              if one.get("marking_kind") == "import" and one.get("text"))
        others = "; ".join(str(one.get("text")) for one in marks if one.get("text") and (
            one.get("marking_kind") != "serial" or str(one.get("text")) != serial))
        areas, country = _place(item, about)
        yield (
            str(request.get("sent_on") or ""), "urgent" if request.get("urgent_because") else "routine",
            str(request.get("urgent_because") or ""), "", "", agency, officer,
            str(request.get("our_reference") or ""), serial, "yes" if gone else "no",
            "; ".join(f"{one.get('position') or 'position not recorded'}: {one.get('state')}" for one in gone),
            *(str(item.get(name) or "") for name in ("make", "item_type", "calibre", "model")),
            _country(item.get("country")), importers, others, "", about.found_on(item), areas, country,
        )
