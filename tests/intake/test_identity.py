"""Which row is which: the same row always, two equal rows never."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from headstamp.intake.identity import Occurrences, identity, key_of
from headstamp.intake.lineage import paired
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


@given(IDENTITIES, IDENTITIES)
def test_pairing_never_gives_two_rows_one_identity_and_keeps_what_is_known(
    before: dict[int, tuple[str]], now: dict[int, tuple[str]]
) -> None:
    # Rows of one file have different identities.
    before = {n: (f"{i[0]}{n}",) if Counter(before.values())[i] > 1 else i for n, i in before.items()}
    now = {n: (f"{i[0]}{n}",) if Counter(now.values())[i] > 1 else i for n, i in now.items()}
    found = paired(before, now)
    assert set(found) == set(now)
    assert len(set(found.values())) == len(now)
    for number, own in now.items():
        assert found[number] == own or (own not in before.values() and found[number] == before[number])
    assert paired(found, now) == found
