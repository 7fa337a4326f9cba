"""Columns that another program wrote in capitals are known to the measures of spread and novelty."""

from __future__ import annotations

from headstamp.analysis.spread import signature_table, table


def test_capitals_are_the_same_columns() -> None:
    plain = [{"find": "a", "date": "2017-01-02", "signature": "yes", "place": "Mill", "group": "g",
              "latitude": "1.5", "longitude": "2"}]
    loud = [{name.upper(): cell for name, cell in row.items()} for row in plain]
    assert table.read(loud) == table.read(plain)
    features = [{"find": "a", "kind": "paint", "value": "grey", "group": "g"}]
    assert signature_table.read([{f" {name.title()}": cell for name, cell in row.items()} for row in features]) == (
        signature_table.read(features))
