"""An index lives: texts come and go, positions stay, files and threads change nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.markings import Hit, MarkingIndex, index
from headstamp.markings.context import Contexts
from tests.effort import examples
from tests.markings import chance

SEEDS = st.integers(0, 1 << 48)
EVERY = 10_000


def said(hits: list[Hit]) -> list[Any]:
    return [(hit.position, hit.text, hit.cost, hit.probability, str(hit.explain())) for hit in hits]


def test_what_the_module_shows() -> None:
    made = MarkingIndex.build(["AB 123456", "AB 123457", "XK-77"])
    hits = made.search("A8 12?456", limit=10)
    assert [hit.text for hit in hits] == ["AB 123456", "AB 123457"]
    assert hits[0].probability > 0.9 > 0.1 > hits[1].probability
    assert str(hits[0].explain()).startswith("8 is read for B (place 2); 1 character was not read")


@examples(40)
@given(SEEDS)
def test_a_life_of_adding_and_removing(seed: int) -> None:
    """Against a plain list: positions are stable, what is gone stays gone, nothing is lost."""
    rng = Random(seed)
    with pytest.MonkeyPatch.context() as patch:
        # Small, so that segments are merged, and also are left alone.
        patch.setattr(index, "_SMALL", rng.choice((1, 4, 64)))
        patch.setattr(index, "_MERGED", rng.choice((16, 1 << 20)))
        live(rng)


def live(rng: Random) -> None:
    made = MarkingIndex()
    model: list[str | None] = []
    given_: list[str] = []
    for _ in range(rng.randint(1, 25)):
        if rng.random() < 0.7 or not model:
            more = [f"AB {rng.randrange(1000, 1040)}" for _ in range(rng.choice((0, 1, 1, 2, 9)))]
            assert made.add(more) == range(len(model), len(model) + len(more))
            model += more
            given_ += more
        else:
            gone = rng.sample(range(len(model)), rng.randint(1, min(3, len(model))))
            made.remove(gone)
            for at in gone:
                model[at] = None
    assert len(made) == len(model)
    assert [made.text(at) for at in range(len(made))] == given_
    for text in {*given_}:
        wanted = [at for at, held in enumerate(model) if held == text]
        assert [hit.position for hit in made.search(text, EVERY) if hit.text == text] == wanted
        assert [hit.position for hit in made.search(f'"{text}"', EVERY)] == wanted
    alive = {at for at, held in enumerate(model) if held is not None}
    assert {hit.position for hit in made.search("AB*", EVERY)} <= alive
    assert {hit.position for hit in made.search("AB 10?0", EVERY)} <= alive
    ends = [part.first + len(part.segment) for part in made.parts]
    assert [part.first for part in made.parts] + [len(made)] == [0, *ends]


def test_small_segments_are_merged_and_keep_all() -> None:
    made = MarkingIndex()
    for number in range(300):
        made.add([f"AB {number:06d}"])
    assert len(made.parts) < 4
    made.remove([7])
    made.add(["AB 999999"])
    assert len(made.parts) < 4
    assert made.search('"AB 000007"') == []
    assert all(
        made.search(f"AB {number:06d}", 1)[0].position == number
        for number in range(300)
        if number != 7
    )


def test_what_is_removed_is_gone_from_every_answer() -> None:
    made = MarkingIndex.build(["AB*9", "AB 1239", "LOT 5 SERIAL 7734521 X", "AB 1239"])
    assert {hit.position for hit in made.search("AB 1239")} == {0, 1, 3}
    made.remove([0, 1])
    made.remove([1])  # Again: nothing happens.
    assert {hit.position for hit in made.search("AB 1239")} == {3}
    assert [hit.part for hit in made.search("7734521")] == ["7734521"]
    made.remove([2])
    assert made.search("7734521") == [] and len(made) == 4


@pytest.mark.parametrize("wrong", [-1, 2, 10**12])
def test_an_unknown_position_takes_nothing_out(wrong: int) -> None:
    made = MarkingIndex.build(["AB 123456", "CD 123456"])
    with pytest.raises(IndexError, match=f"no text at position {wrong}; there are 2"):
        made.remove([0, wrong])
    assert made.search("AB 123456")[0].position == 0
    with pytest.raises(IndexError):
        made.text(wrong)


@pytest.mark.parametrize("texts", [[1], ["AB", None], [b"AB"], ["AB", "CD", 4.5]])
def test_texts_that_are_none_are_refused_and_none_is_taken(texts: list[Any]) -> None:
    made = MarkingIndex.build(["XY 1"])
    at = len(texts) - 1
    with pytest.raises(TypeError, match=f"text {at} of {len(texts)} is no str: "):
        made.add(texts, [{"maker": "Example"}] * len(texts))
    assert (len(made), made.contexts.number) == (1, 0)
    assert made.add(["AB"]) == range(1, 2)


def test_one_text_by_itself_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="a list of one"):
        MarkingIndex.build("AB 123456")
    with pytest.raises(TypeError):
        MarkingIndex.build(5)  # type: ignore[arg-type]


def test_an_empty_index_answers() -> None:
    for made in (MarkingIndex(), MarkingIndex.build([]), MarkingIndex.build([""] * 3)):
        assert made.search("AB 123456") == [] and made.search('"AB"') == []
        assert list(made.answers("AB 1")) == [[], []]
        assert made.search_many(["A", "B 123"]) == [[], []]
        assert len(made) == sum(len(part.segment) for part in made.parts)


def test_texts_with_nulls_and_of_any_length_are_kept_and_found() -> None:
    texts = [f"A\0B {number:05d}\0" for number in range(20_000)] + ["\0" * 100_000, "A" * 1_000_000]
    made = MarkingIndex.build(texts)
    assert made.search("AB 00777", 1)[0].text == "A\0B 00777\0"
    assert made.text(20_000) == texts[20_000] and made.text(20_001) == texts[20_001]
    hit = made.search("A" * 60, 1)[0]
    assert (hit.position, len(hit.explain().pairs)) == (20_001, 60)


@pytest.mark.parametrize("seed", range(8))
def test_a_saved_and_opened_index_says_the_same(seed: int, tmp_path: Path) -> None:
    rng = Random(seed)
    texts = chance.texts(rng, 200)
    made = MarkingIndex.build(texts, [{"maker": rng.choice("AB")} for _ in texts])
    made.add(["AB*9", "A[8B]1", "\ud800"])
    made.remove(rng.sample(range(len(made)), len(made) // 4))
    path = tmp_path / "markings"
    made.save(path)
    opened = MarkingIndex.open(path, check=True)
    assert len(opened) == len(made) and opened.markings == made.markings
    for _ in range(4):
        query = chance.reading(rng, made.parts[0].segment)
        asked = {"maker": "A"}
        assert said(opened.search(query, 50)) == said(made.search(query, 50))
        assert said(opened.search(query, 50, context=asked)) == said(
            made.search(query, 50, context=asked)
        )
    # It lives on, and the file stays as it is.
    before = path.read_bytes()
    opened.add(["ZZ 778899"])
    opened.remove(range(len(made)))
    assert [hit.text for hit in opened.search("ZZ 778899")] == ["ZZ 778899"]
    assert path.read_bytes() == before
    opened.save(path)
    assert [hit.text for hit in MarkingIndex.open(path).search("ZZ 778899")] == ["ZZ 778899"]


def test_threads_say_what_one_says() -> None:
    rng = Random(9)
    made = MarkingIndex.build(f"AB {rng.randrange(10**6):06d}" for _ in range(20_000))
    queries = [f"AB {rng.randrange(10**6):06d}"[: rng.randint(4, 9)] + "?" for _ in range(60)]
    alone = [said(made.search(query)) for query in queries]
    assert [said(hits) for hits in made.search_many(queries, threads=4)] == alone
    assert [said(hits) for hits in made.search_many(iter(queries), threads=1)] == alone
    fresh = MarkingIndex.joined([made])  # Nothing is counted yet: the threads meet in that.
    with ThreadPoolExecutor(4) as pool:
        assert [said(hits) for hits in pool.map(fresh.search, queries)] == alone


# --- several as one, and less some -----------------------------------------------------------


def test_joined_indexes_answer_as_one_and_stay_themselves() -> None:
    one = MarkingIndex.build(["AB 1234", "CD 5678"], [{"maker": "One"}, None])
    other = MarkingIndex.build(["AB 1235"], [{"maker": "Two"}])
    plain = MarkingIndex.build(["AB 1236"])
    both = MarkingIndex.joined([one, plain, other])
    assert [both.text(at) for at in range(len(both))] == ["AB 1234", "CD 5678", "AB 1236", "AB 1235"]
    hit = both.search("AB 123?", context={"maker": "Two"})[0]
    assert (hit.position, [factor.stands for factor in hit.factors]) == (3, ["Two"])
    both.add(["AB 1237"])
    assert (len(both), len(one), len(other)) == (5, 2, 1)
    assert MarkingIndex.joined([]).search("AB 1234") == []


def test_contexts_of_joined_indexes_are_put_together_once_by_many_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = MarkingIndex.joined([MarkingIndex.build(["AB 1234"], [{"maker": "One"}])])
    joined = Contexts.joined

    def meeting(several: Any) -> Contexts:
        monkeypatch.setattr(Contexts, "joined", joined)
        assert made.contexts.columns, "another thread, in between"
        return joined(several)

    monkeypatch.setattr(Contexts, "joined", meeting)
    assert made.contexts.columns and made.contexts.columns


@pytest.mark.parametrize("wholly", [False, True])
def test_without_some_leaves_the_first_as_it_is(wholly: bool) -> None:
    texts = [f"AB {number}" for number in range(123_400, 123_420)]
    made = MarkingIndex.build(texts, [{"maker": "One"}] * 20)
    before = said(made.search("AB 12340?", EVERY))
    less = made.without([3, 3, 5], wholly=wholly)
    assert {hit.position for hit in less.search("AB 12340?", EVERY, context={"maker": "One"})} == {
        *range(20)
    } - {3, 5}
    assert said(made.search("AB 12340?", EVERY)) == before and len(less) == 20
    assert less.search('"AB 123403"') == []
    assert (less.text(3) == "") is wholly
    with pytest.raises(IndexError):
        made.without([20])


def test_wholly_without_is_as_if_it_had_never_been_there() -> None:
    texts = [f"AB {number}" for number in range(123_400, 123_420)]
    never = MarkingIndex.build(text if at != 7 else "" for at, text in enumerate(texts))
    less = MarkingIndex.build(texts).without([7], wholly=True)
    assert said(less.search("AB 123407")) == said(never.search("AB 123407"))
