"""The effort behind a count: against counts by hand, from a reader and from a snapshot, below a clearance."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.actions.measures.effort import of_count
from headstamp.engine.duckdb import DuckDB
from headstamp.engine.effort import FOREIGN, beside, effort, effort_of
from headstamp.engine.held import hold
from headstamp.store.case import Case
from tests.effort import examples
from tests.web.sample import make

ACCESS = (None, "full", "partial", "escorted", "remote", "refused")


def the_case(folder: Path, visits: list[dict[str, object]]) -> Case:
    case = Case.create(folder)
    records = [make("site", id=f"site-aaa{at}", name=f"Site {at}", tier="sealed" if at == 3 else "partner") for at in range(4)]
    records += [make("visit", id=f"vis-{at:04}", **one) for at, one in enumerate(visits)]
    with case.change(actor="tester", reason="visits") as change:
        change.put_many(records)
    return case


VISITS: list[dict[str, object]] = [
    {"site": "site-aaa0", "held_on": "2017-02-05", "hours": 6.5, "access": "full"},
    {"site": "site-aaa0", "held_on": "2017-02-05/2017-02-07", "hours": 2, "access": "partial", "access_limits": "Roof unsafe."},
    {"site": "site-aaa1", "held_on": "2017", "access": "remote", "access_limits": "Roof unsafe."},
    {"site": "site-aaa1", "access": "refused", "access_limits": "No permit."},
    {"site": "site-aaa2", "held_on": "2017-03-01", "hours": 1, "tier": "sealed"},
]


def test_counts_by_hand(tmp_path: Path) -> None:
    case = the_case(tmp_path / "case", VISITS)
    found = effort(case.read("sealed"))
    assert (found.visits, found.sites, found.sites_known, found.days, found.undated) == (5, 3, 4, 4, 2)
    assert (found.hours, found.timed, found.limited) == (9.5, 3, 3)
    assert found.access == {"": 1, "full": 1, "partial": 1, "refused": 1, "remote": 1}
    assert found.limits == (("Roof unsafe.", 2), ("No permit.", 1))
    assert (found.first, found.last) == ("2017-01-01", "2017-12-31")
    assert beside(found) == (
        "Effort: 5 visits to 3 of 4 known sites on 4 days, 9.5 hours on site (known for 3); of 2 the days are not known. How far it "
        "could be seen: 1 all of it, 1 part of it, 1 refused, 1 from outside or from afar, 1 not said; 3 say what limited it.")


def test_of_chosen_sites_and_of_a_period(tmp_path: Path) -> None:
    reader = the_case(tmp_path / "case", VISITS).read("sealed")
    assert effort(reader, ["site-aaa0"]).days == 3
    assert effort(reader, ["site-aaa0", "site-aaa2"]).visits == 3
    march = effort(reader, since="2017-03-01", until="2017-03-31")
    assert (march.visits, march.days, march.undated) == (2, 1, 1)  # 2017 may have been in March
    assert effort(reader, until="2016-12-31").visits == 0
    assert beside(effort(reader, ["site-aaa3"])).startswith("No visit is on record")


def test_a_visit_above_the_clearance_counts_nowhere(tmp_path: Path) -> None:
    case = the_case(tmp_path / "case", VISITS)
    for found in (effort(case.read("partner")), effort_of(DuckDB(hold(case, "partner")))):
        assert (found.visits, found.sites, found.sites_known, found.hours) == (4, 2, 3, 8.5)
        assert "2017-03-01" not in (found.first, found.last)


def test_beside_a_count(tmp_path: Path) -> None:
    reader = the_case(tmp_path / "case", VISITS).read("sealed")
    assert of_count(reader, "tally") == (None, FOREIGN)
    assert of_count(reader, "party") == (None, "")
    whole, said = of_count(reader, "item")
    assert whole is not None and whole.visits == 5 and said == beside(whole)
    one, said = of_count(reader, "item", {"site": "site-aaa0", "family": "ammunition"})
    assert one is not None and one.visits == 2 and "all visits to the site" in said


@examples(15)
@given(st.lists(st.tuples(
    st.integers(0, 3), st.one_of(st.none(), st.tuples(st.integers(0, 60), st.integers(0, 45))),
    st.one_of(st.none(), st.integers(1, 12)), st.sampled_from(ACCESS)), max_size=12))
def test_a_reader_a_snapshot_and_a_count_by_hand_agree(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[int, tuple[int, int] | None, int | None, str | None]],
) -> None:
    start = date(2016, 1, 1)
    visits: list[dict[str, object]] = []
    days: set[date] = set()
    for site, window, hours, access in drawn:
        one: dict[str, object] = {"site": f"site-aaa{site}"}
        if window:
            first, last = start + timedelta(window[0]), start + timedelta(window[0] + window[1])
            one["held_on"] = f"{first}/{last}" if last > first else str(first)
            if window[1] < 31:
                days |= {first + timedelta(at) for at in range(window[1] + 1)}
        visits.append(one | ({"hours": hours} if hours else {}) | ({"access": access} if access else {}))
    case = the_case(tmp_path_factory.mktemp("effort") / "case", visits)
    found = effort(case.read("sealed"))
    with DuckDB(hold(case, "sealed")) as engine:
        assert effort_of(engine) == found
        for site in ("site-aaa0", "site-aaa3"):
            assert effort_of(engine, [site], "2016-01-10", "2016-02-10") == effort(
                case.read("sealed"), [site], "2016-01-10", "2016-02-10")
    assert found.visits == len(drawn) and found.days == len(days)
    assert found.sites == len({site for site, *_ in drawn})
    assert found.hours == sum(hours or 0 for _, _, hours, _ in drawn)
    for access in ACCESS:
        assert found.access.get(access or "", 0) == sum(one[3] == access for one in drawn)

