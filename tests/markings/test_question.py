"""A search against every text compared one by one; what it makes of bad input; the quick list."""

from __future__ import annotations

import math
from random import Random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from headstamp.errors import Invalid
from headstamp.markings import Hit, MarkingIndex, question
from headstamp.markings.alphabet import PLACES, encode
from headstamp.markings.asked import ask
from headstamp.markings.candidates import Candidates
from headstamp.markings.channel import Channel
from headstamp.markings.core import kernels
from headstamp.markings.normalise import keys
from headstamp.markings.segment import WHOLE
from headstamp.markings.weighing import TEMPER
from tests.effort import examples
from tests.markings import chance, slow_core

SEEDS = st.integers(0, 1 << 48)
EVERY = 10_000
TINY = 1e-9


def marking(hit: Hit) -> str:
    return keys(hit.text if hit.part is None else hit.part).plain


def texts_of(rng: Random, most: int = 60) -> list[str]:
    return chance.texts(rng, most)[: 2 * most] or ["AB 123456"]


def reading_of(rng: Random, texts: list[str]) -> str:
    """One of the texts with a few of its characters lost, changed, swapped, added or not read."""
    read = list(keys(rng.choice(texts)).plain)
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        at = rng.randint(0, max(0, len(read) - 1))
        read[at : at + rng.randint(0, 1)] = rng.choice(("", "?", "7", "B", "8", "*", "[8B]", "12"))
    return "".join(read)


