"""What is known beside a marking makes it likelier or less, each part shown by itself."""

from __future__ import annotations

from math import prod
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.markings import MarkingIndex
from headstamp.markings.context import FIELDS, Context, Contexts, Factor
from tests.effort import examples

MAKERS = ["Example Arms", "Other Works", "Third Factory"]
SEEDS = st.integers(0, 1 << 48)


def many(number: int = 300) -> Contexts:
    return Contexts.of(
        {"maker": MAKERS[at % 3], "year": str(1980 + at % 10), "calibre": "7.62"} if at % 7 else None
        for at in range(number)
    )


def times(contexts: Contexts, asked: Context) -> list[float]:
    return contexts.times(asked, np.arange(contexts.number)).tolist()


def test_agreement_raises_disagreement_lowers_and_the_unknown_says_nothing() -> None:
    made = many()
    found = times(made, {"maker": "Example Arms"})
    assert found[3] == pytest.approx(found[6]) and found[3] > 2.5
    assert found[1] < 0.2
    assert found[0] == 1.0
    assert times(made, {}) == times(made, {"model": "X"}) == [1.0] * 300


def test_each_part_is_a_factor_and_together_they_multiply() -> None:
    made = many()
    asked: Context = {"maker": "Other Works", "year": 1984, "calibre": "7.62", "country": "X"}
    together = times(made, asked)
    for at in range(0, 300, 11):
        factors = made.factors(asked, at)
        assert prod(factor.times for factor in factors) == pytest.approx(together[at])
        assert [f.field for f in factors] == ([] if at % 7 == 0 else ["maker", "calibre", "year"])
    assert {factor.asked for factor in made.factors(asked, 1)} == {"Other Works", "1984", "7.62"}


def test_agreement_on_what_is_rare_counts_for_more() -> None:
    made = Contexts.of([{"maker": "Rare"}, *[{"maker": "Common"}] * 99])
    rare, common = times(made, {"maker": "Rare"})[0], times(made, {"maker": "Common"})[5]
    assert rare > 10 > 2 > common >= 1.0


def test_what_nearly_all_have_never_counts_against_those_who_have_it() -> None:
    made = Contexts.of([{"maker": "Common"}] * 50)
    assert times(made, {"maker": "Common"})[0] == 1.0
    assert times(made, {"maker": "Unheard Of"})[0] < 1.0


@pytest.mark.parametrize(
    ("field", "asked", "stands", "agrees"),
    [
        ("maker", "EXAMPLE-ARMS", "Example Arms", True),
        ("maker", "Example Arms Ltd", "example arms", True),
        ("maker", "Exa", "Example Arms", False),
        ("calibre", "7,62 x 39", "7.62x39", True),
        ("calibre", "7.62", "7.62x39", False),
        ("year", "1984", "1985", True),
        ("year", 1984, "1985-03", True),
        ("year", "1984", "1986", False),
        ("year", "about 1984", "1984", True),
        ("country", "--", "--", False),
    ],
)
def test_what_agrees(field: str, asked: str | int, stands: str, agrees: bool) -> None:
    others = [{field: "1900" if field == "year" else f"none of these {at}"} for at in range(50)]
    (factor,) = Contexts.of([{field: stands}, *others]).factors({field: asked}, 0)
    assert (factor.times > 1, factor.times < 1) == (agrees, not agrees)
    assert (factor.asked, factor.stands) == (str(asked), stands)


def test_a_factor_in_words() -> None:
    assert Factor("year", "1984", "1990", 0.111111).words() == (
        "year: 1984 asked, 1990 stands there (0.11 times as likely)"
    )


def test_fields_that_are_none_are_left_out() -> None:
    made = Contexts.of([{"maker": "A", "colour": "green"}, None, {"maker": ""}])
    assert list(made.columns) == ["maker"] and {*made.columns} <= {*FIELDS}
    assert made.number == 3


