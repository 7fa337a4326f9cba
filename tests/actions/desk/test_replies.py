"""Replies are kept whole, read into claims that carry them, and lose nothing they name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from headstamp.actions.desk.replies import claims_of_reply, record_reply
from headstamp.errors import Invalid, Missing
from headstamp.records import Record, kind_named
from headstamp.store.case import Case
from tests.conftest import STORES, new_case

WHO = {"clearance": "restricted", "actor": "officer"}


def make(kind: str, **values: Any) -> Record:
    return kind_named(kind).cls.build(values)


def sample() -> list[Record]:
    return [
        make("party", id="party-make", name="Northern Works"),
        make("party", id="party-dupa", name="Twice Ltd"),
        make("party", id="party-dupb", name="Twice Ltd"),
        make("item", id="item-aaaa", tag="A-1"),
        make("item", id="item-bbbb", tag="A-2"),
        make("marking", id="mark-aaaa", item="item-aaaa", text="TA 412207", marking_kind="serial"),
        make("trace_request", id="trace-aaaa", title="Rifles TA", addressee="party-make",
             items=["item-aaaa", "item-bbbb"], status="sent", sent_on="2026-03-02",
             our_reference="T-1", tier="restricted"),
    ]


@pytest.fixture(params=STORES)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    with new_case(request.param, tmp_path) as made:
        with made.change(actor="tester", reason="sample") as change:
            change.put_many(sample())
        yield made


def reply(case: Case, **values: Any) -> Any:
    return record_reply(case, "trace-aaaa", {
        "reply_code": "confirmed_full", "received_on": "2026-04-01", **values}, **WHO)


def test_a_letter_is_kept_and_what_is_not_known_is_told_and_kept(case: Case) -> None:
    done = record_reply(
        case, "trace-aaaa", {
            "reply_code": "confirmed_full", "received_on": "2026-04-01", "text": "Sold in 2011.",
            "items": ["A-1", "item-bbbb", "Z-9"], "serials": "TA 412000-412300, TA 999000-999100",
            "use_limits": ["not_published"]},
        letter=b"%PDF-1.7 not much of a letter", letter_name="answer.pdf", **WHO)
    shown = case.read("restricted").get(done.id)
    assert shown.get("items") == ["item-aaaa", "item-bbbb"]
    assert shown.get("text") == "Sold in 2011.\n\nNamed in it and not known in this case: Z-9."
    assert [(one.what, one.text) for one in done.unmatched] == [
        ("item", "Z-9"), ("serial numbers", "TA 999000 to TA 999100")]
    assert (shown.get("tier"), done.status, done.suggested) == ("restricted", "sent", "answered")
    letter = case.read("restricted").get(shown.get("document"))
    assert (letter.get("mime"), letter.get("original_name")) == ("application/pdf", "answer.pdf")
    path, _ = case.read("restricted").original(letter.get("digest"))
    assert path.read_bytes().startswith(b"%PDF")


def test_claims_name_the_reply_its_letter_and_carry_its_limits(case: Case) -> None:
    done = record_reply(case, "trace-aaaa", {
        "reply_code": "confirmed_full", "use_limits": ["source_not_named"]},
        letter=b"%PDF x", **WHO)
    made = claims_of_reply(case, done.id, [
        {"what": "transfer", "transfer_kind": "sold", "from_party": "Northern Works",
         "to_party": "Far  Trading", "happened_on": "2011-05", "serials": "TA 412000-412300",
         "quantity": {"value": 301, "unit": "piece"}, "licence": "L-7",
         "lawful_status": "authorised", "items": ["A-1", "Q-1"], "grade": "B2"},
        {"what": "transfer", "transfer_kind": "retransferred", "from_party": "Far Trading",
         "goods": "the same rifles"},
        {"what": "custody", "to_party": "Far Trading", "held_on": "2011-06", "items": ["A-1", "A-2"]},
    ], **WHO)
    reader = case.read("restricted")
    document = reader.get(done.id).get("document")
    assert len(made.ids) == 4
    sold = reader.get(made.ids[0])
    assert (sold.get("reply"), sold.get("documents")) == (done.id, [document])
    assert sold.get("from_party") == "party-make" and sold.get("items") == ["item-aaaa"]
    assert "Q-1" in sold.get("basis") and made.unmatched[0].text == "Q-1"
    # One new party, however often the letter names it.
    assert [name for _, name in made.parties] == ["Far Trading"]
    assert reader.get(made.ids[1]).get("from_party") == sold.get("to_party")
    assert {reader.get(one).get("item") for one in made.ids[2:]} == {"item-aaaa", "item-bbbb"}
    limits = reader.limits(made.ids)
    assert set(limits) == set(made.ids)
    assert {limit.codes for some in limits.values() for limit in some} == {("source_not_named",)}
    # Whoever may not see the reply sees none of it.
    assert case.read("partner").many(made.ids) == {}


def test_all_problems_of_all_claims_are_told_and_nothing_is_written(case: Case) -> None:
    done = reply(case)
    before = case.read("sealed").size()
    with pytest.raises(Invalid) as refused:
        claims_of_reply(case, done.id, [
            {"what": "transfer", "happened_on": "2011-02-31", "goods": "rifles"},
            {"what": "transfer", "to_party": "Twice Ltd", "goods": "rifles"},
            {"what": "custody", "to_party": "Northern Works", "items": ["Z-9"]},
            {"what": "transfer", "transfer_kind": "sold"},
            {"what": "gift", "goods": "x"},
        ], **WHO)
    assert [one.row for one in refused.value.problems] == [1, 2, 3, 4, 5]
    assert case.read("sealed").size() == before
    with pytest.raises(Invalid):
        claims_of_reply(case, done.id, [], **WHO)


def test_a_reply_to_nothing_is_missing_and_to_something_else_invalid(case: Case) -> None:
    with pytest.raises(Missing):
        record_reply(case, "trace-none", {"reply_code": "no_record"}, **WHO)
    with pytest.raises(Invalid):
        record_reply(case, "item-aaaa", {"reply_code": "no_record"}, **WHO)
    with pytest.raises(Invalid):
        claims_of_reply(case, "item-aaaa", [{"goods": "x"}], **WHO)
    with pytest.raises(Invalid, match="cannot be recorded"):
        record_reply(case, "trace-aaaa", {"reply_code": "perhaps"}, **WHO)


def test_a_sealed_request_has_sealed_replies_and_claims(case: Case) -> None:
    with case.change(actor="t", reason="r") as change:
        change.put(make("trace_request", id="trace-seal", title="Sealed", tier="sealed"))
    who = {"clearance": "sealed", "actor": "officer"}
    done = record_reply(case, "trace-seal", {"reply_code": "confirmed_partial"}, **who)
    made = claims_of_reply(case, done.id, [{"goods": "a crate"}], **who)
    assert {case.read("sealed").get(one).get("tier") for one in (done.id, *made.ids)} == {"sealed"}


def test_serial_numbers_that_cannot_be_read_are_told(case: Case) -> None:
    done = reply(case, serials="AB 900 to AC 950")
    assert [one.what for one in done.unmatched] == ["serial numbers"]
    assert case.read("restricted").get(done.id).get("serials") == "AB 900 to AC 950"
