"""What a find shows, and when that is a signature."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from headstamp.analysis.spread.signature import (
    Signature,
    alike,
    feature,
    layout,
    propose,
    tells_apart,
    weights,
)

GREY, BIRD, LOT, CRATE = (feature(*one) for one in (
    ("paint", "grey green"), ("logo", "bird"), ("lot", "3-88"), ("packaging", "crate")))


@given(st.text(max_size=30))
def test_a_layout_of_a_layout_in_latin_is_the_same(text: str) -> None:
    once = layout(text)
    assert layout(once) == once or any(one in once for one in "Яع*Ωא")


@given(st.text(max_size=20), st.text(max_size=20))
def test_cleaning_a_feature_again_changes_nothing(kind: str, value: str) -> None:
    once = feature(kind, value)
    assert feature(*once) == feature(*feature(*once))


def test_what_was_not_looked_at_does_not_speak_against_a_signature() -> None:
    both = Signature(frozenset({GREY, BIRD}))
    assert both.shown_by(frozenset({GREY, BIRD, LOT})) is True
    assert both.shown_by(frozenset({GREY, LOT})) is None  # nobody noted a logo
    assert both.shown_by(frozenset({GREY, feature("logo", "lion")})) is False
    assert both.shown_by(frozenset()) is None
    assert Signature(frozenset()).shown_by(frozenset({GREY})) is False


def test_some_of_its_features_can_be_enough() -> None:
    two = Signature(frozenset({GREY, BIRD, LOT}), 2)
    assert two.shown_by(frozenset({GREY, BIRD, feature("lot", "1")})) is True
    assert two.shown_by(frozenset({GREY, feature("lot", "1"), feature("logo", "lion")})) is False
    assert two.shown_by(frozenset({GREY, feature("lot", "1")})) is None
    assert tells_apart(two, [frozenset({GREY, BIRD}), frozenset({GREY}), frozenset(
        {feature("paint", "x"), feature("logo", "y")})]) == (1, 1, 1)


def test_what_is_rare_weighs_more() -> None:
    finds = [frozenset({GREY, LOT}), frozenset({GREY, LOT}), frozenset({GREY}), frozenset({GREY, BIRD})]
    weight = weights(finds)
    assert weight[BIRD] > weight[LOT] > weight[GREY] > 0
    assert alike(finds[0], finds[1], weight) == 1 and alike(finds[0], finds[2], weight) < 0.5
    assert alike(frozenset(), frozenset(), weight) == 0
    assert weights(finds, ["a", "a", "b", "c"])[LOT] == weights(finds[1:], ["a", "b", "c"])[LOT]


def test_what_finds_share_is_proposed_rarest_first() -> None:
    found = propose([frozenset({GREY, LOT, BIRD}), frozenset({GREY, LOT})], [frozenset({GREY}), frozenset({CRATE})])
    assert [(one.feature, one.others) for one in found] == [(LOT, 0), (GREY, 1)]
    assert propose([], [frozenset({GREY})]) == []
