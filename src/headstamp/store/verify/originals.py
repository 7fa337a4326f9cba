"""Every original that a record names, hashed anew."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from headstamp.store.vault import Vault
from headstamp.store.verify.finding import Findings, Told

_TOLD_EACH = 200


def check_originals(
    vault: Vault, named: Mapping[str, str], found: Findings, told: Told
) -> None:
    """``named`` maps digests to the record that names each.

    Hashing leaves the interpreter's lock, so threads use all processors.
    """
    total, done = len(named), 0
    digests = iter(sorted(named))
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        while some := list(islice(digests, _TOLD_EACH)):
            for digest, now in zip(some, pool.map(vault.recompute, some), strict=True):
                if now is None:
                    found.say("original_missing", named[digest], f"the original {digest} is gone")
                elif now != digest:
                    found.say("original_changed", named[digest],
                              f"the original {digest} now hashes to {now}")
            done += len(some)
            told("originals", done, total)
