"""Writing planned rows in batches, each one change; a row that the case refuses is set apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from headstamp.errors import Invalid, Problem
from headstamp.intake.importing import Planned
from headstamp.records import Document, Item, Record
from headstamp.store.case import Case

_KNOWN_LIMIT = 200_000
_TAGS_LOOKED_UP = 50
"""So many tags of new items are looked up in the case: it is for a word of warning, not for a list."""


@dataclass(slots=True)
class Written:
    """What became of one row: whether anything is new, or why the case refused it."""

    row: Planned
    changed: bool = False
    problems: Sequence[Problem] = ()


class _Undo(Exception):
    """Ends a trial change without writing it."""


class Batches:
    """Writes the rows of one file."""

    def __init__(
        self, case: Case, *, actor: str, reason: str, dry_run: bool, document: Document
    ) -> None:
        self._case, self._actor, self._reason = case, actor, reason
        self._dry_run = dry_run
        self._document = document
        # Shared records known to be in the case; in a trial they never are.
        self._known: set[str] = set()
        self.versions = 0
        self.empty_rows = 0
        self._new_items: dict[str, str] = {}  # the tag of each, by its id

    def keep_document(self, path: Path) -> None:
        """Keeps the file as an original with its document, unless the case has both already."""
        if self._present([self._document.id]):
            return
        with self._case.change(actor=self._actor, reason=self._reason) as change:
            # First the record: where it was erased, its file must not come back either.
            change.put(self._document)
            change.file(path)

    def write(self, rows: Sequence[Planned]) -> list[Written]:
        """Writes the rows in one change; where the case refuses some, those alone are left out."""
        if not rows:
            return []
        shared, owner = self._new_shared(rows)
        records = [*shared, *(record for row in rows for record in row.records)]
        try:
            outcomes = self._put(records)
        except Invalid as error:
            if len(rows) == 1:
                return [Written(rows[0], problems=error.problems or (Problem(error.message),))]
            half = len(rows) // 2
            return [*self.write(rows[:half]), *self.write(rows[half:])]
        if not self._dry_run:
            if len(self._known) > _KNOWN_LIMIT:
                self._known.clear()
            self._known.update(record.id for record in shared)
        done = []
        at = len(shared)
        for number, row in enumerate(rows):
            changes = outcomes[at : at + len(row.records)]
            at += len(row.records)
            self.versions += changes.count("version")
            self._note_items(row.records, changes)
            if not row.records and not row.shared:
                self.empty_rows += 1
            done.append(Written(row, number in owner or any(c != "unchanged" for c in changes)))
        return done

    def _note_items(self, records: Sequence[Record], changes: Sequence[str]) -> None:
        for record, change in zip(records, changes, strict=True):
            if (isinstance(record, Item) and record.tag and change == "new"
                    and len(self._new_items) < _TAGS_LOOKED_UP):
                self._new_items[record.id] = record.tag

    def tags_of_others(self) -> list[str]:
        """Tags of items that are new by this file, and that other files gave to other items before.

        Of the first 50 new items. Only items for partners count: who imports is told of no others.
        """
        reader = self._case.read("partner")
        return [tag for tag in dict.fromkeys(self._new_items.values())
                if any(one.id not in self._new_items
                       for one in reader.list("item", {"tag": tag}, limit=9).rows)]

    def _put(self, records: list[Record]) -> list[str]:
        outcomes: list[str] = []
        # In a trial the document is not kept, yet every record refers to it.
        trial = self._dry_run and not self._present([self._document.id])
        before: list[Record] = [self._document] if trial else []
        try:
            with self._case.change(actor=self._actor, reason=self._reason) as change:
                put = change.put_many([*before, *records], ignoring=("source",))
                outcomes = [outcome.what for outcome in put[len(before):]]
                if self._dry_run:
                    raise _Undo
        except _Undo:
            pass
        return outcomes

    def _new_shared(self, rows: Sequence[Planned]) -> tuple[list[Record], set[int]]:
        """Shared records the case does not have yet, and the rows that bring them."""
        found: dict[str, tuple[Record, int]] = {}
        for number, row in enumerate(rows):
            for record in row.shared:
                if record.id not in self._known and record.id not in found:
                    found[record.id] = (record, number)
        if not found:
            return [], set()
        present = self._present(list(found))
        if not self._dry_run:
            self._known |= present
        new = [pair for id_, pair in found.items() if id_ not in present]
        return [record for record, _ in new], {number for _, number in new}

    def _present(self, ids: list[str]) -> set[str]:
        # Whether a record is there does not depend on who imports: nothing of it is shown.
        return set(self._case.read("sealed").many(ids))
