"""The share over time: the early and the late step, and the band between that holds what is not known."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from headstamp.analysis.lag.survival import Mass
from headstamp.analysis.lag.times import share_plot

MASSES = (Mass(59, 59, 0.25), Mass(100, 400, 0.5), Mass(600, None, 0.25))


def _lag(*masses: Mass) -> Any:
    return SimpleNamespace(masses=masses)


def test_early_and_late_are_steps_and_the_band_lies_between() -> None:
    band, early, late = share_plot(_lag(*MASSES)).series
    assert early.points == ((0.0, 0.0), (59.0, 0.25), (100.0, 0.75), (600.0, 1.0))
    # Of the last mass the end is open: as late as can be it is never reached.
    assert late.points == ((0.0, 0.0), (59.0, 0.25), (400.0, 0.75), (600.0, 0.75))
    for day, _, low, high in band.points:
        assert low <= high and 0 <= day <= 600
    at_200 = [(low, high) for day, _, low, high in band.points if day <= 200][-1]
    assert at_200 == (0.25, 0.75)


def test_the_order_of_the_masses_changes_nothing() -> None:
    assert share_plot(_lag(*MASSES)) == share_plot(_lag(*reversed(MASSES)))


def test_long_times_are_told_in_years_and_nothing_is_drawn_of_nothing() -> None:
    plot = share_plot(_lag(Mass(1461, 1461, 1.0)))
    assert plot.x.startswith("years") and plot.series[1].points[-1][0] == pytest.approx(4)
    assert share_plot(_lag()).series == ()
