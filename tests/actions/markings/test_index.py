"""The index of a case follows its log, tells nobody of what is hidden, and loses nothing with its file."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from headstamp.actions.markings import index as marking_index
from headstamp.actions.markings.find import Hit, find
from headstamp.actions.markings.index import (
    EMPTY,
    caught_up,
    index_path,
    load,
    markings,
    up_to_date,
)
from headstamp.records import kind_named
from headstamp.store.case import Case
from headstamp.store.marking_texts import texts_of
from tests.effort import EFFORT

TIERS = ["public", "partner", "restricted", "sealed"]


def make(kind: str, **values: object):
    return kind_named(kind).cls.build(values)


def put(case: Case, *records: object) -> None:
    with case.change(actor="tester", reason="a test") as change:
        change.put_many(list(records))


def ids(hits: list[Hit]) -> list[str]:
    return [hit.id for hit in hits if hit.marking is not None]


def held(case: Case) -> set[tuple[int, int, str, tuple[tuple[str, str], ...]]]:
    """(rank, log entry, text, context) of everything that can be found."""
    found = set()
    for number, rank in enumerate(up_to_date(case).ranks):
        assert len(rank.index) == len(rank.seqs)
        for position, seq in enumerate(rank.seqs.tolist()):
            if seq >= 0:
                beside = tuple(sorted(rank.index.contexts.at(position).items()))
                found.add((number, seq, rank.index.text(position), beside))
    return found


def made_anew(case: Case) -> set[tuple[int, int, str, tuple[tuple[str, str], ...]]]:
    """The same from the records alone."""
    with texts_of(case.backend) as texts:
        state = caught_up(texts, EMPTY)
    return {
        (number, int(seq), rank.index.text(at), tuple(sorted(rank.index.contexts.at(at).items())))
        for number, rank in enumerate(state.ranks) for at, seq in enumerate(rank.seqs)
    }


def gun(name: str, **more: object):
    return make("item", **{"id": f"item-{name}", "item_type": "pistol", **more})


def mark(name: str, text: str | None, item: str = "axxx", **more: object):
    state = {} if text is not None else {"state": "removed"}
    return make("marking", **{"id": f"mark-{name}", "item": f"item-{item}", "text": text,
                              **state, **more})


def test_what_is_recorded_is_found_at_once(case: Case) -> None:
    put(case, gun("axxx", make="Example Arms", tier="partner"))
    assert ids(find(case, "AB 1234", clearance="partner")) == []
    put(case, mark("axxx", "AB 1234"))
    hits = find(case, "A8 12?4", clearance="partner", nearby=5)
    assert ids(hits) == ["mark-axxx"] and hits[0].probability and hits[0].probability > 0.5
    assert [p["kind"] for p in hits[0].as_dict()["pairs"]] == [
        "same", "look-alike", "same", "same", "unread", "same"]
    put(case, make("reading", id="read-axxx", marking="mark-axxx", text="ZZ 7777"))
    assert ids(find(case, "zz7777", clearance="partner")) == ["read-axxx"]
    with Case.open(case.where, folder=case.folder) as another:
        assert ids(find(another, "AB1234", clearance="partner")) == ["mark-axxx"]
        put(another, mark("bxxx", "QRST 5555"))
    assert ids(find(case, "QRST5555", clearance="partner")) == ["mark-bxxx"]


def test_a_correction_takes_the_old_text_away(case: Case) -> None:
    put(case, gun("axxx"), mark("axxx", "AB 1234"), mark("bxxx", "XY 9876"))
    assert ids(find(case, "AB1234", clearance="partner")) == ["mark-axxx"]
    put(case, mark("axxx", "KLM 5050"))
    assert "mark-axxx" not in ids(find(case, "AB1234", clearance="partner"))
    assert ids(find(case, "KLM5050", clearance="partner")) == ["mark-axxx"]
    put(case, mark("axxx", None))
    assert ids(find(case, "KLM5050", clearance="partner")) == []
    assert held(case) == made_anew(case)


def test_who_may_see_a_marking_follows_its_tier_and_its_items(case: Case) -> None:
    put(case, gun("axxx", tier="public"), mark("axxx", "AB 1234", tier="public"),
        make("reading", id="read-axxx", marking="mark-axxx", text="AB 1235", tier="public"))
    assert set(ids(find(case, "AB1234", clearance="public"))) == {"mark-axxx", "read-axxx"}
    for tier in ("restricted", "sealed", "public", "partner"):
        put(case, gun("axxx", tier=tier))
        for clearance in TIERS:
            hits = set(ids(find(case, "AB1234", clearance=clearance)))
            may = TIERS.index(clearance) >= TIERS.index(tier)
            assert hits == ({"mark-axxx", "read-axxx"} if may else set()), (tier, clearance)
        assert held(case) == made_anew(case)
    put(case, mark("axxx", "AB 1234", tier="sealed"))
    assert ids(find(case, "AB1234", clearance="restricted")) == []
    put(case, mark("axxx", "AB 1234", tier="public"))
    assert set(ids(find(case, "AB1234", clearance="partner"))) == {"mark-axxx", "read-axxx"}


def test_what_is_hidden_has_no_part_in_any_number(tmp_path: Path) -> None:
    rng = random.Random(7)
    texts = [f"AB {rng.randrange(10**5):05d}" for _ in range(60)]
    seen = [gun("axxx", tier="public", make="Example Arms")] + [
        mark(f"s{n:04d}", text, tier="public") for n, text in enumerate(texts)]
    hidden = [gun("hxxx", tier="sealed", make="Example Arms")] + [
        mark(f"h{n:04d}", f"AB {rng.randrange(10**5):05d}", "hxxx", tier="sealed") for n in range(400)]
    raised = [mark(f"r{n:04d}", f"AB {rng.randrange(10**5):05d}", tier="public") for n in range(50)]
    with Case.create(tmp_path / "one") as one, Case.create(tmp_path / "two") as two:
        put(one, *seen)
        up_to_date(one)
        put(two, *seen)
        put(two, *hidden)
        up_to_date(two)
        put(two, *raised)
        up_to_date(two)
        put(two, *(mark(r.id[5:], r.text, tier="sealed") for r in raised))
        for asked in [*texts[:20], "AB 1234?", "AB*7", "A8 0", '"AB"']:
            for context in ({}, {"maker": "Example Arms"}, {"maker": "Other"}):
                told = [
                    [(h.id, h.text, h.probability, h.why)
                     for h in find(case, asked, clearance="partner", context=context, nearby=3)]
                    for case in (one, two)
                ]
                assert told[0] == told[1], (asked, context)


def test_what_an_item_says_is_weighed_and_follows_its_corrections(case: Case) -> None:
    put(case, gun("axxx", make="Example Arms", model="M1", made_on="1985", country="CN"),
        gun("bxxx", make="Other Works", made_on="1985/1999"),
        mark("axxx", "AB 1234"), mark("bxxx", "AB 1234", "bxxx"),
        make("reading", id="read-bxxx", marking="mark-bxxx", text="CD 77777"))
    for maker, first in (("Example Arms", "mark-axxx"), ("Other Works", "mark-bxxx")):
        hits = find(case, "AB1234", clearance="partner", context={"maker": maker})
        assert ids(hits)[0] == first
        assert hits[0].as_dict()["context"][0]["stands"] == maker
    put(case, gun("axxx", make="Third Forge"), gun("bxxx", make="Example Arms"))
    assert ids(find(case, "AB1234", clearance="partner", context={"maker": "Example Arms"}))[0] \
        == "mark-bxxx"
    assert held(case) == made_anew(case)
    put(case, mark("bxxx", "AB 1234", "axxx"))
    assert held(case) == made_anew(case)
    assert {dict(c).get("maker") for *_, c in held(case)} == {"Third Forge"}


@pytest.mark.parametrize("seed", range(3 * EFFORT))
def test_any_course_of_changes_ends_like_an_index_made_anew(case: Case, seed: int) -> None:
    rng = random.Random(seed)
    put(case, *(gun(f"gggg{n}") for n in range(3)))
    for _ in range(25):
        some = []
        for _ in range(rng.randrange(1, 5)):
            tier = rng.choice(TIERS)
            what = rng.randrange(4)
            if what == 0:
                some.append(gun(f"gggg{rng.randrange(3)}", tier=tier, make=rng.choice("ABC") * 4))
            elif what == 3 and case.read("sealed").totals()["marking"]:
                name = rng.choice(case.read("sealed").list("marking").rows).id
                some.append(make("reading", id=f"read-rrrr{rng.randrange(9)}", marking=name, tier=tier,
                                 text=f"R{rng.randrange(10**4)}"))
            else:
                text = None if rng.random() < 0.2 else f"AB {rng.randrange(10**4)}"
                some.append(mark(f"m{rng.randrange(12):04d}", text, f"gggg{rng.randrange(3)}", tier=tier))
        put(case, *{one.id: one for one in some}.values())
        if rng.random() < 0.6:
            assert held(case) == made_anew(case)
    assert held(case) == made_anew(case)


def many(case: Case, number: int = 600) -> None:
    put(case, gun("axxx"), *(mark(f"m{n:04d}", f"KT {n * 7919 % 10**6:06d}") for n in range(number)))


def test_a_single_command_need_not_make_it_anew(case: Case) -> None:
    many(case)
    assert load(case) is EMPTY
    before = held(case)
    assert index_path(case).is_file()
    with Case.open(case.where, folder=case.folder) as another:
        assert load(another).size == up_to_date(case).size
        assert held(another) == before
        # An older file is brought up to the log; it is written anew once that takes long.
        put(another, mark("newx", "QRS 1"), mark("m0003", "TT 333"))
        kept = index_path(case).read_bytes()
        assert held(another) == made_anew(another)
        assert index_path(case).read_bytes() == kept
    with Case.open(case.where, folder=case.folder) as third:
        assert load(third).size < up_to_date(third).size
        assert ids(find(third, "QRS1", clearance="partner")) == ["mark-newx"]
        put(third, *(mark(f"n{n:04d}", f"LL {n}") for n in range(600)))
        assert held(third) == made_anew(third)
        assert load(third).size == up_to_date(third).size


def test_from_another_process(case: Case) -> None:
    many(case)
    up_to_date(case)
    put(case, mark("late", "ZEBRA 4711"))
    told = subprocess.run(
        [sys.executable, "-m", "headstamp", "find", "ZEBRA 47?1", "--case", case.where, "--json"],
        capture_output=True, text=True, check=True,
        env={**os.environ, "HEADSTAMP_FOLDER": str(case.folder)},
    )
    assert '"mark-late"' in told.stdout


@pytest.mark.parametrize("harm", ["gone", "cut", "empty", "text", "other program", "left over"])
def test_the_file_may_be_lost_or_damaged(sqlite_case: Case, harm: str, tmp_path: Path) -> None:
    case = sqlite_case
    many(case)
    want, path = held(case), index_path(case)
    whole = path.read_bytes()
    if harm == "gone":
        path.unlink()
    elif harm == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif harm == "empty":
        path.write_bytes(b"")
    elif harm == "text":
        path.write_text("nothing of the kind\n" * 100)
    elif harm == "other program":
        path.write_bytes(whole.replace(b"HSMARK", b"HSMARX", 1))
    else:
        old = path.parent / f".{path.name}.abcdef"
        old.write_bytes(whole[:1000])
        os.utime(old, (1, 1))
        path.unlink()
    with Case.open(case.where) as again:
        assert held(again) == want
        assert ids(find(again, "KT 007919", clearance="partner"))[0] == "mark-m0001"
    assert path.is_file() and len(list(path.parent.glob(".markings*"))) == 0


def test_any_byte_that_is_wrong_is_seen(sqlite_case: Case) -> None:
    many(sqlite_case)
    want, path = held(sqlite_case), index_path(sqlite_case)
    whole = path.read_bytes()
    rng = random.Random(3)
    places = [*range(24), *rng.sample(range(24, len(whole)), 60 * EFFORT)]
    seen = 0
    for at in places:
        harmed = bytearray(whole)
        harmed[at] ^= 1 << rng.randrange(8)
        path.write_bytes(harmed)
        state = load(sqlite_case)
        seen += state is EMPTY
        if state is not EMPTY:  # between two arrays lie bytes that nobody reads
            assert held_of(state) == want
    assert seen > len(places) * 0.8


def held_of(state: marking_index.State) -> set:
    return {
        (number, int(seq), rank.index.text(at), tuple(sorted(rank.index.contexts.at(at).items())))
        for number, rank in enumerate(state.ranks) for at, seq in enumerate(rank.seqs) if seq >= 0
    }


def test_the_file_of_another_log_is_no_use(tmp_path: Path) -> None:
    with Case.create(tmp_path / "one") as one, Case.create(tmp_path / "two") as two:
        many(one)
        many(two)
        up_to_date(one)
        index_path(two).parent.mkdir(exist_ok=True)
        index_path(two).write_bytes(index_path(one).read_bytes())
        assert load(two) is EMPTY
        assert held(two) == made_anew(two)


def test_two_programs_may_keep_it_at_once(sqlite_case: Case) -> None:
    many(sqlite_case)
    want = held(sqlite_case)

    def keep(_number: int) -> bool:
        index_path(sqlite_case).unlink(missing_ok=True)
        with Case.open(sqlite_case.where) as another:
            return held_of(up_to_date(another)) == want

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(keep, range(40)))
    assert held_of(load(sqlite_case)) == want


def test_killed_while_it_is_saved(sqlite_case: Case) -> None:
    many(sqlite_case)
    want = held(sqlite_case)
    path = index_path(sqlite_case)
    before = path.read_bytes()
    put(sqlite_case, *(mark(f"x{n:04d}", f"XX {n}") for n in range(700)))
    script = (
        "import os, sys; from pathlib import Path\n"
        "from headstamp.store.case import Case\n"
        "from headstamp.actions.markings.index import up_to_date\n"
        "os.fsync = lambda handle: os._exit(9)\n"
        "up_to_date(Case.open(sys.argv[1]))\n"
    )
    done = subprocess.run([sys.executable, "-c", script, sqlite_case.where], check=False)
    assert done.returncode == 9
    assert path.read_bytes() == before
    with Case.open(sqlite_case.where) as again:
        assert load(again) is not EMPTY and held_of(load(again)) == want
        assert held(again) == made_anew(again)


def test_a_folder_that_cannot_be_written_costs_only_time(
    sqlite_case: Case, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_given: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(marking_index, "write_index_to", full)
    many(sqlite_case)
    assert ids(find(sqlite_case, "KT 007919", clearance="partner"))[0] == "mark-m0001"
    assert "No space left" in caplog.text


def test_many_threads_search_while_it_grows(case: Case) -> None:
    many(case, 200)

    def look(number: int) -> str:
        return ids(find(case, f"KT {number * 7919 % 10**6:06d}", clearance="partner"))[0]

    def record(number: int) -> str:
        put(case, mark(f"t{number:04d}", f"THREAD {number:04d}"))
        return ids(find(case, f"THREAD {number:04d}", clearance="partner"))[0]

    with ThreadPoolExecutor(24) as pool:
        asked = [pool.submit(record if n % 10 == 0 else look, n) for n in range(200)]
        for number, one in enumerate(asked):
            assert one.result() == (f"mark-t{number:04d}" if number % 10 == 0 else f"mark-m{number:04d}")
    assert held(case) == made_anew(case)


def test_positions_name_the_entries_of_the_log(case: Case) -> None:
    put(case, gun("axxx", tier="public"), mark("pxxx", "AA 1", tier="public"), mark("qxxx", "BB 2"))
    seen = markings(case, "sealed")
    assert [seen.index.text(n) for n in range(len(seen.index))] == ["AA 1", "BB 2"]
    with case.read("sealed").snapshot() as reader:
        shown = reader.standing([seen.seq(0), seen.seq(1), 10**9, -5])
        assert [shown[seen.seq(n)].id for n in (0, 1)] == ["mark-pxxx", "mark-qxxx"]
    with case.read("public").snapshot() as reader:
        assert list(reader.standing([seen.seq(0), seen.seq(1)])) == [seen.seq(0)]
    with pytest.raises(IndexError):
        seen.seq(2)
