"""Which row is which: the same row always, two equal rows never."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from headstamp.intake.identity import Occurrences, identity, key_of
from headstamp.intake.lineage import Lineage
from headstamp.intake.value import Value, compiled

IDENTITIES = st.dictionaries(st.integers(1, 30), st.tuples(st.sampled_from("abcdefgh")), max_size=20)


def test_every_occurrence_has_its_own_number_however_many_there_are() -> None:
    seen, count = Occurrences(), Counter[str]()
    for number in range(20_000):
        text = str(number % 9_000)
        assert seen.next(text) == count[text]
        count[text] += 1


def test_key_or_else_all_cells() -> None:
    key = key_of([compiled(Value(column="a"), {"a": 0, "b": 1})])
    assert key((" A1 ", "x")) == key(("A1", "y")) == (True, "A1")
    assert key((None, "x")) == key((" ", "x")) or key((None, "x"))[0] is False
    whole = key_of(())
    assert whole(("a", "bc")) != whole(("ab", "c"))
    assert whole(("a", None)) == whole(("a", None))
    assert identity(True, "A1", 0) != identity(True, "A1", 1)
    # A key that looks like an occurrence of another is not one.
    assert identity(False, "x", 0) != identity(True, "x", 0)


@given(st.lists(IDENTITIES, min_size=1, max_size=5))
def test_lineage_never_gives_two_rows_one_identity_and_keeps_what_it_knows(
    states: list[dict[int, tuple[str]]]
) -> None:
    lines, before, said = Lineage(), dict[int, tuple[str, ...]](), dict[int, tuple[str]]()
    for state in states:
        # Rows of one file have different identities.
        now = {n: (f"{i[0]}{n}",) if Counter(state.values())[i] > 1 else i for n, i in state.items()}
        found = lines.follow(now)
        assert list(found) == list(now)
        assert len(set(found.values())) == len(now)
        stood = {own: before[number] for number, own in said.items()}
        for number, own in now.items():
            if own in stood:
                assert found[number] == stood[own]  # the same words, wherever they stand now
        assert lines.follow(now) == found
        before, said = found, now


def test_a_corrected_row_stays_the_same_row_in_later_states() -> None:
    lines = Lineage()
    lines.follow({1: ("a",), 2: ("q",)})
    assert lines.follow({1: ("a",), 2: ("r",)}) == {1: ("a",), 2: ("q",)}
    assert lines.follow({1: ("a",), 2: ("new",), 3: ("r",)}) == {1: ("a",), 2: ("new",), 3: ("q",)}
    # What the row said first is said again, and what it said last still stands: two rows.
    both = lines.follow({1: ("q",), 3: ("r",), 4: ("a",)})
    assert both[3] == ("q",) and len(set(both.values())) == 3
