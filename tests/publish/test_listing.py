"""Cut lists: every row is given a place, and what is left out is said."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from headstamp.publish.listing import Cut, shares


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 9000), max_size=12),
       st.integers(0, 2000))
def test_rows_are_shared_out_and_small_lists_stay_whole(counts: dict[str, int], most: int) -> None:
    given_ = shares(counts, most)
    assert given_.keys() == counts.keys()
    assert all(0 <= given_[name] <= counts[name] for name in counts)
    assert sum(given_.values()) == min(most, sum(counts.values()))
    cut = [given_[name] for name in counts if given_[name] < counts[name]]
    # A list is cut only where every other is as short as it or whole.
    assert not cut or max(given_.values()) <= max(cut) + 1


def test_what_is_left_out_is_said() -> None:
    assert Cut(3, 3, "by date").note == ""
    assert Cut(500, 5806, "by date").note == (
        "The first 500 of 5,806 by date; all are in the case."
    )
