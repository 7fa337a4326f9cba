"""Columns by known names, however they are written."""

from __future__ import annotations

import pytest

from headstamp.analysis.column_names import known
from headstamp.analysis.counts.burst import burst
from headstamp.analysis.counts.by import shares
from headstamp.analysis.counts.indicator_sdg import indicator
from headstamp.analysis.lag.supply_table import read
from headstamp.analysis.network.links import network_of
from headstamp.analysis.scale.lists_table import overlaps
from headstamp.analysis.source.tables import tables
from headstamp.analysis.standard.table import values_by_site
from headstamp.errors import Invalid


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


def test_columns_that_are_asked_for_are_found_in_capitals_too() -> None:
    rows = [{"Maker": "A" if n % 3 else "B", "LOT": str(n // 2), "Count": "2"} for n in range(12)]
    found = shares(rows, "maker", count="COUNT", group="A")
    assert (found.more["column"], found.more["counted"]) == ("maker", 24)
    assert shares(rows, "MAKER", same=["lot"]).more["different"] < 12
    assert shares([{"Rifles": "3", "PISTOLS": "9"}], columns=["rifles", " pistols"]).more["counted"] == 12
    answer = indicator(table=[{"Traced": "yes", "Seizure": "1"}, {"Traced": "no", "Seizure": "1"}], group="seizure")
    assert (answer.more["traced"], answer.more["all"]) == (1, 2)
    read = burst([{"Date": f"2020-01-{n % 28 + 1:02}", "Region": "North", "N": "3"} for n in range(56)], "DATE", "region", "n")
    assert read.more["rows"] == 168 and not read.refused


def test_lists_and_measurements_are_found_in_capitals_too() -> None:
    assert overlaps([{"A": "1", "B": "0", "COUNT": "4"}, {"A": "1", "B": "1", "COUNT": "2"}]).seen == 6
    background = [{"Item": name, "RI": str(n * n)} for n, name in enumerate("aabb")]
    read = tables(background, [{"ri": "1.5"}], [{"Ri ": "1.6"}], ["ri"], "ITEM")
    assert read.columns == ("ri",) and read.names == ("a", "b") and read.recovered.tolist() == [[1.6]]
    with pytest.raises(Invalid, match="do not measure the same"):
        tables(background, [{"RI": "1.5"}], [{"ri": "1.6"}])
