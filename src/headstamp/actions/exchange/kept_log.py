"""The log of another device as its last bundle brought it: kept here, and held against what it says later.

A log only grows. One that comes shorter than it was is an older bundle that was late on its
way, and then it begins as the longer one did; or it was forked; or an older state of the
device was put back. With the longer log at hand the three can be told apart.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from headstamp.errors import Missing, Tampered
from headstamp.evidence.checkpoint import Checkpoint
from headstamp.evidence.tile import WIDTH, tile_path, tile_width
from headstamp.evidence.tree import HASH_BYTES
from headstamp.exchange.receipt import Receipt
from headstamp.store.case import Case
from headstamp.store.shown import Shown

LOG_BOX = "log"
"""The folder in the file that keeps a log that was taken in."""


def shared_entries(case: Case, bundles: Iterable[Shown], log: Path, size: int) -> int | None:
    """How many of the ``size`` entries of a log begin the longer log that is kept of that device.

    ``log`` is a folder whose hashes were checked, ``bundles`` are all of that device. None
    where no longer log is kept, or it is damaged: verification names that.
    """
    longer = [one for one in bundles if one.get("bundle_state") == "taken" and one.get("digest")
              and one.get("size") > size]
    if not longer:
        return None
    kept = max(longer, key=lambda one: int(one.get("size")))
    try:
        with case.vault.stream(kept.get("digest")) as source, tarfile.open(fileobj=source) as box:
            for index in range(-(-size // WIDTH)):
                width = tile_width(0, index, size)
                name = tile_path(0, index, tile_width(0, index, kept.get("size")))
                stream = box.extractfile(f"{LOG_BOX}/{name}")
                theirs = stream.read() if stream is not None else b""
                now = (log / tile_path(0, index, width)).read_bytes()
                for n in range(width):
                    place = slice(n * HASH_BYTES, (n + 1) * HASH_BYTES)
                    if now[place] != theirs[place]:
                        return index * WIDTH + n
    except (Missing, Tampered, tarfile.TarError, KeyError):
        return None
    return size


def put_back(bundles: Iterable[Shown], size: int, made_at: str, now: bool) -> str:
    """Why a log of ``size`` entries is hardly that of a late bundle; empty where it may be.

    ``made_at`` is when its bundle was packed. ``now``: the device is at the other end of the
    line, so that its log is as it is.
    """
    most, when = max(((one.size, at) for one, at in seen(bundles)), default=(0, ""))
    if size >= most or not (now or made_at > when):
        return ""
    told = f"its log has {size} entries, and had {most} before: "
    if now:
        told += "an older state of that device was put back"
    else:
        told += ("by its own clock it packed this bundle after that, so an older state of it was put back, or "
                 "its clock was wrong")
    return (f"{told}. What is recorded on an older state contradicts what the device said. Make a new case "
            "on it, take in there what the others have, and keep the old one as it is")


def seen(bundles: Iterable[Shown]) -> Iterator[tuple[Checkpoint, str]]:
    """What the other log was by its own word, and when by its clock: in its bundles, and in its receipts."""
    for one in bundles:
        if one.get("bundle_state") == "taken" and one.get("checkpoint"):
            yield point(one.get("checkpoint")), one.get("packed_at") or ""
        elif one.get("bundle_state") == "received" and one.get("receipt"):
            told = Receipt.parse(one.get("receipt").partition("\n\n")[0] + "\n")
            yield Checkpoint(told.receiver, told.to_size, told.to_root), told.made_at


def point(note: str) -> Checkpoint:
    """A checkpoint whose signature was checked when it was put on file."""
    return Checkpoint.parse(note.partition("\n\n")[0] + "\n")
