"""Checking a log: its entries, their order, every checkpoint, and one held elsewhere.

Nothing stops at the first fault: each is a ``Finding`` with a stable code, the id
of what is wrong, and words for the reader. The entries are read as a stream; kept
in memory are the tree's edge and one number for each record.

``what`` is one of: ``entry_malformed``, ``version_gap``, ``root_mismatch``,
``signature_invalid``, ``key_retired``, ``key_change_wrong``, ``log_shorter_than_checkpoint``,
``entries_after_last_checkpoint``, ``fork``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from headstamp.errors import Tampered, Unreadable
from headstamp.evidence import entry as entries_
from headstamp.evidence.checkpoint import Checkpoint, open_checkpoint
from headstamp.evidence.key_line import KeyLine, Retired
from headstamp.evidence.note import Verifier
from headstamp.evidence.tree import Frontier, ReadNode, leaf_hash, root_at

Verifiers = Verifier | Iterable[Verifier]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: its code, the id of the record, entry or checkpoint, in words."""

    what: str
    id: str
    detail: str


def check_log(
    entries: Iterable[bytes],
    checkpoints: Iterable[str],
    verifier: Verifiers,
    leaves: Iterable[bytes] | None = None,
    identify: Callable[[bytes], tuple[str, int]] = entries_.identify,
    hashed: Callable[[bytes], bytes] = leaf_hash,
) -> list[Finding]:
    """All that is wrong with a log by itself; empty when nothing is.

    ``entries`` in order, ``checkpoints`` as signed notes in the order they were
    made, ``verifier`` the log's key or keys. ``leaves``, if given, are the leaf
    hashes kept in its tiles: with them the first changed entry is named exactly, else
    only the checkpoints between which it stands. ``identify`` gives an entry's id and
    version, or raises ``Unreadable``: whoever has sealed the entry anew knows them
    already; ``hashed`` gives its leaf hash: who needs it besides, makes it once. A log that was rewritten whole with
    its own key passes here: only ``check_against`` shows that.
    """
    findings: list[Finding] = []
    due = _open_all(checkpoints, verifier, findings)
    pending = iter(due)
    next_due = next(pending, None)
    frontier = Frontier()
    good_until = 0
    wrong_roots: list[Checkpoint] = []
    # Record ids by Python's 64-bit hash: half the memory. Two of a million ids share
    # one in fewer than one of 10**7 logs; the roots bind the entries all the same.
    latest: dict[int, int] = {}

    def at_size() -> None:
        nonlocal next_due, good_until
        while next_due is not None and next_due.size == frontier.size:
            if next_due.root == frontier.root():
                good_until = next_due.size
            else:
                wrong_roots.append(next_due)
            next_due = next(pending, None)

    at_size()
    kept = None if leaves is None else iter(leaves)
    strangers: list[int] = []
    for number, data in enumerate(entries):
        node = hashed(data)
        if kept is not None and next(kept, None) != node:
            strangers.append(number)
        frontier.append_hash(node)
        try:
            id, version = identify(data)
        except Unreadable as error:
            findings.append(Finding("entry_malformed", f"entry {number}", str(error)))
        else:
            key = hash(id)
            known = latest.get(key, 0)
            if version != known + 1:
                detail = f"entry {number} is version {version} after version {known}"
                findings.append(Finding("version_gap", id, detail))
            latest[key] = max(known, version)
        at_size()
    findings += _leaf_findings(strangers, frontier.size, kept)
    findings += _root_findings(wrong_roots, good_until)
    findings += _end_findings(frontier.size, due)
    return findings


def check_checkpoints(
    notes: Iterable[str], verifier: Verifiers
) -> tuple[list[Checkpoint], list[Finding]]:
    """The checkpoints whose signatures hold, by size, and what is wrong with them and the others."""
    findings: list[Finding] = []
    return _open_all(notes, verifier, findings), findings


