"""The file of an index: what is in it, that damage is seen, and that it is written whole or not."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from headstamp.errors import Missing, Unreadable
from headstamp.markings import MarkingIndex, index_file
from headstamp.markings.context import Contexts
from headstamp.markings.index_file import MAGIC, read_index, write_index
from headstamp.markings.segment import build_segment
from tests.shared import ROOT

TEXTS = [
    *(f"AB {number}" for number in range(123_400, 123_500)),
    "AB*9", "A[8B]1", "型号 77", "\ud800", "", "LOT 5 SERIAL 7734521 X", *["AB 123456"] * 3,
]  # fmt: skip
QUERIES = ("AB 123456", "7734521", "AB*", "AB 12?4[56]", '"AB 1234"', "77", "型号77", "X" * 60)


def made() -> MarkingIndex:
    index = MarkingIndex.build(TEXTS, [{"maker": f"Maker {at % 5}"} for at in range(len(TEXTS))])
    index.remove([3])
    return index


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made().save(tmp_path / "markings")
    return tmp_path / "markings"


def parts(raw: bytes) -> tuple[dict[str, Any], int]:
    """The header of a file, and where its arrays begin."""
    size = int.from_bytes(raw[8:12], "little")
    return json.loads(raw[16 : 16 + size]), -(-(16 + size) // 64) * 64


def rewritten(raw: bytes, header: dict[str, Any]) -> bytes:
    """The same file under another header, its CRC right: as if somebody had meant it."""
    _, start = parts(raw)
    text = json.dumps(header).encode()
    head = MAGIC + len(text).to_bytes(4, "little") + zlib.crc32(text).to_bytes(4, "little") + text
    return head + bytes(-len(head) % 64) + raw[start:]


def test_the_file_is_what_its_description_says(path: Path) -> None:
    raw = path.read_bytes()
    header, start = parts(raw)
    assert raw[:8] == MAGIC == b"HSMARK02" and (index_file.__doc__ or "").count("HSMARK02") == 1
    assert int.from_bytes(raw[12:16], "little") == zlib.crc32(raw[16 : 16 + len(json.dumps(header))])
    assert len(raw) == start + header["bytes"]
    segment = made().parts[0].segment
    for name, array in segment.arrays().items():
        entry = header["arrays"][f"0.{name}"]
        at = start + entry["at"]
        assert at % 64 == 0
        found = np.frombuffer(raw[at : at + array.nbytes], dtype=entry["type"]).reshape(entry["shape"])
        assert (found == array).all() and entry["crc"] == zlib.crc32(found.tobytes())
    assert header["contexts"]["maker"] == ["", *(f"Maker {at}" for at in range(5))]


def test_what_a_keeper_puts_beside_comes_back(tmp_path: Path) -> None:
    beside = {"ids": np.arange(5, dtype=np.int64), "none": np.zeros((0, 3), np.uint8)}
    note = {"upto": 17, "words": ["é", None]}
    write_index(
        tmp_path / "kept", [build_segment(["A"]), build_segment([])], Contexts(),
        beside=beside, note=note,
    )  # fmt: skip
    file = read_index(tmp_path / "kept", check=True)
    assert file.note == note and [len(one) for one in file.segments] == [1, 0]
    assert {name: array.tolist() for name, array in file.beside.items()} == {
        name: array.tolist() for name, array in beside.items()
    }
    assert file.beside["none"].shape == (0, 3)


def test_an_empty_index_is_a_file_too(tmp_path: Path) -> None:
    for index in (MarkingIndex(), MarkingIndex.build([]), MarkingIndex.build([""])):
        index.save(tmp_path / "empty")
        opened = MarkingIndex.open(tmp_path / "empty", check=True)
        assert len(opened) == len(index) and opened.search("AB") == []


# --- damage ----------------------------------------------------------------------------------


def test_every_flipped_byte_is_found(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    header, start = parts(bytes(raw))
    places = [*range(16), *range(16, start, 97)]
    covered = []
    for entry in header["arrays"].values():
        size = int(np.prod(entry["shape"])) * np.dtype(entry["type"]).itemsize
        if size:
            covered += [start + entry["at"], start + entry["at"] + size - 1]
            covered.append(start + entry["at"] + random.Random(size).randrange(size))
    size = 16 + int.from_bytes(raw[8:12], "little")
    for at in [place for place in places if place < size] + covered:
        raw[at] ^= 1 << (at % 8)
        path.write_bytes(raw)
        with pytest.raises(Unreadable):
            MarkingIndex.open(path, check=True)
        raw[at] ^= 1 << (at % 8)
    path.write_bytes(raw)
    assert MarkingIndex.open(path, check=True).search("AB 123456")


def test_a_file_cut_short_is_refused_also_unchecked(path: Path) -> None:
    raw = path.read_bytes()
    for length in (0, 1, 7, 8, 11, 12, 15, 16, 17, 500, len(raw) // 2, len(raw) - 1):
        path.write_bytes(raw[:length])
        for check in (False, True):
            with pytest.raises(Unreadable):
                MarkingIndex.open(path, check=check)


def test_what_is_no_index_is_refused_and_what_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="no markings index"):
        MarkingIndex.open(tmp_path / "none")
    with pytest.raises(Unreadable):
        MarkingIndex.open(tmp_path)
    (tmp_path / "other").write_bytes(b"HSMARK01" + bytes(100))
    with pytest.raises(Unreadable, match="of this version"):
        MarkingIndex.open(tmp_path / "other")


def test_arrays_that_do_not_go_together_are_refused_unchecked(path: Path) -> None:
    raw = path.read_bytes()
    header, _ = parts(raw)
    names = [name for name in header["arrays"] if name.startswith("0.")]
    smallest = header["arrays"]["0.living"]
    for name in names:
        for wrong in (
            {"shape": [1 << 62]}, {"shape": [-1]}, {"shape": [0, 1 << 40]}, {"at": 1 << 62},
            {"at": -64}, {"type": "<f8"}, {"type": "O"}, {"type": "no"}, {"type": None},
            {"shape": "AB"}, {"shape": [1, *header["arrays"][name]["shape"]]},
        ):  # fmt: skip
            other = json.loads(json.dumps(header))
            other["arrays"][name].update(wrong)
            path.write_bytes(rewritten(raw, other))
            with pytest.raises(Unreadable):
                MarkingIndex.open(path)
        other = json.loads(json.dumps(header))
        del other["arrays"][name]
        path.write_bytes(rewritten(raw, other))
        with pytest.raises(Unreadable):
            MarkingIndex.open(path)
    for name in ("0.weight", "0.text_at", "0.members_at", "0.buckets", "0.open_rows", "0.reversed_slots"):
        other = json.loads(json.dumps(header))
        other["arrays"][name] = smallest
        path.write_bytes(rewritten(raw, other))
        with pytest.raises(Unreadable):
            MarkingIndex.open(path)
    for key in header:
        other = {name: value for name, value in header.items() if name != key}
        path.write_bytes(rewritten(raw, other))
        with pytest.raises(Unreadable):
            MarkingIndex.open(path)


def test_swapped_arrays_are_found_by_a_check(path: Path) -> None:
    raw = path.read_bytes()
    header, _ = parts(raw)
    arrays = header["arrays"]
    for one, other in (("weight", "reversed_slots"), ("blocks", "reversed_blocks"), ("heads", "reversed_heads")):
        changed = json.loads(json.dumps(header))
        changed["arrays"][f"0.{one}"]["at"] = arrays[f"0.{other}"]["at"]
        changed["arrays"][f"0.{other}"]["at"] = arrays[f"0.{one}"]["at"]
        path.write_bytes(rewritten(raw, changed))
        with pytest.raises(Unreadable, match="damaged in 0"):
            MarkingIndex.open(path, check=True)


TRY = """
import sys, random
from pathlib import Path
from headstamp.errors import Unreadable
from headstamp.markings import MarkingIndex
from tests.markings.test_index_file import QUERIES, parts
path, kernel = Path(sys.argv[1]), sys.argv[2]
raw = path.read_bytes()
header, start = parts(raw)
rng = random.Random(5)
refused = answered = raised = 0
spans = [
    (start + e["at"], e) for e in header["arrays"].values() if 0 not in e["shape"]
]
for turn in range(int(sys.argv[3])):
    damaged = bytearray(raw)
    at, entry = spans[turn % len(spans)]
    size = header["bytes"] - entry["at"]
    for _ in range(rng.choice((1, 3, 40))):
        place = at + rng.randrange(min(size, rng.choice((8, 64, 4096))))
        damaged[place] = rng.choice((0, 255, 127, 128, damaged[place] ^ 1 << rng.randrange(8)))
    path.write_bytes(damaged)
    try:
        index = MarkingIndex.open(path)
    except Unreadable:
        refused += 1
        continue
    for query in QUERIES:
        try:
            for hit in index.search(query, 5, context={"maker": "Maker 1"}):
                hit.explain()
            index.first(query, 5)
            answered += 1
        except (ArithmeticError, LookupError, ValueError):
            raised += 1
    try:
        index.remove(range(0, len(index), 7))
        index.add(["AB 123456"])
    except (ArithmeticError, LookupError, ValueError):
        raised += 1
