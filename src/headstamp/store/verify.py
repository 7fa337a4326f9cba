"""Everything recomputed: entries, versions, tables, tree, signatures, originals.

Nothing that is stored is believed. From the log and the versions follows what
every other table must hold; from each record's digest what its original must
hash to. Each finding names what is wrong and where.

What this cannot show is told in ``docs/what-the-log-proves.md``: whoever holds
the key and every copy can write a new history; only a checkpoint kept
elsewhere (``against``) shows that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from headstamp.errors import HeadstampError
from headstamp.evidence.canonical import canonical
from headstamp.evidence.check import check_against, check_log
from headstamp.evidence.entry import Stamp, check_fields, seal
from headstamp.evidence.entry import read as read_entry
from headstamp.evidence.tile import Tiles, node_reader, split
from headstamp.evidence.tree import leaf_hash
from headstamp.records import BY_NAME, TYPES, RecordType
from headstamp.store.case import Case
from headstamp.store.change import row_of_body
from headstamp.store.refs import owners
from headstamp.store.search import Keyer, behind, index_rows
from headstamp.store.tables import (
    CELLS,
    CHECKPOINT,
    CURRENT,
    EDGE,
    LEADING,
    LOG,
    MARKING_KEY,
    REF,
    SEARCH_TEXT,
    TILE,
    VERSION,
    YEAR,
)

_BATCH = 2_000
_TOO_MANY = 1_000

Told = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: a code, the id of what it concerns, and words."""

    what: str
    id: str
    detail: str

    def as_dict(self) -> dict[str, str]:
        return {"what": self.what, "id": self.id, "detail": self.detail}


def verify(
    case: Case, *, keys: Keyer, against: Iterable[str] = (), told: Told | None = None,
) -> list[Finding]:
    """All that is wrong with a case; empty where nothing is.

    ``against`` are checkpoints (signed notes) kept elsewhere. ``told(step, done,
    all)`` is called as it goes on. Reads one unchanging state; writes nothing.
    """
    check = _Check(case, keys, told or (lambda step, done, total: None))
    return check.run(list(against))


