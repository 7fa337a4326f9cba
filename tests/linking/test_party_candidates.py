"""Which parties are proposed to be one, with which reasons; how well on open data with a true key."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.linking.party_candidates import LEAST, LIKELY, Candidate, Found, find_candidates
from headstamp.linking.party_compare import PartyFacts, address_key, number_key
from headstamp.linking.party_names import read_name
from tests.shared import shared


def party(id_: str, *names: str, kind: str = "firm", country: str = "", number: str = "",
          address: str = "", tied: tuple[str, str, str] | None = None) -> PartyFacts:
    return PartyFacts(
        id_, tuple(read_name(one, kind == "person") for one in names), kind, country,
        {"trade register": frozenset({number_key(number)})} if number else {},
        {address_key(address): address} if address else {},
        {tied[0]: tied[1:]} if tied else {},
    )


OTHERS = tuple(party(f"z{n}", name) for n, name in enumerate((
    "Orbit Mills Ltd", "Delta Foundry GmbH", "Ringo Freight SARL", "Baltic Cable AB", "Nordic Lamp Oy",
)))


def found(*parties: PartyFacts) -> Found:
    return find_candidates([*parties, *OTHERS])


def only(*parties: PartyFacts) -> Candidate:
    (one,) = found(*parties).candidates
    return one


def whats(one: Candidate) -> dict[str, float]:
    return {reason.what: reason.points for reason in one.reasons}


def test_the_same_number_in_a_register_is_strong_whatever_the_names() -> None:
    one = only(party("a", "Alpha Works", number="HRB 123-4"), party("b", "Zeta", number="hrb1234"))
    assert one.word == "strong" and set(whats(one)) == {"same_identifier"}


def test_another_number_in_the_same_register_speaks_strongly_against() -> None:
    assert not found(party("a", "Alpha Works", number="11111"),
                     party("b", "Alpha Works", number="98765")).candidates


def test_a_number_one_sign_apart_is_asked_about() -> None:
    one = only(party("a", "Environics Oy", number="0060329-1"),
               party("b", "Environics Oy", number="0660329-1"))
    assert "is one miswritten?" in one.against[0].words


@pytest.mark.parametrize(("one", "other", "what"), [
    ("ООО «Ромашка»", "Romashka LLC", "same_name_in_latin"),
    ("شركة المثال للتجارة ش.م.م", "Mithal Tijara Ltd", "same_consonants"),
    ("BlueFors Cryogenics Oy", "Blue Fors Cryogenics", "same_name_parted"),
    ("Metso Autoamation OY", "Metso Automation Oy", "spelled_alike"),
    ("北方工业有限公司", "Beifang Gongye Co., Ltd.", "same_name_parted"),
    ("Qualcomm Atheros Finland", "Qualcomm Atheros", "words_within"),
    ("John Smith", "J. Smith", "spelled_alike"),
    ("Smith, John", "John Smith", "same_name"),
])
def test_names_that_may_be_one(one: str, other: str, what: str) -> None:
    assert what in whats(only(party("a", one), party("b", other)))


def test_what_speaks_against_stands_beside() -> None:
    one = only(party("a", "Alpha Precision GmbH", country="DE"),
               party("b", "Alpha Precision AG", country="AT"))
    assert {reason.what for reason in one.against} == {"legal_form", "different_country"}
    assert "“Alpha Precision GmbH”" in one.speaks_for[0].words


def test_a_person_is_no_firm() -> None:
    assert not found(party("a", "Ivan Petrov", kind="person"), party("b", "Ivan Petrov")).candidates


def test_a_shared_address_or_officer_alone_proposes_nothing() -> None:
    def here(id_: str, name: str) -> PartyFacts:
        return party(id_, name, address="Unit 5, 1 Example Street", tied=("x", "officer", "Ana Example"))

    assert all(one.score < LIKELY for one in found(here("a", "Alpha"), here("b", "Omega")).candidates)
    both = only(here("a", "Alpha Works"), here("b", "Alpha Works Ltd"))
    assert {"shared_address", "shared_tie"} < set(whats(both))
    assert all("a question, not a proof" in reason.words for reason in both.reasons
               if reason.what.startswith("shared"))


def test_numbered_works_are_not_one_another() -> None:
    assert not found(party("a", "Factory 54"), party("b", "Factory 56")).candidates


NAMES = st.sampled_from(("Alpha Works Ltd", "Alfa Works", "ООО Альфа", "Alpha", "Beta", "بيتا", "Beta GmbH"))


@settings(max_examples=60)
@given(st.lists(NAMES, min_size=2, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_the_parties_changes_nothing(names: list[str], mix: object) -> None:
    some = [party(f"p{n}", name) for n, name in enumerate(names)]
    mixed = list(some)
    mix.shuffle(mixed)  # type: ignore[attr-defined]
    assert find_candidates(some) == find_candidates(mixed)


def test_finnish_exporters_are_found_again_without_their_business_ids() -> None:
    """One company is written up to nine ways; the business ID, never looked at, is the key.

    A pair that the text itself joins ("formerly known as ...") counts as right.
    """
    path = shared("data/fi_arms_exports/dual_use_licences_2011_2016.csv.gz")
    true_ids: dict[str, set[str]] = defaultdict(set)
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["Business ID of the exporter"].strip():
                true_ids[row["Exporter"].strip()].add(row["Business ID of the exporter"].strip())
    names = {text: (read_name(text), *map(read_name, read_name(text).former)) for text in true_ids}
    parties = [PartyFacts(text, names[text]) for text in sorted(true_ids)]
    proposed = {(one.party, one.other) for one in find_candidates(parties).candidates
                if one.score >= LEAST}
    right = {(one.id, other.id) for at, one in enumerate(parties) for other in parties[at + 1:]
             if true_ids[one.id] & true_ids[other.id]}
    told = {(one, other) for one, other in proposed
            if any(a.former or b.former for a in names[one][:1] for b in names[other][:1])}
    print(f"{len(parties)} names, {len(right)} pairs; proposed {len(proposed)}, of them right "
          f"{len(proposed & right)}, told by the text itself {len(proposed & told - right)}")
    assert len(right) > 150
    assert len(proposed & right) / len(right) >= 0.85
    assert len(proposed & right) / len(proposed) >= 0.75
    assert len(proposed & (right | told)) / len(proposed) >= 0.97
