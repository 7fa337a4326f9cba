"""From the words of a type to a class: several languages, the longest word, what only looks like an arm."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.publish.iafq_classes import UNMAPPED, read_classes
from headstamp.vocab import vocabulary
from tests.effort import examples

CLASSES = read_classes()
CODES = {one.code for one in CLASSES.classes}


@pytest.mark.parametrize(("family", "words", "group", "code"), [
    ("arm", "Sub-machine guns", "arms", "sub_machine_gun"), ("arm", "Machine-gun", "arms", "machine_gun"),
    ("arm", "heavy machine gun", "arms", "light_weapon"), ("arm", "Пистолет-пулемёт", "arms", "sub_machine_gun"),
    ("arm", "Пистолет", "arms", "pistol"), ("arm", "Fusil d'assaut", "arms", "rifle"), ("arm", "Fusil de chasse", "arms", "shotgun"),
    ("arm", "arma de fogo: revólver", "arms", "revolver"), ("arm", "arma de fogo: outros", "arms", "kind_not_told"),
    ("arm", "arma de fogo: arma fabricação caseira", "arms", "craft_made"), ("arm", "recoilless rifle", "arms", "light_weapon"),
    ("arm", "", "arms", "kind_not_told"), ("arm", "AKM", "arms", UNMAPPED), ("arm", "pistol or revolver", "arms", UNMAPPED),
    ("arm", "simulacro: fuzil", "outside", "no_arm"), ("arm", "air rifle", "outside", "no_arm"), ("arm", "antique pistol", "outside", "antique"),
    ("unknown", "pistol", "arms", "pistol"), ("unknown", "weapon", "outside", ""), ("unknown", "truck", "outside", ""),
    ("component", "upper receiver", "parts", "frame_receiver"), ("component", "transceiver", "parts", UNMAPPED),
    ("ammunition", "7.62 x 39", "ammunition", "ammunition"), ("vehicle", "rifle rack", "outside", ""),
])
def test_types_find_their_class(family: str, words: str, group: str, code: str) -> None:
    assert CLASSES.of(family, words) == (group, code)


@examples(200)
@given(st.sampled_from([term.code for term in vocabulary("item_family").terms]), st.text(max_size=40))
def test_any_words_are_in_one_class_of_a_table_or_outside(family: str, words: str) -> None:
    group, code = CLASSES.of(family, words)
    assert group in ("arms", "ammunition", "parts", "outside")
    assert group == "outside" or code in {one.code for one in CLASSES.of_group(group)}


def test_every_manner_and_family_of_the_vocabularies_is_placed() -> None:
    assert set(CLASSES.manners) - {""} == {term.code for term in vocabulary("recovery_manner").terms}
    assert set(CLASSES.families) <= {term.code for term in vocabulary("item_family").terms}
    assert CLASSES.manner(None) == CLASSES.manner("recovered") == "not_told" and CLASSES.manner("cached") == "found"
