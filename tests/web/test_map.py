"""The map: every point as exact as may be seen, its doubt with it, and the same as a list."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from headstamp.actions.settings import Settings
from headstamp.places.coarsen import coarsen
from headstamp.places.point import KM_PER_DEGREE
from headstamp.store.case import Case
from headstamp.web.app import create_app
from headstamp.web.contexts.map import MapContext, map_context
from headstamp.web.page import Params
from tests.web.conftest import BASE
from tests.web.small import id_of, make, small_case


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory):
    return small_case(Path(tmp_path_factory.mktemp("map") / "case"))


def seen(case: Case, clearance: str) -> MapContext:
    return map_context(case.read(clearance), Params(case))


def test_each_layer_holds_what_has_a_point(case) -> None:
    this = seen(case, "restricted")
    assert {one.name: (one.count, one.shown) for one in this.layers} == {
        "sites": (2, True), "recoveries": (2, True), "transfers": (2, True),
        "countries": (4, False),
    }
    street = next(s for s in this.spots if s.id == id_of("site", "street"))
    assert (street.items, street.radius, street.first, street.last) == (16, 100, 2014, 2016)
    assert (this.first, this.last) == (2013, 2016)


def test_a_lower_clearance_gets_cells_with_circles_that_hold_the_true_point(case) -> None:
    exact = {(s.layer, s.id): s for s in seen(case, "restricted").spots}
    coarse = [s for s in seen(case, "partner").spots if s.layer in ("sites", "recoveries")]
    assert coarse and all(s.coarse for s in coarse)
    for one in coarse:
        true = exact[one.layer, one.id]
        cell = coarsen(true.latitude, true.longitude)
        assert (one.latitude, one.longitude) == (cell.lat, cell.lon)
        north = (true.latitude - one.latitude) * KM_PER_DEGREE * 1000
        assert one.radius is not None and abs(north) < one.radius
    assert "36.3412" not in json.dumps(seen(case, "partner").as_dict())


def test_a_recovery_without_a_point_stands_at_its_site(tmp_path: Path) -> None:
    case = small_case(tmp_path / "case", items=6)
    with case.change(actor="a", reason="r") as change:
        change.put(make("recovery", "three", site=id_of("site", "store"), recovered_on="2015/.."))
    spot = next(s for s in seen(case, "restricted").spots if s.id == id_of("recovery", "three"))
    assert (spot.latitude, spot.longitude, spot.first, spot.last) == (36.48, 43.02, 2015, None)


def test_without_points_the_countries_of_make_are_shown(tmp_path: Path) -> None:
    case = Case.create(tmp_path / "case")
    with case.change(actor="a", reason="r") as change:
        change.put_many([make("item", f"c{n}", country="NO") for n in range(3)])
    this = seen(case, "restricted")
    assert [(s.id, s.items, s.to) for s in this.spots] == [("NO", 3, "/items?country=NO")]
    assert this.layers[0].shown
    assert 58 < this.spots[0].latitude < 72


def test_the_page_and_the_geojson_say_the_same(case) -> None:
    client = TestClient(create_app(Settings(case.where, "t"), case=case), base_url=BASE)
    data = client.get("/api/map.geojson").json()
    assert data["type"] == "FeatureCollection"
    assert all(f["geometry"]["type"] == "Point" for f in data["features"])
    page = client.get("/map").text
    for feature in data["features"]:
        assert feature["properties"]["to"] in page.replace("&amp;", "&")
    assert "imply no opinion" in page and "<noscript>" in page


def test_an_empty_case_says_how_to_get_a_map(tmp_path: Path) -> None:
    case = Case.create(tmp_path / "case")
    client = TestClient(create_app(Settings(case.where, "t"), case=case), base_url=BASE)
    assert "Nothing in this case has a point yet" in client.get("/map").text
