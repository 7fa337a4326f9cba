"""The graph of a case follows its log, shows nobody what is hidden, and loses nothing with its files."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.actions.evidence.erasing import approve, ask
from headstamp.actions.tracing import supply_graph
from headstamp.actions.tracing.supply import Supply
from headstamp.actions.tracing.supply_graph import graph_path, load, supply, up_to_date
from headstamp.records import kind_named
from headstamp.store.case import Case
from headstamp.tracing.graph_edges import EARLIEST, LATEST, Row, day_number
from tests.actions.exchange.travel import two_devices
from tests.effort import examples
from tests.tracing.slow_graph import slow_chains, slow_paths, slow_reach

TIERS = ["public", "partner", "restricted", "sealed"]
WHENS = [None, "2011-03", "2012", "2012-05-06", "2013/..", "../2012", "2010/2014", "199X"]


def make(kind: str, **values: object):
    return kind_named(kind).cls.build(values)


def put(case: Case, *records: object) -> None:
    with case.change(actor="tester", reason="a test") as change:
        change.put_many(list(records))


def party(name: str, **more: object):
    return make("party", **{"id": f"party-{name}", "name": name, "tier": "public", **more})


def transfer(name: str, giver: str | None, taker: str | None, when: str | None = None,
             **more: object):
    return make("transfer", **{
        "id": f"tran-{name}", "from_party": giver and f"party-{giver}",
        "to_party": taker and f"party-{taker}", "happened_on": when, "tier": "public", **more})


def chain(case: Case) -> None:
    """maker -> army -> depot -> shop, and a false start."""
    put(case, *(party(name) for name in ("maker", "army", "depot", "shop")),
        transfer("aaaa", "maker", "army", "2010"), transfer("bbbb", "army", "depot", "2011"),
        transfer("cccc", "depot", "shop", "2012"), transfer("dddd", "maker", "depot", "2015"))


def around(asked: Supply, name: str) -> dict[str, int]:
    return {id_.removeprefix("party-"): steps for id_, steps in asked.upstream(f"party-{name}")}


def ways(case: Case, clearance: str, name: str) -> set[str]:
    """The paths to a party, as the ids of their transfers."""
    asked = supply(case, clearance)
    reader = case.read(clearance)
    return {
        " ".join(reader.standing([seq])[seq].id.removeprefix("tran-") for seq in one.transfers)
        for one in asked.paths_to(f"party-{name}")
    }


def agrees(case: Case, clearance: str, asked: Supply | None = None) -> None:
    """Every question has the answer of a plain walk over what the reader tells."""
    asked = asked or supply(case, clearance)
    with case.read(clearance).snapshot() as reader:
        cells = [one for one in reader.cells("transfer", [
            "id", "from_party", "to_party", "happened_on_from", "happened_on_to"])
            if one[1] and one[2]]
        ids = sorted({one for row in cells for one in row[1:3]} | {"party-nobody0"})
        rows: list[Row] = [
            (n, ids.index(giver), ids.index(taker), day_number(first, open_end=EARLIEST),
             day_number(last, open_end=LATEST), 0)
            for n, (_, giver, taker, first, last) in enumerate(cells)
        ]
        number = {cell[0]: n for n, cell in enumerate(cells)}
        held = {row.seq: number[row.id] for row in reader.stream("transfer") if row.id in number}
    assert asked.size == case.read("sealed").size()
    for node, id_ in enumerate(ids):
        for forward in (False, True):
            reached = (asked.downstream if forward else asked.upstream)(id_)
            assert {ids.index(one): steps for one, steps in reached} == slow_reach(
                rows, [node], 0, None, forward=forward)
            paths = (asked.paths_from if forward else asked.paths_to)(id_, steps=3)
            assert {(tuple(held[seq] for seq in one.transfers),
                     tuple(ids.index(p) for p in one.parties)) for one in paths} == slow_paths(
                rows, node, 0, 3, dated=True, forward=forward)
            assert not reached.more and not paths.more
        found = asked.shortest(ids[0], id_, steps=4)
        assert {tuple(held[seq] for seq in one.transfers) for one in found.chains} == {
            one for one, _ in slow_chains(rows, 0, node, 0, 4)}


def everywhere(case: Case) -> None:
    for clearance in TIERS:
        agrees(case, clearance)


def test_what_is_recorded_is_walked_at_once(every_case: Case) -> None:
    case = every_case
    assert list(supply(case, "public").upstream("party-maker")) == []
    chain(case)
    assert around(supply(case, "public"), "shop") == {"depot": 1, "army": 2, "maker": 2}
    # Made for the depot in 2015, it cannot have come to the shop in 2012.
    assert ways(case, "public", "shop") == {"cccc", "bbbb cccc", "aaaa bbbb cccc"}
    put(case, party("fence"), transfer("eeee", "shop", "fence", "2013"))
    assert around(supply(case, "public"), "fence") == {"shop": 1, "depot": 2, "army": 3, "maker": 3}
    assert [id_ for id_, _ in supply(case, "public").downstream("party-shop")] == ["party-fence"]
    found = supply(case, "public").shortest("party-maker", "party-fence")
    assert (len(found.chains), found.length, found.undated) == (1, 4, 3)
    assert found.chains[0].parties == (
        "party-maker", "party-army", "party-depot", "party-shop", "party-fence")
    everywhere(case)
    with Case.open(case.where, folder=case.folder) as another:
        everywhere(another)


def test_a_correction_and_a_party_taken_out_change_the_answer(case: Case) -> None:
    chain(case)
    everywhere(case)
    put(case, transfer("dddd", "maker", "depot", "2011"))
    assert ways(case, "public", "shop") == {"cccc", "bbbb cccc", "aaaa bbbb cccc", "dddd cccc"}
    put(case, transfer("bbbb", "army", None, "2011"), transfer("cccc", "shop", "depot", "2012"))
    assert around(supply(case, "public"), "shop") == {}
    assert around(supply(case, "public"), "depot") == {"shop": 1, "maker": 1}
    put(case, transfer("ffff", "depot", "depot"), transfer("gggg", "army", "maker"))
    everywhere(case)


def test_who_may_not_see_a_transfer_or_a_party_is_told_of_no_edge(case: Case) -> None:
    chain(case)
    up_to_date(case)
    for tier in ("sealed", "public", "restricted", "partner"):
        put(case, transfer("bbbb", "army", "depot", "2011", tier=tier))
        everywhere(case)
        put(case, party("depot", tier=tier))
        everywhere(case)
        may = TIERS.index("public") >= TIERS.index(tier)
        assert around(supply(case, "public"), "shop") == (
            {"depot": 1, "army": 2, "maker": 2} if may else {})
    assert supply(case, "public").upstream("party-depot").holders.nodes.tolist() == []


def test_the_rank_of_a_reply_and_its_limits_follow_to_the_edges(case: Case) -> None:
    chain(case)
    request = make("trace_request", id="trace-aaaa0000", tier="public", title="x")
    put(case, request, make("trace_reply", id="reply-aaaa0000", request=request.id, tier="public",
                            reply_code="confirmed_full"),
        transfer("bbbb", "army", "depot", "2011", reply="reply-aaaa0000"))
    everywhere(case)
    put(case, make("trace_request", id="trace-aaaa0000", tier="sealed", title="x"))
    assert around(supply(case, "restricted"), "shop") == {"depot": 1, "maker": 2}
    everywhere(case)
    put(case, make("trace_request", id="trace-aaaa0000", tier="public", title="x"))
    everywhere(case)
    # What must not be published is not there for the public, nor in what is handed out.
    put(case, make("trace_reply", id="reply-aaaa0000", request=request.id, tier="public",
                   reply_code="confirmed_full", use_limits=["not_published"]))
    everywhere(case)
    assert "army" not in around(supply(case, "public"), "shop")
    assert "army" in around(supply(case, "sealed"), "shop")
    assert "army" not in around(supply(case, "sealed", hand_out=True), "shop")
    put(case, make("trace_reply", id="reply-aaaa0000", request=request.id, tier="public",
                   reply_code="confirmed_full"))
    everywhere(case)


def test_what_was_erased_is_not_walked(tmp_path: Path) -> None:
    two = two_devices(tmp_path)
    case = two.field
    chain(case)
    everywhere(case)
    asked = ask(case, "tran-bbbb", ground="safety", actor="Ana", clearance="sealed")
    approve(case, asked, actor="Bo", clearance="sealed")
    assert around(supply(case, "sealed"), "shop") == {"depot": 1, "maker": 2}
    everywhere(case)
    asked = ask(case, "party-depot", ground="safety", actor="Ana", clearance="sealed")
    approve(case, asked, actor="Bo", clearance="sealed")
    everywhere(case)


NAMES = [f"p{n:03d}" for n in range(6)]
puts = st.builds(
    lambda name, giver, taker, when, tier: ("transfer", name, giver, taker, when, tier),
    st.sampled_from([f"t{n:03d}" for n in range(9)]), st.sampled_from([*NAMES, None]),
    st.sampled_from(NAMES), st.sampled_from(WHENS), st.sampled_from(TIERS),
)
tiers = st.builds(lambda name, tier: ("party", name, tier), st.sampled_from(NAMES),
                  st.sampled_from(TIERS))
acts = st.one_of(puts, puts, puts, tiers, st.just(("lay out",)), st.just(("close",)))


@given(st.lists(st.lists(acts, min_size=1, max_size=3), max_size=8), st.booleans())
@examples(12)
def test_any_course_of_changes_ends_like_a_plain_walk(
    course: list[list[tuple[str, ...]]], follow: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        case = Case.create(Path(folder) / "case")
        try:
            put(case, *(party(name) for name in NAMES))
            for commit in course:
                some: dict[str, object] = {}
                for what, *rest in commit:
                    if what == "transfer":
                        name, giver, taker, when, tier = rest
                        one = transfer(name, giver, taker, when, tier=tier)
                        some[one.id] = one
                    elif what == "party":
                        some[rest[0]] = party(rest[0], tier=rest[1])
                    elif what == "lay out":
                        with pytest.MonkeyPatch.context() as patched:
                            patched.setattr(supply_graph, "LEAST_UNSAVED", 1)
                            patched.setattr(supply_graph, "MOST_UNSAVED", 1)
                            up_to_date(case)
                    else:
                        case.close()
                        case = Case.open(Path(folder) / "case")
                put(case, *some.values())
                if follow:
                    everywhere(case)
            everywhere(case)
        finally:
            case.close()


def test_erasures_and_corrections_by_chance_end_like_a_plain_walk(sqlite_case: Case) -> None:
    case, rng = sqlite_case, random.Random(7)
    put(case, *(party(name) for name in NAMES))
    gone: set[str] = set()
    for _ in range(12):
        for n in rng.sample(range(9), k=3):
            if f"t{n:03d}" not in gone:
                put(case, transfer(f"t{n:03d}", rng.choice(NAMES), rng.choice(NAMES),
                                   rng.choice(WHENS), tier=rng.choice(TIERS)))
        there = [row.id for row in case.read("sealed").stream("transfer")]
        if rng.random() < 0.4 and there:
            one = rng.choice(there)
            asked = ask(case, one, ground="safety", actor="Ana", clearance="sealed")
            approve(case, asked, actor="Bo", clearance="sealed")
            gone.add(one.removeprefix("tran-"))
        everywhere(case)


@pytest.fixture
def kept(sqlite_case: Case, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A case whose graph is kept beside it, of few transfers."""
    monkeypatch.setattr(supply_graph, "LEAST_UNSAVED", 20)
    rng = random.Random(2)
    put(sqlite_case, *(party(f"k{n:03d}") for n in range(30)),
        *(transfer(f"k{n:04d}", f"k{rng.randrange(30):03d}", f"k{rng.randrange(30):03d}",
                   rng.choice(WHENS), tier=rng.choice(TIERS)) for n in range(60)))
    monkeypatch.setattr(supply_graph, "MOST_ENTRIES_UNSAVED", 50)
    up_to_date(sqlite_case)
    assert graph_path(sqlite_case).is_file()
    return sqlite_case


