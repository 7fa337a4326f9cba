"""Columns by known names, however they are written."""

from __future__ import annotations

from headstamp.analysis.column_names import known
from headstamp.analysis.lag.supply_table import read
from headstamp.analysis.network.links import network_of
from headstamp.analysis.standard.table import values_by_site


def test_capitals_and_spaces_say_nothing() -> None:
    assert values_by_site([{"Site": "A", " VALUE ": "1.5"}], 0.95)[0]["A"].tolist() == [1.5]
    net = network_of([{"Source": "a", "Target": "b", "Weight": "2"}])
    assert net.links == 1 and not net.rests_told
    rows, _, _ = read([{"Time": "9", "Status": "1"}], "supplied", "recovered", "", "")
    assert rows[0].low == 9


def test_a_column_that_is_there_is_never_overlaid() -> None:
    rows = [{"site": "A", "Site": "B", "Other": "x"}]
    assert known(rows, ("site",)) is rows and known([], ("site",)) == []
    assert known([{"SITE": "A", "Site": "B"}], ("site",)) == [{"site": "A", "Site": "B"}]
