"""One measure: asked of this case or of values one has, with its answer and all that it rests on.

What cannot be asked so is told above the form, which keeps what was typed; the JSON twin answers
it as an error. A refusal is an answer and is shown as one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from headstamp.actions.measures.effort import beside
from headstamp.actions.measures.measuring import Measured
from headstamp.analysis.figure import figure
from headstamp.analysis.measure import Measure, Result
from headstamp.analysis.measures import measure_named
from headstamp.analysis.plot import Plot
from headstamp.errors import HeadstampError, Invalid, Problem, Unreadable
from headstamp.kinds.counted import plural
from headstamp.publish.picture import Picture
from headstamp.publish.plot_picture import picture_of_plot, plain_plot
from headstamp.store.reader import Reader
from headstamp.web.contexts.facts import Piece, ref_piece
from headstamp.web.contexts.measure_form import FieldView, case_fields, field_title, value_fields
from headstamp.web.contexts.measures import MeasureView, view
from headstamp.web.contexts.plot import MOST_ROWS, PlotView, cell, plot_view
from headstamp.web.measuring import Answer, Asked, ask, asked_of, pairs
from headstamp.web.page import ON_PAGE, Context, Params

MOST_RECORDS: Final = 100
_API_WAITS: Final = 60.0
_LABEL: Final = 90
_OPTION: Final = re.compile(r"(?<![\w-])--([a-z][a-z0-9-]*[a-z0-9])")
_SHARE: Final = "share of "


@dataclass(frozen=True)
class MoreView:
    """One further named value of a result: in words, or as a table."""

    name: str
    text: str = ""
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    left_out: int = 0


@dataclass(frozen=True)
class AnswerView:
    """An answer for readers."""

    result: Result
    headline: str
    interval: str
    plots: tuple[PlotView, ...]
    more: tuple[MoreView, ...]
    measured: Measured | None = None
    effort: str = ""
    records: tuple[Piece, ...] = ()
    more_records: int = 0
    state: str = ""
    may_be_finding: bool = False
    drafts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class MeasureContext(Context):
    """A measure and, where it was asked, its answer. ``state`` is "", "working" or "answered"."""

    measure: MeasureView
    assumptions: tuple[str, ...]
    sources: tuple[str, ...]
    asked: str
    given: Mapping[str, str]
    state: str
    result: Mapping[str, Any] | None
    plots: tuple[Mapping[str, Any], ...]
    title: str = field(default="", metadata=ON_PAGE)
    answer: AnswerView | None = field(default=None, metadata=ON_PAGE)
    query: str = field(default="", metadata=ON_PAGE)
    again: str = field(default="", metadata=ON_PAGE)
    of_case: tuple[FieldView, ...] = field(default=(), metadata=ON_PAGE)
    of_values: tuple[FieldView, ...] = field(default=(), metadata=ON_PAGE)
    wrong: str = field(default="", metadata=ON_PAGE)
    problems: tuple[tuple[str, str], ...] = field(default=(), metadata=ON_PAGE)
    step: str = field(default="", metadata=ON_PAGE)


    def cell(self, value: Any) -> str:
        """A value of a table in words."""
        return cell(value)

    def said(self, text: str) -> str:
        """A sentence of the measure as this page says it: options are its fields."""
        return on_page(text, frozenset(one.name for one in (*self.of_case, *self.of_values)))


def on_page(text: str, fields: frozenset[str]) -> str:
    """A sentence with the options of the command line called as the fields of the page are.

    >>> on_page("Say so with --start, or --unknown-start yes. See --nothing.", frozenset({"start", "unknown_start"}))
    'Say so with “Start”, or “Unknown start” yes. See --nothing.'
    """
    def field_of(found: re.Match[str]) -> str:
        name = found[1].replace("-", "_")
        return f"“{field_title(name)}”" if name in fields else found[0]

    return _OPTION.sub(field_of, text)


def measure_context(reader: Reader, params: Params) -> MeasureContext:
    """The measure's page. Raises Missing for no such measure."""
    found = measure_named(params.path["name"])
    asked: Asked | None = None
    try:
        asked = asked_of(found, params)
        return _context(reader, params, found, asked, None)
    except (Invalid, Unreadable) as error:
        return _context(reader, params, found, asked, error)


