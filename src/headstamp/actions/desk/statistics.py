"""How the asked have answered: the figures of all trace requests sent, as of a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from headstamp.analysis.lag.answer_times import Answers, Wait, answers
from headstamp.tracing.desk import ON_THE_MATTER, Card, exact_day


@dataclass(frozen=True, slots=True)
class Statistics:
    """Answer rate and time of all, and by addressee, role and country; as of a day."""

    day: str
    all: Answers
    by_addressee: tuple[Answers, ...]
    by_role: tuple[Answers, ...]
    by_country: tuple[Answers, ...]

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "day": self.day, "all": self.all.as_dict(),
            "by_addressee": [one.as_dict() for one in self.by_addressee],
            "by_role": [one.as_dict() for one in self.by_role],
            "by_country": [one.as_dict() for one in self.by_country],
        }


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that was sent: its card, whether it was answered, and the wait if both days are known."""

    card: Card
    answered: bool
    wait: Wait | None


def sent(
    one: Card, replies: Sequence[Mapping[str, Any]], day: date
) -> Sent | None:
    """How a request fared; None where it was not sent."""
    if one.status in ("draft", "checked") or not one.sent_on:
        return None
    on_it = [reply for reply in replies if reply.get("reply_code") in ON_THE_MATTER]
    start = exact_day(one.sent_on)
    if not on_it:
        return Sent(one, False, ((day - start).days, False)
                    if start is not None and start <= day else None)
    came = [exact_day(str(reply.get("received_on") or "")) for reply in on_it]
    days = [(end - start).days for end in came if end is not None and start is not None]
    # An answer of which the day is not known may have been the first.
    known = len(days) == len(on_it) and min(days) >= 0
    return Sent(one, True, (min(days), True) if known else None)


def statistics(some: Iterable[Sent], day: date) -> Statistics:
    """The figures of all requests sent, as of a day."""
    all_ = list(some)

    def by(key: str, label: str, unknown: str) -> tuple[Answers, ...]:
        groups: dict[str, list[Sent]] = {}
        for one in all_:
            groups.setdefault(getattr(one.card, key), []).append(one)
        made = [_figures(name, getattr(of[0].card, label) or unknown, of)
                for name, of in groups.items()]
        return tuple(sorted(made, key=lambda one: (-one.sent, one.label)))

    return Statistics(
        day.isoformat(), _figures("", "all", all_),
        by("addressee", "party", "addressee not recorded"), by("role", "role", "role not recorded"),
        by("country", "country", "country not recorded"))


def _figures(key: str, label: str, some: Sequence[Sent]) -> Answers:
    waits = [one.wait for one in some if one.wait is not None]
    return answers(key, label.replace("_", " ") if key == label else label, len(some),
                   sum(one.answered for one in some), waits)
