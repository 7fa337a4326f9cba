"""How much faster canonical JSON is here than the ``rfc8785`` package, in one run.

Records like ours, made from a fixed seed: flat objects of about 250 bytes with
texts, numbers, yes/no and blanks; the same with a latitude and a longitude; a nested
one; and letters of several scripts. Each side writes the same records in turns and
the best turn of each counts, so that a busy machine slows both. Both must write the
same bytes, or nothing is reported.

    python benchmarks/bench_canonical.py
"""

from __future__ import annotations

import random
from collections.abc import Callable
from time import perf_counter
from typing import Any

import rfc8785

from headstamp.evidence.canonical import canonical

RECORDS = 2_000
TURNS = 7
MAKERS = ("Vicor", "Xilinx", "Texas Instruments", "Analog Devices", "Maxim Integrated")
COUNTRIES = ("US", "CH", "CN", "JP", "TW", "DE")
WORDS_ELSEWHERE = ("перетворювач", "محوّل", "変換器", "convertisseur à découpage", "Ω±5 %")


def _record(draw: random.Random) -> dict[str, Any]:
    return {
        "id": f"itm-{draw.randrange(10**8):08}",
        "family": "component",
        "name": f"converter AC/DC {draw.choice((5, 12, 24))} V",
        "maker": draw.choice(MAKERS),
        "model": f"VQG{draw.randrange(10**6):06}EGQ{draw.randrange(10**4):04}",
        "country": draw.choice(COUNTRIES),
        "quantity": draw.randrange(1, 40),
        "seen": draw.random() < 0.7,
        "calibre": None,
        "recovered_on": f"20{draw.randrange(14, 27)}-0{draw.randrange(1, 10)}",
        "source": "published list",
        "row": draw.randrange(10**5),
        "note": None,
    }


def _flat(draw: random.Random) -> dict[str, Any]:
    return _record(draw)


def _placed(draw: random.Random) -> dict[str, Any]:
    latitude, longitude = draw.uniform(-60, 60), draw.uniform(-180, 180)
    return _record(draw) | {"latitude": round(latitude, 5), "longitude": round(longitude, 5)}


def _nested(draw: random.Random) -> dict[str, Any]:
    quantity = {"count": draw.randrange(1, 40), "how": "counted", "unit": "piece"}
    return _record(draw) | {"quantity": quantity, "sources": ["a", "b"]}


def _scripts(draw: random.Random) -> dict[str, Any]:
    return _record(draw) | {"name": draw.choice(WORDS_ELSEWHERE), "note": "не читається"}


def _seconds(write: Callable[[Any], bytes], records: list[dict[str, Any]]) -> float:
    start = perf_counter()
    for record in records:
        write(record)
    return perf_counter() - start


def _row(
    name: str, make: Callable[[random.Random], dict[str, Any]], target: float
) -> dict[str, Any]:
    draw = random.Random(20261121)
    records = [make(draw) for _ in range(RECORDS)]
    peer_bytes = [rfc8785.dumps(record) for record in records]
    if [canonical(record) for record in records] != peer_bytes:
        raise SystemExit(f"{name}: the bytes differ from those of the rfc8785 package")
    ours, peer = [], []
    for _ in range(TURNS):
        ours.append(_seconds(canonical, records))
        peer.append(_seconds(rfc8785.dumps, records))
    return {
        "name": name,
        "ours": round(min(ours) / RECORDS * 1e6, 3),
        "peer": round(min(peer) / RECORDS * 1e6, 3),
        "ratio": round(min(peer) / min(ours), 1),
        "target": target,
        "unit": "µs a record",
        "data": f"{RECORDS} seeded records of {sum(map(len, peer_bytes)) // RECORDS} bytes",
    }


def run() -> list[dict[str, Any]]:
    """One row a shape of record; ``ratio`` is how many times faster than the peer."""
    return [
        _row("canonical JSON, flat", _flat, 5),
        _row("canonical JSON, with a place", _placed, 5),
        _row("canonical JSON, nested", _nested, 5),
        _row("canonical JSON, other scripts", _scripts, 5),
    ]


if __name__ == "__main__":
    rows = run()
    columns = list(rows[0])
    table = [columns, *([str(row[column]) for column in columns] for row in rows)]
    widths = [max(len(line[i]) for line in table) for i in range(len(columns))]
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)))