class _Check:
    def __init__(self, case: Case, keys: Keyer, told: Told) -> None:
        self.case = case
        self.keys = keys
        self.told = told
        self.findings: list[Finding] = []
        self.digests: dict[str, str] = {}

    def say(self, what: str, id_: str, detail: str) -> None:
        if len(self.findings) < _TOO_MANY:
            self.findings.append(Finding(what, id_, detail))

    def run(self, against: list[str]) -> list[Finding]:
        wrong = self.case.meta_problem()
        if wrong:
            self.say("settings_changed", "meta", wrong)
        with self.case.backend.reading() as conn:
            for name in self.case.backend.foreign_tables(conn):
                self.say("foreign_table", name, "the case does not know this; it was added by hand")
            for text in self.case.backend.check_indexes(conn):
                self.say("database_damaged", "database", text)
            self._log(conn, against)
            self._versions(conn)
            for kind in TYPES:
                self._current(conn, kind)
            self._cells(conn)
            self._refs(conn)
            self._search(conn)
        self._originals()
        return self.findings

    # -- the log by itself

    def _log(self, conn: Connection, against: list[str]) -> None:
        size = conn.execute(select(func.count()).select_from(LOG)).scalar_one()
        last = conn.execute(select(func.max(LOG.c.seq))).scalar()
        if size and last != size - 1:
            self.say("log_gap", "log", f"{size} entries are there, the last has number {last}")
        notes = conn.execute(select(CHECKPOINT.c.note).order_by(CHECKPOINT.c.size)).scalars().all()
        if not notes:
            self.say("no_checkpoint", "checkpoint", "there is no signed checkpoint")
        tiles, mine = Tiles(), {}
        leaves = _stored_leaves(conn)

        def entries() -> Iterator[bytes]:
            done = 0
            for rows in _pages(conn, select(LOG.c.seq, LOG.c.entry), LOG.c.seq):
                batch = [bytes(row.entry) for row in rows]
                for tile in tiles.add(map(leaf_hash, batch)):
                    mine[tile[0], tile[1]] = tile[2]
                yield from batch
                done += len(batch)
                self.told("log", done, size)

        for found in check_log(entries(), notes, self.case.verifier, leaves):
            self.say(found.what, found.id, found.detail)
        self._tiles(conn, tiles, mine)
        sizes = conn.execute(select(CHECKPOINT.c.size).order_by(CHECKPOINT.c.size)).scalars().all()
        for number, note in zip(sizes, notes, strict=True):
            told = note.split("\n")[1:2]
            if told != [str(number)]:
                self.say("checkpoint_moved", f"checkpoint {number}", "it is of another size")

        def read_tile(level: int, index: int, width: int) -> bytes:
            whole = mine.get((level, index))
            if whole is None:
                whole = dict(enumerate(tiles.partial())).get(level, b"")
            return whole[: width * 32]

        if against:
            read_node = node_reader(tiles.size, read_tile)
            for note in against:
                for found in check_against(note, self.case.verifier, tiles.size, read_node):
                    self.say(found.what, found.id, found.detail)

    def _tiles(
        self, conn: Connection, tiles: Tiles, mine: dict[tuple[int, int], bytes]
    ) -> None:
        stored = {
            (row.level, row.number): bytes(row.hashes)
            for row in conn.execute(select(TILE.c.level, TILE.c.number, TILE.c.hashes))
        }
        for key in sorted({*stored, *mine}):
            if stored.get(key) != mine.get(key):
                self.say("tile_changed", f"tile {key[0]}/{key[1]}", "it is not what the log gives")
        edge = conn.execute(select(EDGE.c.level, EDGE.c.hashes).order_by(EDGE.c.level)).all()
        if [(level, bytes(h)) for level, h in edge] != list(enumerate(tiles.partial())):
            self.say("tile_changed", "edge", "the tree's edge is not what the log gives")

    # -- versions against entries

    def _versions(self, conn: Connection) -> None:
        total = conn.execute(select(func.count()).select_from(VERSION)).scalar_one()
        done = 0
        query = select(
            VERSION.c.seq, VERSION.c.kind, VERSION.c.id, VERSION.c.number, VERSION.c.seed,
            VERSION.c.body, LOG.c.entry,
        ).join(LOG, LOG.c.seq == VERSION.c.seq, isouter=True)
        for rows in _pages(conn, query, VERSION.c.seq):
            for row in rows:
                self._version(row)
            done += len(rows)
            self.told("records", done, total)
        unpaired = conn.execute(
            select(LOG.c.seq).join(VERSION, VERSION.c.seq == LOG.c.seq, isouter=True)
            .where(VERSION.c.seq.is_(None)).limit(_TOO_MANY)
        ).scalars()
        for seq in unpaired:
            self.say("record_missing", f"entry {seq}", "the log tells of a version that is gone")

    def _version(self, row: Any) -> None:
        if row.entry is None:
            self.say("record_not_logged", row.id, f"version {row.number} has no log entry")
            return
        entry = bytes(row.entry)
        try:
            told = read_entry(entry)
        except HeadstampError:
            return  # already told by the check of the log
        if row.body is None or row.seed is None:
            self.say("record_missing", row.id, f"the text of version {row.number} is gone")
            return
        body, seed = bytes(row.body), bytes(row.seed)
        try:
            fields = orjson.loads(body)
            values = [canonical(value) for value in fields.values()]
            again = seal(Stamp(told.act, told.actor, told.at, told.reason), told.kind, row.id,
                         row.number, tuple(fields), values, seed)
        except (HeadstampError, ValueError, AttributeError) as error:
            self.say("record_changed", row.id, f"version {row.number} cannot be read: {error}")
            return
        expected = BY_NAME.get(row.kind)
        if again == entry and told.kind.partition("/")[0] == row.kind and expected is not None:
            if body == b"{" + b",".join(
                b'"' + name.encode() + b'":' + value
                for name, value in zip(fields, values, strict=True)
            ) + b"}":
                return
            self.say("record_changed", row.id, f"the text of version {row.number} is not canonical")
            return
        if told.id != row.id or told.version != row.number or \
                told.kind.partition("/")[0] != row.kind:
            self.say("record_changed", row.id,
                     f"entry {row.seq} tells of {told.kind} {told.id} version {told.version}, "
                     f"the table of {row.kind} {row.id} version {row.number}")
            return
        broken = check_fields(told, dict(zip(fields, values, strict=True)), seed)
        self.say("record_changed", row.id,
                 f"version {row.number} does not agree with its entry in: {', '.join(broken)}")

    # -- what follows from the versions

    def _current(self, conn: Connection, kind: RecordType) -> None:
        table = CURRENT[kind.name]
        names = [*LEADING, *(c.name for c in kind.columns), *([YEAR] if kind.when else [])]
        query = select(
            *(table.c[name] for name in names), VERSION.c.body, VERSION.c.id.label("logged_id"),
            VERSION.c.number.label("logged_number"), VERSION.c.kind.label("logged_kind"),
        ).join(VERSION, VERSION.c.seq == table.c.log_seq, isouter=True)
        holds_files = kind.by_name.get("digest") is not None
        for rows in _pages(conn, query, table.c.log_seq):
            for row in rows:
                self._current_row(kind, names, row)
                if holds_files and row.digest is not None:
                    self.digests.setdefault(row.digest, row.id)
        newest = (
            select(VERSION.c.id, func.max(VERSION.c.number).label("n"))
            .where(VERSION.c.kind == kind.name).group_by(VERSION.c.id).subquery()
        )
        stale = conn.execute(
            select(newest.c.id, newest.c.n, table.c.version_no)
            .join(table, table.c.id == newest.c.id, isouter=True)
            .where((table.c.version_no.is_(None)) | (table.c.version_no != newest.c.n))
            .limit(_TOO_MANY)
        )
        for row in stale:
            now = "is gone" if row.version_no is None else f"is version {row.version_no}"
            self.say("table_changed", row.id,
                     f"the table {kind.name} should hold version {row.n}; it {now}")

    def _current_row(self, kind: RecordType, names: list[str], row: Any) -> None:
        if row.body is None or row.logged_id != row.id or row.logged_kind != kind.name or \
                row.logged_number != row.version_no:
            self.say("table_changed", row.id,
                     f"a row of {kind.name} does not belong to entry {row.log_seq}")
            return
        try:
            expected = row_of_body(kind, row.id, row.version_no, row.visible_rank, bytes(row.body))
        except (HeadstampError, ValueError) as error:
            self.say("record_changed", row.id, f"its text is no {kind.title}: {error}")
            return
        held = list(row)[len(LEADING) : len(names)]
        if held != expected.columns:
            wrong = [
                name for name, have, want in
                zip(names[len(LEADING):], held, expected.columns, strict=True) if have != want
            ]
            self.say("table_changed", row.id,
                     f"the table {kind.name} was changed in: {', '.join(wrong)}")

    def _refs(self, conn: Connection) -> None:
        """References and the ranks that follow from belonging, over all current records."""
        ranks: dict[str, int] = {}
        expected = 0
        for kind in TYPES:
            table = CURRENT[kind.name]
            ranks.update(
                (row.id, row.visible_rank)
                for row in conn.execute(select(table.c.id, table.c.visible_rank))
            )
        tier_rank = {tier: n for n, tier in enumerate(("public", "partner", "restricted", "sealed"))}
        for kind in TYPES:
            table = CURRENT[kind.name]
            query = select(table.c.log_seq, table.c.id, table.c.version_no, table.c.visible_rank,
                           VERSION.c.body).join(VERSION, VERSION.c.seq == table.c.log_seq)
            for rows in _pages(conn, query, table.c.log_seq):
                pairs: set[tuple[str, str, str]] = set()
                for row in rows:
                    try:
                        record = kind.cls.model_validate(
                            {**orjson.loads(row.body), "id": row.id}
                        )
                    except ValueError:
                        continue  # told already
                    wants = max([tier_rank[record.tier], *(ranks.get(o, 0) for o in owners(record))])
                    if wants != row.visible_rank:
                        self.say("table_changed", row.id,
                                 f"its visibility is {row.visible_rank}, it should be {wants}")
                    made = row_of_body(kind, row.id, row.version_no, wants, bytes(row.body))
                    pairs.update((target, field, row.id) for field, target in made.refs)
                expected += len(pairs)
                missing = pairs - self._held_refs(conn, pairs)
                for target, field, from_id in sorted(missing):
                    self.say("table_changed", from_id, f"its reference {field} to {target} is gone")
        held = conn.execute(select(func.count()).select_from(REF)).scalar_one()
        if held > expected:
            self.say("table_changed", "ref", f"{held - expected} references are not of any record")

    def _held_refs(
        self, conn: Connection, pairs: set[tuple[str, str, str]]
    ) -> set[tuple[str, str, str]]:
        if not pairs:
            return set()
        targets = sorted({pair[0] for pair in pairs})
        froms = sorted({pair[2] for pair in pairs})
        rows = conn.execute(
            select(REF.c.to_id, REF.c.field, REF.c.from_id).where(
                self.case.backend.among(REF.c.to_id, targets),
                self.case.backend.among(REF.c.from_id, froms),
            )
        )
        return {tuple(row) for row in rows}

    def _cells(self, conn: Connection) -> None:
        from headstamp.store.rows import cell_text
        from headstamp.store.tables import facet_columns

        for kind in TYPES:
            table, cells = CURRENT[kind.name], CELLS[kind.name]
            names = ["visible_rank", *facet_columns(kind)]
            expected: Counter[tuple[Any, ...]] = Counter()
            grouped = select(*(table.c[n] for n in names), func.count().label("n")).group_by(
                *(table.c[n] for n in names)
            )
            for row in conn.execute(grouped):
                rank, *rest = tuple(row)[:-1]
                expected[(rank, *map(cell_text, rest))] += row.n
            held = {
                tuple(row)[:-1]: row.n
                for row in conn.execute(select(*(cells.c[n] for n in names), cells.c.n))
            }
            if held != dict(expected):
                self.say("table_changed", f"{kind.name}_cell", "the counts are not those of the rows")

    def _search(self, conn: Connection) -> None:
        done, size = behind(conn)
        if done > size:
            self.say("table_changed", "progress", "the search index claims more than the log has")
        total_texts = total_keys = 0
        for kind in TYPES:
            table = CURRENT[kind.name]
            query = select(table.c.log_seq, table.c.id, table.c.visible_rank, VERSION.c.body).join(
                VERSION, VERSION.c.seq == table.c.log_seq
            ).where(table.c.log_seq < done)
            for rows in _pages(conn, query, table.c.log_seq):
                texts: set[tuple[Any, ...]] = set()
                keys: set[tuple[Any, ...]] = set()
                for row in rows:
                    try:
                        some_texts, some_keys = index_rows(
                            kind, row.id, row.visible_rank, orjson.loads(row.body), self.keys
                        )
                    except ValueError:
                        continue  # told already
                    texts.update(some_texts)
                    keys.update(some_keys)
                total_texts += len(texts)
                total_keys += len(keys)
                among = self.case.backend.among
                ids = [row.id for row in rows]
                held_texts = {tuple(row) for row in conn.execute(
                    select(SEARCH_TEXT.c.id, SEARCH_TEXT.c.rank, SEARCH_TEXT.c.text)
                    .where(among(SEARCH_TEXT.c.id, ids)))}
                held_keys = {tuple(row) for row in conn.execute(
                    select(MARKING_KEY.c.id, MARKING_KEY.c.rank, MARKING_KEY.c.raw,
                           MARKING_KEY.c.plain, MARKING_KEY.c.folded, MARKING_KEY.c.ncic)
                    .where(among(MARKING_KEY.c.id, ids)))}
                for row in sorted((texts ^ held_texts) | (keys ^ held_keys), key=str):
                    self.say("table_changed", row[0], "the search index is not what the record gives")
        for table, total in ((SEARCH_TEXT, total_texts), (MARKING_KEY, total_keys)):
            held = conn.execute(select(func.count()).select_from(table)).scalar_one()
            if held != total:
                self.say("table_changed", table.name, f"{held} rows are there, {total} should be")

    def _originals(self) -> None:
        total = len(self.digests)
        for number, (digest, id_) in enumerate(sorted(self.digests.items())):
            found = self.case.vault.recompute(digest)
            if found is None:
                self.say("original_missing", id_, f"the original {digest} is gone")
            elif found != digest:
                self.say("original_changed", id_, f"the original {digest} now hashes to {found}")
            if number % 200 == 0 or number == total - 1:
                self.told("originals", number + 1, total)


def _stored_leaves(conn: Connection) -> Iterator[bytes]:
    """The leaf hashes as the tree keeps them: they name a changed entry exactly."""
    rows = conn.execute(
        select(TILE.c.hashes).where(TILE.c.level == 0).order_by(TILE.c.number)
    ).scalars()
    for hashes in rows:
        yield from split(bytes(hashes))
    edge = conn.execute(select(EDGE.c.hashes).where(EDGE.c.level == 0)).scalar()
    yield from split(bytes(edge or b""))


def _pages(conn: Connection, query: Any, key: Any) -> Iterator[list[Any]]:
    """A query's rows in order of a number, in lists, in flat memory."""
    last = -(2**62)
    while True:
        rows = conn.execute(query.where(key > last).order_by(key).limit(_BATCH)).all()
        if not rows:
            return
        yield list(rows)
        last = rows[-1][0]
