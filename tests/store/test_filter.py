"""The read filter: what a clearance may not see is in no answer, and changes none.

``everything`` asks a reader all that can be asked; a new question of the reader
that is not asked here fails the first test.
"""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from headstamp.actions.cases import check_case, index_case
from headstamp.actions.markings.find import find
from headstamp.errors import HeadstampError, Missing
from headstamp.kinds.place import Place
from headstamp.kinds.tier import RANK, TIERS
from headstamp.markings.normalise import keys
from headstamp.records import (
    BY_NAME,
    TYPES,
    Custody,
    Document,
    Item,
    Marking,
    Photograph,
    Reading,
    Record,
    Site,
)
from headstamp.records.spec import plain, struct_facts
from headstamp.store.case import Case
from headstamp.store.policy import POLICY, field_rules
from headstamp.store.reader import Reader
from tests.conftest import STORES, new_case
from tests.making import one_of_each
from tests.store.model import Model

ASKED = {
    "belonging", "cells", "contested", "count", "empty", "entry", "facet_names", "facets",
    "find_keys", "find_texts", "gained", "get", "history", "kept_back", "labels", "lacking", "limits",
    "list", "many", "naming", "original", "placed", "recent", "referring", "rivals", "size", "snapshot",
    "standing", "stream", "summed", "times_named", "to_hand_out", "totals",
}
# Shown through other questions, or by their very nature the same for all.
NUMBERS = re.compile(r"\b(seq|first|last|size)=\d+")


def everything(case: Case, clearance: str, ids: list[str], words: list[str]) -> str:
    """All answers to all questions, as one text."""
    with case.read(clearance).snapshot() as reader:
        return "\n".join(f"{question}: {answer}" for question, answer in
                         _answers(case, reader, ids, words))


def _try(ask: Any, *given: Any, **named: Any) -> Any:
    try:
        return ask(*given, **named)
    except HeadstampError as refused:
        # What was asked for stands in the refusal; what else it says counts.
        told = str(refused)
        for one in given:
            told = told.replace(str(one), "...")
        return type(refused).__name__, told


def _answers(
    case: Case, reader: Reader, ids: list[str], words: list[str]
) -> Iterator[tuple[str, Any]]:
    yield "totals", reader.totals()
    yield "recent", [(s.actor, s.reason, s.counts, s.ids) for s in reader.recent(50)]
    yield "contested", [shown.as_dict() for shown in reader.contested()]
    yield "many", {id_: shown.as_dict() for id_, shown in sorted(reader.many(ids).items())}
    yield "labels", sorted(reader.labels(ids).items())
    yield "limits", sorted(reader.limits(ids).items())
    yield "kept back", sorted(reader.kept_back())
    for id_ in ids:
        for ask in (reader.get, reader.history, reader.referring, reader.naming, reader.rivals):
            answer = _try(ask, id_)
            text = NUMBERS.sub("", repr(answer)).replace(id_, "...") \
                if isinstance(answer, tuple) else NUMBERS.sub("", repr(answer))
            yield f"{ask.__name__} {ids.index(id_)}", re.sub(r"seqs=\([\d, ]*\)", "", text)
    yield "standing", [shown.as_dict() for _, shown in sorted(reader.standing(range(5000)).items())]
    for digest in case.vault.digests():
        yield "original", NUMBERS.sub("", repr(_try(reader.original, digest))).replace(digest, "..")
    for kind in TYPES:
        yield from _of_kind(reader, kind.name, ids)
    for word in words:
        yield "find_texts", sorted(reader.find_texts([word], 50))
        made = keys(word)
        for column in ("raw", "plain", "folded", "ncic"):
            yield "find_keys", sorted(reader.find_keys(column, equal=getattr(made, column, word)))
            yield "find_keys", sorted(reader.find_keys(column, like=f"%{word[1:-1]}%"))
            yield "find_keys", sorted(reader.find_keys(column, like=f"%{word}%", unread=True))


