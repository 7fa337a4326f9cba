"""Trace requests: filled from the case, moved by the table, sent with their letter, chased."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from headstamp.actions.desk import requests
from headstamp.actions.desk.request_letter import terms_of, write_letter
from headstamp.actions.desk.request_named import items_named, party_named, request_named
from headstamp.errors import Conflicting, Invalid, Missing, Refused
from headstamp.kinds.tier import RANK
from tests.actions.desk.request_case import Desk, add_photograph, make_desk

ACTOR: dict[str, Any] = {"clearance": "restricted", "actor": "D. Esk"}
CHECKED = {"check_notes": "each was looked at"}
CHANNEL = {"channel": "by the post of the court"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = make_desk(tmp_path / "case")
    with made.case:
        yield made


def drafted(desk: Desk, *items: str, **more: Any) -> str:
    given = {"addressee": desk["maker"], "values": CHANNEL, **ACTOR, **more}
    return requests.draft_request(desk.case, [desk[one] for one in items or ("one", "two")], **given).id


def of(desk: Desk, id_: str) -> Any:
    return desk.case.read("sealed").get(id_)


def go(desk: Desk, id_: str, to: str, **more: Any) -> requests.Moved:
    return requests.advance(desk.case, id_, to, **{**ACTOR, **more})


def sent(desk: Desk, **more: Any) -> str:
    id_ = drafted(desk, **more)
    go(desk, id_, "checked", values=CHECKED)
    go(desk, id_, "sent")
    return id_


def replied(desk: Desk, id_: str, code: str, **more: Any) -> None:
    desk.put(f"{code} {id_}", "trace_reply", request=id_, reply_code=code, received_on="2026-04-01", **more)


def test_a_draft_is_filled_with_what_the_instrument_asks(desk: Desk) -> None:
    made = of(desk, drafted(desk))
    assert made.get("illicit_basis") == ["illicit_where_found", "unlicensed"]
    assert made.get("addressee_role") == "maker"
    assert (made.get("status"), made.get("tier"), made.get("language")) == ("draft", "restricted", "en")
    assert made.get("title") == "Tarnholt Armoury TA-7 (2)"
    assert made.get("how_found") == (
        "How: seized; When: 30 November 2025; Where: Mill District, North, Iraq.\nRacks along the wall.")
    assert made.get("other_data") == "Condition: worn (QM-01, QM-02)"
    assert "chain of supply" in made.get("intended_use")
    assert made.get("confidentiality") == "not_public"
    assert re.fullmatch(r"T-[0-9A-Z]{4}-[0-9A-Z]{4}", made.get("our_reference"))


def test_a_position_and_a_restricted_locality_never_come_in(desk: Desk) -> None:
    text = str(of(desk, drafted(desk)).values)
    assert "44.8" not in text
    assert "Lower Mill" not in text
    desk.version("site", tier="partner")
    assert "Lower Mill" in of(desk, drafted(desk)).get("how_found")
    desk.version("site", tier="sealed")
    hidden = of(desk, drafted(desk)).get("how_found")
    assert "Mill" not in hidden
    assert "Iraq" not in hidden


def test_what_was_given_goes_before_what_is_filled(desk: Desk) -> None:
    made = of(desk, drafted(desk, values={"title": "two rifles", "how_found": "In a store.",
                                          "our_reference": "12/26"}))
    assert (made.get("title"), made.get("how_found"), made.get("our_reference")) == (
        "two rifles", "In a store.", "12/26")


@pytest.mark.parametrize(("language", "words"), [
    ("fr", "saisis"), ("es", "incautados"), ("ru", "изъяты"), ("ar", "ضُبطت")])
def test_it_is_filled_in_the_language_of_the_letter(desk: Desk, language: str, words: str) -> None:
    made = of(desk, drafted(desk, language=language))
    assert words in made.get("how_found")
    assert made.get("language") == language


def test_a_language_without_words_is_told(desk: Desk) -> None:
    with pytest.raises(Missing, match="there are no words for letters in 'de'"):
        drafted(desk, language="de")


def test_who_is_asked_as_what(desk: Desk) -> None:
    def role(addressee: str | None, **more: Any) -> str:
        made = requests.draft_request(desk.case, [desk["one"]], addressee=addressee, **ACTOR, **more)
        return str(of(desk, made.id).get("addressee_role"))

    assert role(desk["maker"]) == "maker"
    assert role(desk["board"]) == "national_authority"
    assert role(desk["other"]) == "other"
    assert role(None) == "other"
    assert role(desk["other"], role="importer") == "importer"
    desk.version("other", roles=["distributor"])
    assert role(desk["other"]) == "importer"


def test_a_request_names_only_what_is_there(desk: Desk) -> None:
    with pytest.raises(Invalid) as error:
        requests.draft_request(desk.case, [desk["one"], "item-0000000000000000", desk["maker"]],
                               addressee=desk["one"], **ACTOR)
    assert [p.field for p in error.value.problems] == ["items", "items", "addressee"]
    with pytest.raises(Invalid, match="at least one item"):
        requests.draft_request(desk.case, [], **ACTOR)


def test_all_items_of_a_maker_by_party_and_by_name(desk: Desk) -> None:
    desk.put("named", "item", make="TARNHOLT ARMOURY Ltd.", family="arm")
    desk.put("foreign", "item", make="Tarnholt Armoury", maker=desk["other"], family="arm")
    reader = desk.case.read("restricted")
    found = [one.id for one in requests.items_of_maker(reader, desk["maker"])]
    assert found == [desk["one"], desk["two"], desk["named"]]
    assert len(requests.items_of_maker(reader, "Tarnholt Armoury")) == 4


# -- sealed records


def test_a_sealed_item_enters_only_where_that_is_said(desk: Desk) -> None:
    desk.version("one", tier="sealed")
    with pytest.raises(Invalid, match="names what is not there"):
        drafted(desk, "one")
    with pytest.raises(Invalid, match="only if that is said"):
        drafted(desk, "one", clearance="sealed")
    id_ = drafted(desk, "one", clearance="sealed", sealed=True)
    assert of(desk, id_).get("tier") == "sealed"
    check = requests.check_request(desk.case, id_, clearance="sealed")
    assert "sealed" in {note.code for note in check.warnings}
    with pytest.raises(Missing):
        requests.check_request(desk.case, id_, clearance="restricted")


def test_an_item_of_a_sealed_recovery_is_sealed_too(desk: Desk) -> None:
    desk.version("recovery", tier="sealed")
    with pytest.raises(Invalid, match="only if that is said"):
        drafted(desk, clearance="sealed")


def test_one_that_was_sealed_later_blocks_the_letter(desk: Desk) -> None:
    id_ = drafted(desk)
    desk.version("one", tier="sealed")
    check = requests.check_request(desk.case, id_, clearance="restricted")
    assert "unseen" in {note.code for note in check.blockers}
    with pytest.raises(Refused, match="may not see"):
        write_letter(desk.case, {**of(desk, id_).values, "id": id_}, clearance="restricted")
    cleared = requests.check_request(desk.case, id_, clearance="sealed")
    assert "sealed_tier" in {note.code for note in cleared.blockers}


def test_letters_are_not_written_below_restricted(desk: Desk) -> None:
    id_ = drafted(desk)
    with pytest.raises(Refused, match="restricted"):
        write_letter(desk.case, {**of(desk, id_).values, "id": id_}, clearance="partner")


# -- moving


def test_sending_keeps_the_letter_and_sets_the_due_date(desk: Desk) -> None:
    id_ = drafted(desk)
    go(desk, id_, "checked", values=CHECKED)
    moved = go(desk, id_, "sent")
    made = of(desk, id_)
    assert (made.get("status"), made.get("sent_on"), made.get("due_on")) == (
        "sent", "2026-03-02", "2026-04-13")
    assert made.get("document") == moved.documents[0]
    reader = desk.case.read("restricted")
    pdf, docx = (reader.get(one) for one in moved.documents)
    assert (pdf.get("document_kind"), pdf.get("mime"), docx.get("parent")) == (
        "letter", "application/pdf", pdf.id)
    assert reader.original(pdf.get("digest"))[0].read_bytes().startswith(b"%PDF")
    assert reader.original(docx.get("digest"))[0].read_bytes().startswith(b"PK")
    assert all(RANK[one.get("tier")] >= RANK["restricted"] for one in (pdf, docx))
    assert [e.reason for e in reader.history(id_)] == [
        "a trace request is drafted", "the trace request is checked", "the trace request is sent"]


def test_the_same_request_gives_the_same_bytes(desk: Desk) -> None:
    add_photograph(desk, "photo", "one")
    id_ = sent(desk, photographs=[desk["photo"]])
    request = {**of(desk, id_).values, "id": id_}
    first = write_letter(desk.case, request, clearance="restricted")
    again = write_letter(desk.case, request, clearance="sealed")
    assert [one.content for one in first] == [one.content for one in again]
    kept = desk.case.read("restricted").get(of(desk, id_).get("document"))
    assert desk.case.read("restricted").original(kept.get("digest"))[0].read_bytes() == first[0].content


def test_nothing_is_sent_unchecked_or_with_warnings_unanswered(desk: Desk) -> None:
    id_ = drafted(desk)
    with pytest.raises(Invalid, match="cannot become sent") as error:
        go(desk, id_, "sent")
    assert "does not go to sent" in str(error.value)
    with pytest.raises(Invalid) as error:
        go(desk, id_, "checked")
    assert [p.field for p in error.value.problems] == ["check_notes"]
    assert of(desk, id_).version == 1


def test_blockers_are_told_by_name(desk: Desk) -> None:
    id_ = drafted(desk, addressee=None)
    requests.revise(desk.case, id_, {"illicit_basis": [], "intended_use": None}, reason="test", **ACTOR)
    with pytest.raises(Invalid) as error:
        go(desk, id_, "checked", values=CHECKED)
    assert {p.field for p in error.value.problems} >= {"addressee", "illicit_basis", "intended_use"}


def test_what_the_letter_says_changed_after_the_check_is_checked_again(desk: Desk) -> None:
    id_ = drafted(desk)
    go(desk, id_, "checked", values=CHECKED)
    requests.revise(desk.case, id_, {"due_on": "2026-09-01"}, reason="more time", **ACTOR)
    assert of(desk, id_).get("status") == "checked"
    requests.revise(desk.case, id_, {"items": [desk["one"]]}, reason="one only", **ACTOR)
    made = of(desk, id_)
    assert (made.get("status"), made.get("checked_by")) == ("draft", None)
    assert made.get("due_on") == "2026-09-01"


def test_somebody_was_faster(desk: Desk) -> None:
    id_ = drafted(desk)
    requests.revise(desk.case, id_, {"title": "rifles"}, reason="test", **ACTOR)
    with pytest.raises(Conflicting):
        requests.revise(desk.case, id_, {"title": "two rifles"}, reason="test", expected=1, **ACTOR)
    with pytest.raises(Conflicting):
        go(desk, id_, "checked", values=CHECKED, expected=1)


def test_a_version_keeps_what_this_clearance_does_not_see(desk: Desk) -> None:
    id_ = drafted(desk)
    requests.revise(desk.case, id_, {"title": "rifles"}, reason="t", clearance="restricted", actor="D. Esk")
    before = of(desk, id_).values
    desk.version("two", tier="sealed")
    requests.revise(desk.case, id_, {"title": "two rifles"}, reason="t", **ACTOR)
    assert {**of(desk, id_).values} == {**before, "title": "two rifles"}


def test_acknowledged_answered_and_closed(desk: Desk) -> None:
    id_ = sent(desk)
    go(desk, id_, "acknowledged", on=date(2026, 3, 9))
    assert of(desk, id_).get("acknowledged_on") == "2026-03-09"
    with pytest.raises(Invalid, match="no reply on file"):
        go(desk, id_, "answered")
    replied(desk, id_, "confirmed_full")
    go(desk, id_, "answered")
    with pytest.raises(Invalid, match="cannot become closed"):
        go(desk, id_, "closed")
    requests.close(desk.case, id_, "the chain is known", **ACTOR)
    assert of(desk, id_).get("closed_because") == "the chain is known"
    assert len(requests.replies_to(desk.case.read("restricted"), id_)) == 1


def test_silence(desk: Desk) -> None:
    id_ = sent(desk)
    with pytest.raises(Invalid, match="due on 2026-04-13"):
        go(desk, id_, "no_reply")
    go(desk, id_, "no_reply", on=date(2026, 6, 1))
    replied(desk, id_, "refused")
    go(desk, id_, "refused")


def test_reminders_and_taking_it_up(desk: Desk) -> None:
    id_ = drafted(desk)
    with pytest.raises(Invalid, match="needs no reminder"):
        requests.remind(desk.case, id_, **ACTOR)
    with pytest.raises(Invalid, match="not taken up elsewhere"):
        requests.escalate(desk.case, id_, desk["board"], **ACTOR)
    go(desk, id_, "checked", values=CHECKED)
    go(desk, id_, "sent")
    moved, forms = requests.remind(desk.case, id_, on=date(2026, 4, 20), **ACTOR)
    assert forms[0].name.startswith("reminder-T-")
    kept = desk.case.read("restricted").get(moved.documents[0])
    assert (kept.get("issued_on"), kept.get("tier")) == ("2026-04-20", "restricted")
    assert desk.case.read("restricted").original(kept.get("digest"))[0].read_bytes() == forms[0].content
    assert of(desk, id_).get("document") != kept.id
    requests.remind(desk.case, id_, on=date(2026, 5, 4), **ACTOR)
    assert of(desk, id_).get("reminded_on") == ["2026-04-20", "2026-05-04"]
    requests.escalate(desk.case, id_, desk["board"], on=date(2026, 6, 1), **ACTOR)
    assert (of(desk, id_).get("escalated_to"), of(desk, id_).get("escalated_on")) == (
        desk["board"], "2026-06-01")
    with pytest.raises(Invalid, match="somebody else"):
        requests.escalate(desk.case, id_, desk["maker"], **ACTOR)


def test_the_terms_of_the_case(desk: Desk) -> None:
    folder = desk.case.folder / "letters"
    folder.mkdir()
    (folder / "terms.toml").write_text("[answer]\nmaker = 10\n", encoding="utf-8")
    assert of(desk, sent(desk)).get("due_on") == "2026-03-12"
    (folder / "terms.toml").write_text("[answer]\nmaker = 0\n", encoding="utf-8")
    with pytest.raises(Invalid, match=r"terms\.toml"):
        terms_of(desk.case)
    (folder / "terms.toml").write_text("answer = [\n", encoding="utf-8")
    with pytest.raises(Invalid, match=r"terms\.toml.*not TOML"):
        terms_of(desk.case)


def test_what_a_person_types(desk: Desk) -> None:
    id_ = drafted(desk, values={"our_reference": "12/26"})
    reader = desk.case.read("restricted")
    assert request_named(reader, "12/26") == request_named(reader, id_) == id_
    assert items_named(reader, ["QM-01", desk["two"]]) == [desk["one"], desk["two"]]
    assert party_named(reader, "tarnholt armoury") == party_named(reader, "مصنع تارنهولت") == desk["maker"]
    for wrong in (lambda: request_named(reader, "13/26"), lambda: party_named(reader, "nobody"),
                  lambda: items_named(reader, ["QM-99"])):
        with pytest.raises(Missing):
            wrong()
