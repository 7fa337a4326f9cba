"""Findings in the report: who was asked, and the answer beside the sentence it belongs to."""

from __future__ import annotations

from pathlib import Path

from headstamp.publish import sources
from headstamp.publish.findings import AskedLine, gather
from headstamp.records import Finding, Party, RightOfReply
from headstamp.store.case import Case

SENTENCE = "The cable came by way of Dealer Beta."


def test_answers_stand_beside_the_sentence(tmp_path: Path) -> None:
    case = Case.create(tmp_path / "case")
    with case.change(actor="tester", reason="sample") as change:
        change.put_many([
            *(Party.build(id=f"party-{n}{n}{n}{n}", name=f"Party {n}") for n in "abcd"),
            Party.build(id="party-eeee", name="Somebody private", party_kind="person", tier="sealed"),
            Finding.build(id="find-aaaa", sentence=SENTENCE, tier="public", status="in_review",
                          named=[f"party-{n}{n}{n}{n}" for n in "abcde"]),
            RightOfReply.build(finding="find-aaaa", party="party-aaaa", sentence=SENTENCE,
                               right_state="answered", asked_on="2017", answer="We sold it lawfully."),
            RightOfReply.build(finding="find-aaaa", party="party-bbbb", sentence="Another sentence.",
                               right_state="declined", asked_on="2017"),
            RightOfReply.build(finding="find-aaaa", party="party-cccc", sentence=SENTENCE,
                               right_state="not_asked", why_not="It is closed."),
        ])
    reader = case.read("restricted")
    (card,) = gather(reader, sources.gather(reader)).cards
    assert set(card.asked) == {
        AskedLine("Party a", "answered", "We sold it lawfully.", False),
        AskedLine("Party b", "declined to answer", "", True),
        AskedLine("Party c", "not asked, with the reason", "", False),
        AskedLine("Party d", "not asked yet", "", False),
    }
