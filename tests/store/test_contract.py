"""What every store keeps to, for every record type: what was put is there, and only that.

Both databases, and an encrypted case."""

from __future__ import annotations

import pytest

from headstamp.actions.cases import check_case, index_case
from headstamp.errors import Conflicting, Invalid, Missing
from headstamp.evidence.entry import check_fields
from headstamp.evidence.entry import read as read_entry
from headstamp.kinds.identity import derived_id
from headstamp.records import BY_NAME, TYPES, Item, Marking, Note, Record, RecordType
from headstamp.records.spec import plain
from headstamp.store.case import Case
from headstamp.store.shown import Shown
from tests.making import one_of_each, plausible

each_type = pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)


def put(case: Case, *records: Record, reason: str = "found so") -> None:
    with case.change(actor="A. Keeper", reason=reason) as change:
        change.file(b"")  # the original whose digest is the example of one
        change.put_many(list(records))


def same(shown: Shown, record: Record) -> bool:
    kind = BY_NAME[record.NAME]
    values = {fact.name: plain(getattr(record, fact.name)) for fact in kind.facts}
    return dict(shown.values) == {k: v for k, v in values.items() if v not in (None, [])}


@pytest.fixture
def case(every_case: Case) -> Case:
    return every_case


@pytest.fixture(scope="module")
def filled(every_shared_case: Case) -> tuple[Case, dict[str, Record]]:
    """A case with a plausible record of every type."""
    records = one_of_each()
    put(every_shared_case, *records)
    return every_shared_case, {record.NAME: record for record in records}


@each_type
def test_what_was_put_is_there(
    kind: RecordType, filled: tuple[Case, dict[str, Record]]
) -> None:
    case, records = filled
    record = records[kind.name]
    reader = case.read("sealed")
    shown = reader.get(record.id)
    assert same(shown, record)
    assert (shown.kind, shown.id, shown.version) == (kind.name, record.id, 1)
    assert shown.label == record.label()
    assert reader.list(kind.name).rows == [shown]
    assert list(reader.stream(kind.name)) == [shown]
    assert reader.count(kind.name) == (1, [])
    assert reader.totals()[kind.name] == 1
    assert set(reader.facets(kind.name)) == set(reader.facet_names(kind.name))
    for column in kind.columns:
        if column.sql != "json":
            value = dict(zip((c.name for c in kind.columns), kind.project(record),
                             strict=True))[column.name]
            assert reader.list(kind.name, {column.name: value}).total == 1, column
            assert reader.list(kind.name, order=column.name).rows == [shown], column
            assert reader.count(kind.name, column.name)[0] == 1


@each_type
def test_the_log_tells_of_it(kind: RecordType, filled: tuple[Case, dict[str, Record]]) -> None:
    case, records = filled
    record = records[kind.name]
    (event,) = case.read("sealed").history(record.id)
    assert (event.actor, event.reason, event.version) == ("A. Keeper", "found so", 1)
    told = read_entry(case.read("sealed").entry(event.seq))
    assert (told.id, told.version, told.kind) == (record.id, 1, kind.tag)
    assert (told.actor, told.reason, told.at) == (event.actor, event.reason, event.at)
    names, values = kind.canonical_values(record)
    with case.backend.reading() as conn:
        seed = case.backend.tuples(conn, f"SELECT seed FROM version WHERE seq = {event.seq}")[0][0]
    assert check_fields(told, dict(zip(names, values, strict=True)), seed) == []


@each_type
def test_a_correction_is_a_new_version(kind: RecordType, case: Case) -> None:
    records = one_of_each()
    put(case, *records)
    record = next(one for one in records if kind.name == one.NAME)
    corrected = record.model_copy(update={"remark": "corrected"})
    before = case.checkpoint().size
    put(case, record)
    assert case.checkpoint().size == before  # nothing new, nothing written
    with case.change(actor="B. Reviewer", reason="misread") as change:
        with pytest.raises(Conflicting, match="version 1"):
            change.put(corrected, expected=7)
        assert change.put(corrected, expected=1).version == 2
    with pytest.raises(Conflicting), case.change(actor="C", reason="late") as change:
        change.put(record, expected=1)
    reader = case.read("sealed")
    assert same(reader.get(record.id), corrected)
    first, second = reader.history(record.id)
    assert (second.actor, second.reason, second.changed) == ("B. Reviewer", "misread", ("remark",))
    assert first.values["remark"] == record.remark and second.values["remark"] == "corrected"
    assert reader.count(kind.name)[0] == 1
    index_case(case)
    assert check_case(case) == []


