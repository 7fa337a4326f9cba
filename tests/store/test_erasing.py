"""Erasing: gone from every byte and every version, agreed on by two, and the log still holds."""

from __future__ import annotations

import base64
import random
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from headstamp.actions.cases import check_case, index_case
from headstamp.actions.keeping.backups import back_up, restore_case
from headstamp.actions.markings.index import markings
from headstamp.errors import Conflicting, HeadstampError, Invalid, Missing, Refused
from headstamp.kinds.identity import derived_id
from headstamp.records import (
    Bundle,
    Device,
    Document,
    Erasure,
    Item,
    Marking,
    Party,
    Photograph,
    Reading,
    kind_of_id,
)
from headstamp.store.case import Case
from headstamp.store.cleaning import clean, is_unclean
from headstamp.store.erased import WHOLE, coming_back, erased_of, same_person
from headstamp.store.erasing import strip
from headstamp.store.handing import versions_from
from headstamp.store.move import move
from headstamp.store.tables import METADATA
from headstamp.store.upgrade import upgrade
from tests.effort import EFFORT

CANARY = "Xq7KANARIE9zw"
ITEM = "item-0000000a"
Put = Callable[..., None]


def put(case: Case, *records: object, actor: str = "Ann") -> None:
    with case.change(actor=actor, reason="seen") as change:
        change.put_many(list(records))  # type: ignore[arg-type]


def ask(case: Case, record: str, *fields: str, actor: str = "Ann") -> str:
    made = Erasure.build(record=record, fields=fields, erasure_ground="safety")
    put(case, made, actor=actor)
    return made.id


def erase(case: Case, record: str, *fields: str) -> None:
    """Asked for by one, approved by another, and cleaned up."""
    asked = ask(case, record, *fields)
    with case.change(actor="Bob", reason="approved") as change:
        change.approve(asked)
    clean(case)


def spoken(case: Case, *, picture: bool = True) -> None:
    """A case in which the canary stands in many ways: text, marking, facet, picture, old version."""
    put(case, Item.build(id=ITEM, make=f"{CANARY} works", remark=f"told by {CANARY}"),
        Item.build(id="item-0000000b", make="Altera"))
    put(case, Marking.build(id="mark-0000000a", item=ITEM, text=f"{CANARY} 12"),
        Party.build(id="party-0000000a", name=f"{CANARY} Ltd"))
    put(case, Item.build(id=ITEM, make=f"{CANARY} works", remark=f"told by {CANARY} again"))
    if not picture:
        return
    with case.change(actor="Ann", reason="seen") as change:
        kept = change.file(f"picture of {CANARY}".encode() * 20)
        change.put(Photograph.build(id="photo-0000000a", items=(ITEM,), digest=kept.digest,
                                    size=kept.size, original_name=f"{CANARY}.jpg"))
    index_case(case)
    case.read("sealed").find_texts([CANARY], 5)
    markings(case, "sealed")


ALL = (ITEM, "mark-0000000a", "party-0000000a", "photo-0000000a")