def _of_kind(reader: Reader, name: str, ids: list[str]) -> Iterator[tuple[str, Any]]:
    kind = BY_NAME[name]
    yield "stream", [shown.as_dict() for shown in reader.stream(name)]
    yield "gained", [shown.as_dict() for shown in reader.gained(name, 0)]
    yield "facet names", reader.facet_names(name)
    yield "facets", reader.facets(name)
    for column in [*(c.name for c in kind.columns), "year", "id", "version_no", "nonsense"]:
        page = _try(reader.list, name, order=column, descending=bool(len(column) % 2))
        yield f"order {name} {column}", page if isinstance(page, tuple) else (
            page.total, [shown.id for shown in page.rows])
        yield f"count {name} {column}", _try(reader.count, name, column)
        yield f"cells {name} {column}", _try(
            lambda wanted: list(reader.cells(name, ["id", wanted])), column)
        yield f"empty {name} {column}", NUMBERS.sub("", repr(_try(reader.empty, name, column, 5)))
        for value in ("", "x"):
            yield f"where {name} {column}", _try(reader.count, name, None, {column: value})
    for column in reader.facet_names(name):
        yield "facets where", reader.facets(name, {column: ""})
    for id_ in [one for one in ids if one.startswith("doc-")]:
        page = reader.list(name, {"source_document": id_})
        yield "where source", (page.total, [shown.id for shown in page.rows])
    for fact in kind.facts:
        if fact.ref is not None:
            for other in TYPES:
                if not fact.ref or other.prefix in fact.ref:
                    yield "lacking", NUMBERS.sub("", repr(
                        _try(reader.lacking, other.name, name, fact.name, 5)))
            yield "times named", sorted(_pairs(_try(reader.times_named, ids, name, fact.name)))
            yield "belonging", NUMBERS.sub("", repr(sorted(_pairs(
                _try(reader.belonging, ids, name, fact.name)), key=str)))
        if fact.parts and any(part.name == "latitude" for part in fact.parts):
            yield f"placed {name}", NUMBERS.sub("", repr(_try(reader.placed, name, fact.name)))
    counted = [c.name for c in kind.columns if c.sql in ("int", "real")]
    for column in counted:
        yield f"summed {name}", _try(reader.summed, name, column, ["tier"])


def _pairs(answer: Any) -> list[Any]:
    return list(answer.items()) if isinstance(answer, dict) else [answer]


def test_every_question_of_the_reader_is_asked_here() -> None:
    public = {name for name, _ in inspect.getmembers(Reader, inspect.isfunction)
              if not name.startswith("_")}
    assert public == ASKED


# -- canaries


TRUE = {"latitude": 36.38127, "longitude": 43.16893}


# Areas for which a source itself publishes its counts; all other places are coarsened.
PUBLISHED = {("tally", "place")}


class Planted:
    """Records with a word of its own in every text, and who may see each word."""

    def __init__(self) -> None:
        self.model = Model()
        self.words: list[tuple[str, int, str]] = []  # word, clearance needed, where it stands
        self._number = itertools.count(1)
        self.records: list[Record] = []
        for tier in TIERS:
            for record in one_of_each(tier):
                self._add(self._marked(record, tier))
        # What belongs to a sealed record, and what belongs to that: public in itself.
        item = self._add(Item.build(make=self._word(), tier="sealed"))
        marking = self._add(Marking.build(item=item.id, text=self._word(), tier="public"))
        self._add(Reading.build(marking=marking.id, text=self._word(), tier="public"))
        self._add(Custody.build(item=item.id, evidence=self._word(), tier="public"))
        part = self._add(Item.build(parent=item.id, make=self._word(), tier="public"))
        self._add(Photograph.build(items=[part.id], caption=self._word(), tier="public",
                                   link="https://example.org/1"))
        for record in self.records:
            self._note(record)

    def _word(self) -> str:
        return f"zq{next(self._number):05d}w"

    def _add(self, record: Record) -> Any:
        self.records.append(record)
        self.model.put(record)
        return record

    def _marked(self, record: Record, tier: str) -> Record:
        values: dict[str, Any] = {"tier": tier}
        for fact in BY_NAME[record.NAME].facts:
            value = plain(getattr(record, fact.name))
            if value in (None, []):
                continue
            if fact.kind is not None and "maxLength" in fact.kind.schema:
                values[fact.name] = [self._word()] if fact.many else self._word()
            elif fact.struct is not None:
                parts = {part.name for part in struct_facts(fact.struct)
                         if part.kind is not None and "maxLength" in part.kind.schema}
                one = value[0] if fact.many else value
                one = one | {name: self._word() for name in parts & one.keys()}
                if (record.NAME, fact.name) not in PUBLISHED:
                    one = one | {name: value for name, value in TRUE.items() if name in one}
                values[fact.name] = [one] if fact.many else one
            else:
                values[fact.name] = value
        return type(record).build(values, id=record.id)

    def _note(self, record: Record) -> None:
        rank = self.model.rank(record.id)
        rules = field_rules(record.NAME)
        self.words.append((record.id, rank, "its id"))
        for fact in BY_NAME[record.NAME].facts:
            rule = rules.get(fact.name)
            for part, text in _texts(getattr(record, fact.name)):
                needs = rank
                kept = rule is not None and rule.how == "coarsen" and part in (
                    "district", "province", "country")
                if rule is not None and not kept:
                    needs = max(rank, rule.rank)
                if re.fullmatch(r"zq\d{5}w", text):
                    self.words.append((text, needs, f"{record.NAME}.{fact.name}"))


