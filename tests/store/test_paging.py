"""A page of a list is the same from memory, from an index and from a plain sort."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headstamp.records import Item, Site
from headstamp.store.case import Case
from headstamp.store.reader import Reader

MAKES = ("B", "a", "é", "Ж", None)
FAMILIES = ("arm", "ammunition", "component")


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Case, Reader, Reader]]:
    folder: Path = tmp_path_factory.mktemp("paging") / "case"
    with Case.create(folder) as case:
        with case.change(actor="a", reason="r") as change:
            change.put_many([Site.build(id="site-open", name="o"),
                             Site.build(id="site-shut", name="s", tier="sealed")])
            change.put_many([
                Item.build(id=f"item-{n:04}", make=MAKES[n * 7 % 5], family=FAMILIES[n % 3],
                           recovered_on=(None, "2016", "2017-02")[n % 3 if n % 4 else 0],
                           model=("M1", None)[n % 2],
                           parent="item-0003" if n > 40 and n % 5 == 0 else None,
                           site=(None, "site-open", "site-shut")[n % 3],
                           tier=("partner", "partner", "sealed")[n // 3 % 3])
                for n in range(60)
            ])
        with case.change(actor="a", reason="later") as change:
            change.put(Item.build(id="item-0007", make="B", family="arm"))
        cold = case.read("restricted")
        case_warm = Case.open(folder)
        case_warm.warm(at_least=1)
        yield case_warm, cold, case_warm.read("restricted")
        case_warm.close()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    where=st.fixed_dictionaries({}, optional={
        "family": st.sampled_from(["", "arm", "component"]),
        "make": st.sampled_from(["", "B", "Ж"]),
        "site": st.sampled_from(["", "site-open", "site-shut"]),
        "year": st.sampled_from(["", "2016"]),
        "parent": st.sampled_from(["", "item-0003", "item-0099"]),
        "model": st.sampled_from(["", "M1"]),
    }),
    order=st.sampled_from(["", "make", "family", "year", "site", "recovered_on_from", "model"]),
    descending=st.booleans(), limit=st.integers(1, 70), offset=st.integers(0, 70),
)
def test_pages_agree(
    readers: tuple[Case, Reader, Reader], where: dict[str, str], order: str, descending: bool,
    limit: int, offset: int,
) -> None:
    _, cold, warm = readers
    pages = [
        reader.list("item", where, order=order, descending=descending, limit=limit, offset=offset)
        for reader in (cold, warm)
    ]
    assert [s.id for s in pages[0].rows] == [s.id for s in pages[1].rows]
    whole = cold.list("item", where, limit=1000, descending=descending).rows
    if order:
        key = "recovered_on" if order in ("year", "recovered_on_from") else order

        def value(shown: object) -> str | None:
            held = shown.get(key)  # type: ignore[attr-defined]
            return held[:4] if held and order == "year" else held

        if order != "recovered_on_from":
            filled = [s for s in whole if value(s) is not None]
            filled.sort(key=lambda s: value(s) or "", reverse=descending)
            if descending:  # equal ones latest first, as they came
                filled = sorted(whole, key=lambda s: value(s) or "", reverse=True)
                filled = [s for s in filled if value(s) is not None]
            whole = filled + [s for s in whole if value(s) is None]
            assert [s.id for s in pages[0].rows] == [s.id for s in whole][offset : offset + limit]
    else:
        assert [s.id for s in pages[0].rows] == [s.id for s in whole][offset : offset + limit]
    assert pages[0].total == pages[1].total == len(whole)


def test_a_warm_index_follows_the_log(readers: tuple[Case, Reader, Reader]) -> None:
    case, _, warm = readers
    before = warm.list("item", {"make": "New"}).total
    with case.change(actor="a", reason="r") as change:
        change.put(Item.build(make="New"))
    assert before == 0 and warm.list("item", {"make": "New"}, order="make").total == 1
