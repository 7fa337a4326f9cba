"""Clerks' words for a marking that is not there: read word by word, never guessed."""

from __future__ import annotations

import csv
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.markings.state_words import UNSETTLED, marking_state_of
from headstamp.vocab import vocabulary
from tests.shared import shared

STATES = {term.code for term in vocabulary("marking_state")}


@pytest.mark.parametrize(("state", "words"), [
    ("removed", ["RASPADO", "Suprimido.", "REMOVIDO por ação mecânica;",
                 "indeterminado (raspado)", "-NUMERAÇÃO REMOVIDA;-", "ground off",
                 "serial number removed", "effacé", "meulée", "borrado", "спилен",
                 "номер удалён механическим способом", "видалено", "ممسوح", "مزال",
                 "Não identificado - Suprimido"]),
    ("defaced", ["Parcialmente removido por ação humana.", "partly removed", "obliterated",
                 "Adulterado por ação abrasiva", "перебит", "частично стёрт",
                 "مطموس", "ilegível, devido marcas de punção"]),
    ("absent", ["INEXISTENTE", "nao possui", "none", "no serial number", "sans numéro",
                "sin número de serie", "без номера", "немає", "لا يوجد",
                "não aparente, sem vestígios de ter sido removido"]),
    ("not_recorded", ["-", "n/k", "Não consta.", "unknown", "non renseigné", "no consta",
                      "не указан", "невідомо", "غير معروف"]),
    ("partial", ["Ilegível", "illegible", "extraído por ação do tempo.", "illisible",
                 "не читается", "غير مقروء"]),
    (UNSETTLED, ["não identificado", "Não aparente", "not found", "vide observação", "SN",
                 "indeterminado por ação mecânica", "Adulterado/suprimido por ação abrasiva",
                 "xxxxxxx", "не обнаружен"]),
])
def test_words_of_clerks_in_seven_languages(state: str, words: list[str]) -> None:
    for word in words:
        said = marking_state_of(word)
        assert said is not None, word
        assert (said.state, said.written) == (state, word), said.why
        assert (len(said.states) == 1) == (state != UNSETTLED)
        assert said.why


@pytest.mark.parametrize("text", [
    "AB 1234", "REMOVED 1234", "ARMA", "number", "ACW????", "??????", "", "   ", "NORINCO",
    "PROPERTY OF THE ARMY", "removed property of the army", "NO STEP", "GROUND", "m", "na face",
    "MADE WITHOUT NUMBER", "\x00", "\ud800", "x" * 500, "[8B]",
])
def test_a_text_is_never_taken_for_a_state(text: str) -> None:
    assert marking_state_of(text) is None


def test_what_stays_open_says_what_it_may_be() -> None:
    found = {word: marking_state_of(word) for word in ("não aparente", "SN", "Vide Observação.",
                                                        "tampering")}
    assert {word: said.states for word, said in found.items() if said} == {
        "não aparente": ("removed", "absent"), "SN": ("absent", "not_recorded"),
        "Vide Observação.": (), "tampering": ("defaced", "removed"),
    }
    said = found["não aparente"]
    assert said is not None and "removed or absent" in said.why


@given(st.text(max_size=60))
def test_any_text_gets_an_answer_or_none(text: str) -> None:
    said = marking_state_of(text)
    if said is not None:
        assert said.state in STATES and set(said.states) <= STATES
        assert marking_state_of(f"  {text} ") is not None


def test_every_class_of_the_list_leads_to_a_state() -> None:
    for term in vocabulary("marking_state_words"):
        said = [marking_state_of(p.replace("*", "")) for p in term.synonyms]
        if term.code in ("beside", "partly"):
            # A filler that is also a word of its own ("na") tells something as a whole cell.
            assert sum(one is not None for one in said) <= 3, term.code
        else:
            assert all(said), term.code


# What docs/reference-library.md says of the real words; of 12,720 records.
RIO = {"removed": 9526, "unsettled": 1152, "defaced": 938, "absent": 761, "not_recorded": 254,
       "partial": 61, "a text with unread characters": 28}


def test_nearly_all_real_words_are_understood() -> None:
    path = shared("data/rj_police_vocabulary/serial_field_words_without_digits.csv")
    counted: Counter[str] = Counter()
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            words, records = row["as_written"], int(row["records"])
            said = marking_state_of(words)
            text = "a text with unread characters" if set("?*") & set(words) else "not understood"
            counted[said.state if said else text] += records
    assert counted == RIO
