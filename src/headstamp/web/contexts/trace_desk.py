"""The trace desk: the board of requests, and how often and how soon the asked have answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from headstamp.actions.desk.board import trace_desk
from headstamp.analysis.lag.answer_times import FEW, Answers
from headstamp.store.reader import Reader
from headstamp.tracing.desk import OURS, Card, board, chosen
from headstamp.vocab import vocabulary
from headstamp.web.page import ON_PAGE, Context, Params

FILTERS = ("addressee", "role", "country", "officer")
_TITLES = {"addressee": "Asked", "role": "Asked as", "country": "Country",
           "officer": "Checked by"}
MOST = 200


@dataclass(frozen=True)
class CardView:
    """One request: what is due, in words, and what is next."""

    card: Card
    told: tuple[str, ...]
    urgent: bool
    to: str
    reference: str = ""



@dataclass(frozen=True)
class ColumnView:
    """The requests in one state; ``count`` of them, the first ones shown."""

    state: str
    label: str
    count: int
    cards: tuple[CardView, ...]


@dataclass(frozen=True)
class Choice:
    """A way to narrow the board."""

    name: str
    title: str
    value: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class DeskContext(Context):
    """The board as of a day: a column for each state, what is overdue or for us to do first."""

    day: str
    total: int
    to_do: int
    late: int
    columns: tuple[dict[str, Any], ...]
    views: tuple[ColumnView, ...] = field(default=(), metadata=ON_PAGE)
    choices: tuple[Choice, ...] = field(default=(), metadata=ON_PAGE)
    calendar: str = field(default="", metadata=ON_PAGE)


def desk_context(reader: Reader, params: Params) -> DeskContext:
    """The board, narrowed by who is asked, as what, in which country, and who checked it."""
    desk = trace_desk(params.case, reader)
    wanted = {name: params.text(name) for name in FILTERS}
    cards = chosen(desk.cards, **wanted)
    roles = vocabulary("addressee_role")
    states = vocabulary("request_status")
    columns = board(cards)
    views = tuple(
        ColumnView(one.state, states.label(one.state), len(one.cards),
                   tuple(_view(card) for card in one.cards[:MOST]))
        for one in columns
    )
    return DeskContext(
        desk.day.isoformat(), len(cards), sum(one.to_do for one in cards),
        sum(one.late > 0 for one in cards),
        tuple({"state": one.state, "cards": [card.as_dict() for card in one.cards]}
              for one in columns),
        views=views,
        choices=(
            _choice("addressee", wanted, [(one.addressee, one.party) for one in desk.cards]),
            _choice("role", wanted, [(one.role, roles.label(one.role)) for one in desk.cards]),
            _choice("country", wanted, [(one.country, one.country) for one in desk.cards]),
            _choice("officer", wanted, [(one.officer, one.officer) for one in desk.cards]),
        ),
        calendar="/desk.ics" + ("?" + urlencode({k: v for k, v in wanted.items() if v})
                                if any(wanted.values()) else ""),
    )


def _choice(name: str, wanted: dict[str, str], some: Sequence[tuple[str, str]]) -> Choice:
    known = {value: label or value for value, label in some if value}
    return Choice(name, _TITLES[name], wanted[name],
                  tuple(sorted(known.items(), key=lambda one: one[1])))


def _view(card: Card) -> CardView:
    told = []
    for due in card.dues:
        if due.late > 0:
            told.append(f"{due.what} {due.late} day{'s' if due.late != 1 else ''} overdue")
        elif due.late == 0:
            told.append(f"{due.what} due today")
        elif due.what not in OURS:
            told.append(f"{due.what} due {due.on.isoformat()}")
    return CardView(card, tuple(told), bool(card.to_do or card.late), f"/trace-requests/{card.id}",
                    card.reference)


@dataclass(frozen=True)
class Table:
    """The figures of one way to divide the requests."""

    title: str
    head: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Row:
    """One line of figures, in words."""

    label: str
    sent: int
    answered: int
    rate: str
    days: str
    few: bool
    undated: int


@dataclass(frozen=True)
class StatisticsContext(Context):
    """Answer rate and time to answer, with intervals of 95 per cent, by who was asked."""

    statistics: dict[str, Any]
    few: int
    tables: tuple[Table, ...] = field(default=(), metadata=ON_PAGE)


def statistics_context(reader: Reader, params: Params) -> StatisticsContext:
    """The figures of all visible requests that were sent."""
    told = trace_desk(params.case, reader).statistics()
    roles = vocabulary("addressee_role")
    return StatisticsContext(
        told.as_dict(), FEW,
        tables=tuple(
            Table(title, head, tuple(_row(one, roles.label(one.key) if title == "By role" and one.key
                                          else one.label) for one in some))
            for title, head, some in (
                ("All requests sent", "", (told.all,)),
                ("By who was asked", "Asked", told.by_addressee),
                ("By role", "Asked as", told.by_role),
                ("By country of who was asked", "Country", told.by_country),
            )
        ),
    )


def _row(one: Answers, label: str) -> Row:
    return Row(label, one.sent, one.answered, rate_in_words(one), days_in_words(one), one.few,
               one.undated)


def rate_in_words(one: Answers) -> str:
    """The answer rate with its interval."""
    if one.rate is None:
        return "none was sent"
    return f"{one.rate.share:.0%} ({one.rate.low:.0%} to {one.rate.high:.0%})"


def days_in_words(one: Answers) -> str:
    """The median time to an answer with its interval; an open end is said."""
    time = one.time
    if time.days is None:
        return "not reached: fewer than half are answered" if one.sent else "none was sent"
    low = time.low if time.low is not None else "?"
    return f"{time.days} days ({low} to {time.high if time.high is not None else 'open'})"
