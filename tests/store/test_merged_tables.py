"""After any history of laptops that merge, the tables are those that the log gives: on both stores.

Rivals, the same row twice, settles, owners changed and erased, versions that a third relays: what was
brought up to date step by step is what `upgrade --anew` makes from nothing.
"""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from headstamp.actions.cases import check_case
from headstamp.errors import HeadstampError
from headstamp.records import TYPES, Erasure, Item, Marking
from headstamp.store.case import Case
from headstamp.store.upgrade import upgrade
from tests.effort import EFFORT
from tests.store.test_receiving import hand_over

ITEMS = [f"item-0000000{n}" for n in range(3)]
MARKS = [f"mark-0000000{n}" for n in range(3)]
TIERS = ["public", "partner", "restricted", "sealed"]


def tables(case: Case) -> dict[str, Counter[tuple[object, ...]]]:
    """All that follows from versions, but for the search index."""
    names = ["node", "aside", "ref", *(f'"{kind.name}"' for kind in TYPES)]
    with case.backend.reading() as conn:
        found = {name: Counter(tuple(row) for row in case.backend.tuples(conn, f"SELECT * FROM {name}"))
                 for name in names}
        found["count"] = Counter()
        for kind, field, value, rank, n in case.backend.tuples(
            conn, 'SELECT kind, field, value, visible_rank, n FROM facet_count'
        ):
            found["count"][kind, field, value, rank] += n
    return {name: +rows for name, rows in found.items()}


def record(draw: random.Random) -> Item | Marking:
    """One of few records with few values, so that devices meet."""
    tier = draw.choice(TIERS)
    if draw.random() < 0.6:
        return Item.build(id=draw.choice(ITEMS), make=f"v{draw.randint(0, 2)}", tier=tier)
    return Marking.build(id=draw.choice(MARKS), item=draw.choice(ITEMS), text=f"AB {draw.randint(0, 1)}",
                         tier=tier)


def settled(case: Case, draw: random.Random) -> None:
    """One of the records that stand open is settled, some or all of it."""
    ids = [id_ for id_ in (*ITEMS, *MARKS) if case.open_names(id_)]
    if ids:
        id_ = draw.choice(ids)
        names = case.open_names(id_)
        shown = case.read("sealed").get(id_)
        made = (Item if id_ in ITEMS else Marking).build({**shown.values, "id": id_})
        with case.change(actor="S", reason="settled") as change:
            change.settle(made, draw.sample(names, draw.randint(1, len(names))), case.origin)


def erased(case: Case, draw: random.Random, number: int) -> None:
    """A field, or a whole record, is erased on this one device."""
    id_ = draw.choice([*ITEMS, *MARKS])
    fields = [] if draw.random() < 0.4 else (["make"] if id_ in ITEMS else ["text"])
    eras = f"eras-000{number:05}"
    with case.change(actor="A", reason="asked") as change:
        change.put(Erasure.build(id=eras, record=id_, fields=fields, erasure_ground="order"))
    with case.change(actor="B", reason="agreed") as change:
        change.approve(eras)


@pytest.mark.parametrize("seed", range(6 * EFFORT))
def test_what_was_brought_up_to_date_is_what_the_log_gives(
    case: Case, tmp_path: Path, seed: int
) -> None:
    draw = random.Random(seed)
    others = [Case.create(tmp_path / name) for name in ("x", "y")]
    cases = [case, *others]
    for number in range(30):
        one = draw.choice(cases)
        what = draw.random()
        try:
            if what < 0.45:
                with one.change(actor="A", reason="seen") as change:
                    change.put(record(draw))
            elif what < 0.55:
                settled(one, draw)
            elif what < 0.6:
                erased(one, draw, number)
            else:
                giver, taker = draw.sample(cases, 2)
                hand_over(giver, taker)
        except HeadstampError:
            continue  # refers to what is not there or is erased: nothing was changed
    for giver in others:
        try:
            hand_over(giver, case)
        except HeadstampError:
            continue
    for one in cases:
        assert check_case(one) == []
        before = tables(one)
        assert upgrade(one, anew=True)
        after = tables(one)
        for name, rows in before.items():
            assert rows == after[name], name
        assert check_case(one) == []
    for one in others:
        one.close()