def _texts(value: Any) -> Iterator[tuple[str, str]]:
    value = plain(value)
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            yield from ((name, part) for name, part in one.items() if isinstance(part, str))
        elif isinstance(one, str):
            yield "", one


@pytest.fixture(scope="module", params=STORES)
def planted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Case, Planted]]:
    made = Planted()
    with new_case(request.param, tmp_path_factory.mktemp("planted") / "case") as case:
        with case.change(actor="a", reason="r") as change:
            change.file(b"")
            change.put_many(made.records)
        index_case(case)
        assert check_case(case) == []
        yield case, made


@pytest.mark.parametrize("clearance", TIERS)
def test_no_hidden_word_is_in_any_answer(planted: tuple[Case, Planted], clearance: str) -> None:
    case, made = planted
    rank = RANK[clearance]
    some = made.words[::4] if case.backend.name == "sqlite" else made.words[::20]
    told = everything(case, clearance, [], [word for word, _, _ in some])
    with case.read(clearance).snapshot() as reader:
        for record in made.records:
            told += "\n".join(repr(_try(ask, record.id)).replace(f"{record.id}'", "")
                              if made.model.rank(record.id) > rank else repr(_try(ask, record.id))
                              for ask in (reader.get, reader.history, reader.referring,
                                          reader.naming))
        for seq in range(reader.size()):
            told += repr(_try(reader.entry, seq))
    for word, _, _ in made.words[::40]:
        told += repr(find(case, word, clearance=clearance))
    leaked = [(where, word) for word, needs, where in made.words if needs > rank and word in told]
    assert leaked == []
    hidden = [(where, word) for word, needs, where in made.words
              if needs <= rank and word not in told]
    assert hidden == []  # and whoever may see it does


@pytest.mark.parametrize("clearance", ["public", "partner"])
def test_a_true_position_is_in_no_answer(planted: tuple[Case, Planted], clearance: str) -> None:
    case, made = planted
    kinds = {name for name, _, _, how in POLICY if how == "coarsen"}
    ids = [record.id for record in made.records if record.NAME in kinds]
    told = everything(case, clearance, ids, [])
    assert ids
    for degrees in TRUE.values():
        for digits in (2, 3, 4, 5):
            assert str(round(degrees, digits)) not in told
    assert "coarsened" in told


def test_every_place_is_coarsened_or_said_to_be_published() -> None:
    places = {(kind.name, fact.name) for kind in TYPES for fact in kind.facts
              if fact.struct is Place}
    assert places - PUBLISHED == {(name, field) for name, field, _, how in POLICY
                                  if how == "coarsen"}


