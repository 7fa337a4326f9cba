"""How surely a claim is about an item: the strongest match decides, every reason is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.markings.normalise import plain_key
from headstamp.tracing.attach import (
    PART_OF,
    Match,
    attachment,
    lot_share,
    merged,
    through,
    weighed,
)

MATCHES = st.lists(st.builds(
    Match, st.sampled_from(["item", "serial", "lot", "package", "part of", "product"]),
    st.floats(0, 1), st.sampled_from(["", "a", "b", "c"]), st.booleans(), st.booleans(),
    st.sampled_from(["", "mark-1", "mark-2"]),
), min_size=1, max_size=6)


@pytest.mark.parametrize(("match", "how"), [
    (Match("item", 1.0, "", exact=True), "exactly"),
    (Match("serial", 1.0, "in the range", exact=True), "exactly"),
    (Match("serial", 0.8, "most ways to read it"), "probably"),
    (Match("serial", 0.5, "half of them"), "probably"),
    (Match("serial", 0.3, "three of ten"), "perhaps"),
    (Match("product", 0.9, "the same model", doubted=True), "perhaps"),
    (Match("lot", 1.0, "lot 7", exact=True, doubted=True), "perhaps"),  # too short a number
])
def test_how_surely(match: Match, how: str) -> None:
    found = attachment([match])
    assert (found.by, found.how, found.share) == (match.by, how, match.share)


@given(MATCHES, st.randoms())
def test_the_order_of_matches_changes_nothing_and_every_reason_is_told(
    matches: list[Match], random: object
) -> None:
    found = attachment(matches)
    shuffled = list(matches)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert attachment(shuffled) == found
    assert set(found.words) == {match.words for match in matches if match.words}


@given(MATCHES, MATCHES)
def test_more_that_speaks_for_it_never_makes_it_less_sure(
    some: list[Match], more: list[Match]
) -> None:
    sureness = ["perhaps", "probably", "exactly"]
    assert sureness.index(attachment([*some, *more]).how) >= sureness.index(attachment(some).how)


def test_what_it_was_packed_in_is_never_exact() -> None:
    (once,) = through([Match("lot", 1.0, "lot “4470-B”", exact=True, marking="mark-1")], "crate 3")
    (twice,) = through([once], "pallet 9")
    assert (once.by, once.share, once.exact) == ("part of", PART_OF, False)
    assert twice.share == PART_OF ** 2 and "crate 3" in twice.words and "pallet 9" in twice.words
    found = attachment([once])
    assert (found.how, found.marking) == ("probably", "mark-1")


def test_an_unread_lot_is_shared_by_all_that_agree() -> None:
    shares = [lot_share(n) for n in range(1, 50)]
    assert shares == sorted(shares, reverse=True)
    # Those named never take all of it: the lot may be one that no paper names.
    assert all(n * share < 1 for n, share in enumerate(shares, 1))


TEXTS = st.sampled_from(["TA 412207", "ta412207", "TA 412208", "TA 41?207", "X1", ""])
READINGS = st.lists(st.tuples(TEXTS.filter(bool), st.one_of(st.none(), st.floats(0, 1))), max_size=5)


@given(TEXTS, READINGS)
def test_what_a_marking_may_read_adds_up_to_at_most_one(
    text: str, readings: list[tuple[str, float | None]]
) -> None:
    found = weighed(text, readings, plain_key)
    assert sum(share for _, share in found) <= 1.0 + 0.01 * len(found)  # each is rounded
    keys = [plain_key(one) for one, _ in found]
    assert len(keys) == len(set(keys))
    assert set(keys) <= {plain_key(one) for one, _ in readings} | {plain_key(text)}
    assert [share for _, share in found] == sorted((s for _, s in found), reverse=True)


def test_readings_without_certainty_share_what_is_left() -> None:
    assert weighed("?", [("A1", None), ("A2", None)], plain_key) == [("A1", 0.5), ("A2", 0.5)]
    assert weighed("?", [("A1", 0.6), ("A2", None)], plain_key) == [("A1", 0.6), ("A2", 0.4)]
    assert weighed("A1", [("A-1", 0.9)], plain_key) == [("A-1", 1.0)]


def test_matches_of_several_ways_come_together() -> None:
    one, other = Match("lot", 1.0, "lot"), Match("serial", 1.0, "serial")
    assert merged([{"tran-1": [one]}, {"tran-1": [other], "tran-2": [other]}]) == {
        "tran-1": [one, other], "tran-2": [other]}
