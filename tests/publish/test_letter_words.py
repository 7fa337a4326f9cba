"""The standing words: the same in every language, changeable, and refused with file and line."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from string import Formatter

import pytest

from headstamp.errors import Invalid, Missing
from headstamp.publish.letter_words import LANGUAGES, SHIPPED, load, shipped
from headstamp.vocab import vocabulary


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_sentence_with_the_same_braces(language: str) -> None:
    english, told = (load(one).words.told for one in ("en", language))
    assert {s: set(w) for s, w in told.items()} == {s: set(w) for s, w in english.items()}
    for section, words in english.items():
        for key, meant in words.items():
            here = told[section][key]
            assert type(here) is type(meant), (section, key)
            if isinstance(meant, tuple):
                assert isinstance(here, tuple)
                assert len(here) == len(meant), (section, key)
            else:
                assert names(str(here)) == names(meant), (section, key)
                assert str(here).strip() or key == "comma", (section, key)


@pytest.mark.parametrize(("section", "name", "but"), [
    ("illicit_basis", "illicit_basis", set()), ("confidentiality_asked", "confidentiality", set()),
    ("confidentiality_given", "confidentiality", set()), ("marking_kind", "marking_kind", set()),
    ("marking_state", "marking_state", set()), ("manner", "recovery_manner", set()),
    ("family", "item_family", set()), ("condition", "condition", set()),
    ("ask", "addressee_role", set()), ("unit", "unit", {"licence", "eur", "usd"}),
])
def test_every_code_has_its_word(section: str, name: str, but: set[str]) -> None:
    codes = {term.code for term in vocabulary(name).terms} - but
    assert set(load("en").words.told[section]) == codes


def test_the_letters_are_of_their_alphabet() -> None:
    letters = {"ar": "[\u0600-\u06ff]", "ru": "[\u0400-\u04ff]"}
    for language, script in letters.items():
        for section, words in load(language).words.told.items():
            for key, told in words.items():
                for one in told if isinstance(told, tuple) else (told,):
                    plain = re.sub(r"\{\w+\}", "", one)
                    if section not in ("language",) and re.search(r"[A-Za-z]{3}", plain):
                        raise AssertionError(f"{language}.{section}.{key}: {one}")
                    assert len(plain) < 12 or re.search(script, plain), (language, key)


def test_a_changed_sentence_wins_and_the_others_stay(tmp_path: Path) -> None:
    near, far = tmp_path / "near", tmp_path / "far"
    for folder, words in ((near, "Dear all,"), (far, "Hello,")):
        folder.mkdir()
        (folder / "en.toml").write_text(f'[letter]\nsalutation = "{words}"\n', encoding="utf-8")
    (far / "sender.toml").write_text('name = "Board"\naddress = ["1 Road"]\n[fr]\nname = "Office"\n',
                                     encoding="utf-8")
    told = load("en", near, far)
    assert told.words["letter.salutation"] == "Dear all,"
    assert told.words["letter.closing"] == "Yours faithfully,"
    assert (told.sender.name, told.sender.address, told.sender.signatory) == ("Board", ("1 Road",), "")
    assert load("fr", far).sender.name == "Office"
    assert load("en", None, far).words["letter.salutation"] == "Hello,"
    assert len(told.changed) == 3


@pytest.mark.parametrize(("text", "line", "says"), [
    ('[letter]\n\nsalutation = "Dear {name},"\n', 3, "{name} is nothing that is filled in here"),
    ('[letter]\nsalutation = "Dear {,"\n', 2, "braces do not close"),
    ('[letter]\nanswer_by = "{due!r}"\n', 2, "no plain name"),
    ('[letter]\nanswer_by = "{due.year}"\n', 2, "no plain name"),
    ('[letter]\nsalutaton = "Dear all,"\n', 2, "there is no 'salutaton'"),
    ('[label]\ndate = "On"\n[lettre]\nx = "y"\n', 3, "there is no section 'lettre'"),
    ("[letter]\nsalutation = 3\n", 2, "this is a text"),
    ('[ask]\nmaker = "Why?"\n', 2, "a list of sentences"),
    ("[ask]\nmaker = []\n", 2, "a list of sentences"),
    ('[letter]\nsalutation = "Dear all,\n', 2, "not TOML"),
    ('[language]\ndirection = "up"\n', 2, "ltr or rtl"),
    ('top = "x"\n', 1, "there is no section 'top'"),
])
def test_what_cannot_be_used_is_told_with_file_and_line(
    tmp_path: Path, text: str, line: int, says: str
) -> None:
    path = tmp_path / "en.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Invalid) as error:
        load("en", tmp_path)
    assert f"{path}, line {line}" in {p.file for p in error.value.problems}
    assert says in str(error.value)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text('[letter]\nx = "y"\nclosing = 1\n', encoding="utf-8")
    (tmp_path / "sender.toml").write_text('name = 7\n[ar]\nsignature = "x"\n', encoding="utf-8")
    with pytest.raises(Invalid) as error:
        load("en", tmp_path)
    assert [p.file.rpartition("/")[2] for p in error.value.problems] == [
        "en.toml, line 2", "en.toml, line 3", "sender.toml, line 1", "sender.toml, line 3"]


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_bytes(b'[letter]\nclosing = "\xff"\n')
    with pytest.raises(Invalid, match=r"en\.toml, line 2: this is not UTF-8"):
        load("en", tmp_path)


def test_a_language_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "uk.toml").write_text(shipped("ru.toml"), encoding="utf-8")
    assert load("uk", tmp_path).words.language == "uk"
    (tmp_path / "uk.toml").write_text('[letter]\nclosing = "З повагою,"\n', encoding="utf-8")
    with pytest.raises(Invalid, match="this sentence is missing"):
        load("uk", tmp_path)
    for none in ("de", "../en", "", "EN"):
        with pytest.raises(Missing, match="there are no words"):
            load(none, tmp_path)


def test_all_shipped_files_are_there() -> None:
    for name in (*SHIPPED, "terms.toml"):
        text = shipped(name)
        if name.endswith(".toml"):
            tomllib.loads(text)