@each_type
def test_references_to_nothing_are_refused_all_at_once(kind: RecordType, case: Case) -> None:
    nowhere = {one.prefix: [derived_id(one.prefix, "nowhere")] for one in TYPES}
    record = plausible(kind, nowhere)
    wanted = {fact.name for fact in kind.facts if fact.ref is not None} | {"source"}
    with pytest.raises(Invalid) as refused, case.change(actor="a", reason="r") as change:
        change.put(record)
    assert {problem.field for problem in refused.value.problems} == wanted
    assert case.checkpoint().size == 0
    with pytest.raises(Missing):
        case.read("sealed").get(record.id)


def test_an_id_of_no_type_is_refused_like_any_other_that_is_not_there(case: Case) -> None:
    note = Note.build(about="zebra-7k3m9qxz", text="seen")
    with pytest.raises(Invalid) as refused, case.change(actor="a", reason="r") as change:
        change.put(note)
    assert [problem.field for problem in refused.value.problems] == ["about"]


def test_what_was_refused_is_not_referred_to_later(case: Case) -> None:
    one = Item.build(parent=derived_id("item", "two"), id=derived_id("item", "one"))
    two = Item.build(parent=one.id, id=derived_id("item", "two"))
    with case.change(actor="a", reason="r") as change:
        with pytest.raises(Invalid, match="belongs to itself"):
            change.put_many([one, two])
        with pytest.raises(Invalid):
            change.put(Marking.build(item=one.id, text="AB"))
    assert case.checkpoint().size == 0
    assert check_case(case) == []


def test_no_circle_of_belonging_comes_about_in_steps(case: Case) -> None:
    one = Item.build({})
    two = Item.build(parent=one.id)
    three = Item.build(parent=two.id)
    put(case, one, two, three)
    with pytest.raises(Invalid, match="belong to itself"):
        put(case, one.model_copy(update={"parent": three.id}))
    assert case.read().get(one.id).version == 1
    assert check_case(case) == []


def test_an_error_half_way_spoils_the_whole_change(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = Item.build({})
    with pytest.raises(Conflicting, match="half done"), case.change(
        actor="a", reason="r"
    ) as change:
        with monkeypatch.context() as patch:
            patch.setattr(change, "_add", lambda *given: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                change.put(item)
        change.put(Item.build({}))
    assert case.read().totals()["item"] == 0
    assert check_case(case) == []


def test_nobody_and_nothing_to_say_are_refused(case: Case) -> None:
    for actor, reason in (("", "r"), ("\ud800", "r"), ("a", "\udfff")):
        with pytest.raises(Invalid), case.change(actor=actor, reason=reason) as change:
            change.put(Item.build({}))
    assert case.checkpoint().size == 0


def test_an_error_in_a_change_leaves_nothing(case: Case) -> None:
    with pytest.raises(RuntimeError), case.change(actor="a", reason="r") as change:
        change.put(Item.build({}))
        raise RuntimeError("the person went away")
    assert case.read().totals()["item"] == 0
    put(case, Item.build({}))
    assert check_case(case) == []


def test_an_import_ignores_where_a_row_stands(case: Case) -> None:
    one, two = BY_NAME["document"].cls.build(title="a"), BY_NAME["document"].cls.build(title="b")
    put(case, one, two)
    item = Item.build(make="Vicor", source={"document": one.id, "row": 1})
    put(case, item)
    again = Item.build(id=item.id, make="Vicor", source={"document": two.id, "row": 9})
    with case.change(actor="a", reason="again") as change:
        assert change.put_many([again], ignoring=("source",))[0].what == "unchanged"
        assert change.put_many([again])[0].what == "version"


def test_the_same_record_twice_in_one_batch_is_two_puts(case: Case) -> None:
    item = Item.build(make="a")
    later = item.model_copy(update={"make": "b"})
    with case.change(actor="a", reason="r") as change:
        outcomes = change.put_many([item, later, later])
    assert [one.what for one in outcomes] == ["new", "version", "unchanged"]
    assert case.read().get(item.id).get("make") == "b"
    assert check_case(case) == []


def test_a_case_opens_as_it_was_left(case: Case) -> None:
    item = Item.build(make="Vicor")
    put(case, item)
    with Case.open(case.where, folder=case.folder) as again:
        assert again.read().get(item.id).get("make") == "Vicor"
        put(again, Item.build({}))
    put(case, Item.build({}))  # whose tree in memory is now behind
    assert case.read().totals()["item"] == 3
    assert check_case(case) == []


def test_there_is_one_case_in_one_place(case: Case) -> None:
    with pytest.raises(Conflicting):
        Case.create(case.where, folder=case.folder)
