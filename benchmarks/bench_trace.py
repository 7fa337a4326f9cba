"""How long the chain of one item takes on a case of 100,000 items and as many transfers.

First the page, as whole HTTP answers from a server in a process of its own. Then the question
behind it is asked in this process, of a case that stays open as a server keeps it: gathering the
claims, the chain, the point of diversion, the checks. Items are drawn at random; the 95th
percentile is told. "After a commit" asks each time right after a transfer was recorded, so that
whatever is kept in memory has to take it in. The first question makes the index of transfers and
is a row of its own.

    python -m benchmarks.bench_trace [ITEMS]
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.bench_pages import seconds, server, warmed
from benchmarks.made_case import BATCH, COUNTRIES, SEED, item_id, make
from headstamp.actions.tracing.trace import trace
from headstamp.kinds.identity import derived_id
from headstamp.records import Custody, Marking, Party, Record, Tie, Transfer
from headstamp.store.case import Case

ITEMS = 100_000
TIMES = 200
PARTIES = 2_000
KINDS = ("exported", "imported", "sold", "issued", "captured", "retransferred")
CLEARANCE = "restricted"


def add_chains(case: Case, items: int) -> None:
    """Parties, ties and as many transfers as items: by item, range, lot and product; custody."""
    draw = random.Random(SEED + 5)
    parties = [
        Party.build(id=derived_id("party", "bench", str(n)), name=f"Party {n}",
                    party_kind="company", country=draw.choice(COUNTRIES))
        for n in range(PARTIES)
    ]
    ties: list[Record] = [
        Tie.build(id=derived_id("tie", "bench", str(n)), party=parties[n].id,
                  to_party=parties[(n * 7 + 1) % PARTIES].id,
                  tie_kind="same" if n % 50 == 0 else "owner", basis="bench")
        for n in range(PARTIES // 10)
    ]
    _put(case, [*parties, *ties])
    some: list[Record] = []
    for record in _records(draw, [party.id for party in parties], items):
        some.append(record)
        if len(some) >= BATCH:
            _put(case, some)
            some = []
    _put(case, some)


def _records(draw: random.Random, parties: Sequence[str], items: int) -> Iterator[Record]:
    for number in range(items):
        if number % 3 == 0:
            yield Marking.model_validate({
                "id": derived_id("mark", "bench-lot", str(number)), "item": item_id(number),
                "text": f"{4_000 + number // 40}-B", "marking_kind": "lot"})
        for n in range(2):
            yield Custody.model_validate({
                "id": derived_id("cust", "bench", str(number), str(n)), "item": item_id(number),
                "custody_kind": draw.choice(KINDS), "from_party": draw.choice(parties),
                "to_party": draw.choice(parties), "held_on": str(draw.randrange(1990, 2020))})
        yield transfer(draw, parties, items, number)


def transfer(draw: random.Random, parties: Sequence[str], items: int, number: int) -> Transfer:
    """One transfer of the made-up case."""
    giver, taker = draw.sample(parties, 2)
    values: dict[str, Any] = {
        "id": derived_id("tran", "bench", str(number)), "transfer_kind": draw.choice(KINDS),
        "from_party": giver, "to_party": taker, "happened_on": f"{draw.randrange(1990, 2020)}-06",
        "lawful_status": draw.choice(("authorised", "unknown")), "grade": draw.choice(("B2", "C3")),
    }
    sort = number % 5
    if sort < 2:
        low = 100_000 + draw.randrange(items)
        values["serials"] = f"AB {low} - {low + draw.choice((0, 9, 49))}"
    elif sort == 2:
        values["lot"] = f"{4_000 + draw.randrange(items // 40 + 1)}-B, {draw.randrange(9_000)}-C"
        values["quantity"] = {"value": draw.randrange(1, 5_000)}
    elif sort == 3:
        values["items"] = [item_id(draw.randrange(items)) for _ in range(3)]
    else:
        values["product"] = f"Make {draw.randrange(300)} M{draw.randrange(400)}"
    return Transfer.model_validate(values)


def _put(case: Case, records: Sequence[Record]) -> None:
    with case.change(actor="bench", reason="bench") as change:
        change.put_many(records)


def _pages(folder: Path, numbers: Sequence[int]) -> list[float]:
    """Milliseconds of whole pages, once the server has taken into memory what it keeps there."""
    with server(folder) as (port, _):
        paths = [f"/items/{item_id(number)}/chain" for number in numbers]
        for path in paths[:20]:
            seconds(port, path)
        warmed(port)
        return [seconds(port, path) * 1000 for path in paths]


def _p95(times: list[float]) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.95))]


def run(items: int = ITEMS) -> list[dict[str, object]]:
    """The 95th percentiles, and what the first question costs."""
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory(prefix="headstamp-bench-") as where:
        case = make(Path(where) / "case", items)
        add_chains(case, items)
        draw = random.Random(SEED + 6)
        # Every fourth item may be sealed from this clearance.
        seen = [n for n in (draw.randrange(items) for _ in range(4 * TIMES))
                if case.read(CLEARANCE).many([item_id(n)])]
        parties = [derived_id("party", "bench", str(n)) for n in range(PARTIES)]
        case.close()
        pages = _pages(Path(where) / "case", seen[:TIMES])
        case = Case.open(Path(where) / "case")

        def asked(number: int) -> float:
            started = perf_counter()
            trace(case, case.read(CLEARANCE), item_id(number))
            return (perf_counter() - started) * 1000

        data = f"{items} made-up items, {items} transfers, {2 * items} custodies, seed {SEED}"

        def row(name: str, times: list[float], target: object) -> None:
            rows.append({"name": name, "ours": round(_p95(times), 1), "peer": "",
                         "ratio": f"median {statistics.median(times):.1f}", "target": target,
                         "unit": "ms", "data": data})

        row("page of a chain, p95", pages, 200)
        first = asked(seen[0])
        rows.append({"name": "chain, the first question of a server",
                     "ours": round(first / 1000, 1), "peer": "", "ratio": "", "target": "",
                     "unit": "s", "data": data})
        row("chain of an item, p95", [asked(n) for n in seen[:TIMES]], 200)
        after = []
        for at, number in enumerate(seen[TIMES : 2 * TIMES]):
            _put(case, [transfer(draw, parties, items, items + at)])
            after.append(asked(number))
        row("chain of an item right after a commit, p95", after, 200)
        case.close()
    return rows


if __name__ == "__main__":
    for line in run(int(sys.argv[1]) if len(sys.argv) > 1 else ITEMS):
        print(line)
