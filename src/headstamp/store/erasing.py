"""Carrying out an erasure: value and salt go from every version of the record, nothing else does.

All in the transaction of the approval. First a new version without the fields is put, like
any other, so that lists, counts and searches follow; then the values go from every version
that ever was, also from those held aside. Of a record that is erased whole nothing is left
but its entries in the log. What stays on the disk after that (pages no longer used, search
indexes, files made from the records) is cleaned after the transaction (``cleaning``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from orjson import JSONDecodeError, dumps, loads
from sqlalchemy import Connection, bindparam, delete, select, update

from headstamp.errors import Conflicting, Invalid, Missing, Problem, Refused, Unavailable
from headstamp.evidence import entry as entries
from headstamp.evidence.canonical import canonical
from headstamp.evidence.salted import SALT_BYTES, commitment, salts, without
from headstamp.kinds.tier import RANK, TIERS
from headstamp.records import TYPES, Bundle, Erasure, Record, RecordType, kind_of_id
from headstamp.store.erased import (
    WHOLE,
    Erased,
    can_go,
    decisions,
    erased_in,
    erased_of,
    same_person,
    still_waiting,
)
from headstamp.store.ranks import GONE
from headstamp.store.receiving import Received, Taken
from headstamp.store.refs import owners
from headstamp.store.stored import is_on_file, record_on_file
from headstamp.store.tables import ASIDE, CURRENT, LOG, REF, VERSION
from headstamp.store.taking_in import TakingChange
from headstamp.store.working import Working

_HOLDS_FILE = frozenset(kind.name for kind in TYPES if kind.fact("digest") is not None)
_ROWS = 1_000


class ErasingChange(TakingChange):
    """A change that can also approve erasures; the one that a case hands out."""

    _free = False

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        # Whether anything was erased in this change, and the digests of files it named.
        self.erasing = False
        self.files_gone: set[str] = set()

    def approve(self, erasure_id: str) -> None:
        """Approves an erasure that somebody else asked for, and carries it out.

        Raises Missing, Conflicting where it is not open any more, Refused for the person who asked,
        Invalid where a field cannot go.
        """
        record, asked_by = self._asked(erasure_id)
        if same_person(asked_by, self._stamp.actor):
            raise Refused(f"{asked_by} asked for this erasure, or took it in from another device: somebody else "
                          "has to approve it")
        what = frozenset(record.fields) or WHOLE
        refuse_unless_possible(self._conn, record.record, what)
        self._re_put(record.model_copy(update={"erasure_state": "approved"}))
        self._gone = None
        self._carry_out(record.record, what)

    def go_with(self, erasure_id: str, refused: Iterable[str]) -> None:
        """Has files of refused rows, which say the same, go with an erasure of this change."""
        self.files_gone |= {f"{erasure_id}{GOES_WITH}{name}" for name in refused}

    def carry_out_rest(self) -> list[str]:
        """Carries out what is approved and not done; the ids of the records of which it erased."""
        some = unfinished(self._conn)
        for id_, what in some.items():
            self._carry_out(id_, what)
        return sorted(some)

    def receive(self, versions: Iterable[Received], origin: str) -> Taken:
        """Takes versions in without what is erased here. What they say is to be erased waits."""
        erased, _ = self.erased()
        left_out: list[str] = []
        # Of versions that lack values: name, record, and which. Files that were named, and are.
        lacking: list[tuple[str, str, set[str]]] = []
        named_before: set[str] = set()
        named: set[str] = set()

        def kept() -> Iterator[Received]:
            for one in versions:
                left = strip(one, erased)
                if left is not one:
                    named_before.add(one.original())
                if left is None:
                    left_out.append(one.name)
                    continue
                if left.fields is not None:
                    lacking.append((left.name, left.id, left.fields.keys() - loads(left.body).keys()))
                if erased:
                    named.add(left.original())
                yield left

        taken = super().receive(kept(), origin)
        taken.erased = left_out
        # Files that only erased values named must not come in with the rest.
        self.files_gone |= named_before - named - {""}
        self._gone = None
        self._refuse_unexplained(lacking)
        return taken

    def _refuse_unexplained(self, lacking: Iterable[tuple[str, str, set[str]]]) -> None:
        """Refuses versions that lack values though no erasure, here or with them, says so."""
        excused = erased_in([replace(one, agreed=True) if one.waiting else one
                             for one in decisions(self._conn)])
        lone = [
            Problem(f"{name} lacks {', '.join(sorted(gone))} of {id_}, and no erasure says so")
            for name, id_, lacks in lacking
            if excused.get(id_) != WHOLE and (gone := lacks - excused.get(id_, frozenset()))
        ]
        if lone:
            raise Invalid("what was handed over lacks values", lone)

    def waiting(self) -> tuple[str, ...]:
        """The erasures of other devices that nobody here has agreed to yet."""
        return tuple(one.id for one in still_waiting(decisions(self._conn)))

    def agree(self, bundle: Bundle, erasures: Sequence[str]) -> None:
        """Agrees to erasures that a bundle brought, notes so in its record, and carries them out."""
        self.put(bundle.model_copy(update={"erases": tuple(sorted({*bundle.erases, *erasures}))}))
        self._gone = None
        self.carry_out_rest()

    def _asked(self, erasure_id: str) -> tuple[Erasure, str]:
        """The erasure as it was asked for, and by whom: its entry in the log says so."""
        kind = kind_of_id(erasure_id)
        known = self._current(kind, [erasure_id]).get(erasure_id)
        if kind.cls is not Erasure or known is None:
            raise Missing(f"there is no erasure {erasure_id}")
        record = record_on_file(kind, erasure_id, self._bodies([known.seq])[known.seq])
        assert isinstance(record, Erasure)
        if record.erasure_state != "asked":
            raise Conflicting(f"{erasure_id} is {record.erasure_state} already")
        return record, asker(self._conn, known.seq, record)

    def _carry_out(self, id_: str, what: frozenset[str]) -> None:
        kind = kind_of_id(id_)
        known = self._current(kind, [id_]).get(id_)
        if known is not None:
            body = self._bodies([known.seq])[known.seq]
            record = record_on_file(kind, id_, body)
            if what == WHOLE:
                self._keep_hidden(id_)
                self._half_done = True
                self._take_out(kind, [(record, body, known)])
                self._ranks.forget(id_)
                self._pass_on_rank(id_)
                self._half_done = False
            else:
                self._re_put(without_fields(kind, id_, body, what))
        self._ranks.forget(id_)
        self.erasing = True
        self.files_gone |= strip_versions(self._conn, id_, what)

    def _re_put(self, record: Record) -> None:
        """Puts what only an erasure may put."""
        self._free = True
        self.put_many([record])
        self._free, self._gone = False, None

    def _refuse_erased(self, records: Sequence[Record]) -> None:
        if not self._free:
            super()._refuse_erased(records)

    def _keep_hidden(self, id_: str) -> None:
        """What belongs to a record that goes keeps the clearance that it has through it."""
        fields = {field for kind in TYPES for field in kind.owners}
        found = self._conn.execute(
            select(REF.c.from_id).where(REF.c.to_id == id_, REF.c.field.in_(fields)).distinct()
        ).scalars().all()
        for belonging in found:
            _, known, _, record = self._current_record(belonging)
            if id_ in owners(record) and known.rank > max(GONE, RANK[record.tier]):
                self._re_put(record.model_copy(update={"tier": TIERS[known.rank]}))


def asker(conn: Connection, seq: int, record: Erasure) -> str:
    """Who first asked for just this, by the entries of the log; ``seq`` is the current version's."""
    found, at = "", seq
    while True:
        row = conn.execute(
            select(VERSION.c.before, VERSION.c.body, LOG.c.entry)
            .join(LOG, LOG.c.seq == VERSION.c.seq).where(VERSION.c.seq == at)
        ).one()
        values = loads(row.body)
        if (values["record"], tuple(values.get("fields", ()))) == (record.record, record.fields):
            found = entries.read(bytes(row.entry)).actor
        if row.before is None or row.before >= at:
            return found
        at = row.before


