"""S1: random lives of two to four laptops, with records of every type; at the end all know the same."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from headstamp.actions.cases import check_case
from headstamp.actions.exchange.devices import peers
from headstamp.records import kind_of_id
from headstamp.store.case import Case
from tests.actions.exchange.travel import originals
from tests.durability.laptops import (
    OWN,
    TRAVELLING,
    Fleet,
    erased,
    fleet,
    leaves,
    standing,
    versions,
)
from tests.effort import counted

HISTORIES = counted(6, 1_000)
STEPS = (15, 45)


def lived(seed: int, folder: Path, first: Case) -> Counter[str]:
    """One history, from meeting to the last evening; what happened in it."""
    draw = random.Random(seed)
    for made in fleet(draw, folder, first):
        made.begin()
        for _ in range(draw.randint(*STEPS)):
            made.step()
        made.end()
        _all_know_the_same(made)
        return made.did
    raise AssertionError("no history")


def _all_know_the_same(made: Fleet) -> None:
    home = [laptop.case for laptop in made.laptops if not laptop.lost]
    hq = home[0]
    gone, known, now, kept = erased(hq), versions(hq), standing(hq), originals(hq)
    for case in home:
        assert check_case(case) == []
        # Nothing is on its way any more, and nobody is owed a receipt but by the lost one.
        assert not any(peer.waiting for peer in peers(case) if peer.state == "active")
        assert erased(case) == gone
        assert versions(case) == known
        assert standing(case) == now
        assert originals(case) == kept
    assert {kind_of_id(id_).name for id_, _, _ in known.values()} | {kind_of_id(id_).name for id_ in gone} >= {
        kind.name for kind in TRAVELLING if kind.name not in OWN}
    # No contradiction is forgotten and none is made up.
    assert now == leaves(known)
    # Nothing that anybody wrote is lost but what was erased, and that is nowhere.
    said = b"".join(body for _, _, body in known.values())
    for word, id_ in made.words.items():
        goes = bool(gone.get(id_, frozenset()) & {"*", "remark"})
        assert (word.encode() in said) == (not goes) or (word in made.doubtful and not goes), (word, id_)
    for digest, id_ in made.files.items():
        goes = "*" in gone.get(id_, frozenset())
        assert (digest in kept) == (not goes) or (digest in made.doubtful and not goes), (digest, id_)


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_whatever_happens_all_know_the_same(seed: int, case: Case, tmp_path: Path) -> None:
    lived(seed, tmp_path, case)
