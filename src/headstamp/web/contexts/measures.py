"""The measures: each with its question, when it refuses, and whether it is asked of this case."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby

from headstamp.actions.measures.feeds import BY_MEASURE
from headstamp.analysis.measure import Measure
from headstamp.analysis.measures import MEASURES
from headstamp.store.reader import Reader
from headstamp.web.page import ON_PAGE, Context, Params

FAMILIES = {
    "scale": "How many there are", "standard": "Standardisation", "source": "Common source",
    "spread": "Spread", "novelty": "Novelty", "space_time": "Clustering in space and time",
    "counts": "Counts over time", "network": "Networks", "networks": "Networks",
    "lag": "From supply to recovery", "indicator": "Indicators", "shares": "Shares",
}


@dataclass(frozen=True)
class InputView:
    """One input of a measure, or one parameter by which it chooses from a case."""

    name: str
    kind: str
    help: str
    needed: bool
    choices: tuple[str, ...]


@dataclass(frozen=True)
class MeasureView:
    """A measure as the list shows it; ``of_case`` says what it takes from a case, empty where it cannot."""

    name: str
    version: int
    family: str
    question: str
    refuses: str
    of_case: str
    inputs: tuple[InputView, ...]
    parameters: tuple[InputView, ...]


@dataclass(frozen=True)
class MeasuresContext(Context):
    """All measures, in the order in which they are declared."""

    measures: tuple[MeasureView, ...]
    families: tuple[tuple[str, tuple[MeasureView, ...]], ...] = field(default=(), metadata=ON_PAGE)


def measures_context(reader: Reader, params: Params) -> MeasuresContext:
    """The measures, by what they are about."""
    some = tuple(map(view, MEASURES))
    order = list(dict.fromkeys(one.family for one in some))
    by_family = sorted(some, key=lambda one: order.index(one.family))
    return MeasuresContext(some, tuple(
        (family, tuple(of)) for family, of in groupby(by_family, key=lambda one: one.family)))


def view(measure: Measure) -> MeasureView:
    """One measure for the list."""
    feed = BY_MEASURE.get(measure.name)
    word = measure.name.partition(".")[0]
    return MeasureView(
        measure.name, measure.version, FAMILIES.get(word, word.replace("_", " ").capitalize()),
        measure.question, measure.refuses, feed.words if feed else "",
        tuple(InputView(i.name, i.kind, i.help, i.needed, i.choices) for i in measure.inputs),
        tuple(InputView(p.name, p.kind, p.help, p.needed, p.choices) for p in feed.parameters)
        if feed else ())
