"""The fixed words of an extract: the same in every language, in its alphabet, and nothing on handling."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from headstamp.errors import Invalid
from headstamp.kinds.tier import TIERS
from headstamp.publish.alert_extract import (
    LANGUAGES,
    NAMED,
    ends,
    features_said,
    number_of,
    words_of,
)
from headstamp.publish.alert_extract import Find as Seen
from headstamp.vocab import vocabulary
from headstamp.vocab.handling import handling_in


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word_with_the_same_braces(language: str) -> None:
    english, told = words_of("en"), words_of(language)
    assert set(told) == set(english)
    for key, meant in english.items():
        assert names(told[key]) == names(meant), key
        assert told[key].strip() or key in ("comma", "colon"), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_fixed_word_speaks_of_handling(language: str) -> None:
    assert {key: handling_in(told) for key, told in words_of(language).items() if handling_in(told)} == {}


@pytest.mark.parametrize(("language", "script"), [("ar", "[\u0600-\u06ff]"), ("ru", "[\u0400-\u04ff]")])
def test_the_words_are_of_their_alphabet(language: str, script: str) -> None:
    for key, told in words_of(language).items():
        plain = re.sub(r"\{\w+\}", "", told)
        assert not re.search(r"[A-Za-z]{3}", plain), key
        assert len(plain) < 6 or re.search(script, plain), key


@pytest.mark.parametrize(("prefix", "name"), [
    ("feature", "feature_kind"), ("kind", "alert_kind"), ("role", "recipient_role")])
def test_every_code_has_its_word(prefix: str, name: str) -> None:
    wanted = {f"{prefix}_{term.code}" for term in vocabulary(name)}
    assert {key for key in words_of("en") if key.startswith(f"{prefix}_")} == wanted


def test_every_tier_and_every_field_that_may_be_left_out_has_its_word() -> None:
    assert {f"tier_{one}" for one in TIERS} | {f"what_{one}" for one in NAMED} <= set(words_of("en"))
    with pytest.raises(Invalid, match="not in 'de'"):
        words_of("de")


def test_features_as_a_draft_says_them() -> None:
    assert features_said([("paint", "olive"), ("marking_convention", "A-9")]) == "paint: olive; way of marking: A-9"
    assert number_of("alert-ab") == "A-AB"


def test_first_and_last_go_by_their_days() -> None:
    finds = [Seen(day, day, (), "") for day in ("2017-02", "2016", "2017-02-11", "", "2015/..")]
    first, last = ends(finds)
    assert first is not None and first.day == "2015/.."
    assert last is not None and last.day == "2017-02"
    assert ends([Seen("a", "", (), "")]) == (None, None)
