"""Questions about the witnesses of a log: which are on file, and what was logged since.

Rows are taken as the driver gives them: whoever checks a case must not stumble over one
that was changed by hand. ``verify`` tells of such a row; here it is no witness.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from orjson import JSONDecodeError, loads

from headstamp.errors import Tampered
from headstamp.evidence.check import Finding, check_against
from headstamp.evidence.tile import node_reader
from headstamp.store.case import Case
from headstamp.store.served_log import ServedLog

_SIZE = re.compile(r"[0-9]{1,18}")
_TEXTS = ("witness_kind", "holder", "checkpoint", "witnessed_at", "stamp", "certificates")


class StoredWitness(NamedTuple):
    """The current version of a witness as it is stored; a text that is not there is empty."""

    id: str
    witness_kind: str
    holder: str
    checkpoint: str
    witnessed_at: str
    stamp: str
    certificates: str

    @property
    def origin(self) -> str:
        """The log that its checkpoint says it is of; nothing is checked of that."""
        return self.checkpoint.partition("\n")[0]

    @property
    def size(self) -> int:
        """The number of entries that its checkpoint names; -1 where it names none."""
        told = self.checkpoint.split("\n")[1:2]
        return int(told[0]) if told and _SIZE.fullmatch(told[0]) else -1


def stored_witnesses(case: Case) -> list[StoredWitness]:
    """All witnesses on file, whoever may see them, in the order in which they were put there."""
    with case.backend.reading() as conn:
        rows = case.backend.tuples(
            conn, "SELECT witness.id, version.body FROM witness"
                  " JOIN version ON version.seq = witness.log_seq ORDER BY witness.log_seq"
        )
    return [one for id_, body in rows if (one := _witness(id_, body)) is not None]


def _witness(id_: Any, body: Any) -> StoredWitness | None:
    if type(id_) is not str or type(body) is not bytes:
        return None
    try:
        values = loads(body)
    except JSONDecodeError:
        return None  # verify names it
    return witness_of(id_, values) if isinstance(values, dict) else None


def witness_of(id_: str, values: Mapping[str, Any]) -> StoredWitness:
    """A witness by its id and its values, of which any may be missing or no text."""
    texts = [values.get(name) for name in _TEXTS]
    return StoredWitness(id_, *(text if isinstance(text, str) else "" for text in texts))


def others_since(case: Case, size: int) -> int:
    """How many entries after the first ``size`` tell of anything but witnesses."""
    with case.backend.reading() as conn:
        rows = case.backend.tuples(
            conn, "SELECT count(*) FROM version"
                  f" WHERE seq >= {int(size)} AND kind <> 'witness'"
        )
    return int(rows[0][0])


class OurLog:
    """The tree of a case, to hold checkpoints of it against."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._log = ServedLog.of(case, "public")
        self._size: int | None = None

    def check(self, note: str) -> list[Finding]:
        """What is wrong between a signed checkpoint and this log; empty where it is of this log.

        Looks at the tiles as they are stored. Raises Tampered where they are not whole.
        """
        if self._size is None:
            self._size = self._entries()
        read_node = node_reader(self._size, self._log.whole_tile)
        return check_against(note, self._case.key_line, self._size, read_node)

    def _entries(self) -> int:
        told = self._log.latest().split("\n")[1:2]
        if not told or not _SIZE.fullmatch(told[0]):
            raise Tampered("the latest checkpoint names no size")
        return int(told[0])
