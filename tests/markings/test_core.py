"""The search core: every kernel, the fallback and the plain definition give one answer."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from headstamp.errors import Unavailable
from headstamp.markings import core, fallback
from headstamp.markings.asked import MOST_EDITS, Costs, Pattern, ask
from headstamp.markings.channel import Channel
from headstamp.markings.core import Core, kernels
from headstamp.markings.fallback_cost import FAR
from headstamp.markings.normalise import keys
from headstamp.markings.segment import PLACES, RUN_CODE, Segment, build_segment
from tests.effort import EFFORT, examples
from tests.markings import chance, slow_core

SEEDS = st.integers(0, 1 << 48)
MODULES = [module for module in (core._compiled, fallback) if module is not None]
module_by_name = pytest.mark.parametrize(
    "module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2]
)


def everything(held: Core, pattern: Pattern, keep: int, costs: Costs, codes: bytes) -> list[Any]:
    """What one core says of one question, all of it."""
    slots, total = held.search(pattern, keep)
    return [
        slots.tolist(), total, held.score(slots, costs).tolist(),
        held.begins(codes, reversed=False), held.begins(codes, reversed=True),
    ]  # fmt: skip


def all_alike(told: dict[str, list[Any]]) -> list[Any]:
    wanted = told["python"]
    for name, found in told.items():
        assert found == wanted, name
    return wanted


@examples(25)
@given(SEEDS)
def test_every_kernel_answers_what_people_ask_as_the_fallback_does(seed: int) -> None:
    rng = Random(seed)
    made = chance.segment(rng, most=1200)
    cores = {name: Core(made, name) for name in kernels()}
    for _ in range(4):
        plain = chance.reading(rng, made)
        asked = ask(plain, Channel.default())
        pattern, keep = chance.asked_pattern(rng, plain), rng.choice((1, 7, 20000))
        told = {n: everything(c, pattern, keep, asked.costs, asked.codes) for n, c in cores.items()}
        all_alike(told)


@examples(25)
@given(SEEDS)
def test_every_kernel_answers_what_nobody_asks_as_the_fallback_does(seed: int) -> None:
    rng = Random(seed)
    made = chance.segment(rng, most=400)
    cores = {name: Core(made, name) for name in kernels()}
    for _ in range(4):
        pattern, keep = chance.any_pattern(rng), rng.choice((1, 7, 20000))
        costs = chance.any_costs(rng)
        codes = rng.randbytes(rng.randint(0, PLACES))
        told = {n: everything(c, pattern, keep, costs, codes) for n, c in cores.items()}
        all_alike(told)


@examples(30)
@given(SEEDS)
def test_the_search_from_both_ends_loses_nothing_and_adds_nothing(seed: int) -> None:
    rng = Random(seed)
    made = chance.segment(rng, most=40)
    plain = chance.reading(rng, made)
    pattern = chance.asked_pattern(rng, plain)._replace(
        half=rng.randint(0, len(ask(plain, Channel.default()).places))
    )
    keep = rng.choice((1, 5, 1000))
    wanted, total = slow_core.search(made, pattern, keep)
    for name in kernels():
        held = Core(made, name)
        for way in (pattern, pattern._replace(first=pattern.edits, second=-1)):
            found, number = held.search(way, keep)
            assert (found.tolist(), number) == (wanted, total), name


@examples(30)
@given(SEEDS)
def test_a_cost_is_that_of_the_cheapest_way(seed: int) -> None:
    rng = Random(seed)
    costs = chance.any_costs(rng, rng.choice((0, 1, 2, 3, 8, 20)))
    rows = np.zeros((12, PLACES), dtype=np.uint8)
    lengths = np.array([rng.choice((0, 1, 2, 3, 9, 20, 60)) for _ in rows], dtype=np.uint8)
    for row, length in zip(rows, lengths, strict=True):
        row[:length] = rng.choices((1, 2, 11, 62, RUN_CODE, 255), k=length)
    wanted = [
        slow_core.cost(costs, row[:n].tobytes()) for row, n in zip(rows, lengths, strict=True)
    ]
    for module in MODULES:
        assert np.frombuffer(module.score_rows(rows, lengths, costs), np.int32).tolist() == wanted


@examples(15)
@given(SEEDS)
def test_a_slot_costs_what_its_codes_cost_and_an_unknown_one_too_much(seed: int) -> None:
    rng = Random(seed)
    made = chance.segment(rng, most=200)
    costs = chance.any_costs(rng, rng.randint(0, 20))
    slots = [rng.randrange(made.slots) for _ in range(20 if made.slots else 0)]
    rows = np.zeros((len(slots), PLACES), dtype=np.uint8)
    for row, slot in zip(rows, slots, strict=True):
        row[: len(made.codes_of(slot))] = np.frombuffer(made.codes_of(slot), np.uint8)
    lengths = np.array([len(made.codes_of(slot)) for slot in slots], dtype=np.uint8)
    for name in kernels():
        held = Core(made, name)
        found = held.score(np.array([*slots, made.slots, 0xFFFFFFFF], np.uint32), costs).tolist()
        assert found == [*held.score_rows(rows, lengths, costs).tolist(), FAR, FAR]


@examples(25)
@given(SEEDS, st.booleans())
def test_begins_counts_what_begins_so(seed: int, reversed: bool) -> None:
    rng = Random(seed)
    made = chance.segment(rng, most=64)
    codes = made.codes_of(rng.randrange(made.slots)) if made.slots else b""
    codes = codes[:: -1 if reversed else 1][: rng.randint(0, 60)]
    if rng.random() < 0.3:
        codes += rng.randbytes(1)
    codes = codes[:PLACES]
    wanted = slow_core.begins(made, codes, reversed=reversed)
    for name in kernels():
        assert Core(made, name).begins(codes, reversed=reversed) == wanted


def test_markings_that_are_removed_are_not_found() -> None:
    made = build_segment(["AB 0012", "AB-0012", "AB 0013"])
    pattern = ask("AB0012", Channel.default()).pattern(0)
    for name in kernels():
        assert [made.codes_of(int(s)) for s in Core(made, name).search(pattern, 9)[0]] == [
            bytes([11, 12, 1, 1, 2, 3])
        ]
    held = {name: Core(made, name) for name in kernels()}
    made.remove(0)
    assert all(core.search(pattern, 9)[1] == 1 for core in held.values()), "the other text is left"
    made.remove(1)
    assert all(core.search(pattern, 9)[1] == 0 for core in held.values()), "seen without a new Core"


def test_an_empty_segment_is_searched() -> None:
    made = build_segment([])
    for name in kernels():
        held = Core(made, name)
        assert held.search(ask("AB12", Channel.default()).pattern(3), 5)[1] == 0
        assert held.begins(b"\x01", reversed=False) == [0, 0]


def test_threads_share_one_core() -> None:
    rng = Random(7)
    made = chance.segment(rng, most=3000)
    held = Core(made)
    asked = [ask(chance.reading(rng, made), Channel.default()) for _ in range(40)]

    def one(which: int) -> list[Any]:
        a = asked[which]
        return everything(held, a.pattern(MOST_EDITS), 100, a.costs, a.codes)

    alone = [one(which) for which in range(len(asked))]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(one, range(len(asked)))) == alone


# --- what is damaged, or wrong ---------------------------------------------------


@pytest.fixture(scope="module")
def wholes() -> list[dict[str, np.ndarray]]:
    return [chance.parts(chance.segment(Random(seed), most=300)) for seed in range(12)]


@module_by_name
def test_damaged_arrays_are_refused_or_answer_something(
    module: Any, wholes: list[dict[str, np.ndarray]]
) -> None:
    rng = Random(11)
    taken = [
        chance.ask_everything(module, rng, chance.damaged(rng, rng.choice(wholes)))
        for _ in range(120 * EFFORT)
    ]
    assert any(taken) and not all(taken), "both are met"


@module_by_name
@pytest.mark.parametrize("column", range(7))
@pytest.mark.parametrize("wrong", [-1, 1 << 20, 1 << 40, (1 << 63) - 1, -(1 << 63)])
def test_a_length_that_is_out_of_bounds_is_refused(module: Any, column: int, wrong: int) -> None:
    arrays = chance.parts(build_segment(["AB1", "AB2", "ABC45"]))
    arrays["buckets"] = arrays["buckets"].copy()
    arrays["buckets"][-1, column] = wrong
    with pytest.raises(ValueError, match="do not fit"):
        module.Segment(**arrays)


@module_by_name
def test_arrays_that_do_not_belong_together_are_refused(module: Any) -> None:
    arrays = chance.parts(build_segment(["AB1", "AB2", "ABC45"]))
    other = chance.parts(build_segment([f"{n:07d}" for n in range(200)]))
    for name in arrays:
        with pytest.raises(ValueError):
            module.Segment(**{**arrays, name: other[name]})
        with pytest.raises(ValueError):
            module.Segment(**{**arrays, name: arrays[name][:-1].copy()})


@module_by_name
def test_a_pattern_out_of_bounds_is_refused(module: Any) -> None:
    held = module.Segment(**chance.parts(build_segment(["AB1"])))
    name = module.kernels()[0]
    pattern = ask("AB1", Channel.default()).pattern(0)
    for wrong in (
        {"places": 61}, {"places": -1}, {"edits": 4}, {"edits": -1}, {"half": -1}, {"half": 4},
        {"first": -2}, {"second": -2}, {"fits": pattern.fits[:-1].copy()},
    ):  # fmt: skip
        with pytest.raises(ValueError):
            module.search(held, name, pattern._replace(**wrong), 5)
    with pytest.raises(ValueError, match="at least one"):
        module.search(held, name, pattern, 0)
    with pytest.raises(ValueError, match="more than 60"):
        module.begins(held, bytes(61), False)


@module_by_name
def test_a_table_of_costs_that_is_too_small_or_beyond_bounds_is_refused(module: Any) -> None:
    held = module.Segment(**chance.parts(build_segment(["AB1"])))
    costs = ask("AB1", Channel.default()).costs
    for name in ("seen", "drop", "add", "cut", "extra"):
        table = getattr(costs, name)
        least = {"cut": PLACES, "extra": PLACES}.get(name, len(table) - 1)
        with pytest.raises(ValueError, match="too small"):
            module.score(held, bytes(4), costs._replace(**{name: table[:least].copy()}))
        for wrong in (1 << 21, -(1 << 21), -(1 << 31), (1 << 31) - 1):
            beyond = table.copy()
            beyond.flat[PLACES if name in ("cut", "extra") else -1] = wrong
            with pytest.raises(ValueError, match="out of bounds"):
                module.score(held, bytes(4), costs._replace(**{name: beyond}))
    for name in ("swap", "run", "stored"):
        with pytest.raises(ValueError, match="out of bounds"):
            module.score(held, bytes(4), costs._replace(**{name: 1 << 21}))
    with pytest.raises(ValueError, match="0 to 60"):
        module.score(held, bytes(4), costs._replace(places=61))


@module_by_name
def test_a_row_that_says_it_is_too_long_is_far_away(module: Any) -> None:
    costs = chance.any_costs(Random(3), 5)
    rows = np.full((2, PLACES), 7, np.uint8)
    found = module.score_rows(rows, np.array([61, 3], np.uint8), costs)
    first, second = np.frombuffer(found, np.int32)
    assert first == FAR > second
    with pytest.raises(ValueError):
        module.score_rows(rows[:, :-1].copy(), np.array([1, 3], np.uint8), costs)


@pytest.mark.skipif(core._compiled is None, reason="the search core is not compiled here")
class TestCompiled:
    """What only C can get wrong."""

    def test_what_is_no_segment_is_refused(self) -> None:
        compiled: Any = core._compiled
        asked = ask("AB1", Channel.default())
        for call in (
            lambda: compiled.search(object(), "plain", asked.pattern(0), 5),
            lambda: compiled.score(object(), b"", asked.costs),
            lambda: compiled.begins(object(), b"", False),
            lambda: compiled.search(),
            lambda: compiled.Segment(),
            lambda: compiled.Segment(**dict.fromkeys(core.PARTS)),
        ):
            with pytest.raises(TypeError):
                call()

    def test_an_array_that_lies_askew_is_refused(self) -> None:
        compiled: Any = core._compiled
        arrays = chance.parts(build_segment(["AB1", "AB2"]))
        for name in ("buckets", "weight", "reversed_slots"):
            askew = memoryview(b"\0" + arrays[name].tobytes())[1:]
            with pytest.raises(ValueError, match="alignment"):
                compiled.Segment(**{**arrays, name: askew})

    def test_an_unknown_kernel_is_refused(self) -> None:
        compiled: Any = core._compiled
        held = compiled.Segment(**chance.parts(build_segment(["AB1"])))
        with pytest.raises(ValueError, match="no kernel"):
            compiled.search(held, "sse1", ask("AB1", Channel.default()).pattern(0), 5)

    def test_a_segment_keeps_its_arrays(self) -> None:
        compiled: Any = core._compiled
        arrays = {
            name: array.copy() for name, array in chance.parts(build_segment(["AB1"])).items()
        }
        before = {name: sys.getrefcount(array) for name, array in arrays.items()}
        held = compiled.Segment(**arrays)
        assert all(sys.getrefcount(array) > before[name] for name, array in arrays.items())
        del held
        assert {name: sys.getrefcount(array) for name, array in arrays.items()} == before


def test_kernels_agree_with_the_plain_one_under_sanitizers(tmp_path: Path) -> None:
    """The C harness that also tries NEON elsewhere (scripts/check-neon.sh), on this machine."""
    script = Path(__file__).parents[2] / "scripts" / "check-kernels.sh"
    done = subprocess.run([script, str(tmp_path)], capture_output=True, text=True, check=False)
    if done.returncode == 77:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stdout + done.stderr
    assert "alike: plain" in done.stdout


# --- which core runs ---------------------------------------------------------------


@pytest.fixture
def anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    core._named.cache_clear()
    yield monkeypatch
    core._named.cache_clear()


def test_the_environment_chooses_the_core(anew: pytest.MonkeyPatch) -> None:
    made = build_segment(["AB 0012"])
    for name in kernels():
        anew.setenv("HEADSTAMP_MARKINGS", name)
        assert core.kernel() == name
        assert Core(made).search(ask("AB0012", Channel.default()).pattern(0), 5)[1] == 1
    anew.setenv("HEADSTAMP_MARKINGS", "")
    assert core.kernel() == kernels()[0]
    anew.setenv("HEADSTAMP_MARKINGS", "abacus")
    with pytest.raises(Unavailable, match="abacus"):
        core.kernel()


def test_an_installation_without_the_compiled_core_says_so(anew: pytest.MonkeyPatch) -> None:
    anew.delenv("HEADSTAMP_MARKINGS", raising=False)
    anew.setattr(core, "_compiled", None)
    assert not core.compiled() and core.kernels() == ("python",) and core.kernel() == "python"
    assert "install a C compiler" in core.description()
    assert Core(build_segment(["AB 0012"])).begins(b"", reversed=False) == [0]


@example("AB*12", 0)
@example("?" * 60, 3)
@given(st.text("AB08*?[]", max_size=70), st.integers(0, 3))
def test_a_reading_of_any_length_is_searched(plain: str, edits: int) -> None:
    made: Segment = build_segment([plain, "AB 0012", "8" * 60])
    asked = ask(keys(plain).plain, Channel.default())
    told = {
        name: everything(
            Core(made, name), asked.pattern(edits), 5, asked.costs, asked.codes[:PLACES]
        )
        for name in kernels()
    }
    all_alike(told)
