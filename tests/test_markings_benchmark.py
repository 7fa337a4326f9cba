"""The made-up markings and questions of the benchmark are what it says they are."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from benchmarks.markings import real
from benchmarks.markings.calibration import answer_loss, plot, reliability
from benchmarks.markings.corrupt import MODELS, hard
from benchmarks.markings.formats import Shape, known, other
from benchmarks.markings.generate import ABSENT, as_text, made, rows_of
from benchmarks.markings.questions import Asked, marked, paper
from benchmarks.markings.timing import in_turns, ratios, times
from benchmarks.markings.weighted import OTHER, SAME, STRONG, SWAPPED, UNREAD, distances

from headstamp.markings.normalise import plain_key
from tests.shared import shared

SIZE = 30_000


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing is read from, or left in, the folder that benchmarks keep."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADSTAMP_BENCH_CACHE", str(tmp_path_factory.mktemp("made")))
        yield


@pytest.mark.parametrize("which", ["known", "other"])
def test_made_markings_are_distinct_and_normalised_as_the_product_does(which: str) -> None:
    given = made(SIZE, 5, which)
    assert len(given.raw) == len(given.plain) == SIZE
    assert len(set(given.plain)) == SIZE
    for at in random.Random(1).sample(range(SIZE), 2000):
        assert plain_key(given.raw[at]) == given.plain[at]
    there = set(given.plain)
    for absent in (given.gaps, given.strangers):
        assert len(absent) == ABSENT
        assert not there.intersection(map(plain_key, absent))


def test_a_seed_gives_the_same_markings_again_and_another_seed_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = made(2000, 5)
    monkeypatch.setenv("HEADSTAMP_BENCH_CACHE", str(tmp_path))
    assert made(2000, 5) == first
    assert made(2000, 6).raw != first.raw


def test_lengths_and_scripts_are_those_told() -> None:
    given = made(SIZE, 5)
    lengths = [len(plain) for plain in given.plain]
    assert 10.0 < sum(lengths) / SIZE < 10.8
    assert max(lengths) == 21
    assert sum(any("А" <= c <= "Я" for c in raw) for raw in given.raw) > SIZE // 20
    assert sum(any("٠" <= c <= "٩" for c in raw) for raw in given.raw) > SIZE // 25


def test_runs_count_up_with_gaps() -> None:
    shape = next(shape for shape in known() if shape.name == "letters and six digits")
    given = as_text(rows_of((shape,), 3000, np.random.default_rng(3))).split()
    letters, numbers = given[::2], [int(n) for n in given[1::2]]
    there = set(zip(letters, numbers, strict=True))
    neighbours = sum((letter, number + 1) in there for letter, number in there)
    assert 0.45 < neighbours / len(there) < 0.75


def test_the_shapes_held_back_are_others() -> None:
    def row(shape: Shape) -> str:
        return as_text(rows_of((shape,), 50, np.random.default_rng(1))).split("\n")[0]

    def mask(text: str) -> str:
        return "".join("9" if c.isdigit() else "A" if c.isalpha() else c for c in text)

    assert not {mask(row(shape)) for shape in known()} & {mask(row(shape)) for shape in other()}
    assert abs(sum(shape.share for shape in known()) - 1) < 1e-9


@pytest.mark.parametrize("model", sorted(MODELS))
def test_a_model_misreads_and_repeats_itself(model: str) -> None:
    given = made(SIZE, 5)
    texts = random.Random(2).sample(given.raw, 500)
    once = [MODELS[model](random.Random(n), text) for n, text in enumerate(texts)]
    again = [MODELS[model](random.Random(n), text) for n, text in enumerate(texts)]
    assert once == again
    changed = sum(plain_key(a) != plain_key(b) for a, b in zip(once, texts, strict=True))
    assert changed > (200 if model == "half" else 450)
    assert all(any(c.isalnum() for c in query) for query in once)


def test_shares_of_the_mixture() -> None:
    texts = made(SIZE, 5).raw[:4000]
    queries = [MODELS["mix"](random.Random(n), text) for n, text in enumerate(texts)]
    assert 0.02 < sum("*" in query for query in queries) / 4000 < 0.05
    assert 0.22 < sum("?" in query for query in queries) / 4000 < 0.36


def test_hard_queries_say_little() -> None:
    draw = random.Random(4)
    for text in made(SIZE, 5).raw[:200]:
        assert len(hard(draw, text, "short")) == 4
        assert sum(c != "?" for c in hard(draw, text, "unread")) == 2
        assert "*" in hard(draw, text, "run")


def test_recall_and_false_hits_of_one_who_knows() -> None:
    given = made(2000, 5)
    asked = paper(given, "mix", 100, 1)
    answers = {one.query: sorted(one.right) for one in asked.present}

    def find(queries: list[str]) -> list[list[tuple[int, float]]]:
        return [[(at, 0.9) for at in answers.get(query, ())] for query in queries]

    found = marked(asked, find)
    assert (found.first, found.ten, found.false_gaps, found.false_strangers) == (1, 1, 0, 0)
    assert marked(asked, lambda queries: [[] for _ in queries]).ten == 0


def test_false_hits_are_counted_at_the_threshold() -> None:
    given = made(2000, 5)
    asked = paper(given, "mix", 100, 1)
    always = marked(asked, lambda queries: [[(0, 0.5)] for _ in queries])
    assert always.false_gaps == always.false_strangers == (0 if always.first == 0 else 1)


def test_calibration_of_an_honest_and_of_a_boasting_speaker() -> None:
    draw = random.Random(7)
    said = [draw.random() for _ in range(20_000)]
    honest = reliability([(p, draw.random() < p) for p in said])
    assert honest.error < 0.02
    assert abs(honest.error - honest.by_chance) < 0.01
    assert sum(one.number for one in honest.tenths) == sum(o.number for o in honest.deciles) == 20_000
    boasting = reliability([(0.99, draw.random() < 0.5) for _ in range(5000)])
    assert boasting.error > 0.4
    assert boasting.log_loss > honest.log_loss
    assert plot("Both", {"honest": honest, "boasting & more": boasting}).count("<circle") == 11


def test_loss_of_an_answer_counts_what_the_truth_was_given() -> None:
    there, absent = Asked("a", "a", frozenset({3})), Asked("b", "b")
    assert answer_loss([there], [[(3, 1.0)]]) == 0
    assert answer_loss([absent], [[]]) == 0
    assert answer_loss([there], [[(3, 0.5), (4, 0.5)]]) == pytest.approx(0.6931, abs=1e-4)
    assert answer_loss([there], [[]]) > 9


def test_weighted_distances_are_those_of_the_kinds() -> None:
    got = distances("AB12", ["AB12", "A812", "AB1Ж", "BA12", "AB1"])
    assert got[0] == pytest.approx(4 * SAME)
    assert got[1] == pytest.approx(3 * SAME + STRONG)
    assert got[2] == pytest.approx(3 * SAME + OTHER)
    assert got[3] == pytest.approx(2 * SAME + SWAPPED)
    assert distances("A?", ["AX"])[0] == pytest.approx(SAME + UNREAD)
    assert len(distances("A", [])) == 0


def test_ways_are_timed_in_turns() -> None:
    asked: list[str] = []
    took = in_turns([lambda q: asked.append("x" + q), lambda q: asked.append("y" + q)], ["1", "2"])
    assert asked == ["x1", "y1", "y2", "x2"]
    assert [len(one) for one in took] == [2, 2]
    assert times([5.0]).p99 == 5.0
    assert ratios([10.0], [2.0]) == (5.0, 5.0, 5.0)


def test_real_strings() -> None:
    shared("data/gur_components")
    parts = real.part_numbers()
    assert parts is not None
    assert len(parts) == len(set(map(plain_key, parts))) > 2000
    pairs = real.listings()
    assert pairs is not None
    assert all(0 <= at < len(pairs.texts) for _, right in pairs.questions for at in right)
    made_up = real.serials(5000, 1)
    assert made_up is not None
    assert len(set(map(plain_key, (*made_up[0], *made_up[1])))) == 7000
