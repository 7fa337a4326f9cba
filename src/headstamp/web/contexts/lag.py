"""Lag: how long from the last lawful supply to the recovery, with what is not known left open."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

from headstamp.actions.tracing.lag import GROUPINGS, lag_of_case
from headstamp.analysis.lag.survival import Quantile
from headstamp.analysis.lag.times import WARNINGS, Lag, share_plot
from headstamp.errors import Unavailable
from headstamp.kinds.counted import plural
from headstamp.store.reader import Reader
from headstamp.web.contexts.facts import Piece, ref_piece
from headstamp.web.contexts.plot import PlotView, plot_view
from headstamp.web.page import ON_PAGE, Context, Params

MOST = 20_000
"""With more items than this the page sends to the command line: it would take minutes."""


@dataclass(frozen=True)
class LagContext(Context):
    """The lags of all items, and of each group where they are told apart (``by``)."""

    by: str
    lags: tuple[Lag, ...]
    warnings: tuple[str, ...] = WARNINGS
    title: str = field(default="Lag", metadata=ON_PAGE)
    plot: PlotView | None = field(default=None, metadata=ON_PAGE)
    whole: Lag | None = field(default=None, metadata=ON_PAGE)
    quartiles: tuple[str, ...] = field(default=(), metadata=ON_PAGE)
    groups: tuple[tuple[str, int, tuple[str, ...]], ...] = field(default=(), metadata=ON_PAGE)
    extremes: tuple[tuple[str, Piece, str], ...] = field(default=(), metadata=ON_PAGE)
    ways: tuple[tuple[str, str], ...] = field(default=(), metadata=ON_PAGE)


def lag_context(reader: Reader, params: Params) -> LagContext:
    """The lags of the case. Raises Unavailable where it holds more items than a page can wait for."""
    by = params.choice("by", ("", *GROUPINGS))
    if reader.totals()["item"] > MOST:
        raise Unavailable(f"with more than {MOST:,} items this takes minutes: use the command line "
                          "(headstamp lag)")
    found = lag_of_case(params.case, reader, by=by)
    whole = found[0]
    ends = [(word, one) for word, one in (("shortest", whole.shortest), ("longest", whole.longest)) if one]
    labels = reader.labels([one.item for _, one in ends])
    return LagContext(
        by, found,
        plot=plot_view(share_plot(whole)) if whole.masses else None,
        whole=whole, quartiles=tuple(map(told, whole.quartiles or ())),
        groups=tuple((one.group, one.count, tuple(map(told, one.quartiles or ())))
                     for one in found[1:]),
        extremes=tuple(
            (word, ref_piece(one.item, labels.get(one.item, one.item)),
             f"{plural(one.low, 'day')}" if one.low == one.high else f"{one.low:,} to {plural(one.high, 'day')}")
            for word, one in ends),
        ways=tuple((way, "/lag?" + urlencode({"by": way})) for way in GROUPINGS),
    )


def told(one: Quantile) -> str:
    """A quartile in words, with its interval."""
    if one.first is None:
        return "not reached"
    window = f"{one.first:,}" if one.first == one.last else (
        f"{one.first:,} or more" if one.last is None else f"{one.first:,} to {one.last:,}")
    low, high = (f"{end:,}" if end is not None else "open" for end in (one.low, one.high))
    return f"{window} days (95 %: {low} to {high})"