def refuse_unless_possible(conn: Connection, id_: str, what: frozenset[str]) -> None:
    """Raises Invalid, with all problems, where this cannot be erased; Missing where nothing is there."""
    kind = kind_of_id(id_)
    if what == WHOLE:
        if kind.cls is Erasure:
            raise Invalid("an erasure tells what was erased and by whom: it is not erased itself. "
                          "Its field why may be: name it")
    else:
        problems = [Problem(
            "there is no such field" if kind.fact(name) is None else
            f"a {kind.title} cannot be without this", "" if kind.fact(name) is None else
            "Erase the whole record; or correct the field first and then erase the whole record.",
            field=name) for name in sorted(what) if not can_go(kind, name)]
        if problems:
            raise Invalid("not all of this can be erased", problems)
    if not is_on_file(conn, id_):
        raise Missing(f"there is no record {id_}")
    table = CURRENT[kind.name]
    body = conn.execute(
        select(VERSION.c.body).join(table, table.c.log_seq == VERSION.c.seq).where(table.c.id == id_)
    ).scalar()
    if what != WHOLE and body is not None:
        without_fields(kind, id_, bytes(body), what)


def without_fields(kind: RecordType, id_: str, body: bytes, what: frozenset[str]) -> Record:
    """The record of this text less these fields. Raises Invalid where its type's rules forbid that."""
    held = {name: value for name, value in loads(body).items() if name not in what}
    try:
        return kind.cls.build({**held, "id": id_})
    except Invalid as error:
        raise Invalid(
            f"{id_} cannot be without {', '.join(sorted(what))} as it stands. Correct it first "
            "so that it can, or erase the whole record", error.problems,
        ) from error


# -- rows


