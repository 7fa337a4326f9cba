"""The versions of a bundle that were held to their entries, laid down until all are checked.

Nothing is taken in before the last of them was checked, and there may be more of them than
memory holds. So they wait in a file beside the unpacked bundle, which nobody else can write
to and which goes with it.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from headstamp.actions.exchange.contradictions import Contradictions
from headstamp.actions.exchange.handed_over import HandedOver
from headstamp.records import Alert, Erasure
from headstamp.store.backend import batches
from headstamp.store.receiving import Received

_AT_ONCE = 1_000
_LENGTH = 8
_BY_TWO = frozenset({Erasure.NAME, Alert.NAME})


class Checked:
    """What a bundle hands over: each version in turn, as often as it is asked for."""

    def __init__(self, file: Path, handed: Iterable[HandedOver], look: Contradictions) -> None:
        """Goes through all of it once. Raises what ``handed`` raises."""
        self._file = file
        # The originals that are named.
        self.originals: set[str] = set()
        # What takes two people, with the entries that say who: erasures and alerts.
        self.by_two: list[HandedOver] = []
        with file.open("xb") as target:
            for some in batches(handed, _AT_ONCE):
                look.look(some)
                data = marshal.dumps([_parts(one.version) for one in some if one.version is not None])
                target.write(len(data).to_bytes(_LENGTH, "big") + data)
                self._note(some)

    def _note(self, some: Sequence[HandedOver]) -> None:
        for one in some:
            if one.version is not None:
                self.originals.add(one.version.original())
                if one.version.kind in _BY_TWO:
                    self.by_two.append(one)
        self.originals.discard("")

    def __iter__(self) -> Iterator[Received]:
        with self._file.open("rb") as source:
            while length := source.read(_LENGTH):
                data = source.read(int.from_bytes(length, "big"))
                for parts in marshal.loads(data):  # noqa: S302 - what was written above
                    yield Received(*parts)


def _parts(version: Received) -> tuple[Any, ...]:
    fields = None if version.fields is None else dict(version.fields)
    return (version.name, version.made_of, version.kind, version.id, version.body, version.seed, fields)
