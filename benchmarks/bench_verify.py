"""The full check of a case, against parsing the same JSON and hashing the same bytes.

Ours: ``verify`` of about 100,000 records with 250 originals of 1 MiB: every entry
sealed anew, tree, signatures, tables, references, counts, search index, originals.
The peer: ``json.loads`` of every record's text and every entry, SHA-256 of each of
them and of every original, nothing compared with anything. Both in turns in this
run, the best turn of each counts; ours uses two processors where there are two.

    python -m benchmarks.bench_verify [ITEMS]
"""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.made_case import SEED, make
from headstamp.actions.cases import check_case, index_case
from headstamp.records import Photograph
from headstamp.store.case import Case

ITEMS = 83_000
ORIGINALS = 250
BYTES = 1 << 20
TURNS = 3
TARGET = 3.0


def prepare(folder: Path, items: int) -> Case:
    """The case: made-up items with markings, and photographs whose originals are random bytes."""
    case = make(folder, items)
    draw = random.Random(SEED)
    with case.change(actor="bench", reason="bench") as change:
        kept = [change.file(draw.randbytes(BYTES)) for _ in range(ORIGINALS)]
        change.put_many([Photograph.build(digest=one.digest, size=one.size) for one in kept])
    index_case(case)
    return case


def ours(case: Case) -> float:
    start = perf_counter()
    found = check_case(case)
    seconds = perf_counter() - start
    if found:
        raise SystemExit(f"the made-up case is not clean: {found[:3]}")
    return seconds


def peer(case: Case) -> float:
    start = perf_counter()
    with closing(sqlite3.connect(case.folder / "case.sqlite")) as conn:
        for table, column in (("log", "entry"), ("version", "body")):
            for (text,) in conn.execute(f"SELECT {column} FROM {table}"):
                json.loads(text)
                hashlib.sha256(text).digest()
    for digest in case.vault.digests():
        with case.vault.path(digest).open("rb") as stream:
            hashlib.file_digest(stream, "sha256").digest()
    return perf_counter() - start


def run(items: int = ITEMS) -> list[dict[str, Any]]:
    """One row; ``ratio`` is how many times as long as the peer, at most 3 is the aim."""
    with tempfile.TemporaryDirectory() as folder, prepare(Path(folder) / "case", items) as case:
        records = case.checkpoint().size
        turns = [(ours(case), peer(case)) for _ in range(TURNS)]
    mine, theirs = min(one for one, _ in turns), min(one for _, one in turns)
    return [{
        "name": "verify", "ours": round(mine, 2), "peer": round(theirs, 2),
        "ratio": round(mine / theirs, 2), "target": TARGET, "unit": "s",
        "data": f"{records} records, {ORIGINALS} originals of {BYTES >> 20} MiB",
    }]


if __name__ == "__main__":
    for row in run(int(sys.argv[1]) if len(sys.argv) > 1 else ITEMS):
        print(row)