@examples(40)
@given(SEEDS)
def test_contexts_grow_join_and_part_as_one_list_would(seed: int) -> None:
    rng = Random(seed)

    def row() -> Context | None:
        return rng.choice((None, {}, {rng.choice(FIELDS): rng.choice("ABC") for _ in range(3)}))

    rows = [row() for _ in range(rng.randint(0, 20))]
    cut = rng.randint(0, len(rows))
    grown = Contexts.of(rows[:cut])
    grown.extend(rows[cut:])
    joined = Contexts.joined([(Contexts.of(rows[:cut]), cut), (Contexts.of(rows[cut:]), len(rows) - cut)])
    asked: Context = dict.fromkeys(FIELDS, "B")
    wanted = Contexts.of(rows)
    assert times(grown, asked) == pytest.approx(times(wanted, asked))
    assert times(joined, asked) == pytest.approx(times(wanted, asked))
    for at in range(len(rows)):
        assert [f.words() for f in sorted(joined.factors(asked, at), key=lambda f: f.field)] == [
            f.words() for f in sorted(wanted.factors(asked, at), key=lambda f: f.field)
        ]
    gone = [at for at in range(len(rows)) if rng.random() < 0.3]
    less = wanted.without(gone)
    assert all(less.factors(asked, at) == [] for at in gone)
    assert times(wanted, asked) == times(Contexts.of(rows), asked), "the first stays as it is"
    part = wanted.part(cut, len(rows) + 5)
    assert (part.number, [len(part.factors({"maker": "A"}, at)) for at in range(part.number)]) == (
        len(rows) - cut,
        [len(wanted.factors({"maker": "A"}, at)) for at in range(cut, len(rows))],
    )


# --- in a search -----------------------------------------------------------------------------


def test_context_raises_and_lowers_a_probability_and_is_shown() -> None:
    texts = ["AB 123451", "AB 123452", "AB 123453"]
    index = MarkingIndex.build(texts * 10, [{"maker": MAKERS[at % 3]} for at in range(30)])
    plain = {hit.text: hit.probability for hit in index.search("AB 12345?", limit=30)}
    hits = index.search("AB 12345?", limit=30, context={"maker": "Other Works"})
    known = {hit.text: hit for hit in hits}
    assert known["AB 123452"].probability > 1.5 * plain["AB 123452"]
    assert known["AB 123451"].probability < plain["AB 123451"] / 2
    assert "maker: Other Works asked, Example Arms stands there (0.1" in str(
        known["AB 123451"].explain()
    )
    assert known["AB 123452"].explain().factors == known["AB 123452"].factors


def test_context_brings_forward_what_the_marking_alone_would_not_show() -> None:
    texts = [f"AB {number}" for number in range(123_400, 123_500)]
    index = MarkingIndex.build(texts, [{"maker": "One" if at == 77 else "Two"} for at in range(100)])
    hit = index.search("AB 1234??", limit=1, context={"maker": "One"})[0]
    assert hit.text == "AB 123477" and hit.probability > 0.3


def test_texts_of_one_marking_and_another_context_are_told_apart() -> None:
    index = MarkingIndex.build(["AB 1234"] * 3, [{"maker": "One"}, {"maker": "Two"}, None])
    first, second, third = index.search("AB 1234", context={"maker": "One"})
    assert [hit.position for hit in (first, second, third)] == [0, 2, 1]
    assert first.probability > second.probability > third.probability
    assert sum(hit.probability for hit in (first, second, third)) <= 1


def test_a_context_for_each_text_or_none() -> None:
    with pytest.raises(ValueError, match="2 texts and 1 contexts"):
        MarkingIndex.build(["A", "B"], [{"maker": "One"}])
    index = MarkingIndex.build(["AB 1234"])
    index.add(["AB 1235"], [{"maker": "One"}])
    index.add(["AB 1236"])
    assert [len(hit.factors) for hit in index.search("AB 123?", context={"maker": "One"})] == [0, 1, 0]
    assert MarkingIndex.build(["AB 1234"]).search("AB 1234", context={"maker": "One"})
