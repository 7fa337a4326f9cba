"""FollowTheMoney files of a case: who sees what in them, and what a stranger's file may do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from headstamp.actions.linking.ftm import take_parties, tell_parties
from headstamp.errors import Invalid, Missing
from headstamp.records import BY_NAME, Record
from headstamp.store.case import Case


def build(kind: str, **values: object) -> Record:
    return BY_NAME[kind].cls.build(values)


RECORDS = [
    build("party", id="party-aaaa", name="Romashka LLC", party_kind="firm", country="RU",
          address="Moscow 1"),
    build("party", id="party-bbbb", name="Ana Example", party_kind="person"),
    build("party", id="party-cccc", name="Kept Source", tier="sealed"),
    build("party", id="party-dddd", name="Buyer", party_kind="firm"),
    build("tie", id="tie-0001", party="party-bbbb", tie_kind="owner", to_party="party-aaaa"),
    build("tie", id="tie-0002", party="party-aaaa", tie_kind="agent", to_party="party-dddd"),
    build("tie", id="tie-0003", party="party-cccc", tie_kind="officer", to_party="party-aaaa"),
]


@pytest.fixture
def case(case: Case) -> Case:
    with case.change(actor="tester", reason="sample") as change:
        change.put_many(RECORDS)
    return case


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Case]:
    with Case.create(tmp_path / "empty") as made:
        yield made


def take(case: Case, path: Path, tier: str = "partner") -> dict[str, object]:
    return take_parties(case, path, tier=tier, clearance="restricted", actor="ana").as_dict()


def file(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "entities.ftm.json"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("clearance", "ids"), [
    ("partner", {"party-aaaa", "party-dddd", "tie-0002"}),
    ("restricted", {"party-aaaa", "party-bbbb", "party-dddd", "tie-0001", "tie-0002"}),
])
def test_only_what_the_clearance_may_see_goes_out(case: Case, clearance: str, ids: set[str]) -> None:
    told = tell_parties(case.read(clearance))
    assert {one["id"] for one in told.entities} == ids
    assert (b"Ana Example" in told.lines()) == (clearance == "restricted")
    assert b"Kept Source" not in told.lines() and "party-cccc" not in repr(told.as_dict())
    assert (b"Moscow" in told.lines()) == (clearance == "restricted")  # addresses are restricted


def test_some_parties_alone_and_what_is_between_them(case: Case) -> None:
    told = tell_parties(case.read("restricted"), ["party-aaaa", "party-dddd"])
    assert {one["id"] for one in told.entities} == {"party-aaaa", "party-dddd", "tie-0002"}
    with pytest.raises(Missing):
        tell_parties(case.read("restricted"), ["party-cccc"])


@pytest.mark.parametrize("limit", ["not_published", "no_onward"])
def test_what_a_reply_forbids_to_hand_on_stays(case: Case, limit: str) -> None:
    with case.change(actor="tester", reason="sample") as change:
        change.put_many([
            build("trace_request", id="trace-1111", title="Request 1", addressee="party-dddd"),
            build("trace_reply", id="reply-1111", request="trace-1111", reply_code="confirmed_full", use_limits=[limit]),
            build("transfer", id="tran-1111", transfer_kind="sold", from_party="party-aaaa",
                  to_party="party-dddd", reply="reply-1111", goods="told in confidence"),
        ])
    told = tell_parties(case.read("restricted"))
    assert told.withheld == ("tran-1111",)
    assert b"confidence" not in told.lines()


def test_a_case_goes_over_and_a_second_time_changes_nothing(
    case: Case, empty: Case, tmp_path: Path
) -> None:
    path = file(tmp_path, tell_parties(case.read("restricted")).lines())
    first = take(empty, path, tier="public")
    assert len(first["new"]) == 5  # type: ignore[arg-type]
    public, restricted = empty.read("public"), empty.read("restricted")
    assert {one.id for one in public.stream("party")} == {"party-aaaa", "party-dddd"}
    assert restricted.get("party-bbbb").get("tier") == "restricted"
    assert not list(public.stream("tie", {"tie_kind": "owner"}))
    # The file names the person: nobody sees it who may not see the person.
    document = str(first["document"])
    assert document not in public.many([document])
    assert restricted.original(restricted.get(document).get("digest"))[0].read_bytes() == path.read_bytes()
    assert restricted.get("party-aaaa").get("source") == {
        "document": document, "row": 1, "part": "party-aaaa"}
    again = take(empty, path)
    assert (again["new"], again["unchanged"], again["differing"]) == ([], 5, [])


def test_a_file_never_overwrites_what_is_on_file(case: Case, tmp_path: Path) -> None:
    lines = [orjson.dumps({"id": id_, "schema": "Company", "properties": {"name": ["Other"]}})
             for id_ in ("party-aaaa", "party-cccc")]
    told = take(case, file(tmp_path, b"\n".join(lines)))
    assert told["differing"] == [{"id": "party-aaaa", "line": 1, "fields": ["name"]},
                                 {"id": "party-cccc", "line": 2, "fields": []}]
    assert case.read("sealed").get("party-aaaa").get("name") == "Romashka LLC"
    assert case.read("sealed").get("party-cccc").version == 1


def test_bad_entities_are_named_all_at_once_and_nothing_is_written(empty: Case, tmp_path: Path) -> None:
    path = file(tmp_path, b'{"id": "a", "schema": "Company", "properties": {"name": ["A"]}}\n'
                          b'{"id": "b", "schema": "Company", "properties": {}}\nnonsense\n')
    with pytest.raises(Invalid) as refused:
        take(empty, path)
    assert [(one.row, one.field) for one in refused.value.problems] == [(2, "b.name"), (3, "")]
    assert empty.read("sealed").totals().get("party", 0) == 0


@pytest.mark.parametrize("content", [b"", b"\n\n"])
def test_a_file_without_entities_is_refused(empty: Case, tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Invalid, match="no entity"):
        take(empty, file(tmp_path, content))
    with pytest.raises(Missing):
        take(empty, tmp_path / "absent.json")


def test_a_dry_run_writes_nothing(case: Case, empty: Case, tmp_path: Path) -> None:
    path = file(tmp_path, tell_parties(case.read("partner")).lines())
    told = take_parties(empty, path, dry_run=True, clearance="restricted", actor="ana")
    assert len(told.new) == 3 and empty.read("sealed").size() == 0
