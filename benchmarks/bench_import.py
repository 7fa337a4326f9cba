"""Import of typed rows into SQLite, against the least that could be called an import.

Ours: each row becomes a validated item through the one write path: salted hashes
of its fields, a log entry, the tree, a signed checkpoint a batch, facets and counts,
durable at each commit. The peer, written by hand: ``executemany`` of the same columns
plus the JSON body and a plain SHA-256 chain, WAL with ``synchronous=FULL``, 10,000
rows a commit, no validation, no index. Both take the same made-up rows (seed named)
and run in turns in this process.

    python -m benchmarks.bench_import [ROWS]
"""

from __future__ import annotations

import csv
import hashlib
import json
import random
import resource
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

from headstamp.actions.cases import make_case
from headstamp.actions.intake.file import import_file
from headstamp.kinds.identity import derived_id
from headstamp.records import Item

ROWS = 1_000_000
SEED = 20161215
BATCH = 10_000
MAKES = ("Norvik", "Astrel", "Kombinat 12", "Daru Works", "Helm & Son", "Ostrava Arms")
COUNTRIES = ("RS", "CN", "RU", "RO", "BG", "PL")


def rows(count: int) -> Iterator[dict[str, Any]]:
    """Made-up items, 12 filled fields, about 250 bytes of JSON each."""
    draw = random.Random(SEED)
    for number in range(count):
        which = draw.randrange(6)
        yield {
            "id": derived_id("item", "bench", str(number)),
            "tag": f"T-{number:07}", "family": "arm", "item_type": "rifle",
            "make": MAKES[which], "model": f"M{draw.randrange(40)}", "calibre": "7.62 x 39 mm",
            "country": COUNTRIES[which], "made_on": str(1950 + draw.randrange(60)),
            "recovered_on": f"2016-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}",
            "condition": "worn", "tier": "partner",
        }


def ours(folder: Path, count: int) -> None:
    case = make_case(folder)
    batch: list[Item] = []
    for row in rows(count):
        batch.append(Item.model_validate(row))
        if len(batch) == BATCH:
            with case.change(actor="bench", reason="bench") as change:
                change.put_many(batch)
            batch = []
    if batch:
        with case.change(actor="bench", reason="bench") as change:
            change.put_many(batch)
    case.close()


def by_hand(folder: Path, count: int) -> None:
    _by_hand(folder, rows(count))


def _by_hand(folder: Path, given: Iterable[dict[str, Any]]) -> None:
    folder.mkdir()
    db = sqlite3.connect(folder / "by-hand.sqlite", isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    insert = ""
    link = b""
    batch: list[tuple[Any, ...]] = []
    encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
    for row in given:
        if not insert:
            db.execute(f"CREATE TABLE item ({', '.join(row)}, body BLOB, chain BLOB)")
            insert = f"INSERT INTO item VALUES ({', '.join('?' * (len(row) + 2))})"
        body = encode(row).encode()
        link = hashlib.sha256(link + body).digest()
        batch.append((*row.values(), body, link))
        if len(batch) == BATCH:
            db.execute("BEGIN IMMEDIATE")
            db.executemany(insert, batch)
            db.execute("COMMIT")
            batch = []
    if batch:
        db.execute("BEGIN IMMEDIATE")
        db.executemany(insert, batch)
        db.execute("COMMIT")
    db.close()


def write_table(path: Path, count: int) -> None:
    """The same rows as a CSV, for the import from a file (ids and tier are then given by it)."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = None
        for row in rows(count):
            del row["id"], row["tier"]
            if writer is None:
                writer = csv.DictWriter(stream, list(row))
                writer.writeheader()
            writer.writerow(row)


def ours_from_table(folder: Path, count: int) -> None:
    with make_case(folder) as case:
        result = import_file(case, folder.parent / "finds.csv", actor="bench")
    if result.accepted != count:
        raise RuntimeError(f"{result.accepted} of {count} rows were taken")


def by_hand_from_table(folder: Path, count: int) -> None:
    """The peer of the import from a file: the csv module, then as by hand."""
    with (folder.parent / "finds.csv").open(newline="", encoding="utf-8") as stream:
        _by_hand(folder, csv.DictReader(stream))


def timed(work: Callable[[Path, int], None], folder: Path, count: int) -> float:
    start = perf_counter()
    work(folder, count)
    return count / (perf_counter() - start)


def run(count: int = ROWS) -> list[dict[str, object]]:
    """One row for the table: rows a second of both, and their ratio."""
    with tempfile.TemporaryDirectory(prefix="headstamp-bench-") as where:
        folder = Path(where)
        # The peer runs before and after, so that a machine that slows down slows both.
        before = timed(by_hand, folder / "before", count)
        mine = timed(ours, folder / "ours", count)
        after = timed(by_hand, folder / "after", count)
        write_table(folder / "finds.csv", count)
        from_table = timed(ours_from_table, folder / "ours-table", count)
        peer_from_table = timed(by_hand_from_table, folder / "hand-table", count)
    peer = (before + after) / 2
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        {"name": "import of typed rows, SQLite, durable, logged", "ours": round(mine),
         "peer": round(peer), "ratio": round(mine / peer, 3), "target": 0.2, "unit": "rows/s",
         "data": f"{count} made-up items, seed {SEED}"},
        {"name": "import of a CSV file, mapped, searchable", "ours": round(from_table),
         "peer": round(peer_from_table), "ratio": round(from_table / peer_from_table, 3),
         "target": "", "unit": "rows/s", "data": f"{count} made-up items, seed {SEED}"},
        {"name": "memory while importing", "ours": round(memory), "peer": 500,
         "ratio": round(memory / 500, 3), "target": "under 1", "unit": "MB",
         "data": f"{count} made-up items, seed {SEED}"},
    ]


if __name__ == "__main__":
    for line in run(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS):
        print(line)
