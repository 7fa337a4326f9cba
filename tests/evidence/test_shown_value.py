"""One value by itself: proven to whoever has the log's key, and nothing else may be slipped in."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.actions.evidence.export_log import prove_value
from headstamp.check import check_proof
from headstamp.errors import HeadstampError, Missing, Tampered, Unreadable
from headstamp.evidence import base64
from headstamp.evidence.shown_value import ShownValue
from headstamp.records import Item
from headstamp.store.case import Case
from tests.store.test_erasing import erase

ITEM = "item-0000000a"


@pytest.fixture
def case(tmp_path: Path):  # type: ignore[no-untyped-def]
    with Case.create(tmp_path / "case") as made:
        for make in ("First", "Sécond \N{SNOWMAN}"):
            with made.change(actor="Ann", reason="seen") as change:
                change.put(Item.build(id=ITEM, make=make, remark="kept back", site=None))
        yield made


def test_a_withheld_value_is_proven_later(case: Case) -> None:
    shown = prove_value(case, ITEM, "make", clearance="partner")
    text = shown.text()
    assert ShownValue.parse(text) == shown
    assert "kept back" not in text
    told = check_proof(text, case.verifier)
    assert 'the value of make is "Sécond \N{SNOWMAN}"' in told
    assert "version 2 of item-0000000a" in told
    assert told.isprintable()  # headstamp-check writes out all that a terminal would obey
    older = prove_value(case, ITEM, "make", clearance="partner", version=1)
    assert older.value == b'"First"'
    assert older.check(case.verifier) is not None


def test_any_other_value_is_refused(case: Case) -> None:
    shown = prove_value(case, ITEM, "make", clearance="partner")
    other = prove_value(case, ITEM, "make", clearance="partner", version=1)
    for wrong in (
        ShownValue(shown.proof, "make", shown.salt, b'"Third"'),
        ShownValue(shown.proof, "remark", shown.salt, shown.value),
        ShownValue(shown.proof, "make", bytes(16), shown.value),
        ShownValue(shown.proof, "make", shown.salt[:15], shown.value),
        ShownValue(other.proof, "make", shown.salt, shown.value),
    ):
        with pytest.raises(Tampered, match="does not bind"):
            check_proof(wrong.text(), case.verifier)
    for n in range(0, len(shown.text()), 7):
        text = shown.text()
        with pytest.raises(HeadstampError):
            check_proof(text[:n] + ("A" if text[n] != "A" else "B") + text[n + 1 :], case.verifier)
    for text in ("{}\n", "{", '{"format":"headstamp-value/2"}\n', shown.text() + "\n", " " + shown.text()):
        with pytest.raises(Unreadable):
            check_proof(text, case.verifier)


def test_nothing_can_be_shown_of_what_was_erased(case: Case) -> None:
    kept = prove_value(case, ITEM, "make", clearance="partner", version=1)
    assert base64.decode(base64.encode(kept.salt)) == kept.salt
    erase(case, ITEM, "remark")
    with pytest.raises(Missing):
        prove_value(case, ITEM, "remark", clearance="sealed", version=1)
    # What is not erased is proven as before, by the salt that it always had.
    again = prove_value(case, ITEM, "make", clearance="partner", version=1)
    assert again.salt == kept.salt
    assert check_proof(again.text(), case.verifier)
    with pytest.raises(Missing):
        prove_value(case, ITEM, "no_such", clearance="sealed")
