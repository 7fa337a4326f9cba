"""Who recorded a version on another device, when and why: told by that device's own log.

Our log says who took a version in. What the other log said of it is in the log that came
with the bundle and is kept, as it came, among the originals; anybody can check it there.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from headstamp.actions.exchange.kept_log import LOG_BOX
from headstamp.errors import Missing, Tampered
from headstamp.evidence import entry as entries
from headstamp.evidence import export
from headstamp.evidence.entry import named_parts
from headstamp.evidence.tile import WIDTH, entries_path, tile_width
from headstamp.store.case import Case
from headstamp.store.shown import Shown


@dataclass(frozen=True, slots=True)
class ToldThere:
    """What the other log says: who, when by that device's clock, and why."""

    actor: str
    at: str
    reason: str


def told_there(case: Case, names: Iterable[str]) -> dict[str, ToldThere]:
    """What other logs say of these versions, by name, as far as their logs are kept here."""
    by_log: dict[str, list[int]] = {}
    for name in names:
        log, number = named_parts(name)
        by_log.setdefault(log, []).append(number)
    found: dict[str, ToldThere] = {}
    if not by_log:
        return found
    bundles = [one for one in case.read("sealed").stream("bundle")
               if one.get("bundle_state") == "taken" and one.get("digest")]
    for log, numbers in by_log.items():
        kept = [one for one in bundles if one.get("checkpoint", "").startswith(f"{log}\n")]
        for bundle in kept:
            some = [n for n in numbers if bundle.get("first") <= n < bundle.get("size")]
            if some:
                found.update((entries.named(log, n), one) for n, one in _read(case, bundle, some).items())
    return found


def _read(case: Case, bundle: Shown, numbers: list[int]) -> dict[int, ToldThere]:
    """Entries of the log that one bundle brought; none where it is not kept or is damaged."""
    try:
        with case.vault.stream(bundle.get("digest")) as source:
            return _entries(source, bundle.get("size"), numbers)
    except (Missing, Tampered, tarfile.TarError):
        return {}  # verify names an original that is gone or was changed


def _entries(source: BinaryIO, size: int, numbers: list[int]) -> dict[int, ToldThere]:
    wanted: dict[str, list[int]] = {}
    for number in numbers:
        index = number // WIDTH
        path = entries_path(index, tile_width(0, index, size))
        wanted.setdefault(f"{LOG_BOX}/{path}", []).append(number)
    found: dict[int, ToldThere] = {}
    with tarfile.open(fileobj=source) as box:
        for name, some in wanted.items():
            if name not in box.getnames():
                continue  # a whole bundle is kept, as it was put aside first
            stream = box.extractfile(name)
            if stream is None:
                continue
            packed = export.unpack(stream.read(), tile_width(0, some[0] // WIDTH, size))
            for number in some:
                if packed[number % WIDTH]:
                    told = entries.read(packed[number % WIDTH])
                    found[number] = ToldThere(told.actor, told.at, told.reason)
    return found