@examples(60)
@given(SEEDS)
def test_everything_within_reach_is_found_with_its_cost_and_in_order(seed: int) -> None:
    rng = Random(seed)
    index = MarkingIndex.build(texts_of(rng))
    index.remove(rng.sample(range(len(index)), len(index) // 5))
    query = reading_of(rng, [index.text(at) for at in range(len(index))])
    asked = ask(keys(query).plain, Channel.default())
    hits = index.search(query, limit=EVERY)
    if not asked.known:
        assert hits == []
        return
    (part,) = index.parts
    segment = part.segment
    found = {hit.position: hit for hit in hits}
    reached = []
    for slot in range(segment.slots):
        codes = segment.codes_of(slot)
        if slow_core.edits_between(asked.pattern(3), codes) > asked.pattern(3).edits:
            continue
        cost = slow_core.cost(asked.costs, codes)
        entries = segment.entries_of(slot)
        for position, word in entries:
            same = sum(other == word for _, other in entries) / (WHOLE if word else 1)
            reached.append((cost - 100 * math.log(same), position, word, cost, codes))
    if not hits:
        # Only what is hardly a reading of anything there is not worth showing.
        assert all(paid > 1500 for paid, *_ in reached)
        return
    for paid, position, word, cost, _ in reached:
        hit = found.get(position)
        if hit is None:
            assert hits[0].probability * math.exp(-TEMPER * (paid - min(reached)[0]) / 100) < 100 * TINY
        elif (hit.part is not None) == word and len(asked.codes) < PLACES:
            assert hit.cost == cost
    if reached and len(asked.codes) < PLACES:
        assert hits[0].cost <= min(reached)[3] and hits[0].probability > 0
    order = [hit.probability for hit in hits]
    assert order == sorted(order, reverse=True)


@examples(60)
@given(SEEDS, st.sampled_from((0.0, 0.2, 0.9)), st.booleans())
def test_probabilities_are_of_distinct_markings_and_add_up_to_one_at_most(
    seed: int, absent: float, context: bool
) -> None:
    rng = Random(seed)
    texts = texts_of(rng)
    texts += [text + rng.choice(("", " ", "-", " LOT 12345 PACK 9")) for text in texts[:20]]
    makers = [rng.choice(({"maker": "Example"}, {"maker": "Other"}, None)) for _ in texts]
    index = MarkingIndex.build(texts, makers if context else None)
    query: Any = reading_of(rng, texts)
    if rng.random() < 0.3:
        query = [(query, 0.5), (reading_of(rng, texts), 0.25), ("77", 0.0)]
    asked = {"maker": "Example"} if context else None
    hits = index.search(query, EVERY, absent=absent, context=asked)
    shares: dict[Any, float] = {}
    for hit in hits:
        assert 0 <= hit.probability <= 1
        times = round(math.prod(factor.times for factor in hit.factors), 9)
        key: tuple[Any, ...] = (encode(marking(hit))[:PLACES], hit.part is None, times)
        if len(marking(hit)) >= PLACES:
            key = (*key, hit.probability)  # Told apart by their ends, where the reading is so long.
        assert shares.setdefault(key, hit.probability) == hit.probability, "shared by its texts"
    assert len({hit.position for hit in hits}) == len(hits), "no text twice"
    if hits:
        assert hits[0].surroundings is not None
        assert sum(shares.values()) + hits[0].surroundings.none <= 1 + 1e-6


def said(hits: list[Hit]) -> list[Any]:
    return [
        (hit.position, hit.text, hit.part, hit.cost, pytest.approx(hit.probability, rel=1e-9))
        for hit in hits
    ]


@examples(30)
@given(SEEDS)
def test_every_kernel_and_the_fallback_say_the_same(seed: int) -> None:
    rng = Random(seed)
    texts = texts_of(rng, 200)
    queries = [reading_of(rng, texts) for _ in range(3)]
    with pytest.MonkeyPatch.context() as patch:
        wanted: list[Any] | None = None
        for name in kernels():
            patch.setenv("HEADSTAMP_MARKINGS", name)
            index = MarkingIndex.build(texts)
            told = [
                [(hit, str(hit.explain())) for hit in hits]
                for query in queries
                for hits in (index.search(query, EVERY), index.first(query, 3))
            ]
            wanted = told if wanted is None else wanted
            assert told == wanted, name


@examples(30)
@given(SEEDS)
def test_several_segments_say_what_one_says(seed: int) -> None:
    """The hits of one marking, their costs and their order are the same.

    Probabilities are too, but for what markings look like: shapes are told of
    each segment, and a marking that stands in two is counted in both.
    """
    rng = Random(seed)
    texts = list(dict.fromkeys(texts_of(rng)))
    one = MarkingIndex.build(texts)
    cuts = sorted(rng.sample(range(len(texts) + 1), min(3, len(texts))))
    several = MarkingIndex.joined(
        [
            MarkingIndex.build(texts[a:b])
            for a, b in zip([0, *cuts], [*cuts, len(texts)], strict=True)
        ]
    )
    added = MarkingIndex()
    for a, b in zip([0, *cuts], [*cuts, len(texts)], strict=True):
        added.add(texts[a:b])
    for _ in range(3):
        query = reading_of(rng, texts)
        wanted = one.search(query, EVERY)
        assert said(added.search(query, EVERY)) == said(wanted), "merged: the same index"
        found = several.search(query, EVERY)
        if len(texts) < 1000 and min((h.probability for h in (*wanted, *found)), default=1) > 1e-7:
            assert [(h.position, h.cost) for h in found] == [(h.position, h.cost) for h in wanted]


@examples(40)
@given(SEEDS)
def test_a_marking_in_several_segments_is_one_marking(seed: int) -> None:
    rng = Random(seed)
    texts = [f"AB {rng.randrange(100_000, 100_040)}" for _ in range(60)]
    one = MarkingIndex.build(texts)
    two = MarkingIndex.joined([MarkingIndex.build(texts[:30]), MarkingIndex.build(texts[30:])])
    query = reading_of(rng, texts)
    shares: dict[str, set[float]] = {}
    for hit in two.search(query, EVERY):
        shares.setdefault(marking(hit), set()).add(hit.probability)
    assert all(len(some) == 1 for some in shares.values())
    assert {h.position for h in two.search(query, EVERY)} == {
        h.position for h in one.search(query, EVERY)
    } or min(h.probability for h in one.search(query, EVERY)) < 100 * TINY


def test_ties_are_in_the_order_of_the_markings_then_of_the_positions() -> None:
    texts = ["AB 123459", "AB 123451", "AB 123455", "AB-123451", "ab123459"]
    wanted = [1, 3, 0, 4, 2]  # Twice there, then once; the lower number first.
    for index in (
        MarkingIndex.build(texts),
        MarkingIndex.joined([MarkingIndex.build(texts[:2]), MarkingIndex.build(texts[2:])]),
    ):
        assert [hit.position for hit in index.search("AB 12345?")] == wanted


# --- the quick list and the complete one -----------------------------------------------------


def test_both_lists_come_from_one_search() -> None:
    index = MarkingIndex.build([f"AB {number}" for number in range(100_000, 100_400)])
    quick, whole = index.answers("AB 100123", limit=5)
    assert quick[0].text == whole[0].text == "AB 100123"
    assert said(quick) == said(index.first("AB 100123", 5))
    assert said(whole) == said(index.search("AB 100123", 5))
    lists = list(index.answers('"AB 100123"', 5))
    assert said(lists[0]) == said(lists[1])


def test_the_quick_list_stops_as_soon_as_it_has_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    reach = question.reach

    def counted(core: Any, segment: Any, readings: Any, edits: int, before: Any) -> Any:
        asked.append(edits)
        return reach(core, segment, readings, edits, before)

    monkeypatch.setattr(question, "reach", counted)
    index = MarkingIndex.build(["AB 123456", "XY 994400", "QR 5550123"])
    assert index.first("AB 123456", 1)[0].text == "AB 123456"
    assert asked == [1]
    asked.clear()
    assert index.first("MY 9M44M0", 1)[0].text == "XY 994400"
    assert asked == [1, 2, 3]


# --- several readings of one marking ---------------------------------------------------------


def test_several_readings_share_their_weight_and_each_hit_tells_its_own() -> None:
    index = MarkingIndex.build(["AB 123456", "XY 777777", "QQ 555"])
    first, second = index.search([("XY 777777", 1), ("AB 123456", 3)])
    assert (first.text, first.reading) == ("AB 123456", "AB 123456")
    assert (second.text, second.reading) == ("XY 777777", "XY 777777")
    assert first.probability > 0.6 > 0.4 > second.probability > 0.1
    assert "going by the reading XY 777777; as written" in str(second.explain())
    assert index.search("AB 123456")[0].reading is None


def test_a_reading_of_no_weight_says_nothing() -> None:
    index = MarkingIndex.build(["AB 123456", "XY 777777"])
    assert said(index.search([("AB 123456", 2), ("XY 777777", 0)])) == said(
        index.search("AB 123456")
    )
    assert said(index.search([("AB 123456", 1), ("", 1)]))[0][0] == 0


@pytest.mark.parametrize("weight", [-1, math.nan, math.inf, "much", None])
def test_a_weight_that_is_none_is_told_as_such(weight: Any) -> None:
    index = MarkingIndex.build(["AB 123456"])
    with pytest.raises(Invalid, match="the weight of a reading is a number, 0 or more") as told:
        index.search([("AB 123456", weight), ("AB 12345G", 1)])
    assert told.value.problems[0].field == "AB 123456"


def test_readings_without_any_weight_or_without_number_are_refused() -> None:
    index = MarkingIndex.build(["AB 123456"])
    with pytest.raises(Invalid, match="weighs more than 0"):
        index.search([("AB 123456", 0)])
    with pytest.raises(Invalid, match="at most 50 readings"):
        index.search([("AB 123456", 1.0)] * 51)
    assert index.search([]) == []


@pytest.mark.parametrize("query", [None, 5, b"AB 123456", ["AB 123456"], [("AB",)], [(5, 1.0)]])
def test_a_query_of_another_type_is_a_type_error(query: Any) -> None:
    with pytest.raises(TypeError, match=r"\(str, weight\)"):
        MarkingIndex.build(["AB 123456"]).search(query)


@pytest.mark.parametrize("absent", [1, 1.5, -0.1, math.nan])
def test_absent_is_a_probability(absent: float) -> None:
    with pytest.raises(ValueError, match="probability"):
        MarkingIndex.build(["AB 123456"]).search("AB 123456", absent=absent)


# --- bad input -------------------------------------------------------------------------------

ODD = [
    "", " ", "A", "?", "*", "??", "**", "?*?", "[", "]", "[]", "[[", "]]", "[A", "A]", "[[A]]",
    "[AB", "AB]", "[" * 500, "]" * 500, "[A]" * 300, "[?*]", "A" * 10_000, "1?" * 5000,
    "*1" * 5000, "[8B]" * 3000, "\0", "A\0B", "\x1b[31m", "\r\n", "\u202eAB 123\u202c", "\ufeff",
    "א12ب34AB", "٣٤٥", "\ud800", "AB\udfff1", "\U0010ffff", "🔫" * 50, "'; DROP TABLE--", "%_%",
    "\\", '"', '""', '"""', "“", "“”", "e\u0301" * 40, "ﷺ" * 500, "ß" * 100, "-" * 10_000,
]  # fmt: skip


@pytest.mark.parametrize("query", ODD, ids=lambda text: ascii(text)[:24])
def test_any_query_has_an_answer(query: str) -> None:
    index = MarkingIndex.build(["AB 123456", "12", "A", "", "*", "?", "[8B]1", "AB*9", "\0", *ODD])
    for limit in (0, -1, 1, 10):
        for hits in (*index.answers(query, limit), index.search([(query, 1.0)], limit)):
            assert len(hits) <= max(0, limit)
            for hit in hits:
                assert str(hit.explain()) and 0 <= hit.probability <= 1


@pytest.mark.parametrize("query", ["", "?", "??", "*", "*?*", "[]", "-/-", "\0"])
def test_a_query_of_which_nothing_is_known_has_no_hits(query: str) -> None:
    assert MarkingIndex.build(["A", "AB", "", "?"]).search(query) == []


@examples(150)
@given(
    st.lists(st.text(st.characters(exclude_categories=()), max_size=30), max_size=12),
    st.text(st.characters(exclude_categories=()), max_size=30),
)
@example(["\ud800A", "\udc00"], "\ud800A")
def test_any_texts_and_any_query_go_together(texts: list[str], query: str) -> None:
    index = MarkingIndex.build(texts)
    for hit in index.search(query):
        assert hit.text == texts[hit.position]
        assert str(hit.explain())


def test_all_that_is_known_but_two_characters_is_found() -> None:
    index = MarkingIndex.build([f"AB {number}" for number in range(100_000, 101_000)])
    hits = index.search("??1000??", limit=200)
    assert [hit.text for hit in hits[:100]] == [f"AB {number}" for number in range(100_000, 100_100)]
    assert len({hit.probability for hit in hits[:100]}) == 1
    assert 0.011 > hits[0].probability > 2 * hits[100].probability


@pytest.mark.parametrize(
    "query", ["*", "A*", "1???????", "*1*2*", "[8B]" * 8, "???????1", "A" * 60, "0" * 10_000]
)
def test_work_is_bounded_whatever_is_asked(query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much lies within reach, no more than so much is weighed one by one."""
    weighed: list[int] = []
    sum_ = Candidates.sum.fget  # type: ignore[attr-defined]

    def counted(self: Candidates) -> float:
        weighed.append(len(self.slots))
        return float(sum_(self))

    monkeypatch.setattr(Candidates, "sum", property(counted))
    rng = Random(5)
    index = MarkingIndex.build(
        ["".join(rng.choices("AB01238", k=rng.randint(1, 12))) for _ in range(60_000)]
        + ["A" * 60 + str(number) for number in range(500)]
    )
    assert len(index.search(query, 10)) <= 10
    assert all(number <= 21_000 for number in weighed)


def test_a_text_recorded_a_hundred_thousand_times_is_one_marking(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[int] = []
    text_of = question.Held.entries

    def counted(self: Any, most: int) -> Any:
        found = text_of(self, most)
        made.append(len(found))
        return found

    monkeypatch.setattr(question.Held, "entries", counted)
    for text in ("ILLEGIBLE 1", "型号一二三"):
        made.clear()
        index = MarkingIndex.build([*[text] * 100_000, "AB 1234"])
        hits = index.search(text, limit=3)
        assert [hit.position for hit in hits] == [0, 1, 2]
        assert hits[0].probability > 0.99
        assert sum(made) < 50_000


def test_weights_of_texts_count_as_they_are() -> None:
    """Three against one of equal cost: three to the power of the tempering."""
    index = MarkingIndex.build(["AB 123451"] * 3 + ["AB 123452"])
    first, *_, last = index.search("AB 12345?")
    assert first.probability / last.probability == pytest.approx(3**TEMPER)
    assert WHOLE == 64
