"""The check before sending: each thing that is missing or doubtful, by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from headstamp.actions.desk import requests
from headstamp.actions.desk.request_check import Check
from headstamp.actions.desk.request_note import Note
from tests.actions.desk.request_case import Desk, add_photograph, make_desk

ACTOR: dict[str, Any] = {"clearance": "restricted", "actor": "D. Esk"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = make_desk(tmp_path / "case")
    with made.case:
        folder = made.case.folder / "letters"
        folder.mkdir()
        (folder / "sender.toml").write_text('name = "Prosecutor"\n', encoding="utf-8")
        made.version("two serial", text="TA 412207", state="clear")
        yield made


def check(desk: Desk, *items: str, clearance: str = "restricted", sealed: bool = False, **more: Any) -> Check:
    values = {"channel": "by post", **more.pop("values", {})}
    given = {"addressee": desk["maker"], **more}
    made = requests.draft_request(
        desk.case, [desk[one] for one in items or ("one", "two")], values=values, clearance=clearance,
        actor="D. Esk", sealed=sealed, **given)
    return made.check


def note(found: Check, code: str) -> Note:
    named = [one for one in found.notes if one.code == code]
    assert named, [one.code for one in found.notes]
    return named[0]


def codes(found: Check) -> set[str]:
    return {one.code for one in found.notes}


def test_a_request_with_everything_is_clear(desk: Desk) -> None:
    found = check(desk)
    assert found.notes == ()
    assert found.ready == "clear"
    assert found.as_dict()["blockers"] == []


def test_every_part_of_the_instrument_is_missed_by_name(desk: Desk) -> None:
    desk.put("bare", "item", tag="QM-09", family="arm")
    made = requests.draft_request(desk.case, [desk["bare"]], **ACTOR)
    requests.revise(desk.case, made.id, {"intended_use": None, "confidentiality": None}, reason="t", **ACTOR)
    found = requests.check_request(desk.case, made.id, clearance="restricted")
    assert {one.code for one in found.blockers} == {
        "why_illicit", "how_found", "intended_use", "marks", "addressee"}
    assert {one.code for one in found.warnings} >= {
        "when_found", "channel", "confidentiality", "missing_item_type", "missing_make",
        "missing_model", "missing_country", "missing_calibre", "missing_serial"}
    assert found.ready == "blocked"
    assert found.notes[0].level == "blocker"
    assert "QM-09" in note(found, "marks").words
    assert note(found, "marks").records == (desk["bare"],)


def test_grounds_that_are_not_those_of_every_item(desk: Desk) -> None:
    desk.put("plain", "item", tag="QM-03", family="arm", item_type="rifle", make="Tarnholt Armoury",
             model="TA-7", calibre="6.2", country="RS", maker=desk["maker"])
    desk.put("plain serial", "marking", item=desk["plain"], text="TA 9", marking_kind="serial")
    assert "QM-03" in note(check(desk, "one", "plain"), "illicit_each").words
    assert "where_found" in codes(check(desk, "plain", values={"how_found": "In a store.",
                                                              "illicit_basis": ["embargo"]}))


def test_what_a_family_needs_is_asked_of_that_family(desk: Desk) -> None:
    desk.put("round", "item", tag="QM-N", family="ammunition", item_type="cartridges", country="RS",
             make="Tarnholt Armoury", maker=desk["maker"], recovery=desk["recovery"])
    desk.put("head", "marking", item=desk["round"], text="TNH 11", marking_kind="headstamp")
    found = codes(check(desk, "round"))
    assert {"missing_lot", "missing_calibre"} <= found
    assert not {"missing_serial", "missing_model"} & found


# -- whose mark is it?


def mark(desk: Desk, name: str, text: str, kind: str = "maker", **more: Any) -> None:
    desk.put(name, "marking", item=desk["one"], text=text, marking_kind=kind, **more)


def known(desk: Desk, code: str, maker: str, kind: str = "makers_mark", **more: Any) -> None:
    desk.put(f"{code} {maker}", "reference", code=code, maker=maker, reference_kind=kind, **more)


def test_a_mark_that_the_library_has_of_somebody_else(desk: Desk) -> None:
    known(desk, "VW41", "Velgor Works No. 41")
    mark(desk, "mark", "VW41")
    found = note(check(desk), "not_their_mark")
    assert "Velgor Works No. 41" in found.words
    assert "not of Tarnholt Armoury" in found.words
    assert desk["mark"] in found.records
    # Asked as somebody else than the maker, it is no question.
    assert "not_their_mark" not in codes(check(desk, role="exporter"))


def test_a_mark_that_is_theirs_or_unknown_is_no_question(desk: Desk) -> None:
    known(desk, "TNH", "Tarnholt Armoury")
    mark(desk, "theirs", "TNH")
    mark(desk, "strange", "QQQ")
    mark(desk, "name", "TARNHOLT ARMOURY")
    assert codes(check(desk)) == set()


def test_a_code_that_others_used_too(desk: Desk) -> None:
    known(desk, "10", "Tarnholt Armoury", "factory_code", used_from="1960", used_to="1980")
    known(desk, "10", "Arsenal North", "factory_code", used_from="2000", used_to="2020")
    mark(desk, "code", "10", "factory_code")
    found = note(check(desk), "code_reused")  # made 2011
    assert "but not for this item" in found.words
    assert "1960" in found.words
    desk.version("one", made_on="1970")
    assert not {"code_reused", "code_shared"} & codes(check(desk))
    desk.version("one", made_on=None)
    assert "Arsenal North" in note(check(desk), "code_shared").words


def test_a_proof_mark_taken_as_a_makers_mark(desk: Desk) -> None:
    known(desk, "PV", "Proof House of the North", "proof_mark")
    mark(desk, "proof", "PV")
    assert "proof or acceptance mark" in note(check(desk), "proof_mark").words
    desk.version("proof", marking_kind="proof")
    assert "proof_mark" not in codes(check(desk))


def test_an_item_of_another_maker_in_a_request_for_many(desk: Desk) -> None:
    desk.version("two", maker=desk["other"], make="Velgor Works No. 41")
    found = note(check(desk), "other_maker")
    assert "QM-02" in found.words
    assert "Velgor Works No. 41" in found.words
    assert found.records == (desk["two"],)


# -- numbers


def test_a_serial_with_unread_characters_or_gone(desk: Desk) -> None:
    desk.version("two serial", text="TA 4122?7", state="partial")
    assert note(check(desk), "number_unread").records == (desk["two"],)
    desk.version("two serial", text=None, state="removed")
    found = check(desk)
    assert {"number_gone", "marks_unread"} & codes(found) >= {"number_gone"}
    assert "missing_serial" not in codes(found)


def test_two_readers_who_read_two_numbers(desk: Desk) -> None:
    for reader, text in (("R. Ilmen", "TA 412207"), ("S. Torvag", "TA 4122?7")):
        desk.put(f"read {reader}", "reading", marking=desk["two serial"], text=text, reader=reader)
    assert "number_contrary" not in codes(check(desk))
    desk.version("read S. Torvag", text="TA 412201")
    assert note(check(desk), "number_contrary").records == (desk["two"],)


def test_one_serial_on_two_items(desk: Desk) -> None:
    desk.version("two serial", text="07 85")
    assert set(note(check(desk), "number_twice").records) == {desk["one"], desk["two"]}


# -- photographs, addressee, language


def test_photographs_that_show_too_much(desk: Desk) -> None:
    add_photograph(desk, "close", "one")
    add_photograph(desk, "wide", "one", "#111111", view="context", caption="as it lay")
    add_photograph(desk, "people", "one", "#222222", caption="a soldier holds it")
    add_photograph(desk, "placed", "one", "#333333", place={"latitude": 1.0, "longitude": 2.0})
    desk.put("linked", "photograph", link="https://example.org/p.jpg", view="marking", items=[desk["one"]])
    desk.put("third", "item", tag="QM-03")
    add_photograph(desk, "foreign", "third", "#444444")
    assert codes(check(desk, photographs=[desk["close"]])) == set()
    found = check(desk, photographs=[desk[one] for one in ("wide", "people", "placed", "linked", "foreign")])
    assert note(found, "photograph_people").records == (desk["wide"], desk["people"])
    assert note(found, "photograph_position").records == (desk["placed"],)
    assert note(found, "photograph_file").records == (desk["linked"],)
    assert note(found, "photograph_other").records == (desk["foreign"],)
    assert {one.code for one in found.blockers} == {"photograph_file"}


def test_sealed_photographs_only_where_that_is_said(desk: Desk) -> None:
    add_photograph(desk, "secret", "one", tier="sealed")
    found = check(desk, photographs=[desk["secret"]], clearance="sealed", sealed=True)
    assert note(found, "sealed").records == (desk["secret"],)


def test_sealed_markings_stay_out_and_are_told(desk: Desk) -> None:
    mark(desk, "hidden", "X", tier="sealed")
    assert "1 sealed markings" in note(check(desk, clearance="sealed"), "withheld").words


def test_who_is_asked(desk: Desk) -> None:
    desk.put("person", "party", name="A. Person", party_kind="person")
    found = check(desk, addressee=desk["person"])
    assert {"addressee_person", "address"} <= codes(found)
    desk.put("hidden", "party", name="Hidden", tier="sealed", address="x")
    assert "addressee_sealed" in {one.code for one in check(
        desk, addressee=desk["hidden"], clearance="sealed").blockers}
    desk.put("group", "party", name="A group", party_kind="armed_group")
    assert "addressee_group" in {one.code for one in check(desk, addressee=desk["group"]).blockers}
    desk.version("maker", dissolved_on="2020")
    assert "dissolved" in codes(check(desk))


def test_somebody_who_was_asked_before(desk: Desk) -> None:
    first = check(desk, values={"our_reference": "12/26"})
    assert "asked_already" not in codes(check(desk))
    requests.advance(desk.case, first.request, "checked", **ACTOR)
    requests.advance(desk.case, first.request, "sent", **ACTOR)
    found = note(check(desk, "one"), "asked_already")
    assert "QM-01" in found.words
    assert "12/26" in found.words


def test_words_in_another_script_than_the_letter(desk: Desk) -> None:
    assert "how found" not in str(check(desk, language="fr").as_dict())
    found = note(check(desk, language="ar", values={"question": "Whose is it?"}), "language")
    assert "the question" in found.words


def test_nobody_is_named_as_sender(desk: Desk) -> None:
    (desk.case.folder / "letters" / "sender.toml").unlink()
    assert "sender" in codes(check(desk))
