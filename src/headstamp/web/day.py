"""A day typed into a form: empty for today, else as it is written everywhere here."""

from __future__ import annotations

from datetime import date

from headstamp.errors import Invalid, Problem


def day_typed(text: str, field: str) -> date | None:
    """The day in a field; None where nothing was typed. Raises Invalid naming the field."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("the day is not understood", [Problem(
            "not a day", "Write it as 2016-02-29, or leave it empty for today.", field, text[:40])]) from error
