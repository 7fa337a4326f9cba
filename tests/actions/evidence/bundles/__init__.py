"""Exported logs by the hundred, whole and tampered with, each by its seed.

- ``bundle``   a folder with what its checker was given by another way
- ``good``     whole ones
- ``by_hand``  ways to tamper that need no key
- ``by_key``   ways for somebody who holds keys of the log
- ``by_form``  other forms of the same things: some are no longer what was signed, some are harmless
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

from tests.actions.evidence.bundles import by_form, by_hand, by_key
from tests.actions.evidence.bundles.bundle import Bundle, Held
from tests.actions.evidence.bundles.good import good

__all__ = ["Bundle", "Held", "good", "harmless", "tampered", "ways"]


@cache
def ways() -> dict[str, by_hand.Tamper]:
    """All ways to tamper by name. One gives None where a bundle has nothing to do it to."""
    return by_hand.ways() | by_key.ways() | by_form.ways()


@cache
def harmless() -> dict[str, by_hand.Tamper]:
    """Changes of nothing that was signed, by name."""
    return by_form.harmless()


def tampered(whole: Bundle, way: str, seed: int, folder: Path) -> Bundle | None:
    """A copy of a whole bundle, tampered with that way; None where that cannot be done to it."""
    shutil.copytree(whole.folder, folder, symlinks=True)
    return (ways() | harmless())[way](replace(whole, folder=folder), Random(seed))
