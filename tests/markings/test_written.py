"""Quotes find a text to the letter: as it is, then as it is held, and in bounded work."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.markings import MarkingIndex, written
from tests.effort import examples

TEXTS = st.lists(st.text("AB é*?-", max_size=7), max_size=30)


def found(index: MarkingIndex, wanted: str, limit: int = 50) -> list[tuple[int, str]]:
    return [(hit.position, hit.text) for hit in index.search(f'"{wanted}"', limit=limit)]


@examples(150)
@given(
    TEXTS, st.text("AB é*?-", min_size=1, max_size=4), st.sets(st.integers(0, 29)),
    st.sampled_from((1, 2, 5, 1 << 24)), st.sampled_from((0, 1, 1000)),
)  # fmt: skip
def test_all_that_are_it_then_all_that_hold_it(
    texts: list[str], wanted: str, gone: set[int], step: int, in_vain: int
) -> None:
    index = MarkingIndex.build(texts)
    index.remove(at for at in gone if at < len(texts))
    hold = [
        (-(1.0 if text == wanted else round(len(wanted) / len(text) / 2, 4)), at, text)
        for at, text in enumerate(texts)
        if wanted in text and at not in gone
    ]
    with pytest.MonkeyPatch.context() as patch:
        # Pieces of a few bytes, as if the texts were hundreds of megabytes.
        patch.setattr(written, "_STEP", step)
        patch.setattr(written, "_IN_VAIN", in_vain)
        assert found(index, wanted) == [(at, text) for _, at, text in sorted(hold)]


def test_capitals_signs_and_every_kind_of_quote_count() -> None:
    index = MarkingIndex.build(["07-85", "0785", "07/85", "ab", "AB"])
    for left, right in (('"', '"'), ("“", "”"), ("„", "“"), ("«", "»")):
        assert [hit.text for hit in index.search(f"{left}07-85{right}")] == ["07-85"]
    assert found(index, "ab") == [(3, "ab")]
    assert found(index, "7-8") == [(0, "07-85")]


def test_the_text_itself_is_found_behind_any_number_that_hold_it() -> None:
    index = MarkingIndex.build([*["AB 123456 X"] * 1000, "AB 123456"])
    assert found(index, "AB 123456", limit=1) == [(1000, "AB 123456")]
    (hit,) = index.search('"AB 123456"', limit=1)
    assert (hit.probability, str(hit.explain())) == (1.0, "as written")


def test_what_only_holds_it_says_so() -> None:
    (hit,) = MarkingIndex.build(["LOT 07-85 B"]).search('"07-85"')
    assert (hit.part, hit.probability < 0.5) == ("07-85", True)
    assert str(hit.explain()) == "the text holds 07-85 as written"


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        (["\0" * 200_000, "A" * 200_000], "\0\0"),
        (["AA"] * 20_000, "AAA"),
        (["AB"] * 20_000, "BA"),
        (["é" * 100_000], "é" * 9),
    ],
)
def test_the_work_does_not_grow_with_the_occurrences(
    texts: list[str], wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = MarkingIndex.build(texts)
    asked = 0
    searchsorted = written.np.searchsorted

    def counted(*args: object, **named: object) -> object:
        nonlocal asked
        asked += 1
        return searchsorted(*args, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(written.np, "searchsorted", counted)
    holding = [at for at, text in enumerate(texts) if wanted in text]
    assert [at for at, _ in found(index, wanted)] == holding
    assert asked < 5000


def test_nothing_between_the_quotes_finds_nothing() -> None:
    index = MarkingIndex.build(["", '"', '""'])
    assert index.search('""') == [] and index.search('"A"', limit=0) == []
    assert found(index, '"') == [(1, '"'), (2, '""')]