def measured_context(reader: Reader, params: Params) -> MeasureContext:
    """The same for programs: what cannot be asked so is raised, and a long answer waited for longer."""
    found = measure_named(params.path["name"])
    return _context(reader, params, found, asked_of(found, params), None, _API_WAITS)


def answer_of(reader: Reader, params: Params, seconds: float = _API_WAITS) -> tuple[Asked | None, Answer | None]:
    """What the address asks, and its answer; None for either where there is none yet."""
    asked = asked_of(measure_named(params.path["name"]), params)
    if asked is None:
        return None, None
    done = ask(params.case, reader.clearance, params.jobs, asked, seconds).result
    return asked, done if isinstance(done, Answer) else None


def plot_picture(reader: Reader, params: Params) -> Picture:
    """The plot of the address, as a picture with its files. Raises Invalid where it is not answered."""
    asked, answer = answer_of(reader, params)
    if asked is None or answer is None:
        raise Invalid("there is no answer to draw yet", [Problem("ask the measure first", field="ask")])
    for plot in asked.measure.plot(answer.result):
        if plot.name == params.path["plot"]:
            return picture_of_plot(plot, _told(answer))
    raise Invalid("this answer has no such plot", [Problem("no such plot", field="plot", value=params.path["plot"])])


def _context(
    reader: Reader, params: Params, found: Measure, asked: Asked | None, error: HeadstampError | None,
    seconds: float | None = None,
) -> MeasureContext:
    job = None
    if asked is not None and error is None:
        job = ask(params.case, reader.clearance, params.jobs, asked, seconds)
    answer = job.result if job is not None and isinstance(job.result, Answer) else None
    query = urlencode(pairs(asked)) if asked else ""
    plots = found.plot(answer.result) if answer else ()
    given = dict(asked.given) if asked else {}
    way = asked.way if asked else ""
    return MeasureContext(
        view(found), found.assumptions, found.sources, way, given,
        "answered" if answer else "working" if job else "", _told(answer) if answer else None,
        tuple(plain_plot(one) for one in plots), title=found.question,
        answer=_answer(reader, found, answer, plots, query) if answer else None, query=query,
        again=f"/measures/{found.name}?{query}", step=job.step if job else "",
        of_case=case_fields(reader, found, given if way == "case" else {}),
        of_values=value_fields(params.case, found, given if way == "values" else {}),
        wrong=error.message if error else "",
        problems=tuple(_problem(found, asked, one) for one in error.problems) if error else (),
    )


def _told(answer: Answer) -> dict[str, Any]:
    """The answer as the command line gives it."""
    return answer.measured.as_dict() if answer.measured else answer.result.as_dict()


def _problem(found: Measure, asked: Asked | None, one: Problem) -> tuple[str, str]:
    """What is wrong, and where it offers a word that can be asked, the address that asks so."""
    if asked and asked.way == "case" and one.field and one.value:
        parameters = {p.name for p in view(found).parameters}
        if one.field in parameters and asked.given.get(one.field) != one.value:
            to = f"/measures/{found.name}?" + urlencode(
                [*((k, v) for k, v in pairs(asked) if k != one.field), (one.field, one.value)])
            return f"{one.value}: {one.rule}", to
    return str(one), ""


def _answer(
    reader: Reader, found: Measure, answer: Answer, plots: tuple[Plot, ...], query: str,
) -> AnswerView:
    result, measured = answer.result, answer.measured
    shown = measured.fed.records[:MOST_RECORDS] if measured else ()
    labels = reader.labels(shown) if shown else {}
    pieces = tuple(ref_piece(id_, labels[id_]) for id_ in shown if id_ in labels)
    return AnswerView(
        result, headline(result), interval_words(result),
        tuple(plot_view(one, f"/measures/{found.name}/{one.name}", f"?{query}") for one in plots), tuple(_more(result.more)),
        measured, beside(measured.effort) if measured else "", pieces,
        measured.fed.rests_on - len(pieces) if measured else 0,
        _state(measured) if measured else "", measured is not None and not result.refused,
        _drafts(reader) if measured is not None and not result.refused else (),
    )


