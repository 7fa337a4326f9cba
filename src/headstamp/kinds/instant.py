"""A moment in time with its zone (RFC 3339), as clocks and logs give it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from headstamp.kinds.kind import Kind, Unfit, want_text


def written(moment: datetime) -> str:
    """An aware moment as RFC 3339 in UTC with microseconds, as the log writes it.

    >>> written(datetime(2026, 11, 21, 20, 42, 36, tzinfo=UTC))
    '2026-11-21T20:42:36.000000Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(?:Z|[+-][0-9:]+)?")


class InstantKind(Kind):
    """A moment, RFC 3339 with zone; ``2026-11-21T20:42:36Z``."""

    name, title, widget = "instant", "a moment with its zone", "instant"
    schema = {"type": "string", "format": "date-time"}
    example = "2026-11-21T20:42:36Z"

    def clean(self, value: Any) -> str:
        text = want_text(value, "a moment").strip()
        try:
            # fromisoformat takes any one character between date and time.
            moment = datetime.fromisoformat(text if _FORM.fullmatch(text) else "")
        except ValueError:
            raise Unfit("not a moment in RFC 3339", "Write 2026-11-21T20:42:36+03:00.") from None
        if moment.tzinfo is None:
            raise Unfit("the moment has no zone", "Add Z for UTC, or an offset such as +03:00.")
        return text.replace(" ", "T", 1)


INSTANT = InstantKind()
Instant = Annotated[str, INSTANT]
