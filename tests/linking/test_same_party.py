"""What follows from judgements on pairs, and what is not drawn."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from headstamp.linking.same_party import Judgement, sameness

PAIRS = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh"), st.booleans()),
                 max_size=14)


def judgements(pairs: list[tuple[str, str, bool]]) -> list[Judgement]:
    return [Judgement(f"t{number}", *pair) for number, pair in enumerate(pairs)]


def test_a_line_of_judgements_makes_one_group() -> None:
    found = sameness(judgements([("b", "c", True), ("a", "b", True), ("x", "y", False)]))
    assert found.same == {"a": "a", "b": "a", "c": "a"}
    assert found.group("c") == ("a", "b", "c") and found.group("x") == ("x",)
    assert not found.contested


def test_a_contradicted_group_is_shown_and_not_drawn_from() -> None:
    found = sameness(judgements([
        ("a", "b", True), ("b", "c", True), ("c", "a", False), ("k", "l", True),
    ]))
    assert found.same == {"k": "k", "l": "k"}
    (one,) = found.contested
    assert (one.party, one.other, one.different, one.line) == ("c", "a", "t2", ("t1", "t0"))
    assert one.parties == ("a", "b", "c")


def test_a_judgement_on_a_party_and_itself_is_told_and_draws_nothing() -> None:
    found = sameness(judgements([("a", "a", True), ("b", "b", False)]))
    assert found.selves == ("t0", "t1") and not found.same and not found.contested


@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_judging_changes_nothing(pairs: list[tuple[str, str, bool]], mix: object) -> None:
    some = judgements(pairs)
    mixed = list(some)
    mix.shuffle(mixed)  # type: ignore[attr-defined]
    assert sameness(some) == sameness(mixed)


@given(PAIRS)
def test_who_stands_for_all_stands_for_itself_and_no_different_pair_is_joined(
    pairs: list[tuple[str, str, bool]],
) -> None:
    found = sameness(judgements(pairs))
    assert all(found.same[to] == to for to in found.same.values())
    assert all(found.same.get(one, one) != found.same.get(other, other)
               for one, other, same in pairs if not same and one != other)
