"""The full check of a case, against parsing the same JSON and hashing the same bytes.

Ours: ``verify`` of 100,000 records, 20,000 of them photographs with small originals: every
entry sealed anew, tree, signatures, tables, references, counts, search index, originals.
The peer: ``json.loads`` of every record's text and every entry, SHA-256 of each of them and
of every original, nothing compared with anything. In turns in this run, each in a process
of its own; the ratio is the median of the turns'. Ours uses two processors where there are
two, the peer one.

    python -m benchmarks verify
    python -m benchmarks.bench_verify [RECORDS [PHOTOGRAPHS [TURNS]]]
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
from typing import Any

from benchmarks.apart import apart, memory, shares
from benchmarks.made_case import SEED, item_id, make
from headstamp.actions.cases import check_case, index_case, open_case
from headstamp.kinds.identity import derived_id
from headstamp.records import Photograph
from headstamp.store.case import Case

RECORDS, PHOTOGRAPHS = 100_000, 20_000
BYTES = 20_000, 80_000  # of one photograph
TURNS = 5
TARGET, TARGET_MB = 2.0, 300
# Sites and lists; each five items have a marking.
_OTHERS = 220
_NAME = "benchmarks.bench_verify"


def prepare(folder: Path, records: int, photographs: int) -> int:
    """Makes the case: items, markings, and photographs of random bytes; how many bytes these have."""
    items = (records - photographs - _OTHERS) * 5 // 6
    with make(folder, items) as case:
        whole = put_photographs(case, items, photographs)
        index_case(case)
    return whole


def put_photographs(
    case: Case, items: int, photographs: int, sizes: tuple[int, int] = BYTES
) -> int:
    """Adds photographs to a made-up case, the same for the same numbers and seed."""
    draw = random.Random(SEED)
    whole = 0
    for first in range(0, photographs, 1_000):
        some = range(first, min(first + 1_000, photographs))
        with case.change(actor="bench", reason="bench") as change, tempfile.TemporaryDirectory(
            dir=case.folder) as incoming:
            files, records = [], []
            for number in some:
                data = draw.randbytes(draw.randrange(*sizes))
                digest = hashlib.sha256(data).hexdigest()
                files.append((digest, Path(incoming) / digest))
                files[-1][1].write_bytes(data)
                whole += len(data)
                records.append(Photograph.build({
                    "id": derived_id("photo", "bench", str(number)), "digest": digest,
                    "size": len(data), "mime": "image/jpeg", "width": 640, "height": 480,
                    "items": [item_id(draw.randrange(items))],
                    "original_name": f"IMG_{number:05}.JPG", "camera": "Fabrikam C1",
                    "taken_on": f"2024-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}",
                }))
            case.vault.adopt(files)
            change.put_many(records)
    return whole


def ours(folder: str) -> int:
    """The check; returns how many entries the log has."""
    with open_case(Path(folder)) as case:
        found = check_case(case)
        size = case.checkpoint().size
    if found:
        raise SystemExit(f"the made-up case is not clean: {found[:3]}")
    return size


def peer(folder: str) -> int:
    """The same bytes parsed and hashed; returns how many originals there were."""
    with closing(sqlite3.connect(Path(folder) / "case.sqlite")) as conn:
        for table, column in (("log", "entry"), ("version", "body")):
            for (text,) in conn.execute(f"SELECT {column} FROM {table}"):
                json.loads(text)
                hashlib.sha256(text).digest()
    count = 0
    for path in (Path(folder) / "originals").glob("??/??/*"):
        with path.open("rb") as stream:
            hashlib.file_digest(stream, "sha256").digest()
        count += 1
    return count


def run(
    records: int = RECORDS, photographs: int = PHOTOGRAPHS, turns: int = TURNS
) -> list[dict[str, Any]]:
    """Two rows: how many times as long as the peer, and the memory."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "case"
        whole = prepare(folder, records, photographs)
        theirs, mine = [], []
        for _ in range(turns):
            theirs.append(apart(_NAME, "peer", str(folder)))
            mine.append(apart(_NAME, "ours", str(folder)))
    ratio, each = shares(mine, theirs)
    if theirs[0].result != photographs:
        raise SystemExit(f"{theirs[0].result} originals are there, not {photographs}")
    data = (f"{mine[0].result:,} records, {photographs:,} photographs, {whole >> 20:,} MiB, "
            f"seed {SEED}")
    took = memory(mine)
    return [{
        "name": "verify", "ours": round(min(one.seconds for one in mine), 2),
        "peer": round(min(one.seconds for one in theirs), 2), "ratio": round(ratio, 2),
        "target": f"<= {TARGET}", "met": ratio <= TARGET, "unit": "s", "data": data,
        "ratios": [round(one, 2) for one in each], "cpu": round(min(one.cpu for one in mine), 2),
        "peer_cpu": round(min(one.cpu for one in theirs), 2), **took,
    }, {
        "name": "verify: memory, and that of its child", "ours": took["memory"],
        "peer": took["children"], "target": f"< {TARGET_MB}", "unit": "MB", "data": data,
        "met": took["memory"] < TARGET_MB and took["children"] < TARGET_MB,
    }]


if __name__ == "__main__":
    for row in run(*map(int, sys.argv[1:])):
        print(row)
