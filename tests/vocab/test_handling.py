"""Words of handling: found in five languages, and not in what merely looks like them."""

from __future__ import annotations

import pytest

from headstamp.vocab import fold, vocabulary
from headstamp.vocab.handling import handling_in


@pytest.mark.parametrize("text", [
    "Do not touch.", "Never open the crate", "OPENING", "it was dismantled on site", "Defuse first",
    "keep away and call", "wear gloves", "Ne pas toucher", "Ne l’ouvrez pas, démontage interdit",
    "désamorcer", "No tocar", "desactivación por técnicos", "No se acerque", "Не трогать!",
    "не вскрывайте ящик", "обезвреживание", "разборка", "безопасное расстояние", "لا تلمسه",
    "لا تفتح الصندوق", "تفكيك", "إبطال", "التعطيل", "لا تقترب", "الاقتراب ممنوع",
])
def test_a_word_of_handling_is_found(text: str) -> None:
    assert handling_in(text), text


@pytest.mark.parametrize("text", [
    "", "Olive crate with rope handles, found opened", "Neutral grey paint over sand",
    "Disarmament commission of the province", "detonator box, detonating cord", "charger clip",
    "open-air market", "serial removed", "caisse ouverte, peinture verte", "caja abierta",
    "desarme, desmovilización", "Levante", "открытый ящик, разбитая крышка", "صندوق مفتوح، طلاء زيتوني",
    "حركة فتح", "fireworks", "Armoury", "contact lens",
])
def test_what_looks_like_one_is_not(text: str) -> None:
    assert handling_in(text) == (), text


def test_every_word_of_the_list_is_found_and_told_with_what_it_is_about() -> None:
    for term in vocabulary("handling_words"):
        for word in term.synonyms:
            stem = word.removesuffix("*")
            found = handling_in(f"xx {stem}{'a' if word.endswith('*') else ''}, yy")
            assert found, word
            assert found[0].about in {one.label for one in vocabulary("handling_words")}


def test_the_longest_phrase_is_told_once_and_in_order() -> None:
    assert [one.word for one in handling_in("Keep away. Do not open it; do not open!")] == [
        "keep away", "do not open"]


def test_letters_and_signs_between_do_not_hide_it() -> None:
    assert handling_in("DO  NOT\nOPEN") and handling_in("dé-samorcer désamorcer") and handling_in("D’ouvrir")
    assert fold("Не открывайте") and handling_in("НЕ ОТКРЫВАЙТЕ")