def test_a_hidden_field_cannot_be_asked_sorted_or_counted_by(
    planted: tuple[Case, Planted]
) -> None:
    case, _ = planted
    for name, field, tier, _ in POLICY:
        columns = [c.name for c in BY_NAME[name].columns if c.fact == field]
        for clearance in TIERS:
            reader = case.read(clearance)
            for column in columns:
                refused = []
                for ask in (lambda r=reader, n=name, c=column: r.list(n, {c: "x"}),
                            lambda r=reader, n=name, c=column: r.list(n, order=c),
                            lambda r=reader, n=name, c=column: r.count(n, c),
                            lambda r=reader, n=name, c=column: list(r.cells(n, [c]))):
                    answer = _try(ask)
                    refused.append(isinstance(answer, tuple) and answer[0] == "Invalid"
                                   and "no field" in answer[1])
                wanted = RANK[clearance] < RANK[tier]
                assert set(refused) == {wanted}, (name, column, clearance)


# -- with and without


class Ticking:
    """A clock that goes on by a second at each look, the same in every run."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def told_with_and_without(store: str, folder: Path, clearance: str) -> list[list[str]]:
    """All answers about a case with hidden records, and about the same case without them."""
    made = Planted()
    rank = RANK[clearance]
    answers = []
    for hidden in (True, False):
        seen = [one for one in made.records if made.model.rank(one.id) <= rank]
        shut = [one for one in made.records if made.model.rank(one.id) > rank]
        # Visible records name hidden ones only in fields that others have empty as well.
        with new_case(store, folder / str(hidden)) as case:
            with case.change(actor="a", reason="visible") as change:
                change.file(b"")
                change.put_many(seen)
            if hidden:
                with case.change(actor="a", reason="hidden") as change:
                    change.put_many(shut)
            with case.change(actor="a", reason="later") as change:
                change.put_many([one.model_copy(update={"remark": "later"}) for one in seen[:9]])
            index_case(case)
            text = everything(case, clearance, [one.id for one in made.records],
                              [word for word, _, _ in made.words[::9]])
            text = text.replace(str(folder / str(hidden)), "")
            answers.append(re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "", text).split("\n"))
    return answers


@pytest.mark.parametrize(("store", "clearance"), [
    pytest.param("sqlite", "public"), pytest.param("sqlite", "restricted"),
    pytest.param("postgres", "partner", marks=pytest.mark.postgres),
])
def test_answers_are_the_same_with_and_without_hidden_records(
    tmp_path: Path, store: str, clearance: str
) -> None:
    with_them, without = told_with_and_without(store, tmp_path, clearance)
    assert len(with_them) == len(without) > 1_000
    for one, other in zip(with_them, without, strict=True):
        assert one == other


# -- ranks that change


def test_sealing_an_item_seals_what_belongs_to_it_and_back(case: Case) -> None:
    item = Item.build(make="Vicor")
    marking = Marking.build(item=item.id, text="VQG100EGQ1429", tier="public")
    reading = Reading.build(marking=marking.id, text="VQG100EGQ1429", tier="public")
    custody = Custody.build(item=item.id, evidence="told", tier="public")
    part = Item.build(parent=item.id, make="Xilinx", tier="public")
    belonging = [marking, reading, custody, part]

    def put(record: Record) -> None:
        with case.change(actor="a", reason="r") as change:
            change.put(record)

    for record in (item, *belonging):
        put(record)
    index_case(case)
    for tier in ("sealed", "public", "restricted", "public"):
        put(item.model_copy(update={"tier": tier}))
        for indexed in (False, True):
            for clearance in TIERS:
                reader, sees = case.read(clearance), RANK[clearance] >= RANK[tier]
                assert set(reader.many([one.id for one in belonging])) == (
                    {one.id for one in belonging} if sees else set())
                for kind in ("marking", "reading", "custody"):
                    assert reader.count(kind)[0] == sees == reader.list(kind).total
                    assert dict(reader.facets(kind)["tier"]) == ({"public": 1} if sees else {})
                found = {id_ for id_, _ in reader.find_texts(["VQG100EGQ1429"], 9)}
                assert found == ({marking.id, reading.id} if sees else set())
                assert {id_ for id_, _ in reader.find_keys("plain", like="%100EGQ%")} == found
                assert {id_ for id_, _ in reader.find_texts(["Xilinx"], 9)} == (
                    {part.id} if sees else set())
            if not indexed:
                assert check_case(case) == []
                index_case(case)
        assert check_case(case) == []


def test_an_older_version_is_as_hidden_as_it_was(case: Case) -> None:
    shut, open_ = Item.build(tier="sealed"), Item.build(tier="public")
    marking = Marking.build(item=shut.id, text="SECRET1", tier="public")
    with case.change(actor="a", reason="first") as change:
        change.put_many([shut, open_, marking])
    with case.change(actor="a", reason="it was on another item") as change:
        change.put(marking.model_copy(update={"item": open_.id, "text": "OPEN2", "tier": "sealed"}))
    with case.change(actor="a", reason="released") as change:
        change.put(marking.model_copy(update={"item": open_.id, "text": "OPEN3"}))
    reader = case.read("public")
    assert [event.values["text"] for event in reader.history(marking.id)] == ["OPEN3"]
    shown = [seq for seq in range(reader.size()) if isinstance(_try(reader.entry, seq), bytes)]
    assert {case.read("sealed").history(one)[0].seq for one in (open_.id,)} <= set(shown)
    assert len(shown) == 2
    assert [e.values["text"] for e in case.read("sealed").history(marking.id)] == [
        "SECRET1", "OPEN2", "OPEN3"]


def test_what_names_a_hidden_record_is_not_told_of_it(case: Case) -> None:
    site = Site.build(name="shut", tier="sealed")
    document = Document.build(title="shut", tier="sealed")
    item = Item.build(site=site.id, source={"document": document.id, "row": 7}, tier="public")
    with case.change(actor="a", reason="r") as change:
        change.put_many([site, document, item])
    reader = case.read("restricted")
    shown = reader.get(item.id)
    assert "site" not in shown.values and "source" not in shown.values
    for hidden in (site.id, document.id):
        assert reader.referring(hidden) == [] == reader.naming(hidden)
        with pytest.raises(Missing) as there:
            reader.get(hidden)
        with pytest.raises(Missing) as nowhere:
            reader.get(hidden[:-1] + "0")
        assert str(there.value)[:-8] == str(nowhere.value)[:-8]


@pytest.mark.parametrize("odd", ["\x00", "a\x00b", "\ud800", "item-\x00", "item-\ud800aaaa", "%",
                                 "'", '"', "\\", "*", "", "(", "a AND", "NEAR(", "item-" + "a" * 99])
def test_odd_questions_have_answers(case: Case, odd: str) -> None:
    with case.change(actor="a", reason="r") as change:
        change.put(Item.build(make="Vicor", recovered_on="2016"))
    index_case(case)
    reader = case.read()
    assert reader.many([odd]) == {} == reader.labels([odd])
    assert reader.referring(odd) == [] == reader.naming(odd)
    for ask in (reader.get, reader.history, reader.original):
        with pytest.raises(Missing):
            ask(odd)
    assert reader.find_texts([odd], 9) == [] == reader.find_texts([odd, "zz"], 9)
    for column in ("raw", "plain", "folded", "ncic"):
        assert reader.find_keys(column, like=odd or "x") == []
        assert reader.find_keys(column, equal=odd or "x") == []
    for column in ("id", "version_no", "make", "recovered_on_from", "year", "links", "tier",
                   "parent", "source_document", "source_row"):
        _try(reader.list, "item", {column: odd})
        _try(reader.count, "item", "tier", {column: odd})
        _try(reader.facets, "item", {column: odd})
    for seq in (-1, 2**63, 10**30):
        with pytest.raises(Missing):
            reader.entry(seq)


def test_an_original_is_given_only_with_a_visible_record(case: Case) -> None:
    with case.change(actor="a", reason="r") as change:
        kept = change.file(b"a picture")
        change.put(Photograph.build(digest=kept.digest, tier="restricted"))
    path, shown = case.read("restricted").original(kept.digest)
    assert path.read_bytes() == b"a picture" and shown.kind == "photograph"
    for clearance in ("public", "partner"):
        with pytest.raises(Missing):
            case.read(clearance).original(kept.digest)
    with case.change(actor="a", reason="r") as change:
        change.put(Photograph.build(digest=kept.digest, tier="public"))
    with pytest.raises(Missing):  # the digest of a public photograph is for partners
        case.read("public").original(kept.digest)
    assert case.read("partner").original(kept.digest)[0] == path
