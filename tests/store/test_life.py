"""Random lives of a case, held against the model: lists, counts, facets, orders, verification."""

from __future__ import annotations

import random
from typing import Any

import pytest

from headstamp.actions.cases import check_case, index_case
from headstamp.kinds.tier import TIERS
from headstamp.records import BY_NAME
from headstamp.store.case import Case
from headstamp.store.policy import field_rules
from tests.store.model import Life, column, facets, groups


@pytest.mark.parametrize("seed", range(6))
def test_a_case_is_what_the_model_says(case: Case, seed: int) -> None:
    life = Life(seed)
    for number, _ in enumerate(life.live(case, 14)):
        if number % 4 == 3:
            index_case(case)
        if number % 5 == 4:
            assert check_case(case) == []
    reconcile(case, life, random.Random(seed))
    assert check_case(case) == []
    index_case(case)
    assert check_case(case) == []


def reconcile(case: Case, life: Life, draw: random.Random) -> None:
    for clearance in TIERS:
        reader = case.read(clearance)
        with reader.snapshot() as reader:
            for name in Life.KINDS:
                kind, want = BY_NAME[name], life.model.visible(BY_NAME[name], clearance)
                ids = [record.id for record in want]
                assert [shown.id for shown in reader.stream(name)] == ids
                page = reader.list(name, limit=1000)
                assert [shown.id for shown in page.rows] == ids[::-1]
                assert page.total == len(ids) == reader.totals()[name]
                assert [s.id for s in reader.list(name, limit=2, offset=1).rows] == ids[::-1][1:3]
                hidden = {f for f, rule in field_rules(name).items() if rule.rank > reader.rank}
                for facet in reader.facet_names(name):
                    if _names_records(kind, facet):
                        continue  # a value that names a hidden record counts as empty
                    counted = groups(kind, want, facet)
                    total, got = reader.count(name, facet)
                    assert (total, dict(got)) == (len(ids), dict(counted)), (name, facet)
                    assert [n for _, n in got] == sorted(counted.values(), reverse=True)
                    assert dict(reader.facets(name)[facet]) == dict(counted)
                    for value, n in counted.items():
                        where = {facet: value}
                        assert reader.list(name, where).total == n, (name, where)
                        assert reader.count(name, None, where)[0] == n
                        assert len(list(reader.stream(name, where))) == n
                open_ = [c for c in kind.columns if c.fact not in hidden and c.sql != "json"]
                by = draw.choice(open_).name
                for descending in (False, True):
                    seen = {one for one in life.model.versions
                            if life.model.rank(one) <= reader.rank}
                    order(reader, kind, want, by, descending, seen)
            for record in life.model.versions:
                seen = life.model.rank(record) <= reader.rank
                assert (record in reader.many([record])) is seen


def order(
    reader: Any, kind: Any, want: list[Any], by: str, descending: bool, seen: set[str]
) -> None:
    rows = reader.list(kind.name, order=by, descending=descending, limit=1000).rows
    values = {record.id: column(kind, record, by) for record in want}
    column_ = next(one for one in kind.columns if one.name == by)
    if column_.fact == "source" or kind.by_name[column_.fact].ref is not None:
        # What names a hidden record is empty.
        for record in want:
            names = column(kind, record, "source_document" if column_.fact == "source" else by)
            if names not in seen:
                values[record.id] = None
    got = [values[shown.id] for shown in rows]
    assert len(got) == len(want)
    filled = [value for value in got if value is not None]
    assert filled == sorted(filled, reverse=descending)
    # What is not known stands at the end, whichever way round.
    assert got == filled + [None] * (len(got) - len(filled))


def _names_records(kind: Any, facet: str) -> bool:
    fact = kind.fact(facet)
    return facet == "source_document" or (fact is not None and fact.ref is not None)


def test_every_facet_of_the_model_is_one_of_the_store(case: Case) -> None:
    for name in Life.KINDS:
        assert set(case.read("sealed").facet_names(name)) == set(facets(BY_NAME[name]))
