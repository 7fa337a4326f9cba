"""The check itself: alone or with a second process it finds the same; it tells how far it is."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from string import ascii_uppercase

import pytest

from headstamp.actions.cases import check_case, index_case
from headstamp.errors import Unavailable
from headstamp.records import Item, Marking, Photograph
from headstamp.store import sqlite_check
from headstamp.store import verify as room
from headstamp.store.case import Case
from headstamp.store.verify import verify
from headstamp.store.verify.finding import MOST, Finding, Findings


@pytest.fixture
def case(every_case: Case) -> Case:
    return every_case


@pytest.fixture
def filled(case: Case) -> Case:
    with case.change(actor="a", reason="r") as change:
        items = [Item.build(make=f"m{n}") for n in range(30)]
        kept = change.file(b"a picture")
        change.put_many([
            *items, *(Marking.build(item=item.id, text="AB 12") for item in items),
            Photograph.build(digest=kept.digest, items=[items[0].id]),
        ])
    index_case(case)
    return case


def harm(case: Case) -> None:
    with case.backend.writing() as conn:
        for statement in (
            "UPDATE item SET make = 'other' WHERE log_seq = 3",
            "UPDATE marking SET visible_rank = 0 WHERE log_seq = 40",
            "DELETE FROM ref WHERE from_id = (SELECT id FROM marking WHERE log_seq = 41)",
            "UPDATE search_text SET text = 'x' WHERE number = 1",
            "UPDATE facet_count SET n = n + 1",
            "DELETE FROM item WHERE log_seq = 7",
        ):
            conn.exec_driver_sql(statement)


def test_a_second_process_finds_the_same(filled: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "WORTH_IT", 0)
    assert check_case(filled) == []
    harm(filled)
    beside = {(one.what, one.id, one.detail) for one in check_case(filled)}
    monkeypatch.setattr(room, "WORTH_IT", 10**9)
    alone = {(one.what, one.id, one.detail) for one in check_case(filled)}
    assert beside == alone and len(alone) >= 6


def test_a_second_process_that_fails_is_no_clean_answer(
    filled: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    from headstamp.store.verify import beside

    monkeypatch.setattr(room, "WORTH_IT", 0)
    monkeypatch.setattr(beside, "_RUN", "raise SystemExit(3)")
    with pytest.raises(Unavailable):
        check_case(filled)


def test_a_function_of_keys_without_a_name_is_used_here(
    filled: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    from headstamp.markings.normalise import keys

    monkeypatch.setattr(room, "WORTH_IT", 0)
    assert verify(filled, keys=lambda text: keys(text)) == []


def test_it_tells_how_far_it_is(filled: Case) -> None:
    told: list[tuple[str, int, int]] = []
    assert check_case(filled, told=lambda *step: told.append(step)) == []
    assert ("records", 61, 61) in told and ("originals", 1, 1) in told


def test_findings_are_told_once_and_are_bounded() -> None:
    found = Findings()
    for n in range(MOST + 50):
        found.say("what", "id", str(n))
        found.say("what", "id", str(n))
    assert len(found) == MOST == len(set(found))
    assert Finding("a", "b", "c").as_dict() == {"what": "a", "id": "b", "detail": "c"}


def test_an_empty_case_is_clean(case: Case, tmp_path: Path) -> None:
    assert check_case(case) == []
    assert check_case(case, against=[case.checkpoint_note()]) == []
    (one,) = check_case(case, against=["no checkpoint at all"])
    assert one.what == "signature_invalid"


def test_segments_used_up_by_a_merge_are_not_taken_for_damage() -> None:
    """A merge under way leaves segments without pages whose rows still stand."""
    draw = random.Random(5)
    used_up = trimmed = False
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        conn.execute("CREATE VIRTUAL TABLE some_fts USING fts5(text, tokenize='trigram')")
        conn.execute("INSERT INTO some_fts(some_fts, rank) VALUES ('automerge', 0)")
        conn.execute("INSERT INTO some_fts(some_fts, rank) VALUES ('crisismerge', 99)")
        for batch in range(12):  # each with letters of its own: they run out one after the other
            letters = ascii_uppercase[2 * batch : 2 * batch + 2]
            conn.execute("BEGIN")
            conn.executemany(
                "INSERT INTO some_fts VALUES (?)",
                [("".join(draw.choices(letters, k=12)),) for _ in range(800)],
            )
            conn.execute("COMMIT")
        for _ in range(300):
            conn.execute("INSERT INTO some_fts(some_fts, rank) VALUES ('merge', 1)")
            (block,) = conn.execute("SELECT block FROM some_fts_data WHERE id = 10").fetchone()
            pages = sqlite_check._segments(block).values()
            used_up |= (0, 0) in pages
            trimmed |= any(first > 1 for first, _ in pages)
            assert list(sqlite_check._stray_rows(conn, "some_fts")) == []
    assert used_up and trimmed, "the test no longer meets what it is about"


@pytest.mark.slow
def test_a_search_index_that_merges_itself_is_not_taken_for_damaged(sqlite_case: Case) -> None:
    """Long lists of documents and segments half merged away are SQLite's ordinary life."""
    for _ in range(24):
        with sqlite_case.change(actor="a", reason="r") as change:
            items = [Item.build(make="Vicor", description="converter AC/DC") for _ in range(1_200)]
            change.put_many(items)
            change.put_many([Marking.build(item=item.id, text="VQG100EGQ1429") for item in items])
        index_case(sqlite_case)
    assert sqlite_case.backend.check_indexes() == []
    with sqlite_case.change(actor="a", reason="r") as change:
        change.put_many([item.model_copy(update={"make": "Xilinx"}) for item in items])
    index_case(sqlite_case)
    assert check_case(sqlite_case) == []
