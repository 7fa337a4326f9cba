"""Results for notebooks: dataframes of a result and of its plots, and a plot as a picture.

pandas is not among what headstamp needs; whoever works in a notebook has it, or installs
``headstamp[notebook]``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headstamp.actions.measures.measuring import Measured
from headstamp.analysis.measure import Result
from headstamp.analysis.measures import measure_named
from headstamp.analysis.plot import Plot
from headstamp.errors import Invalid, Missing, Problem, Unavailable
from headstamp.publish.plot_svg import plot_svg

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True)
class Drawing:
    """A plot in a notebook: seen as a picture where there are pictures, with its table beside."""

    plot: Plot

    def frame(self) -> DataFrame:
        """Its numbers as a dataframe. Raises Unavailable without pandas."""
        columns, rows = self.plot.table()
        return frame(columns, rows)

    def _repr_svg_(self) -> str:
        return plot_svg(self.plot)


@dataclass(frozen=True)
class Answer:
    """A measure's answer in a notebook. ``measured`` is None where plain values were asked."""

    result: Result
    measured: Measured | None = None

    def __repr__(self) -> str:
        found = self.result
        if found.refused:
            return f"<{found.method}: refused: {found.reason}>"
        return f"<{found.method}: {found.estimate} {found.unit} ({found.level:.0%}: {found.low} to {found.high})>"

    def frame(self, which: str = "estimate") -> DataFrame:
        """The ``estimate``, the ``models``, the ``diagnostics`` or the ``records`` as a dataframe.

        Raises Missing for another word, Unavailable without pandas.
        """
        if which == "records":
            return frame(("record",), [(one,) for one in self.measured.fed.records] if self.measured else [])
        return frame(*self.result.table(which))

    def drawings(self) -> tuple[Drawing, ...]:
        """Its plots, in their order."""
        return tuple(Drawing(one) for one in measure_named(self.result.method).plot(self.result))

    def drawing(self, name: str = "") -> Drawing:
        """The plot of that name, else the first. Raises Missing where there is none."""
        found = self.drawings()
        for one in found:
            if not name or one.plot.name == name:
                return one
        raise Missing(f"there is no plot {name!r}; there are: " + ", ".join(one.plot.name for one in found))

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values, as the command line prints them."""
        return (self.measured or self.result).as_dict()


def frame(columns: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> DataFrame:
    """A dataframe of these. Raises Unavailable without pandas."""
    try:
        from pandas import DataFrame
    except ImportError as error:
        raise Unavailable("dataframes need pandas: pip install 'headstamp[notebook]'") from error
    return DataFrame(list(rows), columns=list(columns))


def measure_values(name: str, **inputs: Any) -> Answer:
    """Asks a measure of plain values: lists, numbers, words; a table as a dataframe or a list of dictionaries.

    Raises Missing for no such measure, Invalid naming every faulty input.
    """
    found = measure_named(name)
    defaults = {one.name: one.default for one in found.inputs}
    values = {word: _plain(value) for word, value in inputs.items()}
    _check(name, values, {one.name for one in found.inputs}, {one.name for one in found.inputs if one.needed})
    return Answer(found.run(**{**defaults, **values}))


def _check(name: str, values: dict[str, Any], known: set[str], needed: set[str]) -> None:
    problems = [Problem(f"{name} has no such input", "It has: " + ", ".join(sorted(known)), word)
                for word in values if word not in known]
    problems += [Problem("this must be given", "", word) for word in sorted(needed - set(values))]
    if problems:
        raise Invalid(f"{name} cannot be asked so", problems)


def _plain(value: Any) -> Any:
    """A dataframe, or a list of dictionaries, as the rows of text that measures read."""
    if hasattr(value, "to_dict") and hasattr(value, "columns"):
        value = value.astype(object).where(value.notna(), None).to_dict("records")
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [{str(k): "" if v is None else str(v) for k, v in row.items()} for row in value]
    if hasattr(value, "tolist"):  # an array or a column
        return value.tolist()
    return list(value) if isinstance(value, (tuple, set, range)) else value
