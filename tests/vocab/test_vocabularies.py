"""Every vocabulary in the folder: it loads, says where it comes from, and has no code twice."""

from __future__ import annotations

import csv
from importlib.resources import files

import pytest

from headstamp.errors import Missing
from headstamp.vocab import fold, names, vocabulary
from tests.shared import shared

LARGE = {
    "cartridges", "common_high_priority", "countries", "dual_use_categories",
    "gs1_prefixes", "hs_2022",
    "munitions_list", "nato_bureaux", "nato_supply_groups", "regulated_substances",
    "sanctions_programmes", "vin_makers",
}


@pytest.mark.parametrize("name", names())
def test_every_vocabulary_loads_and_names_its_source(name: str) -> None:
    words = vocabulary(name)
    assert len(words) > 0
    assert words.title and words.source and words.licence
    codes = [term.code for term in words]
    assert len(set(codes)) == len(codes)
    assert all(term.code.strip() == term.code and term.code and term.label for term in words)


@pytest.mark.parametrize("name", names())
def test_every_code_is_found_by_itself(name: str) -> None:
    words = vocabulary(name)
    for term in words:
        assert words.find(term.code) is term
        assert words.label(term.code) == term.label


def test_names_covers_the_folder() -> None:
    data = files("headstamp.vocab").joinpath("data")
    stems = {f.name.split(".")[0] for f in data.iterdir()}
    assert stems == set(names())
    assert set(names()) >= LARGE


@pytest.mark.parametrize("name", names())
def test_a_licence_that_must_travel_lies_beside_the_list(name: str) -> None:
    licence = vocabulary(name).licence
    if licence.startswith(("MIT", "BSD", "Unicode")):
        text = files("headstamp.vocab").joinpath("licences", f"{name}.txt").read_text("utf-8")
        assert "copyright" in text.casefold()


def test_a_missing_vocabulary_is_refused_by_name() -> None:
    with pytest.raises(Missing, match="no_such_list"):
        vocabulary("no_such_list")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Bulgaria", "BG"), ("BGR", "BG"), ("Болгария", "BG"), ("България", "BG"),
        ("Bulgarie", "BG"), ("بلغاريا", "BG"), ("保加利亚", "BG"), ("united states", "US"),
        ("U.S.A.", "US"), ("États-Unis", "US"), ("США", "US"), ("Сполучені Штати", "US"),
        ("Estados Unidos", "US"), ("COTE D'IVOIRE", "CI"), ("Ivory Coast", "CI"),
        ("Turkey", "TR"), ("Türkiye", "TR"), ("turkiye", "TR"), ("Syrian Arab Republic", "SY"),
        ("Czech Republic", "CZ"), ("Antigua and Barbuda", "AG"), ("Burma", "MM"),
        ("PRC", "CN"), ("DRC", "CD"), ("ISR", "IL"), ("Косово", "XK"),
        ("USSR", "SUHH"), ("СССР", "SUHH"), ("Soviet Union", "SUHH"), ("SUN", "SUHH"),
        ("YUG", "YUCS"), ("Yougoslavie", "YUCS"), ("CSK", "CSHH"), ("Чехословакия", "CSHH"),
        ("DDR", "DDDE"), ("East Germany", "DDDE"), ("ГДР", "DDDE"), ("Zaire", "ZRCD"),
    ],
)
def test_a_country_is_found_in_any_language(text: str, code: str) -> None:
    found = vocabulary("countries").find(text)
    assert found is not None and found.code == code


@pytest.mark.parametrize("text", ["Congo", "Korea", "250", "004", "CS", "nowhere", ""])
def test_an_ambiguous_country_is_left_open(text: str) -> None:
    assert vocabulary("countries").find(text) is None


def test_a_former_state_tells_its_years() -> None:
    former = vocabulary("countries").get("SUHH")
    assert former is not None and "1922-1991" in former.note


def test_countries_agree_with_an_independent_table() -> None:
    words = vocabulary("countries")
    with shared("data/reference/countries.csv").open(encoding="utf-8", newline="") as lines:
        table = [row for row in csv.DictReader(lines) if row["iso"] not in ("AN", "CS")]
    assert len(table) == 250
    for row in table:
        for word in (row["iso"], row["iso3"], row["name"]):
            found = words.find(word)
            assert found is not None and found.code == row["iso"], (word, found)


def test_no_synonym_names_two_countries() -> None:
    seen: dict[str, str] = {}
    for term in vocabulary("countries"):
        for word in (term.code, term.label, *term.synonyms):
            assert seen.setdefault(fold(word), term.code) == term.code, word


def test_the_high_priority_list_has_its_fifty_codes_by_tier() -> None:
    words = vocabulary("common_high_priority")
    tiers = [term.note for term in words]
    assert [tiers.count(f"tier {t}") for t in ("1", "2", "3.A", "3.B", "4.A", "4.B")] == [
        4, 5, 16, 9, 11, 5,
    ]
    assert all(term.label != term.code for term in words)


def test_sanctions_carry_their_warning_and_the_slip_is_put_right() -> None:
    words = vocabulary("sanctions_programmes")
    assert "not history" in words.note and "UN-SC1533" in words.note
    regime = words.get("UN-SC1533")
    assert regime is not None and "territories: CD;" in regime.note


def test_customs_codes_know_their_chapter() -> None:
    words = vocabulary("hs_2022")
    assert len(words) > 6900
    assert words.label("93") == "Arms and ammunition; parts and accessories thereof"
    arms = words.get("930200")
    assert arms is not None and arms.note == "section XIX"


@pytest.mark.parametrize("text", ["7.62 x 39", "7.62x39", "7,62×39 mm", "7.62x39mm", "7.62 × 39"])
def test_a_cartridge_is_found_in_its_usual_spellings(text: str) -> None:
    found = vocabulary("cartridges").find(text)
    assert found is not None and found.code == "7-62-x-39"


def test_cartridges_of_different_pressure_stay_apart() -> None:
    words = vocabulary("cartridges")
    assert words.get("9mm-luger") is not None and words.get("9mm-luger-plus-p") is not None


def test_regulated_substances_are_identities_only() -> None:
    words = vocabulary("regulated_substances")
    assert len(words) == 18
    for term in words:
        assert term.note.startswith("EU 2019/1148 Annex ")
        assert "%" not in term.note and "%" not in term.label


def test_the_munitions_list_runs_from_1_to_22() -> None:
    assert [term.code for term in vocabulary("munitions_list")] == [
        f"ML{n}" for n in range(1, 23)
    ]
