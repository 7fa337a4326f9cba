"""Names of parties read for comparison: forms, scripts, Latin spelling, consonants."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.linking.latin import script_of
from headstamp.linking.party_names import read_name


@pytest.mark.parametrize(("written", "words", "form", "kind"), [
    ("Example Trading Co., Ltd.", "example trading", "Co Ltd", "limited"),
    ("EXAMPLE TRADING S. A. R. L.", "example trading", "SARL", "limited"),
    ("ООО «Ромашка»", "romashka", "ООО", "limited"),
    ("Закрытое акционерное общество Ромашка", "romashka", "Закрытое акционерное общество",
     "joint_stock"),
    ("ПАО Ромашка", "romashka", "ПАО", "joint_stock"),
    ("شركة المثال للتجارة ش.م.م", "mthal tjarh", "شركة شمم", "limited"),
    ("北方工业有限公司", "bei fang gong ye", "有限公司", "limited"),
    ("Ελληνικά Όπλα Α.Ε.", "ellinika opla", "ΑΕ", "joint_stock"),
    ("תעש ישראל בע\"מ", "ts ysrl", "בעמ", "limited"),
    ("İstanbul Ticaret A.Ş.", "istanbul ticaret", "AŞ", "joint_stock"),
    ("Müller & Söhne GmbH & Co. KG", "muller sohne", "GmbH Co KG", "partnership"),
    ("Oy Robit Rocktools Ltd", "robit rocktools", "Oy Ltd", "limited"),
    ("Zastava Oružje a.d.", "zastava oruzje", "ad", "joint_stock"),
    ("A. B. Trading", "a b trading", "", ""),
    ("Ltd", "ltd", "", ""),
    ("12345", "12345", "", ""),
])
def test_the_form_is_parted_and_kept(written: str, words: str, form: str, kind: str) -> None:
    name = read_name(written)
    assert (" ".join(name.latin_words), name.form, name.form_kind) == (words, form, kind)
    assert name.written == written


def test_a_person_has_no_form_and_no_branch() -> None:
    name = read_name("Co Ag Ltd", True)
    assert (name.form, name.unit, name.latin_words) == ("", (), ("co", "ag", "ltd"))


def test_the_latin_spelling_stands_beside_and_says_its_doubt() -> None:
    arabic, cyrillic, latin_ = map(read_name, ("محمد خليل", "Щербаков", "Acme"))
    assert (arabic.latin, cyrillic.latin, latin_.latin) == ("Mhmd Khlyl", "Shcherbakov", "")
    assert "without vowels" in arabic.doubt and not cyrillic.doubt
    assert arabic.skeletons & read_name("Muhammad Khalil").skeletons
    assert arabic.skeletons & read_name("Mohammed Khaleel").skeletons


@pytest.mark.parametrize(("one", "other"), [
    ("Иванов", "Iwanow"), ("Щукин", "Schukin"), ("Хасан", "Hassan"), ("حسن", "Hassan"),
    ("قاسم", "Qassem"), ("قاسم", "Kasim"), ("يوسف", "Yusuf"), ("Джаббаров", "Jabbarov"),
])
def test_one_name_in_two_scripts_has_consonants_in_common(one: str, other: str) -> None:
    assert read_name(one).skeletons & read_name(other).skeletons


@pytest.mark.parametrize("text", [
    "Metso Flow Control Oy (formerly known as Metso Automation Oy)",
    "Metso Flow Control Oy, formerly Metso Automation Oy",
    "Metso Flow Control Oy (aik. Metso Automation Oy)",
    "Metso Flow Control Oy f/k/a Metso Automation Oy",
])
def test_a_name_that_tells_of_another_one_gives_both(text: str) -> None:
    name = read_name(text)
    assert name.latin_words == ("metso", "flow", "control")
    assert [read_name(one).latin_words for one in name.former] == [("metso", "automation")]


@given(st.text(max_size=60))
def test_any_text_is_read_and_stays_as_written(text: str) -> None:
    name = read_name(text)
    assert name.written == text
    assert all(word == word.lower() and word.isascii() for word in name.latin_words)
    # Vowel marks and signs do not count as words, letters do.
    assert bool(script_of(text)) or not name.latin


@given(st.text("абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґ ", min_size=1, max_size=30))
def test_case_and_doubled_spaces_change_no_key(text: str) -> None:
    one, other = read_name(text), read_name("  " + text.upper().replace(" ", "  "))
    assert (one.words, one.latin_words, one.skeletons) == (other.words, other.latin_words,
                                                          other.skeletons)
