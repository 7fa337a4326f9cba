"""Novelty of a find: the rate of false alarms as stated, on invented catalogues and on real parts of weapons."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from math import log

import numpy as np
import pytest

from headstamp.analysis.spread.likeness import STEADY
from headstamp.analysis.spread.novelty import MEASURE, in_turn, novelty
from headstamp.analysis.spread.signature import Shown, feature
from headstamp.analysis.spread.signature_table import read
from headstamp.errors import Invalid
from tests.effort import counted
from tests.shared import shared

SIMULATED = counted(150, 2_000)
ALPHA = 0.1
KINDS = ("paint", "stencil", "packaging", "logo", "lot")


def _shown(random: np.random.Generator, kinds: Sequence[str] = KINDS, start: int = 0) -> Shown:
    """Some features: few values common, many rare; not every kind noted."""
    return frozenset(feature(kind, f"v{start + int(random.zipf(1.7))}") for kind in kinds if random.random() < 0.8)


def _rows(name: str, shown: Shown, group: str = "") -> list[dict[str, str]]:
    return [{"find": name, "kind": one.kind, "value": one.value, "group": group} for one in sorted(shown)] or [
        {"find": name, "kind": "", "value": "", "group": group}]


def _catalogue(random: np.random.Generator, groups: int, each: int = 1, named: bool = True) -> list[dict[str, str]]:
    """Crates of finds of which most features are alike within a crate."""
    rows = []
    for group in range(groups):
        crate = _shown(random)
        for piece in range(each):
            own = frozenset(one for one in crate if random.random() < 0.9) or crate
            rows += _rows(f"{group}-{piece}", own if each > 1 else crate, f"g{group}" if named and each > 1 else "")
    return rows


def test_ordinary_finds_are_called_novel_no_more_often_than_stated() -> None:
    random = np.random.default_rng(20_261_122)
    alarms = told = 0
    for _ in range(SIMULATED):
        new = _shown(random)
        found = novelty([*_catalogue(random, 40), *_rows("new", new)], "new", ALPHA)
        if found.estimate is not None:
            told += 1
            alarms += found.estimate <= ALPHA
    assert told > 0.95 * SIMULATED
    assert alarms / told <= ALPHA + 2.5 * (ALPHA * (1 - ALPHA) / told) ** 0.5


def test_ordinary_finds_of_new_crates_too_where_groups_are_named() -> None:
    random = np.random.default_rng(7)
    with_groups = without = warned = clean = 0
    rounds = SIMULATED // 2
    for _ in range(rounds):
        new = _rows("new", _shown(random), "new")
        named = _catalogue(random, 40, each=5)
        found = novelty([*named, *new], "new", ALPHA)
        with_groups += (found.estimate or 1) <= ALPHA
        plain = novelty([{**row, "group": ""} for row in [*named, *new]], "new", ALPHA)
        without += (plain.estimate or 1) <= ALPHA
        warned += any("follow each other in the table are alike" in said for said in plain.warnings)
        clean += any("follow each other in the table are alike" in said for said in found.warnings)
    assert with_groups / rounds <= ALPHA + 2.5 * (ALPHA * (1 - ALPHA) / rounds) ** 0.5
    assert without > 1.5 * with_groups  # the assumption broken
    assert warned >= 0.9 * rounds and clean <= 0.05 * rounds  # and told


def test_finds_of_another_sort_are_mostly_called_novel() -> None:
    random = np.random.default_rng(8)
    alarms = 0
    for _ in range(SIMULATED // 2):
        new = frozenset(feature(kind, f"other {int(random.integers(1_000))}") for kind in KINDS)
        alarms += (novelty([*_catalogue(random, 40), *_rows("new", new)], "new", ALPHA).estimate or 1) <= ALPHA
    assert alarms >= 0.9 * (SIMULATED // 2)


def test_chances_in_turn_are_alarms_at_the_stated_rate() -> None:
    random = np.random.default_rng(9)
    told = [one for _ in range(counted(6, 40)) for one in in_turn(
        [_shown(random) for _ in range(150)], [str(n) for n in range(150)], ALPHA)]
    rate = sum(one.p <= ALPHA for one in told) / len(told)
    assert len(told) > 100 and rate <= ALPHA + 2.5 * (ALPHA * (1 - ALPHA) / len(told)) ** 0.5


def _share_as_unlike(random: np.random.Generator, catalogue: Sequence[Shown], score: float, draws: int = 3_000) -> float:
    """Of further ordinary finds, how many are as unlike the catalogue: each as if it were the one asked of."""
    n = len(catalogue)
    at = {one: np.array([k for k, find in enumerate(catalogue) if one in find]) for find in catalogue for one in find}
    hits = told = 0
    while told < draws:
        new = _shown(random)
        if not new:
            continue
        told += 1
        shared, total = np.zeros(n), 0.0
        for one in new:
            weight = log((n + 2) / (len(at.get(one, ())) + 1))
            total += weight
            if one in at:
                shared[at[one]] += weight
        hits += (total - min(float(shared.max()), total)) / (total + STEADY * log(n + 2)) >= score - 1e-9
    return hits / draws


def test_the_interval_holds_the_share_of_finds_as_unlike() -> None:
    random = np.random.default_rng(10)
    held = told = 0
    for _ in range(counted(25, 2_000)):
        catalogue = [_shown(random) or frozenset({feature("paint", "v1")}) for _ in range(80)]
        rows = [row for n, one in enumerate(catalogue) for row in _rows(str(n), one)]
        found = novelty([*rows, *_rows("new", _shown(random))], "new", ALPHA)
        if found.low is None or found.high is None:
            continue
        told += 1
        held += found.low <= _share_as_unlike(random, catalogue, found.more["unlike"]) <= found.high
    slack = 0.0 if told > 1_000 else 0.06
    assert 0.93 - slack <= held / told <= 0.97 + slack


def _weapons() -> dict[str, set[tuple[str, str]]]:
    folder = shared("data/gur_components")
    weapons: dict[str, set[tuple[str, str]]] = {}
    with gzip.open(folder / "components.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            of = weapons.setdefault(row["weapon"], set())
            of.add(("maker", row["manufacturer"]))
            if row["name_marking"] != "(unspecified)":
                of.add(("component", row["name_marking"][:80]))
    return weapons


def test_parts_of_real_weapons_held_back_are_not_called_novel_too_often() -> None:
    weapons = _weapons()
    names = sorted(weapons)
    shown = [frozenset(feature(*one) for one in weapons[name]) for name in names]
    random = np.random.default_rng(1)
    alarms = told = 0
    for _ in range(counted(5, 20)):
        order = random.permutation(len(names))
        found = in_turn([shown[n] for n in order], [names[n] for n in order], 0.05)
        told += len(found)
        alarms += sum(one.p <= 0.05 for one in found)
    assert told > 500 and alarms / told <= 0.05 + 2.5 * (0.05 * 0.95 / told) ** 0.5


def test_finds_of_another_collection_are_called_novel_in_most() -> None:
    weapons = _weapons()
    rows = [row for name, of in weapons.items() for row in _rows(name, frozenset(feature(*one) for one in of))]
    makes: list[str] = []
    with (shared("data/rj_police_vocabulary") / "firearm_makes.csv").open(encoding="utf-8") as file:
        makes = [next(iter(row.values())) for row in csv.DictReader(file)]
    random = np.random.default_rng(2)
    alarms = 0
    rounds = counted(10, 60)
    for _ in range(rounds):  # weapons have 22 features in the middle; five are enough
        new = frozenset(feature("maker", make) for make in random.choice(makes, 5, replace=False))
        alarms += (novelty([*rows, *_rows("new", new)], "new").estimate or 1) <= 0.05
    assert alarms >= 0.8 * rounds


def test_a_small_catalogue_is_refused() -> None:
    random = np.random.default_rng(3)
    rows = [row for n in range(18) for row in _rows(str(n), _shown(random) | {feature("paint", "grey")})]
    found = novelty([*rows, *_rows("new", frozenset({feature("paint", "red")}))], "new")
    assert found.refused and "at least 19 are needed" in found.reason and found.estimate is None
    more = novelty([*rows, *_rows("18", frozenset({feature("paint", "grey")})), *_rows("new", frozenset(
        {feature("paint", "red")}))], "new")
    assert not more.refused and more.more["least_p"] == 1 / 20


def test_a_kind_that_nobody_else_noted_is_no_novelty() -> None:
    rows = [row for n in range(40) for row in _rows(str(n), frozenset({feature("paint", f"p{n % 4}")}))]
    found = novelty([*rows, *_rows("new", frozenset({feature("paint", "p1"), feature("wrapping", "oil cloth")}))], "new")
    assert found.more["kinds_left_out"] == ["wrapping"] and found.estimate == 1
    alone = novelty([*rows, *_rows("new", frozenset({feature("wrapping", "oil cloth")}))], "new")
    assert alone.refused and "nothing is noted" in alone.reason


def test_finds_of_its_own_crate_do_not_make_a_find_ordinary() -> None:
    random = np.random.default_rng(4)
    rows = [row for n in range(40) for row in _rows(str(n), _shown(random) | {feature("paint", "grey")}, f"g{n}")]
    odd = frozenset(feature(kind, "never") for kind in KINDS)
    found = novelty([*rows, *(row for k in range(6) for row in _rows(f"n{k}", odd, "crate"))], "n0")
    assert found.more["novel"] is True and found.more["nearest"] is None
    assert next(one.value for one in found.diagnostics if one.name == "set aside") == 5


def test_what_the_find_shows_is_told_with_how_many_show_it() -> None:
    rows = [row for n in range(30) for row in _rows(f"f{n}", frozenset({feature("paint", "grey"), feature("lot", f"{n // 2}")}))]
    found = novelty([*rows, *_rows("new", frozenset({feature("paint", "grey"), feature("lot", "4")}))], "new")
    told = {(one["kind"], one["value"]): one for one in found.more["features"]}
    assert told["lot", "4"]["groups"] == 2 and told["paint", "grey"]["groups"] == 30
    assert found.more["nearest"] in ("f8", "f9") and told["lot", "4"]["nearest_has_it"]
    assert MEASURE.plot(found)[0].table()[1]


@pytest.mark.parametrize(("rows", "find", "words"), [
    ([], "a", "it has no rows"),
    ([{"find": "a"}], "a", "there is no such column"),
    ([{"find": "", "kind": "paint", "value": "x"}], "a", "the find is not named"),
    ([{"find": "a", "kind": "", "value": "x"}], "a", "kind of the feature is not named"),
    ([{"find": "a", "kind": "paint", "value": "x"}], "b", "no such find"),
    ([{"find": "a", "kind": "paint", "value": "x", "group": "g"}, {"find": "a", "kind": "paint", "value": "y", "group": "h"}],
     "a", "is of two groups"),
])
def test_faults_are_named(rows: list[dict[str, str]], find: str, words: str) -> None:
    with pytest.raises(Invalid) as told:
        novelty(rows, find)
    assert words in str(told.value.problems)


def test_rates_that_are_none_are_named() -> None:
    with pytest.raises(Invalid) as told:
        novelty([{"find": "a", "kind": "k", "value": "v"}], "a", 1.5, 2)
    assert {one.field for one in told.value.problems} == {"alpha", "level"}
    assert read([{"find": "a", "kind": "", "value": ""}]).shown == (frozenset(),)