def forms(word: str) -> Iterator[bytes]:
    for plain in (word, word.lower(), word.upper()):
        yield plain.encode()
        yield plain.encode("utf-16-le")
        yield plain.encode("utf-16-be")
        for shift in range(3):  # base64 of it at any place of a longer text
            coded = base64.b64encode(b" " * shift + plain.encode())
            yield coded[4 if shift else 0 : len(coded) // 4 * 4 - 4]


def bytes_of(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            yield path, data
            for begun in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", data):
                try:
                    yield path, zlib.decompressobj().decompress(data[begun.start():], 1 << 20)
                except zlib.error:
                    continue


def leaks(case: Case, word: str = CANARY) -> list[str]:
    """Where the word still stands: in files of the folder, or in any table of the database."""
    wanted = list(forms(word))
    found = [f"{path}" for path, data in bytes_of(case.folder) if any(one in data for one in wanted)]
    with case.backend.reading() as conn:
        for table in METADATA.tables:
            for row in conn.execute(text(f'SELECT * FROM "{table}"')):
                told = [bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row]
                if any(one in data for one in wanted for data in told):
                    found.append(table)
        if case.backend.name != "sqlite":
            for (told,) in conn.execute(text("SELECT s::text FROM pg_stats AS s")):
                if word in told:
                    found.append("pg_stats")
    return found


def test_a_whole_record_leaves_no_byte_and_the_log_holds(case: Case) -> None:
    spoken(case)
    before, entries = case.checkpoint_note(), case.checkpoint()
    assert leaks(case)
    for one in ALL:
        erase(case, one)
    assert not leaks(case)
    assert check_case(case, against=[before]) == []
    assert case.checkpoint().size > entries.size
    reader = case.read("sealed")
    assert reader.list("item").total == 1
    assert reader.count("item", "make") == (1, [("Altera", 1)])
    assert not reader.find_texts([CANARY], 5)
    with pytest.raises(Missing, match="erased, for good"):
        reader.get(ITEM)
    assert markings(case, "sealed").index is not None
    assert not list(case.vault.digests())


def on_the_server(case: Case) -> list[str]:
    """The files of the database in which the canary stands, as the server has them on its disk."""
    with case.backend._engine.execution_options(isolation_level="AUTOCOMMIT").connect() as conn:  # type: ignore[attr-defined]
        conn.execute(text("CHECKPOINT"))
        folder = conn.execute(text(
            "SELECT 'base/' || oid FROM pg_database WHERE datname = current_database()")).scalar()
        return list(conn.execute(text(
            "SELECT one FROM pg_ls_dir(:folder) AS one WHERE position(:word in "
            "pg_read_binary_file(:folder || '/' || one)) > 0"
        ), {"folder": folder, "word": CANARY.encode()}).scalars())


def test_no_page_of_a_database_server_holds_it(case: Case) -> None:
    """Its log of writes aside, which is the server's keeper's affair; also not its old statistics."""
    if case.backend.name == "sqlite":
        pytest.skip("of PostgreSQL")
    spoken(case)
    assert on_the_server(case)
    for one in ALL:
        erase(case, one)
    assert on_the_server(case) == []
    assert clean(case).left == ()


def test_fields_leave_no_byte_and_the_rest_stays_provable(case: Case) -> None:
    spoken(case)
    before = case.checkpoint_note()
    erase(case, "mark-0000000a")
    erase(case, "party-0000000a")
    erase(case, "photo-0000000a")
    erase(case, ITEM, "make", "remark")
    assert not leaks(case)
    assert check_case(case, against=[before]) == []
    shown = case.read("sealed").get(ITEM)
    assert shown.get("make") is None
    assert shown.version == 3
    old, _, now = case.read("sealed").history(ITEM)
    assert old.erased == ("make", "remark")
    assert old.values["tier"] == "partner"
    assert now.erased == ()
    assert case.proof(old.seq).holds()


def test_two_people_are_needed(sqlite_case: Case) -> None:
    case = sqlite_case
    spoken(case)
    asked = ask(case, ITEM)
    for same in ("Ann", "ann", "ANN.", " Ann", "A nn", "A-n.n", "An\N{ZERO WIDTH SPACE}n", "\N{CYRILLIC CAPITAL LETTER A}nn",
                 "\N{RIGHT-TO-LEFT OVERRIDE}Ann\N{POP DIRECTIONAL FORMATTING}", "\uff21\uff4e\uff4e", "\u00c1nn",
                 "An\N{SOFT HYPHEN}n", "\N{GREEK CAPITAL LETTER ALPHA}\N{GREEK CAPITAL LETTER NU}n", "Ann\u3164", "..."):
        with pytest.raises(Refused, match="somebody else"), case.change(actor=same, reason="x") as change:
            change.approve(asked)
    approved = Erasure.build(id=asked, record=ITEM, erasure_ground="safety", erasure_state="approved")
    with pytest.raises(Invalid, match="erasure"):
        put(case, approved, actor="Bob")
    with pytest.raises(Invalid):
        put(case, Erasure.build(record=ITEM, erasure_ground="safety", erasure_state="approved"))
    # What somebody else asked for is not what was altered by whoever approves it.
    put(case, Erasure.build(id=asked, record="item-0000000b", erasure_ground="safety"), actor="Bob")
    with pytest.raises(Refused), case.change(actor="Bob", reason="x") as change:
        change.approve(asked)
    with case.change(actor="Ann", reason="x") as change:
        change.approve(asked)
    assert case.read("sealed").get(ITEM)
    assert erased_in(case) == {"item-0000000b": WHOLE}
    with pytest.raises(Conflicting), case.change(actor="Cid", reason="x") as change:
        change.approve(asked)
    with pytest.raises(Invalid, match="carried out"):
        put(case, Erasure.build(id=asked, record=ITEM, erasure_ground="safety", erasure_state="declined"))
    assert check_case(case) == []


def test_names_that_are_seen_to_differ_are_two_people() -> None:
    for one, other in (("Ann", "Anna"), ("Ann Lee", "Ann Le"), ("User 1", "User 2"), ("Иван", "Пётр"), ("王芳", "李芳"),
                       ("محمد", "أحمد"), ("Ana ٣", "Ana ٤")):
        assert not same_person(one, other), (one, other)
    for one, other in (("محمد", "محـمد"), ("Ana ٣", "ana 3"), ("Пётр", "ПЕТР"), ("Łódź", "Lodz"), ("İlker", "ilker")):
        assert same_person(one, other), (one, other)


def erased_in(case: Case) -> dict[str, frozenset[str]]:
    with case.backend.reading() as conn:
        assert erased_of(conn) == erased_of(conn, scan=True)
        return erased_of(conn)


def test_what_a_type_needs_does_not_go_alone(sqlite_case: Case) -> None:
    case = sqlite_case
    spoken(case)
    for record, field in ((ITEM, "tier"), (ITEM, "family"), ("party-0000000a", "name"),
                          ("mark-0000000a", "text"), (ITEM, "no_such_field")):
        asked = ask(case, record, field)
        with pytest.raises(Invalid), case.change(actor="Bob", reason="x") as change:
            change.approve(asked)
    asked = ask(case, asked)
    with pytest.raises(Invalid, match="tells what was erased"), case.change(actor="Bob", reason="x") as change:
        change.approve(asked)
    assert check_case(case) == []


def test_nothing_is_filled_in_again(case: Case) -> None:
    spoken(case)
    erase(case, ITEM, "remark")
    erase(case, "item-0000000b")
    with pytest.raises(Invalid) as refused:
        put(case, Item.build(id=ITEM, remark="again"), Item.build(id="item-0000000b"))
    assert {problem.field for problem in refused.value.problems} == {"remark", ""}
    put(case, Item.build(id=ITEM, make="Another"))
    assert check_case(case) == []


def test_what_names_an_erased_record_can_still_be_corrected(case: Case) -> None:
    spoken(case)
    put(case, Item.build(id=ITEM, make=CANARY, tier="restricted"))
    assert "mark-0000000a" not in case.read("partner").many(["mark-0000000a"])
    erase(case, ITEM)
    assert check_case(case) == []
    # It keeps the clearance that it had through what it belonged to.
    assert "mark-0000000a" not in case.read("partner").many(["mark-0000000a"])
    reader = case.read("sealed")
    assert reader.get("mark-0000000a").get("item") == ITEM
    assert reader.labels([ITEM]) == {ITEM: f"erased ({ITEM})"}
    assert reader.referring(ITEM) == []
    held = reader.get("mark-0000000a")
    put(case, Marking.build({**held.values, "remark": "looked at again"}, id=held.id))
    put(case, Reading.build(marking="mark-0000000a", text="AB", reader="Ann"))
    with pytest.raises(Invalid, match="not there"):
        put(case, Marking.build(item="item-0000000z", text="A"))
    assert check_case(case) == []


def test_an_original_stays_while_another_record_names_it(sqlite_case: Case) -> None:
    case = sqlite_case
    with case.change(actor="Ann", reason="seen") as change:
        kept = change.file(CANARY.encode())
        change.put_many([
            Photograph.build(id="photo-0000000a", digest=kept.digest, size=kept.size),
            Document.build(id="doc-0000000a", title="A", digest=kept.digest, size=kept.size),
        ])
    erase(case, "photo-0000000a")
    assert list(case.vault.digests()) == [kept.digest]
    assert check_case(case) == []
    erase(case, "doc-0000000a", "digest")
    assert not list(case.vault.digests())
    assert check_case(case) == []
    with pytest.raises(Invalid):
        put(case, Document.build(id="doc-0000000a", title="A", digest=kept.digest))


def test_cut_off_after_the_commit_it_is_finished_later(sqlite_case: Case) -> None:
    case = sqlite_case
    spoken(case)
    for one in ALL:
        asked = ask(case, one)
        with case.change(actor="Bob", reason="x") as change:
            change.approve(asked)
    assert check_case(case) == []
    assert is_unclean(case)
    assert list(case.vault.digests())
    assert not clean(case).left
    assert not is_unclean(case)
    assert not leaks(case)


def test_a_change_that_fails_erases_nothing(sqlite_case: Case) -> None:
    case = sqlite_case
    spoken(case)
    asked = ask(case, "photo-0000000a")
    with pytest.raises(ZeroDivisionError), case.change(actor="Bob", reason="x") as change:
        change.approve(asked)
        raise ZeroDivisionError
    clean(case)
    assert case.read("sealed").get("photo-0000000a").get("digest") in set(case.vault.digests())
    assert check_case(case) == []


def test_a_server_that_runs_shows_it_no_more(case: Case) -> None:
    spoken(case)
    case.warm(at_least=0)
    reader = case.read("sealed")
    assert reader.facets("item", {"family": "unknown"})
    erase(case, ITEM)
    erase(case, "mark-0000000a")
    told = reader.facets("item", {"family": "unknown"})
    assert CANARY not in repr(told)
    assert CANARY not in repr(case._indexes["item"]._code_of)
    found = markings(case, "sealed")
    assert all(CANARY not in found.index.text(at) for at in range(len(found.index)))


@pytest.mark.parametrize("body, seed, what", [
    (None, None, "record_missing"),
    (b"{}", b"\x01" + bytes(48), "record_missing"),
    (b'{"family":"unknown","make":"Altera","tier":"partner"}', b"\x01" + bytes(48), "record_changed"),
    (b'{"family":"unknown","make":"Altera","tier":"partner"}', b"\x01" + b"s" * 48, "record_changed"),
    (b'{"family":"unknown","tier":"partner"}', b"\x01" + bytes(16), "record_changed"),
])
def test_gone_without_an_erasure_is_found(
    sqlite_case: Case, body: bytes | None, seed: bytes | None, what: str
) -> None:
    case = sqlite_case
    spoken(case)
    erase(case, ITEM)
    with case.backend.writing() as conn:
        conn.execute(text("UPDATE version SET body = :body, seed = :seed WHERE id = 'item-0000000b'"),
                     {"body": body, "seed": seed})
    assert what in {one.what for one in check_case(case)}


def test_values_that_are_still_there_are_found(sqlite_case: Case) -> None:
    case = sqlite_case
    spoken(case)
    with case.backend.reading() as conn:
        held = conn.execute(text("SELECT seq, body, seed FROM version")).all()
    erase(case, ITEM, "remark")
    erase(case, "item-0000000b")
    with case.backend.writing() as conn:
        for seq, body, seed in held:
            conn.execute(text("UPDATE version SET body = :body, seed = :seed WHERE seq = :seq"),
                         {"seq": seq, "body": body, "seed": seed})
    found = [(one.what, one.id) for one in check_case(case)]
    assert ("erasure_unfinished", ITEM) in found
    assert ("erasure_unfinished", "item-0000000b") in found
    with case.change(actor="Cid", reason="finish") as change:
        change.carry_out_rest()
    assert check_case(case) == []


def test_rebuilt_moved_and_restored_it_stays_erased(sqlite_case: Case, tmp_path: Path) -> None:
    from headstamp.markings.normalise import keys

    case = sqlite_case
    spoken(case)
    erase(case, ITEM, "remark", "make")
    for one in ALL[1:]:
        erase(case, one)
    upgrade(case, anew=True)
    index_case(case)
    assert check_case(case) == []
    back_up(str(case.folder), tmp_path / "backup", with_key=True)
    restore_case(tmp_path / "backup", str(tmp_path / "restored"))
    with Case.open(tmp_path / "restored") as restored:
        assert not leaks(restored)
        assert check_case(restored) == []
        move(restored, str(tmp_path / "moved"), keys=keys)
    with Case.open(tmp_path / "moved") as moved:
        assert check_case(moved) == []
        assert not leaks(moved)
        with pytest.raises(Invalid):
            put(moved, Item.build(id=ITEM, make="again"))


def give(giver: Case, taker: Case) -> None:
    """All that one device knows, to another."""
    with giver.backend.reading() as conn:
        handed = [one.version for one in versions_from(conn, giver.origin, 0, giver.checkpoint().size)]
    with taker.change(actor="Tom", reason="taken") as change:
        change.receive(handed, taker.origin)
        erasures = change.waiting()
        if erasures:
            device = Device.build(title="the other", key=giver.verifier.text())
            change.put(device)
            change.agree(Bundle.build(device=device.id, direction="taken", bundle_state="taken",
                                      sum="0" * 64, size=1), erasures)


def test_deletions_stay_deleted_on_every_device(tmp_path: Path) -> None:
    with Case.create(tmp_path / "a") as one, Case.create(tmp_path / "b") as two:
        spoken(one, picture=False)
        give(one, two)
        # Meanwhile the other works on it too, in a version that the first does not know.
        put(two, Item.build(id=ITEM, make="Altera", remark=f"{CANARY} once more"))
        erase(one, ITEM, "remark")
        erase(one, "mark-0000000a")
        give(two, one)
        assert check_case(one) == []
        assert "mark-0000000a" not in one.read("sealed").many(["mark-0000000a"])
        give(one, two)
        assert check_case(two) == []
        for case in (one, two):
            clean(case)
            with case.backend.reading() as conn:
                bodies = conn.execute(text(f"SELECT body FROM version WHERE id = '{ITEM}'")).scalars()
                assert all(b"remark" not in bytes(body) for body in bodies)
            assert "mark-0000000a" not in case.read("sealed").many(["mark-0000000a"])
        give(two, one)
        give(one, two)
        assert check_case(one) == check_case(two) == []


@pytest.mark.parametrize("seed", range(max(3, 3 * EFFORT)))
def test_any_records_and_erasures(tmp_path: Path, seed: int) -> None:
    """Whatever is put and erased, in any order: it verifies, and nothing erased is ever seen again."""
    chance = random.Random(seed)
    ids = [derived_id("item", str(n)) for n in range(6)]
    marks = [derived_id("mark", str(n)) for n in range(6)]
    gone: dict[str, frozenset[str]] = {}
    with Case.create(tmp_path / "case") as case:
        for step in range(40):
            act = chance.random()
            if act < 0.7:
                values = {name: f"{name} {chance.randrange(4)}" for name in ("make", "model", "remark")
                          if chance.random() < 0.6}
                record = Item.build(values, id=chance.choice(ids),
                                    tier=chance.choice(["public", "partner", "restricted"]))
                if chance.random() < 0.4:
                    record = Marking.build(id=chance.choice(marks), item=chance.choice(ids), text="A",
                                           remark=f"r {step}")  # type: ignore[assignment]
                try:
                    put(case, record)
                    assert not coming_back([record], gone)
                except Invalid:
                    pass  # refers to nothing yet, or was erased
            else:
                known = case.read("sealed").many([*ids, *marks])
                if not known:
                    continue
                which = chance.choice(sorted(known))
                fields = chance.choice([(), ("remark",), ("remark", "model")])
                fields = tuple(f for f in fields if kind_of_id(which).fact(f))
                asked = ask(case, which, *fields)
                with case.change(actor="Bob", reason="x") as change:
                    change.approve(asked)
                before = gone.get(which, frozenset())
                gone[which] = WHOLE if WHOLE in (before, frozenset(fields) or WHOLE) else (
                    before | frozenset(fields))
            if step % 13 == 12:
                assert check_case(case) == []
            if step == 25:
                upgrade(case, anew=True)
        index_case(case)
        assert check_case(case) == []
        assert erased_in(case) == gone
        for id_, what in gone.items():
            with case.backend.reading() as conn:
                bodies = conn.execute(text(f"SELECT body FROM version WHERE id = '{id_}'")).scalars().all()
            assert all(body is None for body in bodies) if what == WHOLE else not any(
                f'"{name}"'.encode() in bytes(body) for name in what for body in bodies)


def test_an_unreadable_note_is_no_obstacle(sqlite_case: Case) -> None:
    case = sqlite_case
    case.working.write("erasing", "left.json", b"[")
    assert is_unclean(case)
    assert not clean(case).left
    assert not is_unclean(case)
    with pytest.raises(HeadstampError), case.change(actor="A", reason="x") as change:
        change.approve("eras-00000000")


def test_a_version_that_lacks_values_without_an_erasure_is_refused(tmp_path: Path) -> None:
    with Case.create(tmp_path / "a") as one, Case.create(tmp_path / "b") as two:
        put(one, Item.build(id=ITEM, make="Altera", remark="seen"))
        with one.backend.reading() as conn:
            handed = [one.version for one in versions_from(conn, one.origin, 0, one.checkpoint().size)]
        lacking = [kept for version in handed
                   if (kept := strip(version, {ITEM: frozenset({"remark"})})) is not None]
        with pytest.raises(Invalid, match="lacks values"), two.change(actor="T", reason="x") as change:
            change.receive(lacking, two.origin)
        assert check_case(two) == []
        assert two.read("sealed").totals().get("item", 0) == 0
