"""A calendar file is what RFC 5545 says, whatever text is in it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from headstamp.publish.calendar import Event, calendar, escaped, folded

STAMP = datetime(2026, 5, 4, 10, 30, tzinfo=UTC)


def _read(data: bytes) -> list[tuple[str, str]]:
    """The content lines, unfolded (RFC 5545, 3.1), as name and value."""
    text = re.sub(b"\r\n[ \t]", b"", data).decode()
    return [(name, value) for line in text.split("\r\n") if line
            for name, _, value in [line.partition(":")]]


def _plain(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def test_an_event_is_an_all_day_event() -> None:
    data = calendar("Desk", [Event("u1@x", date(2026, 12, 31), "Send: T-1, again", "a;b", "http://x/1")],
                    STAMP)
    lines = _read(data)
    assert lines[0] == ("BEGIN", "VCALENDAR") and lines[-1] == ("END", "VCALENDAR")
    told = dict(lines)
    assert told["DTSTART;VALUE=DATE"] == "20261231" and told["DTEND;VALUE=DATE"] == "20270101"
    assert told["DTSTAMP"] == "20260504T103000Z" and told["UID"] == "u1@x"
    assert told["SUMMARY"] == "Send: T-1\\, again" and told["DESCRIPTION"] == "a\\;b"
    assert told["VERSION"] == "2.0" and told["PRODID"]


def test_a_long_line_is_folded_between_characters() -> None:
    pieces = list(folded("SUMMARY:" + "ж" * 100))
    assert all(len(one) <= 77 and one.endswith(b"\r\n") for one in pieces)
    assert all(one.startswith(b" ") for one in pieces[1:])
    assert [one.decode() for one in pieces]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_comes_out_as_it_went_in(text: str) -> None:
    data = calendar("x", [Event("u@x", date(2026, 1, 1), text)], STAMP)
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    told = dict(_read(data))["SUMMARY"]
    kept = "".join(char for char in "\n".join(text.splitlines()) if (char >= " " and char != "\x7f")
                   or char == "\n")
    assert _plain(told) == kept
    assert "\n" not in escaped(text)
