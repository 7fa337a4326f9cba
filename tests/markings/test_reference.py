"""The reference library asked: every entry that answers, why, and what sets another aside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.markings.maker_name import same_maker
from headstamp.markings.normalise import LOOKALIKES
from headstamp.markings.reference import Context, Entry, Library, known_to
from headstamp.markings.reference_codes import codes_in, kinds_of
from headstamp.vocab import vocabulary


def entry(id_: str, code: str, maker: str, **more: str) -> Entry:
    return Entry(id=id_, code=code, maker=maker, **{"kind": "factory_code", **more})


# Invented works: no such plants are known to us.
LIBRARY = Library.build([
    entry("a", "10", "Old Works", country="SUHH", used_from="1947", used_to="1962"),
    entry("b", "10", "New Works", country="CN", used_from="1965", doubt="One list alone."),
    entry("c", "QZK", "Mill Works", country="YUCS", used_from="1951~"),
    entry("d", "В", "Cyrillic Works", country="RU"),
    entry("e", "B", "Latin Works", country="US"),
    entry("f", "8", "Figure Works", country="BG"),
    entry("g", "QZ?", "Worn Works", country="CZ"),
    Entry(id="h", kind="proof_mark", symbol="crown over two crossed hammers", country="BE",
          meaning="Invented proof house"),
    Entry(id="i", kind="vehicle_maker_code", code="19X", maker="Long Cars"),
    Entry(id="j", kind="vehicle_maker_code", code="19", maker="Short Cars"),
    Entry(id="k", kind="import_mark", code="QZK", maker="Importer Co", country="US"),
    Entry(id="l", kind="headstamp_element", code="★", meaning="a sign between elements"),
])


def ids(code: str, **known: object) -> tuple[list[str], list[str]]:
    answer = LIBRARY.find(code, Context(**known))  # type: ignore[arg-type]
    return [p.entry.id for p in answer.possible], [p.entry.id for p in answer.set_aside]


def test_one_code_of_several_makers_gives_them_all() -> None:
    answer = LIBRARY.find("10")
    assert set(answer.makers) == {"Old Works", "New Works"}
    assert set(answer.countries) == {"SUHH", "CN"}
    assert answer.sentence == "2 makers are possible: New Works or Old Works."
    assert LIBRARY.find("nothing like it").sentence.startswith("Not in the library.")


def test_the_year_narrows_and_says_why() -> None:
    assert ids("10", made_on="1953") == (["a"], ["b"])
    assert ids("10", made_on="1971") == (["b"], ["a"])
    answer = LIBRARY.find("10", Context(made_on="1953"))
    assert answer.possible[0].why == ("used 1947 to 1962: fits 1953",)
    assert answer.set_aside[0].against == ("used from 1965, and this was made 1953",)
    assert "Another that it does not know may have used the same" in answer.sentence
    # A date that spans both leaves both; an uncertain end sets nothing aside.
    assert set(ids("10", made_on="196X")[0]) == {"a", "b"}
    assert "c" in ids("QZK", made_on="1940")[0]
    assert set(ids("10", made_on="1963~")[0]) == {"a", "b"}


def test_where_nothing_fits_everything_is_still_shown() -> None:
    answer = LIBRARY.find("10", Context(country="FR"))
    assert not answer.possible and {p.entry.id for p in answer.set_aside} == {"a", "b"}
    assert "listed with its reasons" in answer.sentence


@pytest.mark.parametrize(("known", "fits"), [
    ({"country": "RU"}, ["a"]), ({"country": "SUHH"}, ["a"]), ({"country": "CN"}, ["b"]),
    ({"maker": "New Works Ltd"}, ["b"]), ({"kinds": ("import_mark",)}, []),
    ({"kinds": ("factory_code",)}, ["b", "a"]),
])
def test_country_maker_and_kind_narrow(known: dict[str, object], fits: list[str]) -> None:
    assert ids("10", **known)[0] == fits


def test_writing_alphabet_and_wear() -> None:
    assert ids("qz-k")[0][:2] == ["k", "c"]
    answer = LIBRARY.find("B")
    assert [(p.entry.id, p.how) for p in answer.possible] == [
        ("e", "as written"), ("d", "another way of writing"), ("f", "look-alike characters")]
    assert any("another alphabet" in why for why in answer.possible[1].why)
    assert set(ids("Q?K")[0]) == {"c", "g", "k"}
    assert set(ids("[1I]0")[0]) == {"a", "b"}
    assert "g" in ids("QZX")[0]  # the library's own copy is worn
    assert ids("?") == ([], []) and ids("??*") == ([], [])
    assert ids("★")[0] == ["l"]


def test_signs_are_found_by_their_description() -> None:
    assert ids("crossed hammers")[0] == ["h"] == ids("Crown")[0]
    assert ids("ham") == ([], [])


def test_a_vin_is_found_by_its_beginning() -> None:
    vin = "19XFC2F59GE000001"
    assert codes_in(vin, "serial") == ((vin, "the first characters of a VIN"),)
    assert set(ids(vin)[0]) == {"i", "j"}
    assert ids("19XFC2")[0] == [] and ids("19") == ([], []) and ids("19X")[0] == ["i"]
    assert ids("1?X") == ([], []) and set(ids("1?X", kinds=("vehicle_maker_code",))[0]) == {"i"}


def test_elements_of_a_headstamp_are_asked_one_by_one() -> None:
    answer = LIBRARY.find_any(codes_in("QZK 10", "headstamp"), Context(kinds=kinds_of("headstamp") or ()))
    assert {p.entry.id for p in answer.possible} >= {"a", "b", "c"}
    assert answer.sentence == ("Its parts may stand for: QZK: Mill Works or Worn Works; "
                               "10: New Works or Old Works.")
    assert "element 2 of QZK 10" in next(p for p in answer.possible if p.entry.id == "a").why
    aside = next(p for p in answer.set_aside if p.entry.id == "k")
    assert aside.against == ("the library has it as: import mark",)


def test_a_serial_number_is_no_code() -> None:
    assert codes_in("10", "serial") == codes_in("1985", "year") == ()


def test_is_this_code_known_to_this_maker() -> None:
    assert known_to(LIBRARY, "10", "old works").answer == "yes"
    assert [e.id for e in known_to(LIBRARY, "10", "Old Works").others] == ["b"]
    assert known_to(LIBRARY, "10", "Mill Works").answer == "others"
    assert known_to(LIBRARY, "Q?K", "Mill Works").answer == "perhaps"
    assert known_to(LIBRARY, "ZZZ", "Mill Works").answer == "not_in_library"


def test_names_of_one_maker() -> None:
    assert same_maker("Zavod 10, OAO", "ZAVOD 10") and not same_maker("Zavod 10", "Zavod 11")
    assert same_maker("Mill Works Ltd.", "MILL WORKS")
    assert not same_maker("", "Mill") and not same_maker("Ltd", "Mill")


@given(st.text(max_size=30))
def test_any_text_can_be_asked(text: str) -> None:
    answer = LIBRARY.find(text)
    assert answer.sentence
    for kind in ("headstamp", "serial", "unknown"):
        LIBRARY.find_any(codes_in(text, kind))


@given(st.sampled_from(LIBRARY.entries), st.data())
def test_an_entry_is_found_whatever_wear_does_to_its_code(one: Entry, data: st.DataObject) -> None:
    # Two letters of a vehicle's maker are in everything: they answer to a VIN alone.
    if len(one.code) < 2 or "?" in one.code or one.kind == "vehicle_maker_code":
        return
    at = data.draw(st.integers(0, len(one.code) - 1))
    swaps = {a: b[0] for a, b in LOOKALIKES.items()} | {c: a for a, b in LOOKALIKES.items() for c in b}
    alike = swaps.get(one.code[at], one.code[at])
    for seen in (one.code[:at] + "?" + one.code[at + 1:], one.code[:at] + alike + one.code[at + 1:]):
        assert one.id in [p.entry.id for p in LIBRARY.find(seen).possible], seen


def test_every_kind_named_is_in_the_vocabularies() -> None:
    known = {term.code for term in vocabulary("reference_kind")}
    for term in vocabulary("marking_kind"):
        assert set(kinds_of(term.code) or ()) <= known