def again(case: Case, ask_: Callable[[Case], None] = everywhere) -> None:
    with Case.open(case.where, folder=case.folder) as other:
        ask_(other)


def test_a_single_command_need_not_make_it_anew(
    kept: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supply_graph, "made", None)  # whoever makes it anew fails
    before = graph_path(kept).read_bytes()
    again(kept)
    put(kept, transfer("k0003", "k001", "k002", "2012"), party("late"),
        transfer("late", "k001", "late", "2013"))
    again(kept)
    assert graph_path(kept).read_bytes() == before
    # There is much of it now: all is laid out anew, with the party that came later.
    put(kept, *(transfer(f"n{n:04d}", "late", f"k{n:03d}", "2014") for n in range(30)))
    again(kept)
    assert graph_path(kept).read_bytes() != before
    assert load(kept).size == kept.read("sealed").size()
    assert load(kept).graph.unlaid == 0 and len(load(kept).names) == 31
    again(kept)
    names = kept.working.names("derived")
    assert len([one for one in names if one.startswith("supply-")]) == 1


@pytest.mark.parametrize("harm", ["gone", "names gone", "cut", "empty", "text", "names cut", "older"])
def test_the_files_may_be_lost_or_damaged(kept: Case, harm: str, monkeypatch) -> None:
    path = graph_path(kept)
    (names,) = path.parent.glob("supply-*.names")
    if harm == "gone":
        path.unlink()
    elif harm == "names gone":
        names.unlink()
    elif harm == "cut":
        path.write_bytes(path.read_bytes()[:400])
    elif harm == "empty":
        path.write_bytes(b"")
    elif harm == "text":
        path.write_text("nothing of the kind\n" * 100)
    elif harm == "names cut":
        names.write_bytes(names.read_bytes()[:300])
    else:
        monkeypatch.setattr(supply_graph, "_made_by", lambda: "another program")
    assert load(kept).size == 0
    again(kept)
    assert load(kept).size == kept.read("sealed").size()