print(refused, answered, raised)
"""


@pytest.mark.parametrize("kernel", ["", "python"])
def test_a_search_over_a_damaged_file_never_ends_the_interpreter(path: Path, kernel: str) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", TRY, str(path), kernel, "60"],
        cwd=ROOT, env={**os.environ, "HEADSTAMP_MARKINGS": kernel, "PYTHONWARNINGS": "ignore"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    refused, answered, _ = map(int, done.stdout.split())
    assert refused and answered


# --- writing ---------------------------------------------------------------------------------


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(index_file.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        MarkingIndex.build(["ZZ 1"]).save(path)
    assert path.read_bytes() == before and [one.name for one in path.parent.iterdir()] == ["markings"]


KILLED = """
import os, sys
from headstamp.markings import MarkingIndex, index_file
index_file.os.fsync = lambda _: os._exit(9)
MarkingIndex.build(["ZZ 1"]).save(sys.argv[1])
"""


def test_a_process_killed_while_writing_leaves_the_old_file(path: Path) -> None:
    before = path.read_bytes()
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], cwd=ROOT, check=False)
    assert done.returncode == 9
    assert path.read_bytes() == before
    made().save(path)
    assert len(MarkingIndex.open(path, check=True)) == len(TEXTS)


OPENED = """
import sys
from headstamp.markings import MarkingIndex
def held():
    with open("/proc/self/status") as lines:
        return sum(int(line.split()[1]) for line in lines if line.startswith("RssFile:"))
MarkingIndex.build(["AB 1"]).save(sys.argv[1] + ".small")
MarkingIndex.open(sys.argv[1] + ".small")
before = held()
index = MarkingIndex.open(sys.argv[1])
print(held() - before, len(index))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc to count pages")
def test_opening_reads_next_to_nothing(tmp_path: Path) -> None:
    path = tmp_path / "large"
    MarkingIndex.build(f"AB {number:07d}" for number in range(200_000)).save(path)
    assert path.stat().st_size > 10_000_000
    done = subprocess.run(
        [sys.executable, "-c", OPENED, str(path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    kilobytes, number = map(int, done.stdout.split())
    assert number == 200_000 and kilobytes < 2500