def strip_versions(conn: Connection, id_: str, what: frozenset[str]) -> set[str]:
    """Takes values and salts out of all versions of a record; the digests that were among them."""
    kind = kind_of_id(id_)
    digests: set[str] = set()
    rows = conn.execute(
        select(VERSION.c.seq, VERSION.c.seed, VERSION.c.body, LOG.c.entry)
        .join(LOG, LOG.c.seq == VERSION.c.seq)
        .where(VERSION.c.id == id_, VERSION.c.body.is_not(None)).order_by(VERSION.c.seq)
    ).all()
    done = []
    for row in rows:
        values = loads(row.body)
        gone = values.keys() if what == WHOLE else what & values.keys()
        if kind.name in _HOLDS_FILE and "digest" in gone:
            digests.add(str(values["digest"]))
        if what == WHOLE:
            done.append({"at": row.seq, "new_body": None, "new_seed": None})
        elif gone:
            names = sorted(entries.read(bytes(row.entry)).fields)
            body, seed = _stripped(values, names, bytes(row.seed), gone)
            done.append({"at": row.seq, "new_body": body, "new_seed": seed})
    for start in range(0, len(done), _ROWS):
        conn.execute(
            update(VERSION).where(VERSION.c.seq == bindparam("at"))
            .values(body=bindparam("new_body"), seed=bindparam("new_seed")),
            done[start : start + _ROWS],
        )
    if what == WHOLE:
        conn.execute(update(ASIDE).where(ASIDE.c.id == id_).values(open=0))
        conn.execute(delete(REF).where(REF.c.from_id == id_))
    return digests


def _stripped(
    values: dict[str, object], names: list[str], seed: bytes, gone: Iterable[str]
) -> tuple[bytes, bytes]:
    """Body and seed of a version without these fields; ``names`` are those of its entry, sorted."""
    gone = set(gone)
    body = canonical({name: value for name, value in values.items() if name not in gone})
    return body, without(seed, len(names), [names.index(name) for name in gone])


def strip(version: Received, erased: Erased) -> Received | None:
    """A version from elsewhere without what is erased here; None where all of it is."""
    what = erased.get(version.id)
    if what is None:
        return version
    if what == WHOLE:
        return None
    values = loads(version.body)
    gone = what & values.keys()
    if not gone:
        return version
    fields = version.fields
    if fields is None:
        names = sorted(values)
        stream = salts(version.seed, len(names))
        fields = {
            name: commitment(stream[SALT_BYTES * n : SALT_BYTES * (n + 1)], canonical(values[name]))
            for n, name in enumerate(names)
        }
    body, seed = _stripped(values, sorted(fields), version.seed, gone)
    return Received(version.name, version.made_of, version.kind, version.id, body, seed, fields)


def unfinished(conn: Connection, *, scan: bool = False) -> dict[str, frozenset[str]]:
    """What is approved to be erased, and still there in some version. A scan where there are any."""
    found: dict[str, frozenset[str]] = {}
    for id_, what in erased_of(conn, scan=scan).items():
        kind = id_.partition("-")[0]
        rows = conn.execute(
            select(VERSION.c.body).where(VERSION.c.id == id_, VERSION.c.body.is_not(None))
        ).scalars()
        if kind and any(what == WHOLE or what & loads(body).keys() for body in rows):
            found[id_] = what
    return found


def left_of(conn: Connection, id_: str, what: frozenset[str]) -> tuple[int, set[str]]:
    """In how many versions there is something to erase, and which fields that is."""
    versions, fields = 0, set[str]()
    for body in conn.execute(
        select(VERSION.c.body).where(VERSION.c.id == id_, VERSION.c.body.is_not(None))
    ).scalars():
        held = set(loads(body))
        held = held if what == WHOLE else held & what
        versions += bool(held)
        fields |= held
    return versions, fields



# -- what is left to be cleaned once the transaction is through

LEFT = "erasing"
_NAME = "left.json"
GOES_WITH = ":"
"""Stands between the id of an erasure and the name of a file of refused rows that goes with it."""


def note_left(working: Working, files: Iterable[str]) -> None:
    """Notes, before an erasure takes effect, that there will be something to clean up after it.

    ``files`` are digests of originals that nobody may name any more then, and files of
    refused rows that go once the erasure named before them is agreed on. Raises Unavailable.
    """
    known = noted(working) or set()
    try:
        working.write(LEFT, _NAME, dumps(sorted(known | set(files))))
    except OSError as error:
        raise Unavailable(f"the case's folder cannot be written: {error.strerror}") from error


def noted(working: Working) -> set[str] | None:
    """What was noted; None where nothing is left to be cleaned up."""
    data = working.read(LEFT, _NAME)
    if data is None:
        return None
    try:
        return {str(one) for one in loads(data)}
    except (JSONDecodeError, TypeError):
        return set()  # cut off: what it names is found by its being named nowhere


def forget_left(working: Working) -> None:
    """All is cleaned up."""
    working.remove(LEFT, _NAME)
