"""Checking an exported folder: all that its statement, keys, checkpoints, tiles, entries, shown
values and originals say of each other, and what checkpoints kept elsewhere say of them.

The rule for what it checks is ``docs/evidence-format.md``, section 8. Nothing stops at the
first fault: each is a finding in words. Files are opened for reading only.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from headstamp.errors import HeadstampError, Missing, Tampered, Unreadable
from headstamp.evidence import entry as entries
from headstamp.evidence import export
from headstamp.evidence.check import Finding, check_checkpoints
from headstamp.evidence.checkpoint import Checkpoint, open_checkpoint
from headstamp.evidence.key_line import KeyLine, Retired
from headstamp.evidence.note import Verifier
from headstamp.evidence.tile import WIDTH, Tiles, split
from headstamp.evidence.tree import leaf_hash

_FILE_MAX = 64 << 20  # of a tile, a bundle or a line: no proper one comes near
_BLOCK = 1 << 20


@dataclass
class Report:
    """What was looked at, all that is wrong, and what to know besides (``remarks``)."""

    findings: list[Finding] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    key: str = ""  # the one in force now
    entries: int = 0
    withheld: int = 0
    checkpoints: int = 0
    disclosed: int = 0
    originals: int = 0
    originals_left_out: int = 0

    def say(self, what: str, id: str, detail: str) -> None:
        """One more thing that is wrong."""
        self.findings.append(Finding(what, id, detail))


def check_folder(
    folder: Path, verifier: Verifier | None, against: Sequence[Checkpoint | str | bytes] = ()
) -> Report:
    """Checks all of an exported folder.

    ``verifier`` is the log's key, got by another way: the first, or one that followed it
    (None: there is no such key, and the folder's own word is taken). ``against`` are
    checkpoints that were kept elsewhere, as signed notes or opened already. Raises OSError
    where a folder below cannot be listed: then nobody knows what else lies in it.
    """
    return _Check(folder, verifier, against).run()


class _Check:
    """One pass over a folder; memory holds one number a record and the tree's right edge."""

    def __init__(
        self, folder: Path, verifier: Verifier | None, against: Sequence[Checkpoint | str | bytes]
    ) -> None:
        self._folder = folder
        self._known = verifier
        self._kept = against
        self._against: list[Checkpoint] = []
        self._report = Report()
        self._tiles = Tiles()
        self._versions: dict[int, int] = {}
        self._skipped = 0
        self._named: set[str] = set()
        self._roots: dict[int, bytes] = {}

    def run(self) -> Report:
        """Everything, in the order of the format document."""
        report = self._report
        stated = self._statement()
        if stated is None:
            return report
        self._keys = self._key_line(stated)
        report.key = self._keys.newest.text()
        self._against = self._outside()
        due = self._checkpoints(stated.entries)
        self._shown = self._disclosures()
        self._next = next(self._shown, None)
        wanted = {one.size for one in (*due, *self._against)}
        wanted |= {change.size for change in self._keys.changes}
        if 0 in wanted:
            self._roots[0] = self._tiles.root()
        self._log(stated.entries, wanted)
        self._compare(due)
        if self._next is not None:
            report.say("disclosure_wrong", f"entry {self._next.entry}",
                       "a value is shown of an entry that is not there")
        self._originals(stated)
        here = export.Statement(stated.key, report.entries, report.withheld, report.checkpoints,
                                report.disclosed, report.originals)
        if here != stated:
            report.say("count_wrong", export.STATEMENT,
                       f"it tells of {_counts(stated)}; here are {_counts(here)}")
        return report

    # -- what the folder says of itself

    def _statement(self) -> export.Statement | None:
        try:
            stated = export.Statement.parse(self._read(export.STATEMENT))
            Verifier.parse(stated.key)
        except HeadstampError as error:
            self._report.say("statement_wrong", export.STATEMENT, error.message)
            return None
        return stated

    def _key_line(self, stated: export.Statement) -> KeyLine:
        """The log's keys; where the folder's do not hold, only the one that was given."""
        first = Verifier.parse(stated.key)
        try:
            notes = []
            if os.path.lexists(self._folder / export.KEYS):
                notes = [export.parse_checkpoint_line(line) for line in self._lines(export.KEYS)]
            keys = KeyLine.read(first, notes)
            if first.text() != stated.key:
                raise Unreadable(f"the key in {export.STATEMENT} has another spelling")
        except HeadstampError as error:
            self._report.say("key_change_wrong", export.KEYS, error.message)
            return KeyLine(self._known or first)
        self._report.remarks += keys.remarks()
        if self._known is not None:
            try:
                keys.refuse_unless_vouched(self._known)
            except Tampered as error:
                here = self._known in keys
                self._report.say("key_unwitnessed" if here else "statement_wrong",
                                 export.KEYS if here else export.STATEMENT, error.message)
                return keys if here else KeyLine(self._known)
        return keys

    def _outside(self) -> list[Checkpoint]:
        """The checkpoints that were kept elsewhere, those whose signature holds."""
        opened = []
        for one in self._kept:
            try:
                opened.append(one if isinstance(one, Checkpoint) else open_checkpoint(one, self._keys))
            except (Unreadable, Tampered) as error:
                self._report.say("key_retired" if isinstance(error, Retired) else "signature_invalid",
                                 "outside checkpoint", f"kept elsewhere: {error.message}")
        return opened

    def _checkpoints(self, size: int) -> list[Checkpoint]:
        """The checkpoints that open, the latest last; tells of the others and of their order."""
        notes = []
        try:
            for line in self._lines(export.CHECKPOINTS):
                notes.append(export.parse_checkpoint_line(line))
            latest = self._read(export.CHECKPOINT).decode("utf-8")
        except (HeadstampError, UnicodeDecodeError) as error:
            self._report.say("signature_invalid", export.CHECKPOINTS, str(error))
            return []
        self._report.checkpoints = len(notes)
        last, found = check_checkpoints([latest], self._keys)
        due, more = check_checkpoints(notes, self._keys)
        self._report.findings += found + more
        if not last or not due or (last[0].size, last[0].root) != (due[-1].size, due[-1].root):
            self._report.say("fork", export.CHECKPOINT,
                             f"it is not the last one of {export.CHECKPOINTS}")
        for one, following in pairwise(due):
            if one.size == following.size:
                self._report.say("fork", _name(one), "there are two of this size")
        if last and last[0].size != size:
            self._report.say("log_shorter_than_checkpoint" if last[0].size > size
                             else "entries_after_last_checkpoint", _name(last[0]),
                             f"the folder holds {size} entries")
        return [*due, *last]

    # -- entries and tiles

    def _log(self, size: int, wanted: set[int]) -> None:
        files = sum(len(names) for _, _, names in os.walk(self._folder / "tile"))
        if size > files * WIDTH:  # before a list is made of all that should be there
            self._report.say("file_missing", "tile", f"{files} files cannot hold {size} entries")
            return
        paths = export.paths_of(size)
        self._strangers("tile", set(paths))
        full: dict[tuple[int, int], bytes] = {}
        kept: dict[str, bytes] = {}
        for path, (level, index, width) in paths.items():
            if level > 0:
                break
            try:
                kept[path] = self._read(path)
            except HeadstampError as error:
                self._report.say("file_missing", path, error.message)
                return
            if level == 0:
                continue
            leaves = self._leaves(index, width, kept, wanted)
            if leaves is None:
                return
            kept.clear()
            for tile_level, tile_index, hashes in self._tiles.add(leaves):
                full[tile_level, tile_index] = hashes
        edge = dict(enumerate(self._tiles.partial()))
        for path, (level, index, width) in paths.items():
            if level > 0:
                made = full.get((level, index), edge.get(level, b""))
                try:
                    same = self._read(path) == made
                except HeadstampError as error:
                    self._report.say("file_missing", path, error.message)
                    continue
                if not same:
                    self._report.say("tile_changed", path, f"{width} hashes do not follow from below")

    def _leaves(
        self, index: int, width: int, kept: dict[str, bytes], wanted: set[int]
    ) -> list[bytes] | None:
        """The leaf hashes of one bundle, its entries checked; None where it is no bundle."""
        (tile_path, tile), (path, bundle) = kept.items()
        if len(tile) != 32 * width:
            self._report.say("tile_changed", tile_path, f"it does not hold {width} hashes")
            return None
        try:
            some = export.unpack(bundle, width)
        except Unreadable as error:
            self._report.say("entry_malformed", path, error.message)
            return None
        leaves = split(tile)
        frontier = self._tiles.frontier()
        for offset, (entry, leaf) in enumerate(zip(some, leaves, strict=True)):
            number = index * WIDTH + offset
            if entry and leaf_hash(entry) != leaf:
                self._report.say("root_mismatch", f"entry {number}",
                                 "the entry is not the one whose hash stands in the tree")
            self._entry(number, entry)
            frontier.append_hash(leaf)
            if number + 1 in wanted:
                self._roots[number + 1] = frontier.root()
        self._report.entries += width
        return leaves

    def _entry(self, number: int, data: bytes) -> None:
        """One entry's form, its version, and the values shown of it."""
        told = None
        if not data:
            self._report.withheld += 1
        else:
            try:
                told = entries.read(data)
            except Unreadable as error:
                self._report.say("entry_malformed", f"entry {number}", str(error))
        if told is not None:
            known = self._versions.get(hash(told.id), 0)
            self._skipped += max(0, told.version - known - 1)
            if told.version <= known or self._skipped > self._report.withheld:
                self._report.say("version_gap", told.id, f"entry {number} is version "
                                 f"{told.version} after version {known}")
                self._skipped = min(self._skipped, self._report.withheld)
            self._versions[hash(told.id)] = max(known, told.version)
        while self._next is not None and self._next.entry == number:
            if told is None or not self._next.holds(told):
                self._report.say("disclosure_wrong", f"entry {number}",
                                 f"it does not bind the value shown of {self._next.field}")
            original = self._next.original()
            if original is not None:
                self._named.add(original)
            self._next = next(self._shown, None)

    def _disclosures(self) -> Iterator[export.Disclosure]:
        before = (-1, "")
        try:
            for line in self._lines(export.DISCLOSED):
                one = export.Disclosure.parse(line)
                if (one.entry, one.field) <= before:
                    raise Unreadable(f"line {self._report.disclosed + 1} is out of order")
                before = one.entry, one.field
                self._report.disclosed += 1
                yield one
        except HeadstampError as error:
            self._report.say("disclosure_wrong", export.DISCLOSED, error.message)

    def _compare(self, due: Sequence[Checkpoint]) -> None:
        """The tree's roots with those of all checkpoints, ours and those kept elsewhere."""
        wrong = [one for one in due if self._roots.get(one.size) != one.root]
        if wrong:
            self._report.say("root_mismatch", _name(wrong[0]), "the entries up to there are not "
                             f"those it vouches for; so say {len(wrong)} checkpoints")
        for change in self._keys.changes:
            if self._roots.get(change.size) != change.root:
                self._report.say("key_change_wrong", f"key change at size {change.size}",
                                 "the log did not have the root that it names")
        for outside in self._against:
            if outside.size > self._report.entries:
                self._report.say("log_shorter_than_checkpoint", _name(outside), "kept elsewhere: the "
                                 f"log has {self._report.entries} entries; its end was cut off, or an "
                                 "older copy put back")
            elif self._roots.get(outside.size) != outside.root:
                self._report.say("fork", _name(outside), "kept elsewhere: the entries up to there are "
                                 "not those it saw; the log was written anew")

    # -- originals and files

    def _originals(self, stated: export.Statement) -> None:
        report = self._report
        named = self._named if stated.originals else set()
        report.originals_left_out = len(self._named - named)
        self._strangers(export.ORIGINALS, {export.original_path(digest) for digest in named})
        for digest in sorted(named):
            path = export.original_path(digest)
            try:
                total = hashlib.sha256()
                for block in self._blocks(path):
                    total.update(block)
            except HeadstampError as error:
                report.say("original_missing", path, error.message)
                continue
            report.originals += 1
            if total.hexdigest() != digest:
                report.say("original_changed", path, "it is not the file that was put on file")

    def _strangers(self, top: str, expected: set[str]) -> None:
        """Tells of every file or link below a folder that has no reason to be there."""
        place = self._folder / top
        if place.is_symlink() or not place.is_dir():
            if os.path.lexists(place):
                self._report.say("file_unknown", top, "it is no folder, or a link to one")
            return
        for at, folders, names in os.walk(place, onerror=_stop):
            links = [name for name in folders if (Path(at) / name).is_symlink()]
            for name in (*names, *links):
                path = (Path(at) / name).relative_to(self._folder).as_posix()
                if path not in expected:
                    self._report.say("file_unknown", path, "nothing in the log asks for it")

    def _blocks(self, path: str) -> Iterator[bytes]:
        full = self._folder / path
        if full.is_symlink() or not full.is_file():
            raise Missing(f"{path} is missing, or no plain file")
        try:
            with full.open("rb") as stream:
                while block := stream.read(_BLOCK):
                    yield block
        except OSError as error:
            raise Unreadable(f"{path} cannot be read: {error.strerror}") from error

    def _read(self, path: str) -> bytes:
        pieces, size = [], 0
        for block in self._blocks(path):
            pieces.append(block)
            size += len(block)
            if size > _FILE_MAX:
                raise Unreadable(f"{path} is too large to be what it should be")
        return b"".join(pieces)

    def _lines(self, path: str) -> Iterator[bytes]:
        rest = b""
        for block in self._blocks(path):
            *lines, rest = (rest + block).split(b"\n")
            yield from (line + b"\n" for line in lines)
            if len(rest) > _FILE_MAX:
                raise Unreadable(f"{path} has a line without end")
        if rest:
            raise Unreadable(f"{path} is cut short")


def _stop(error: OSError) -> None:
    raise error


def _counts(stated: export.Statement) -> str:
    return (f"{stated.entries} entries, {stated.withheld} withheld, {stated.checkpoints} checkpoints, "
            f"{stated.disclosed} shown values, {stated.originals} originals")


def _name(checkpoint: Checkpoint) -> str:
    return f"checkpoint of size {checkpoint.size}"