def _drafts(reader: Reader) -> tuple[tuple[str, str], ...]:
    """The findings that an answer can still be put into: their ids and how they begin, latest first."""
    rows = reader.list("finding", {"status": "draft"}, limit=MOST_RECORDS).rows
    return tuple((one.id, one.label if len(one.label) <= _LABEL else f"{one.label[:_LABEL]}…") for one in rows)


def _state(measured: Measured) -> str:
    """The state of the case it is of, as a finding names it."""
    lines = measured.checkpoint.split("\n")
    return f"{lines[0]}, {plural(int(lines[1]), 'entry', 'entries')}" if len(lines) > 1 and lines[1].isdigit() else lines[0]


def headline(result: Result) -> str:
    """The estimate with its unit, as short as it can be told; the exact one stands in the JSON.

    >>> headline(Result("m", 1, "?", estimate=12500.0, unit="pieces"))
    '12,500 pieces'
    >>> headline(Result("m", 1, "?", estimate=0.772727, unit="share of rows"))
    '77.3 % of rows'
    """
    if result.refused or result.estimate is None:
        return ""
    if result.shown:
        return result.shown
    if result.unit.startswith(_SHARE):
        return f"{_short(result, result.estimate)} % of {result.unit.removeprefix(_SHARE)}"
    return f"{_short(result, result.estimate)} {result.unit}".strip()


def interval_words(result: Result) -> str:
    """The interval in words; an end that is not known is open.

    >>> interval_words(Result("m", 1, "?", estimate=3.0, low=1.0))
    '95 % interval: 1 or more'
    >>> interval_words(Result("m", 1, "?", estimate=0.5, low=0.25721, high=0.5, unit="share of rows"))
    '95 % interval: 25.7 to 50 %'
    """
    low, high = result.low, result.high
    if result.refused or (low is None and high is None):
        return ""
    level = f"{100 * result.level:g} % interval: "
    unit = " %" if result.unit.startswith(_SHARE) else ""
    if high is None or high == float("inf"):
        return f"{level}{_short(result, low or 0.0)}{unit} or more"
    if low is None:
        return f"{level}{_short(result, high)}{unit} or less"
    return f"{level}{_short(result, low)} to {_short(result, high)}{unit}"


def _short(result: Result, value: float) -> str:
    """Three or four digits of it; of a share, per hundred."""
    told = 100 * value if result.unit.startswith(_SHARE) else value
    return figure(told, 4 if abs(told) >= 100 else 3)


def _more(values: Mapping[str, Any]) -> list[MoreView]:
    """The further values of a result: what is flat in words, lists of rows as tables."""
    found: list[MoreView] = []
    for name, value in values.items():
        title = name.replace("_", " ")
        if isinstance(value, Mapping) and value and not any(isinstance(v, Mapping | list | tuple) for v in value.values()):
            found.append(MoreView(title, heads=("of what", "value"),
                                  rows=tuple((str(k), cell(v)) for k, v in value.items())[:MOST_ROWS],
                                  left_out=max(0, len(value) - MOST_ROWS)))
        elif isinstance(value, list | tuple) and value and all(isinstance(v, Mapping) for v in value):
            heads = tuple(dict.fromkeys(str(k) for one in value for k in one))
            found.append(MoreView(
                title, heads=tuple(h.replace("_", " ") for h in heads),
                rows=tuple(tuple(_deep(one.get(h)) for h in heads) for one in value[:MOST_ROWS]),
                left_out=max(0, len(value) - MOST_ROWS)))
        elif value not in (None, "", [], (), {}):
            found.append(MoreView(title, text=_deep(value)))
    return found


def _deep(value: Any) -> str:
    """A value that may hold others, bounded."""
    if isinstance(value, Mapping):
        told = "; ".join(f"{str(k).replace('_', ' ')} {_deep(v)}" for k, v in list(value.items())[:60])
        return told + (f"; {len(value) - 60:,} more" if len(value) > 60 else "")
    if isinstance(value, list | tuple):
        told = ", ".join(_deep(v) for v in value[:60])
        return told + (f", {len(value) - 60:,} more" if len(value) > 60 else "")
    return cell(value)
