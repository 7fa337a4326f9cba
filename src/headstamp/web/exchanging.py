"""Jobs of the exchange: pack for a device, take in what was sent here, decide over what was put aside."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headstamp.actions.exchange.aside import release
from headstamp.actions.exchange.pack import SEALED_SUFFIX, PackResult, pack
from headstamp.actions.exchange.take import TakeResult, take
from headstamp.errors import HeadstampError, Refused, Unavailable
from headstamp.exchange.keys import SealKey
from headstamp.kinds.tier import RANK
from headstamp.store.case import Case
from headstamp.web.contexts.exchange import PACKED, may_have
from headstamp.web.jobs import Told, Work
from headstamp.web.uploads import Waiting, let_go

_STALE_SECONDS = 7 * 24 * 3600
STEPS = {"records": "records", "entries": "the log", "originals": "originals"}


@dataclass(frozen=True)
class Taken:
    """What became of one file: its result, or the error that refused it."""

    name: str
    result: TakeResult | None = None
    error: HeadstampError | None = None

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        told: dict[str, Any] = {"name": self.name}
        if self.result is not None:
            # How many and not which: some of them the viewer may not see.
            told |= {name: len(value) if isinstance(value, list | tuple) else value
                     for name, value in self.result.as_dict().items()}
        if self.error is not None:
            told["error"] = self.error.as_dict()
        return told


@dataclass(frozen=True)
class AllTaken:
    """What became of all files that were sent together."""

    files: tuple[Taken, ...]


def refuse_unless_carried(clearance: str, is_sealed: bool) -> None:
    """Refuses a bundle to who is shown less than may be in it. Raises Refused."""
    if not may_have(RANK[clearance], is_sealed):
        raise Refused(
            "a bundle that is not sealed can be read by whoever has it, and these pages are served at the clearance "
            f"{clearance}: they hand out none. Have the other device's people make keys and put its new card on "
            "file, and the bundle is sealed to them (headstamp device keys); or pack where all may be seen: on the "
            "command line of this machine (headstamp pack), or on pages at the clearance sealed")


def packing(case: Case, device: str, *, actor: str, everything: bool) -> Work:
    """Packs what is new for a device; the page then hands the file out."""

    def work(told: Told) -> PackResult:
        place = case.folder / PACKED
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sweep(place)
        except OSError as error:
            raise Unavailable(f"the bundle cannot be kept: {error.strerror}") from error
        if case.keys is not None:
            # Sealed, or else refused; and its name tells nothing of the device.
            place /= f"{secrets.token_hex(8)}{SEALED_SUFFIX}"
        return pack(case, device, place, actor=actor, reason="packed for another device",
                    everything=everything, told=lambda step, done, total: told(
                        STEPS.get(step, step), done, total))

    return work


def _sweep(place: Path) -> None:
    """Takes away bundles that nobody came for: what they hold is in the case."""
    now = time.time()
    for path in place.iterdir():
        if now - path.stat().st_mtime > _STALE_SECONDS:
            path.unlink(missing_ok=True)


def taking(case: Case, files: Waiting, keys: Sequence[SealKey], *, actor: str) -> Work:
    """Takes in bundles and receipts, one after another; what is refused stops none of the others."""

    def work(told: Told) -> AllTaken:
        done = []
        for path in (*files.tables, *files.photographs):
            try:
                result = take(case, path, actor=actor, reason=f"taken in from {path.name}", keys=keys,
                              told=lambda step, n, total: told(STEPS.get(step, step), n, total))
                done.append(Taken(path.name, result))
            except HeadstampError as error:
                done.append(Taken(path.name, error=error))
        let_go(case, files.id)
        return AllTaken(tuple(done))

    return work


def releasing(case: Case, bundle: str, keys: Sequence[SealKey], *, actor: str, reason: str) -> Work:
    """Takes in a bundle that was put aside."""

    def work(told: Told) -> AllTaken:
        result = release(case, bundle, actor=actor, reason=reason, keys=keys)
        return AllTaken((Taken(bundle, result),))

    return work
