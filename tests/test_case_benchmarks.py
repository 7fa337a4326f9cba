"""The benchmarks of the check, the exchange and the chains of supply run by themselves, small, on the data they tell."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks import bench_exchange, bench_supply, bench_verify
from benchmarks.apart import Turn, apart, shares

from headstamp.actions.cases import open_case

MUST_TELL = {"name", "ours", "target", "met", "unit", "data"}


def test_the_check_is_measured_on_as_many_records_and_photographs_as_told(tmp_path: Path) -> None:
    whole = bench_verify.prepare(tmp_path / "one", 400, 30)
    assert whole == bench_verify.prepare(tmp_path / "two", 400, 30)
    with open_case(tmp_path / "one") as one, open_case(tmp_path / "two") as two:
        digests = set(one.vault.digests())
        assert digests == set(two.vault.digests())
        assert len(digests) == 30
        assert sum(one.vault.size(digest) for digest in digests) == whole
        assert one.checkpoint().size == 400
    (tmp_path / "one" / "originals").rename(tmp_path / "gone")
    with pytest.raises(SystemExit, match="not clean"):
        bench_verify.ours(str(tmp_path / "one"))


def test_each_benchmark_runs_alone_and_tells_ratio_and_memory() -> None:
    rows = [*bench_verify.run(400, 30, 1), *bench_exchange.run(20, 2_000, 1)]
    assert [row["name"] for row in rows] == [
        "verify", "verify: memory, and that of its child", "pack, plain", "take, plain", "pack, sealed",
        "take, sealed", "pack and take: memory"]
    for row in rows:
        assert row.keys() >= MUST_TELL
        if row["unit"] == "s":
            assert row["ratio"] > 0
            assert row["memory"] > 0
            assert len(row["ratios"]) == 1
    assert "400 records, 30 photographs" in rows[0]["data"]
    assert "20 originals" in rows[2]["data"]


def test_a_turn_tells_what_the_process_itself_took() -> None:
    turn = apart("time", "sleep", 0.05)
    assert turn.seconds >= 0.05
    assert turn.cpu < turn.seconds
    assert turn.memory > 1
    assert turn.result is None
    with pytest.raises(SystemExit, match=r"time\.sleep failed"):
        apart("time", "sleep", -1)


def test_the_ratio_is_the_median_of_the_turns() -> None:
    def turns(*seconds: float) -> list[Turn]:
        return [Turn(one, one, 1, 1, None) for one in seconds]

    assert shares(turns(2, 9, 4), turns(1, 1, 1)) == (4, [2, 4, 9])


def test_chains_of_supply_are_measured_against_equal_answers() -> None:
    rows = bench_supply.run(20_000, 12, 600)
    names = [row["name"] for row in rows]
    assert len(names) == len(set(names)) == 15
    for row in rows:
        assert row.keys() >= MUST_TELL - {"met"}
        assert f"seed {bench_supply.SEED}" in row["data"]
    asked = [row for row in rows if "upstream" in row["name"] or "paths" in row["name"]]
    assert all(row["ratio"] > 0 and row["answers"] >= 0 for row in asked)
    assert max(row["answers"] for row in asked) > 100
    edges, nodes = bench_supply.made(500, 8)
    again, _ = bench_supply.made(500, 8)
    assert (edges.sender == again.sender).all()
    assert int(edges.receiver.max()) < nodes
    with pytest.raises(SystemExit, match="by ours"):
        bench_supply.turns(lambda node: node, lambda node: node + 1, [1, 2])