def _open_all(
    notes: Iterable[str], verifier: Verifiers, findings: list[Finding]
) -> list[Checkpoint]:
    """The checkpoints whose signatures hold, by size; tells of the others."""
    known = verifier if isinstance(verifier, Verifier | KeyLine) else list(verifier)
    opened: list[Checkpoint] = []
    for number, signed in enumerate(notes):
        try:
            checkpoint = open_checkpoint(signed, known)
        except Retired as error:
            findings.append(Finding("key_retired", f"checkpoint {number}", str(error)))
            continue
        except (Unreadable, Tampered) as error:
            findings.append(Finding("signature_invalid", f"checkpoint {number}", str(error)))
            continue
        if opened and checkpoint.size < opened[-1].size:
            detail = f"it follows one of size {opened[-1].size}: the log was taken back"
            findings.append(Finding("fork", _name(checkpoint), detail))
        if opened and checkpoint.size == opened[-1].size and checkpoint.root != opened[-1].root:
            detail = "two checkpoints of one size have different roots, both signed by the log"
            findings.append(Finding("fork", _name(checkpoint), detail))
        if opened and checkpoint.origin != opened[-1].origin:
            detail = f"it is of the log {checkpoint.origin}, not of {opened[-1].origin}"
            findings.append(Finding("fork", _name(checkpoint), detail))
        opened.append(checkpoint)
    return sorted(opened, key=lambda checkpoint: checkpoint.size)


def _leaf_findings(
    strangers: Sequence[int], size: int, rest: Iterator[bytes] | None
) -> list[Finding]:
    """What differs between the entries and the leaf hashes kept of them."""
    findings = []
    if strangers:
        detail = "the entry is not the one whose hash stands in the tree"
        if len(strangers) > 1:
            detail += f"; nor are {len(strangers) - 1} later ones"
        findings.append(Finding("root_mismatch", f"entry {strangers[0]}", detail))
    if rest is not None and next(rest, None) is not None:
        detail = f"the tree holds hashes of entries after the {size} that are here"
        findings.append(Finding("root_mismatch", f"entry {size}", detail))
    return findings


def _root_findings(wrong: Sequence[Checkpoint], good_until: int) -> list[Finding]:
    if not wrong:
        return []
    first = wrong[0]
    good = good_until if good_until < first.size else 0
    detail = f"an entry from {good} to {first.size - 1} was changed, removed, added or moved"
    if len(wrong) > 1:
        detail += f"; {len(wrong) - 1} later checkpoints disagree too"
    return [Finding("root_mismatch", _name(first), detail)]


def _end_findings(size: int, due: Sequence[Checkpoint]) -> list[Finding]:
    findings = [
        Finding(
            "log_shorter_than_checkpoint",
            _name(checkpoint),
            f"the log has {size} entries, the checkpoint vouches for {checkpoint.size}",
        )
        for checkpoint in due
        if checkpoint.size > size
    ][-1:]
    last = due[-1].size if due else 0
    if size > last:
        detail = f"{size - last} entries from {last} on are under no signed checkpoint"
        findings.append(Finding("entries_after_last_checkpoint", f"entry {last}", detail))
    return findings


def check_against(
    outside: str | bytes, verifier: Verifiers, size: int, read_node: ReadNode
) -> list[Finding]:
    """What one checkpoint kept elsewhere shows against this log of ``size`` entries.

    ``verifier`` must come from where the checkpoint comes from, not from the case
    under suspicion. ``read_node`` gives this log's nodes (``tile.node_reader``).
    """
    try:
        checkpoint = open_checkpoint(outside, verifier)
    except Retired as error:
        return [Finding("key_retired", "outside checkpoint", str(error))]
    except (Unreadable, Tampered) as error:
        return [Finding("signature_invalid", "outside checkpoint", str(error))]
    if checkpoint.size > size:
        detail = (
            f"the log has {size} entries, the outside checkpoint vouches for {checkpoint.size}: "
            "its end was cut off or an older copy was put back"
        )
        return [Finding("log_shorter_than_checkpoint", _name(checkpoint), detail)]
    if root_at(checkpoint.size, read_node) != checkpoint.root:
        detail = f"the first {checkpoint.size} entries are not those the outside checkpoint saw"
        return [Finding("fork", _name(checkpoint), detail)]
    return []


def check_key_changes(keys: Verifiers, size: int, read_node: ReadNode) -> list[Finding]:
    """What is wrong between the changes of the log's key and the tree of ``size`` entries.

    That the changes follow each other, ``KeyLine.read`` has seen.
    """
    findings = []
    for change in keys.changes if isinstance(keys, KeyLine) else ():
        name = f"key change at size {change.size}"
        if change.size > size:
            findings.append(Finding("key_change_wrong", name, f"the log has {size} entries"))
        elif root_at(change.size, read_node) != change.root:
            detail = "the log did not have the root that it names"
            findings.append(Finding("key_change_wrong", name, detail))
    return findings


def _name(checkpoint: Checkpoint) -> str:
    return f"checkpoint of size {checkpoint.size}"
