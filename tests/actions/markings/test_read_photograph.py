"""Accepting what a machine proposes: nothing is recorded before, and all that was said is kept."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.actions.markings.read_photograph import (
    accept,
    known_reading,
    meanings,
    proposal_of,
    read_photograph,
)
from headstamp.errors import Conflicting, Invalid, Missing
from headstamp.intake.machine.proposal import MachineReading, Proposal
from headstamp.records import kind_named
from headstamp.store.case import Case
from tests.intake.machine.drawing import code

TODAY = "2026-11-22"
CODES = ("barcode",)
GS1 = "(01)38425876095074(17)181119(37)1"


def make(kind: str, **values: object):
    return kind_named(kind).cls.build(values)


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    out = io.BytesIO()
    code("QRCode", "IMEI 35-417803-685978-9", 5).save(out, "PNG")
    with Case.create(tmp_path / "case") as made:
        with made.change(actor="Ana", reason="first day") as change:
            kept = change.file(out.getvalue())
            change.put_many([
                make("item", id="item-aaaa", tag="A-1"),
                make("photograph", id="photo-aaaa", items=["item-aaaa"], digest=kept.digest,
                     size=kept.size, mime="image/png", tier="restricted"),
                make("photograph", id="photo-bbbb", link="https://example.org/p.jpg"),
                make("marking", id="mark-aaaa", item="item-aaaa", text="35-41?803"),
            ])
        yield made


def one_of(case: Case) -> Proposal:
    reading = read_photograph(case, "photo-aaaa", clearance="restricted", methods=CODES)
    return proposal_of(reading, "IMEI 35-417803-685978-9")


def test_reading_records_nothing_and_is_kept(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    before = case.checkpoint().size
    assert known_reading(case, "photo-aaaa", clearance="restricted", methods=CODES) is None
    proposal = one_of(case)
    assert proposal.form == "QR Code"
    known = known_reading(case, "photo-aaaa", clearance="restricted", methods=CODES)
    assert known is not None and proposal in known.proposals
    monkeypatch.setattr("headstamp.actions.markings.read_photograph.read_picture", None)
    assert one_of(case) == proposal  # not read again
    assert case.checkpoint().size == before


def test_a_damaged_kept_reading_is_made_anew(case: Case) -> None:
    proposal = one_of(case)
    [kept] = (case.folder / "derived" / "machine").rglob("*.json")
    kept.write_bytes(b'{"width": 1')
    assert one_of(case) == proposal


def test_who_may_not_see_the_photograph_does_not_get_its_reading(case: Case) -> None:
    one_of(case)
    for ask in (read_photograph, known_reading):
        with pytest.raises(Missing):
            ask(case, "photo-aaaa", clearance="public", methods=CODES)
    with pytest.raises(Missing, match="not held"):
        read_photograph(case, "photo-bbbb", clearance="sealed")
    with pytest.raises(Missing):
        read_photograph(case, "item-aaaa", clearance="sealed")


def test_accepting_makes_a_marking_and_a_reading(case: Case) -> None:
    proposal = one_of(case)
    done = accept(case, "photo-aaaa", proposal, item="item-aaaa", read_on=TODAY,
                  clearance="restricted", actor="Ana")
    reader = case.read("restricted")
    marking, reading = reader.get(done.marking), reader.get(done.reading)
    assert marking.get("text") == reading.get("text") == "IMEI 35-417803-685978-9"
    assert marking.get("marking_kind") == "barcode" and marking.get("photograph") == "photo-aaaa"
    assert marking.get("region") == ", ".join(map(str, proposal.region))
    assert (reading.get("method"), reading.get("reader")) == ("barcode", proposal.reader)
    assert reading.get("scheme") == "imei" and "Luhn" in reading.get("meaning")
    assert "score 0.99 (no probability)" in reading.get("remark")
    # Never shown to more people than the photograph itself.
    assert marking.get("tier") == reading.get("tier") == "restricted"
    assert reader.history(done.reading)[0].actor == "Ana"
    with pytest.raises(Conflicting):
        accept(case, "photo-aaaa", proposal, item="item-aaaa", read_on=TODAY,
               clearance="restricted", actor="Ana")


def test_what_the_person_sees_stands_on_the_marking_and_what_the_machine_gave_in_the_reading(
    case: Case,
) -> None:
    doubtful = Proposal(text="6K40", score=0.49, method="ocr", reader="RapidOCR 3",
                        region=(1, 2, 30, 20), form="Latn", doubts=("it may be Cyrillic",),
                        basis="one reader", others=("6Ж40",))
    done = accept(case, "photo-aaaa", doubtful, item="item-aaaa", seen="6Ж4?", read_on=TODAY,
                  clearance="restricted", actor="Ana")
    reader = case.read("restricted")
    marking, reading = reader.get(done.marking), reader.get(done.reading)
    assert (marking.get("text"), marking.get("state")) == ("6Ж4?", "partial")
    assert marking.get("script") is None
    assert reading.get("text") == "6K40" and reading.get("method") == "ocr"
    assert "doubt: it may be Cyrillic" in reading.get("remark")
    assert "6Ж40" in reading.get("remark") and reading.get("certainty") is None


def test_accepting_as_a_reading_of_a_known_marking(case: Case) -> None:
    done = accept(case, "photo-aaaa", one_of(case), marking="mark-aaaa", read_on=TODAY,
                  clearance="restricted", actor="Ana")
    reader = case.read("restricted")
    assert done.marking == "mark-aaaa"
    assert reader.get("mark-aaaa").version == 1  # seen and read are two records
    assert reader.get(done.reading).get("marking") == "mark-aaaa"


@pytest.mark.parametrize("of", [
    {}, {"item": "item-aaaa", "marking": "mark-aaaa"}, {"item": "item-none"},
    {"item": "mark-aaaa"}, {"marking": "item-aaaa"}, {"marking": "mark-none"},
])
def test_what_it_is_a_marking_of_must_be_said(case: Case, of: dict[str, str]) -> None:
    before = case.checkpoint().size
    with pytest.raises(Invalid):
        accept(case, "photo-aaaa", one_of(case), **of, read_on=TODAY, clearance="restricted",
               actor="Ana")
    assert case.checkpoint().size == before


def test_a_proposal_is_found_by_its_text_and_place() -> None:
    one = Proposal(text="7", score=0.5, method="ocr", reader="r", region=(0, 0, 9, 9))
    two = Proposal(text="7", score=0.5, method="ocr", reader="r", region=(50, 0, 9, 9))
    both = MachineReading(width=99, height=99, looked_for=("ocr",), proposals=(one, two))
    assert proposal_of(both, "7", (50, 0, 9, 9)) is two
    with pytest.raises(Invalid, match="several places"):
        proposal_of(both, "7")
    with pytest.raises(Missing):
        proposal_of(both, "8")
    card = Proposal(text="BEGIN:VCARD\r\nN:Doe", score=0.9, method="barcode", reader="z",
                    region=(0, 0, 9, 9))
    lines = MachineReading(width=9, height=9, looked_for=("barcode",), proposals=(card,))
    assert proposal_of(lines, "BEGIN:VCARD\nN:Doe") is card  # as a browser sends it back


def test_what_each_part_of_a_code_means() -> None:
    carton = Proposal(text=GS1, score=0.99, method="barcode", reader="z", region=(0, 0, 9, 9))
    assert dict(meanings(carton)[0].parts)["Expiration date (17)"] == "2018-11-19"
    unread = Proposal(text="35-41*", score=0.3, method="ocr", reader="z", region=(0, 0, 9, 9))
    assert meanings(unread) == []