def test_any_byte_that_is_wrong_is_seen(kept: Case) -> None:
    rng = random.Random(3)
    for path in (graph_path(kept), *graph_path(kept).parent.glob("supply-*.names")):
        whole = path.read_bytes()
        seen = 0
        places = [*range(24), *rng.sample(range(24, len(whole)), 60)]
        for at in places:
            harmed = bytearray(whole)
            harmed[at] ^= 1 << rng.randrange(8)
            path.write_bytes(harmed)
            state = load(kept)
            seen += state.size == 0
            if state.size:  # between two arrays lie bytes that nobody reads
                assert state.graph.edges().number.tolist() == sorted_edges(kept)
        assert seen > len(places) * 0.6
        path.write_bytes(whole)


def sorted_edges(case: Case) -> list[int]:
    return up_to_date(case).graph.edges().number.tolist()


def test_the_graph_of_another_log_is_no_use(kept: Case, tmp_path: Path) -> None:
    with Case.create(tmp_path / "other") as other:
        chain(other)
        for path in graph_path(kept).parent.glob("supply*"):
            graph_path(other).parent.mkdir(exist_ok=True)
            (graph_path(other).parent / path.name).write_bytes(path.read_bytes())
        assert load(other).size == 0
        everywhere(other)


@pytest.mark.parametrize("at", [1, 2])
def test_killed_while_it_is_saved_the_old_one_stays(kept: Case, at: int) -> None:
    path = graph_path(kept)
    before = path.read_bytes()
    size = load(kept).size
    put(kept, *(transfer(f"x{n:04d}", "k001", f"k{n % 30:03d}") for n in range(60)))
    script = (
        "import os, sys; from headstamp.store.case import Case\n"
        "from headstamp.actions.tracing import supply_graph\n"
        "supply_graph.LEAST_UNSAVED = 20\n"
        "left = [int(sys.argv[2])]\n"
        "def synced(handle):\n"
        "    left[0] -= 1\n"
        "    if not left[0]: os._exit(9)\n"
        "os.fsync = synced\n"
        "supply_graph.up_to_date(Case.open(sys.argv[1]))\n"
    )
    done = subprocess.run([sys.executable, "-c", script, kept.where, str(at)], check=False)
    assert done.returncode == 9
    assert path.read_bytes() == before and load(kept).size == size
    again(kept)
    assert load(kept).size == kept.read("sealed").size()
    assert len(list(path.parent.glob("supply-*.names"))) == 1


