"""Bringing a case up to date: the steps between formats, and all that follows made anew.

Everything happens in one transaction: a case that was killed in between is the
old one. The log and the versions are only read (a step between formats says
itself what it changes), so the roots stay what they were. What does not fit this
program's record types is refused with every misfit named, and nothing is changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from orjson import loads
from pydantic import ValidationError
from sqlalchemy import Connection, delete, func, select, text

from headstamp.errors import Conflicting, HeadstampError, Invalid, Problem, Unavailable
from headstamp.evidence.note import Signer, sign
from headstamp.kinds.tier import RANK
from headstamp.records import BY_NAME, RecordType
from headstamp.records.record import problems_of
from headstamp.store.backend import Backend
from headstamp.store.case import Case, sealed_format, settings_text
from headstamp.store.elsewhere import rebuild_elsewhere
from headstamp.store.erased import WHOLE, erased_of
from headstamp.store.facets import spread
from headstamp.store.layout import (
    FORMAT,
    derived_tables,
    fingerprint,
    state_layout,
    stated_layout,
)
from headstamp.store.progress import Told, silent
from headstamp.store.ranks import GONE
from headstamp.store.refs import owners_in
from headstamp.store.rows import Row
from headstamp.store.signing_key import signing_key
from headstamp.store.stored import row_of_body
from headstamp.store.tables import (
    COUNT,
    CURRENT,
    KEY_CHANGE,
    LEADING,
    META,
    REF,
    VERSION,
    YEAR,
)

_PAGE = 2_000
_MOST_TOLD = 20
_WRONG = (HeadstampError, ValueError, TypeError, AttributeError, KeyError)

# From a format to the next one. A step gets the transaction; it changes tables that are
# kept for good, and says what in docs/backup.md. A case of each released format is kept
# in tests/store/cases, and must come through all of them.
STEPS: dict[int, Callable[[Connection, Backend], None]] = {}


def _laptops_that_merge(conn: Connection, backend: Backend) -> None:
    """1 to 2: versions say whether they are held aside; a key can follow another."""
    names = ",".join(f'"{column.name}"' for column in VERSION.columns if column.name != "held")
    conn.execute(text("CREATE TABLE version_before AS SELECT * FROM version"))
    backend.remake(conn, [VERSION, KEY_CHANGE])
    conn.execute(text(f"INSERT INTO version ({names}) SELECT {names} FROM version_before"))
    conn.execute(text("DROP TABLE version_before"))


STEPS[1] = _laptops_that_merge


def upgrade(case: Case, *, anew: bool = False, told: Told | None = None) -> bool:
    """Brings a case (opened ``outdated``) up to date; False where it is so already.

    ``anew`` makes what follows from the versions again even then. Raises Conflicting
    for a format without a way from it, Invalid where a version fits no record type here,
    Unavailable where the sealed settings must change and the key is not here.
    """
    with case.backend.writing() as conn:
        rows: dict[str, str] = dict(conn.execute(select(META.c.key, META.c.value)).all())
        form = sealed_format(rows)
        if form is not None and form > FORMAT:
            raise Conflicting(f"this case has format {form}, this program knows {FORMAT}")
        start = FORMAT if form is None else form
        if start == FORMAT and not anew and stated_layout(conn) == fingerprint():
            return False
        if start < FORMAT:
            signer = signing_key(case.folder, rows["key"], case.keys)
            if signer is None:
                raise Unavailable(
                    f"the key of this case is not in {case.folder / 'keys'}: its settings cannot be "
                    "sealed anew. Put the key there for the upgrade (restoring: --key FILE)"
                )
            for number in range(start, FORMAT):
                if number not in STEPS:
                    raise Conflicting(f"this program has no way from format {number}; "
                                      "use the release that came after it first")
                STEPS[number](conn, case.backend)
            _seal_anew(conn, case.backend, rows, signer)
        rebuild(conn, case.backend, told or silent, rows["origin"])
    return True


def _seal_anew(conn: Connection, backend: Backend, rows: dict[str, str], signer: Signer) -> None:
    if signer.verifier_key != rows["key"]:
        raise Conflicting("the key in the folder is not the key of the case")
    rows["format"] = str(FORMAT)
    rows["seal"] = sign(settings_text(rows), signer)
    for key in ("format", "seal"):
        conn.execute(delete(META).where(META.c.key == key))
    backend.insert(conn, META, ["key", "value"], [(key, rows[key]) for key in ("format", "seal")])


def rebuild(conn: Connection, backend: Backend, told: Told, origin: str) -> None:
    """Makes every table that follows from the versions anew; the search index is left empty."""
    backend.remake(conn, derived_tables())
    newest = _Newest(conn, backend)
    misfits: list[Problem] = []
    done, total = 0, len(newest.seqs)
    cells: dict[str, Counter[tuple[Any, ...]]] = {}
    for kind_name, seqs in newest.by_kind().items():
        kind = BY_NAME.get(kind_name)
        for start in range(0, len(seqs), _PAGE):
            some = seqs[start : start + _PAGE]
            if kind is None:
                misfits.append(Problem(f"there is no record type {kind_name!r} here"))
                break
            _add(conn, backend, kind, some, newest.rank, cells.setdefault(kind_name, Counter()),
                 misfits)
            done += len(some)
            told("records", done, total)
    if misfits:
        raise Invalid(
            "this case holds records that this version of headstamp does not know; nothing was "
            "changed. Use the version that wrote them, or a newer one", misfits[:_MOST_TOLD],
        )
    for kind_name, some_cells in cells.items():
        rows = spread(BY_NAME[kind_name], some_cells)
        backend.insert(conn, COUNT, ["kind", "field", "value", "visible_rank", "n"], rows)
    rebuild_elsewhere(conn, backend, origin)
    state_layout(conn, backend)


class _Newest:
    """The newest version of each record, and the clearance it needs through what it belongs to."""

    def __init__(self, conn: Connection, backend: Backend) -> None:
        self.seqs: dict[str, tuple[str, int]] = {}
        self._tier: dict[str, int] = {}
        self._owners: dict[str, list[str]] = {}
        self._ranks: dict[str, int] = {}
        last = conn.execute(select(func.coalesce(func.max(VERSION.c.seq), -1))).scalar_one()
        for start in range(0, last + 1, _PAGE):
            for seq, name, id_, body in conn.execute(
                select(VERSION.c.seq, VERSION.c.kind, VERSION.c.id, VERSION.c.body)
                .where(VERSION.c.seq >= start, VERSION.c.seq < start + _PAGE,
                       VERSION.c.held.is_(None))
                .order_by(VERSION.c.seq)
            ):
                self._take(seq, name, id_, body)
        # Of what two people had erased there is nothing to make.
        for id_, gone in erased_of(conn, scan=True).items():
            if gone == WHOLE and id_ in self.seqs:
                del self.seqs[id_]
                self._tier[id_] = GONE
                self._owners.pop(id_, None)

    def _take(self, seq: int, name: str, id_: str, body: bytes | None) -> None:
        kind = BY_NAME.get(name)
        self.seqs[id_] = name, seq
        self._owners.pop(id_, None)
        try:
            values = loads(body or b"{}")
            self._tier[id_] = RANK[values["tier"]]
            if kind is not None and kind.owners and (owners := owners_in(kind, values)):
                self._owners[id_] = owners
        except _WRONG:
            self._tier[id_] = max(RANK.values())  # told when its row is made

    def by_kind(self) -> dict[str, list[int]]:
        """The newest entries of each kind, oldest first."""
        found: dict[str, list[int]] = {}
        for name, seq in self.seqs.values():
            found.setdefault(name, []).append(seq)
        return {name: sorted(seqs) for name, seqs in found.items()}

    def rank(self, id_: str) -> int:
        """The highest rank of a record and all it belongs to (docs/why: visible rank)."""
        known = self._ranks.get(id_)
        if known is None:
            seen, todo, known = {id_}, [id_], 0
            while todo:
                one = todo.pop()
                known = max(known, self._tier.get(one, GONE))
                more = [owner for owner in self._owners.get(one, ()) if owner not in seen]
                seen.update(more)
                todo += more
            self._ranks[id_] = known
        return known


def _add(
    conn: Connection, backend: Backend, kind: RecordType, seqs: list[int],
    rank: Callable[[str], int], cells: Counter[tuple[Any, ...]], misfits: list[Problem],
) -> None:
    made: list[tuple[int, Row]] = []
    for seq, id_, number, body in conn.execute(
        select(VERSION.c.seq, VERSION.c.id, VERSION.c.number, VERSION.c.body)
        .where(VERSION.c.seq.in_(seqs)).order_by(VERSION.c.seq)
    ):
        try:
            if body is None:
                raise ValueError("its text is gone")
            made.append((seq, row_of_body(kind, id_, number, rank(id_), bytes(body))))
        except _WRONG as error:
            misfits.append(Problem(f"{id_} is no {kind.title} as this version knows it: {_words(error)}"))
    names = [*LEADING, *(c.name for c in kind.columns), *([YEAR] if kind.when else [])]
    backend.insert(conn, CURRENT[kind.name], names, [
        (seq, row.id, row.version, row.rank, *row.columns) for seq, row in made
    ])
    refs = [(target, field, row.id) for _, row in made for field, target in row.refs]
    if refs:
        backend.insert(conn, REF, ["to_id", "field", "from_id"], refs)
    for _, row in made:
        cells[(row.rank, *row.cell)] += 1


def _words(error: Exception) -> str:
    """A misfit on one line: which field, and what is wrong with it."""
    if isinstance(error, ValidationError):
        return "; ".join(f"{one.field}: {one.rule}" for one in problems_of(error)[:3])
    return str(error)
