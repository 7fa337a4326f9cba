"""What stands around a marking in a case: runs and ranges, as one clearance sees them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.actions.markings import series
from headstamp.actions.markings.series import Surroundings, around, ready, surroundings
from headstamp.records import Record, kind_named
from headstamp.store.case import Case


def make(kind: str, **values: object) -> Record:
    return kind_named(kind).cls.build(values)


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    made = Case.create(tmp_path / "case")
    with made.change(actor="a", reason="r") as change:
        change.put(make("item", id="item-aaaa", tag="A"))
        change.put_many([
            make("marking", id=f"mark-r{n:03d}", item="item-aaaa", text=f"AB {123456 + n}",
                 marking_kind="serial")
            for n in range(6)
        ])
        change.put(make("marking", item="item-aaaa", text="AB 123459", marking_kind="model"))
        change.put(make("marking", id="mark-hddd", item="item-aaaa", text="AB 123465",
                        marking_kind="serial", tier="sealed"))
        change.put(make("transfer", id="tran-aaaa", goods="rifles", serials="AB 123000 - 124000"))
        change.put(make("trace_request", id="trace-aaaa", title="Letter"))
        change.put(make("trace_reply", id="reply-aaaa", request="trace-aaaa", tier="public",
                        reply_code="confirmed_full", serials="AB 123458 ff; AB 9 to AC 10"))
    yield made
    made.close()


def told(case: Case, clearance: str, text: str) -> list[str]:
    with case.read(clearance).snapshot() as reader:
        return around(case, reader, text)


def test_runs_and_ranges_are_told_in_words(case: Case) -> None:
    lines = told(case, "restricted", "AB 123459")
    assert lines == [
        "inside the run AB 123456 to AB 123461: 6 of 6 numbers are recorded",
        "covered by transfer rifles: AB 123000 to AB 124000",
        "covered by trace reply confirmed full: from AB 123458; where it ends is not said",
    ]
    assert told(case, "restricted", "XY 1") == []


def test_each_clearance_is_told_what_it_may_see(case: Case) -> None:
    assert told(case, "public", "AB 123459") == []
    partner = told(case, "partner", "AB 123459")
    assert not any("trace reply" in line for line in partner)  # the field needs restricted
    assert "7 of 10 numbers" in told(case, "sealed", "AB 123459")[0]
    assert "6 of 6 numbers" in partner[0]


def test_nothing_is_told_of_a_marking_once_it_is_sealed(case: Case) -> None:
    assert "6 of 6" in told(case, "partner", "AB 123457")[0]
    with case.change(actor="a", reason="r") as change:
        change.put(make("marking", id="mark-r005", item="item-aaaa", text="AB 123461",
                        marking_kind="serial", tier="sealed"))
    lines = told(case, "partner", "AB 123457")
    assert "5 of 5" in lines[0] and "123461" not in " ".join(lines)


def test_it_is_made_once_for_a_state(case: Case) -> None:
    with case.read("partner").snapshot() as reader:
        assert surroundings(case, reader) is surroundings(case, reader)
        assert ready(case, reader) is surroundings(case, reader)


def test_a_large_case_tells_it_once_asked(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series, "READY_UPTO", 3)
    assert told(case, "sealed", "AB 123459") == []
    with case.read("sealed").snapshot() as reader:
        surroundings(case, reader)
    assert told(case, "sealed", "AB 123459")


def test_types_of_components_make_no_series(case: Case) -> None:
    with case.change(actor="a", reason="r") as change:
        change.put(make("item", id="item-cccc", family="component"))
        change.put_many([make("marking", item="item-cccc", text=f"LM {2674 + n}") for n in range(4)])
        change.put_many([make("marking", item="item-cccc", text=f"SN {770001 + n}",
                              marking_kind="serial") for n in range(3)])
    with case.read("partner").snapshot() as reader:
        assert {run.prefix for run in Surroundings(reader).series} == {"AB", "SN"}


def test_positions_are_those_of_the_markings(case: Case) -> None:
    with case.read("partner").snapshot() as reader:
        found = Surroundings(reader)
        (run,) = found.series
        texts = [reader.get(found.ids[at]).get("text") for at in run.positions.tolist()]
    assert texts == [f"AB {123456 + n}" for n in range(6)]


def test_problems_of_a_range_are_kept_beside_it(case: Case) -> None:
    with case.read("restricted").snapshot() as reader:
        (one,) = [one for one in Surroundings(reader).ranged if one.id == "reply-aaaa"]
    assert "different letters" in one.problems[0]
    assert [str(each) for each in one.ranges] == ["from AB 123458"]