def test_what_a_killed_program_left_is_taken_away(kept: Case) -> None:
    old, new = (graph_path(kept).parent / name for name in (".abc.x1", ".abc.x2"))
    for one in (old, new):
        one.write_bytes(b"half")
    os.utime(old, (1, 1))
    graph_path(kept).unlink()
    again(kept)
    assert not old.exists() and new.exists()


def test_a_folder_that_cannot_be_written_costs_only_time(
    kept: Case, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_given: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(supply_graph, "write_arrays", full)
    graph_path(kept).unlink()
    again(kept)
    assert "No space left" in caplog.text


def test_the_other_side_is_kept_too_where_it_is_long(
    kept: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supply_graph, "KEPT_DOWN", 10)
    again(kept)
    (down,) = graph_path(kept).parent.glob("supply-*.down")
    before = down.stat().st_mtime_ns
    monkeypatch.setattr(supply_graph, "turned", None)  # whoever makes it anew fails
    again(kept)
    assert down.stat().st_mtime_ns == before
    monkeypatch.undo()
    down.write_bytes(down.read_bytes()[:700])
    again(kept)


def test_limits_are_told_and_unknown_parties_have_nobody(case: Case) -> None:
    chain(case)
    asked = supply(case, "public")
    assert asked.upstream("party-shop", most=2).more and len(asked.upstream("party-shop", most=2)) == 2
    assert asked.paths_to("party-shop", most=1).more
    assert not asked.upstream("party-shop", steps=1).more
    for id_ in ("party-zzzz", "", "item-aaaa", "party-" + "z" * 40):
        assert len(asked.upstream(id_)) == len(asked.paths_from(id_)) == 0
        assert asked.shortest(id_, "party-shop").chains == ()
    both = dict(asked.upstream(["party-shop", "party-army", "party-shop", "party-zzzz"]))
    assert both == {"party-depot": 1, "party-maker": 1}
    whole = {one.transfers for one in asked.paths_to("party-shop").whole()}
    assert len(whole) == 1


def test_what_comes_from_another_device_is_walked(tmp_path: Path) -> None:
    two = two_devices(tmp_path)
    everywhere(two.hq)
    chain(two.field)
    two.taken(two.packed())
    everywhere(two.hq)
    assert around(supply(two.hq, "public"), "shop") == {"depot": 1, "army": 2, "maker": 2}
    put(two.field, party("depot", tier="sealed"))
    two.taken(two.packed())
    everywhere(two.hq)
    assert around(supply(two.hq, "partner"), "shop") == {}
    with two.hq.change(actor="Ben", reason="a correction") as change:
        change.put(transfer("cccc", "maker", "shop", "2012"))
    put(two.field, transfer("cccc", "army", "shop", "2012"))
    two.taken(two.packed())  # they contradict each other: headquarters keeps its own until settled
    everywhere(two.hq)


def test_many_ask_while_it_grows(case: Case) -> None:
    put(case, *(party(f"q{n:03d}") for n in range(41)))

    def record(number: int) -> bool:
        put(case, transfer(f"q{number:03d}", f"q{number:03d}", f"q{number + 1:03d}"))
        return (f"party-q{number:03d}", 1) in list(supply(case, "public").upstream(
            f"party-q{number + 1:03d}"))

    def look(number: int) -> bool:
        asked = supply(case, "public")
        return len(asked.upstream("party-q040")) <= 40 and not asked.paths_to("party-q020").more

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(record if n % 2 else look, n // 2) for n in range(80)]
        assert all(one.result() for one in asked)
    assert len(supply(case, "public").upstream("party-q040")) == 40


def test_two_programs_may_keep_it_at_once(kept: Case) -> None:
    want = up_to_date(kept).graph.edges().number.tolist()

    def keep(_number: int) -> bool:
        graph_path(kept).unlink(missing_ok=True)
        with Case.open(kept.where) as another:
            return up_to_date(another).graph.edges().number.tolist() == want

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(keep, range(12)))
    again(kept)
