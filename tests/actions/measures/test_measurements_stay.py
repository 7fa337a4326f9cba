"""A measurement never leaves: not in reports, alerts, tables, snapshots and pages below its clearance."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from headstamp.actions.alerts.extract import extract_of, in_form
from headstamp.actions.measures.finding import put_into_finding
from headstamp.actions.measures.iafq import iafq_bytes, read_iafq
from headstamp.actions.measures.measuring import measure_snapshot, snapshot_now
from headstamp.actions.measures.plots_again import plots_again
from headstamp.actions.report import read_report
from headstamp.actions.settings import Settings
from headstamp.engine.duckdb import DuckDB
from headstamp.engine.questions.standard import measured
from headstamp.errors import Invalid
from headstamp.publish.page import render
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.actions.alerts.alert_case import Alerts, make_alerts
from tests.actions.measures.test_feeds_standard import _measured
from tests.web.conftest import BASE

VALUE = re.compile(r"4[,.]?711[.,]5")
TIERS = ("public", "partner", "restricted", "sealed")


@pytest.fixture
def made(tmp_path: Path) -> Alerts:
    return make_alerts(tmp_path / "case")


def _of(case: Case, clearance: str) -> list[Any]:
    return list(case.read(clearance).stream("measurement"))


def test_only_who_may_see_it_sees_it(made: Alerts) -> None:
    for clearance in TIERS:
        seen = _of(made.case, clearance)
        told = [one.get("value") for one in seen]
        assert set(told) <= ({4711.5, "4711.5"} if clearance in ("restricted", "sealed") else {None})
        assert all(not VALUE.search(one.label) for one in seen)
    assert _of(made.case, "restricted")


@pytest.mark.parametrize("clearance", TIERS)
def test_what_is_handed_out_has_none_at_any_clearance(made: Alerts, clearance: str) -> None:
    reader = made.case.read(clearance).to_hand_out()
    for one in reader.stream("measurement"):
        assert one.get("value") is None and not VALUE.search(str(one.values))
        assert all(not VALUE.search(str(event.values)) for event in reader.history(one.id))
    for ask in (lambda: list(reader.cells("measurement", ("item", "value"))),
                lambda: reader.list("measurement", {"value": "4711.5"}),
                lambda: reader.list("measurement", order="value"),
                lambda: reader.count("measurement", "value")):
        with pytest.raises(Invalid, match="no field"):
            ask()
    assert not VALUE.search(render(read_report(made.case, clearance)))


def test_no_extract_and_no_table_has_it(made: Alerts) -> None:
    for tier in TIERS:
        if tier != "public":
            extract = extract_of(made.case, made["alert"], clearance="sealed", tier=tier)
            assert not VALUE.search(str(extract))
            assert not VALUE.search(in_form(extract, Path("extract.html")).decode())
    tables = read_iafq(made.case, 2017, clearance="restricted")
    assert not VALUE.search(str(tables)) and b"4711.5" not in iafq_bytes(tables)


@pytest.mark.parametrize("clearance", ["public", "partner"])
def test_pages_and_snapshots_below_its_clearance_have_none(made: Alerts, clearance: str) -> None:
    with DuckDB(snapshot_now(made.case, clearance)) as engine:
        assert measured(engine) == []
    pages = TestClient(create_app(Settings(made.case.where, "tester", clearance), case=made.case), base_url=BASE,
                       raise_server_exceptions=False)
    ids = [one.id for one in _of(made.case, "sealed")]
    above = TestClient(create_app(Settings(made.case.where, "tester", "restricted"), case=made.case), base_url=BASE)
    for where in ("/measurements", "/measurements.csv", "/api/measurements",
                  *(f"/measurements/{one}" for one in ids), *(f"/api/measurements/{one}" for one in ids),
                  f"/items/{made['item 0']}", "/find?q=4711.5"):
        found = pages.get(where)
        # The same places tell it to who may see it, where they tell of measurements at all.
        assert "find" in where or "items" in where or VALUE.search(above.get(where).text), where
        assert not VALUE.search(found.text.replace("/find?q=4711.5", "").replace('value="4711.5"', "")), where


def _plots(case: Case, finding: str) -> tuple[Any, ...]:
    reader = case.read("sealed").to_hand_out()
    drawn, why = plots_again(case)(reader, reader.get(finding))
    assert why == ("it rests on what this report must not show",)
    return drawn


def test_a_finding_from_measurements_tells_the_ratio_and_no_measurement(case: Case) -> None:
    _measured(case, 44)
    snapshot = snapshot_now(case, "restricted")
    values = {f"{float(row['value']):.3g}" for row in measured(DuckDB(snapshot))}
    for name, given in (("standard.dispersion", {"feature": "width"}),
                        ("source.likelihood", {"control_item": "item-m000", "recovered_item": "item-m001"})):
        found = measure_snapshot(snapshot, name, given)
        assert not found.result.refused
        written = put_into_finding(case, found, actor="a")
        told = case.read("restricted").get(written.id)
        assert "A comparison between finds only" in str(told.values)
        numbers = set(re.findall(r"-?\d+\.\d+(?:e-?\d+)?", str(told.get("sentence")) + str(told.get("text"))))
        assert len(numbers & {one for one in values if len(one) > 5}) == 0
        assert not _plots(case, written.id), "a plot of measurements is one"
        means = found.result.more.get("overall_means") or {
            site: one["mean"] for site, one in found.result.more["sites"].items()}
        assert not any(repr(mean)[:8] in str(told.values) for mean in means.values())


def test_the_form_says_what_it_is_for(made: Alerts) -> None:
    pages = TestClient(create_app(Settings(made.case.where, "tester", "restricted"), case=made.case), base_url=BASE)
    assert "For comparison between finds only" in pages.get("/measurements/new").text
