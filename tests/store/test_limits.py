"""The limits of a trace reply follow all that rests on it, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from headstamp.actions.cases import index_case
from headstamp.errors import Invalid
from headstamp.kinds.tier import RANK
from headstamp.records import Record, kind_named
from headstamp.store.case import Case
from headstamp.store.limits import (
    LEFT_OUT,
    Limit,
    kept_back,
    limits_on,
    may_be_public,
    withheld_from,
)
from tests.conftest import STORES, new_case

WORDS = "Not to be shown to the press."


def make(kind: str, **values: Any) -> Record:
    return kind_named(kind).cls.build({"tier": "public", **values})


def records(reply_tier: str = "restricted", **reply: Any) -> list[Record]:
    """A chain of what rests on one reply, and beside each something that does not."""
    said = {"use_limits": ["no_onward", "not_published"], "restrictions": WORDS, **reply}
    return [
        make("party", id="party-aaaa", name="Maker"),
        make("item", id="item-aaaa", tag="A-1"),
        make("document", id="doc-letr", title="The letter CANARY", text="CANARY"),
        make("document", id="doc-page", title="Page 2 of the letter CANARY", parent="doc-letr",
             generation="derivative", what_was_done="cut out"),
        make("document", id="doc-else", title="Another paper"),
        make("trace_request", id="trace-aaaa", title="Letter 1", addressee="party-aaaa"),
        make("trace_reply", id="reply-aaaa", request="trace-aaaa", reply_code="confirmed_full",
             tier=reply_tier, document="doc-letr", transfers=["tran-told"], **said),
        make("trace_reply", id="reply-free", request="trace-aaaa", reply_code="no_record"),
        make("transfer", id="tran-said", goods="CANARY one", reply="reply-aaaa"),
        make("transfer", id="tran-told", goods="CANARY two", from_party="party-aaaa"),
        make("transfer", id="tran-papr", goods="CANARY three", documents=["doc-letr"],
             items=["item-aaaa"]),
        make("transfer", id="tran-else", goods="crates", documents=["doc-else"],
             reply="reply-free"),
        make("custody", id="cust-said", item="item-aaaa", transfer="tran-told", basis="CANARY"),
        make("custody", id="cust-hand", item="doc-letr", to_party="party-aaaa"),
        make("finding", id="find-rest", sentence="CANARY, it came from there.",
             transfers=["cust-said", "tran-else"]),
        make("finding", id="find-else", sentence="It came otherwise.", transfers=["tran-else"],
             items=["item-aaaa"]),
        make("right_of_reply", id="right-rest", finding="find-rest", party="party-aaaa",
             sentence="CANARY", right_state="asked", asked_on="2017"),
        make("note", id="note-rest", about="tran-told", text="CANARY is odd"),
        make("photograph", id="photo-rest", items=["doc-letr"], caption="CANARY",
             link="https://example.org/1"),
        make("marking", id="mark-rest", item="doc-letr", text="CANARY 412207"),
        make("reading", id="read-rest", marking="mark-rest", text="CANARY 412208"),
        make("item", id="item-rows", tag="CANARY", source={"document": "doc-letr", "row": 3}),
    ]


RESTING = {
    "reply-aaaa", "doc-letr", "doc-page", "tran-said", "tran-told", "tran-papr", "cust-said",
    "find-rest", "right-rest", "note-rest", "photo-rest", "item-rows",
    "mark-rest", "read-rest",
}


@pytest.fixture(params=STORES)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    with new_case(request.param, tmp_path) as made:
        yield made


def fill(case: Case, some: list[Record]) -> list[str]:
    with case.change(actor="tester", reason="sample") as change:
        change.put_many(some)
    index_case(case)
    return [record.id for record in some]


def test_limits_follow_what_rests_on_a_reply_and_nothing_else(case: Case) -> None:
    ids = fill(case, records())
    found = case.read("restricted").limits(ids)
    assert found.keys() == RESTING
    assert set(found.values()) == {
        (Limit("reply-aaaa", ("no_onward", "not_published"), WORDS),)
    }
    assert not may_be_public(found["find-rest"])


def test_a_hidden_reply_tells_its_codes_and_nothing_more(case: Case) -> None:
    ids = fill(case, records("sealed"))
    found = case.read("restricted").limits(ids)
    # What belongs to the reply is hidden with it.
    assert found.keys() == RESTING - {"reply-aaaa", "tran-said"}
    assert set(found.values()) == {(Limit("", ("no_onward", "not_published")),)}


def test_the_words_need_a_clearance_and_that_there_are_some_does_not(case: Case) -> None:
    ids = fill(case, records("partner", use_limits=[]))
    assert case.read("restricted").limits(ids)["tran-said"] == (Limit("reply-aaaa", (), WORDS),)
    assert case.read("partner").limits(ids)["tran-said"] == (
        Limit("reply-aaaa", more_words=True),)


def test_a_promise_to_the_addressee_is_a_limit(case: Case) -> None:
    promised = make("trace_request", id="trace-aaaa", title="Letter 1",
                    confidentiality_given="addressee_only")
    ids = fill(case, records("partner", use_limits=[], restrictions=None))
    fill(case, [promised])
    found = case.read("partner").limits(ids)["cust-said"]
    assert found == (Limit("reply-aaaa", ("no_onward", "not_published"), "", "addressee_only"),)


def test_a_reply_without_limits_puts_none_on_anything(case: Case) -> None:
    ids = fill(case, records("partner", use_limits=[], restrictions=None))
    assert case.read("sealed").limits([*ids, "item-none", "nonsense"]) == {}


def test_the_public_is_told_nothing_of_what_must_not_be_published(case: Case) -> None:
    ids = fill(case, records("sealed"))
    reader = case.read("public")
    seen = reader.many(ids)
    assert {one for one, shown in seen.items() if shown.label == LEFT_OUT} == (
        RESTING - {"reply-aaaa", "tran-said"})
    told = [repr(seen), repr(reader.find_texts(["canary"], 50))]
    for kind in ("transfer", "custody", "finding", "note", "document", "photograph", "item"):
        told.append(repr([reader.list(kind), list(reader.stream(kind))]))
    for one in ids:
        if one in seen:
            told += [repr(reader.history(one)), repr(reader.naming(one)), repr(reader.rivals(one)),
                     repr(reader.referring(one))]
    assert "CANARY" not in "".join(told)
    assert "Another paper" in "".join(told)
    # They are counted with the others, and a filter does not tell what they say.
    assert reader.count("transfer")[0] == 3
    assert reader.list("transfer", {"from_party": "party-aaaa"}).rows == []
    assert reader.belonging(["item-aaaa"], "transfer", "items") == {}


def test_nothing_that_is_kept_back_can_be_counted_sorted_or_asked_by(case: Case) -> None:
    fill(case, records("sealed"))
    for reader in (case.read("public"), case.read("restricted").to_hand_out()):
        for name in ("transfer", "finding", "note", "document", "item"):
            kind = kind_named(name)
            for column in kind.columns:
                try:
                    total, groups = reader.count(name, column.name)
                except Invalid:
                    continue  # may not be asked by this clearance
                assert sum(n for _, n in groups) == total == reader.count(name)[0]
                assert "CANARY" not in repr(groups) + repr(list(reader.cells(name, [column.name])))
        assert "CANARY" not in repr([reader.facets("item"), reader.facets("transfer")])
        assert reader.count("item", None, {"tag": "CANARY"})[0] == 0
        assert reader.list("item", {"tag": "CANARY"}).total == 0
        assert list(reader.stream("item", {"tag": "CANARY"})) == []


def test_what_is_found_from_below_is_what_is_found_from_above(case: Case) -> None:
    ids = fill(case, records("partner"))
    with case.backend.reading() as conn:
        for clearance in ("public", "partner", "sealed"):
            rank = RANK[clearance]
            found = limits_on(conn, case.backend, rank, ids)
            above = {one for one, limits in found.items() if withheld_from(clearance, limits)}
            assert kept_back(conn, case.backend, rank, clearance) == above == RESTING


def test_what_is_left_out_for_whom() -> None:
    never, consent = (Limit(codes=("not_published",)),), (Limit(codes=("no_onward",)),)
    court = (Limit(codes=("not_in_court",)),)
    assert [withheld_from("sealed", one) for one in (never, consent, court, ())] == [
        True, False, False, False]
    assert [withheld_from("partner", one) for one in (never, consent, court)] == [
        True, True, False]
