"""What a bundle hands over, read entry by entry and held to the log in it.

The log in the bundle has been checked by then, signatures and tree. Here each version is
held to its entry, so that nothing is taken in that the sender's log does not bind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from headstamp.errors import HeadstampError, Invalid, Problem, Unreadable
from headstamp.evidence import entry as entries
from headstamp.evidence import export
from headstamp.evidence.canonical import canonical
from headstamp.evidence.entry import Entry, check_disclosed, check_fields, named_parts
from headstamp.evidence.salted import SALT_BYTES, SEED_BYTES
from headstamp.evidence.tile import WIDTH, entries_path
from headstamp.exchange import bundle
from headstamp.records import BY_NAME
from headstamp.store.handing import LOCAL, name_of
from headstamp.store.receiving import Received

_MOST_TOLD = 50
_MADE_HERE = ("put", "settle")


@dataclass(frozen=True, slots=True)
class HandedOver:
    """An entry that is handed over, the name of its version, and, where it is given, the version."""

    number: int
    entry: Entry
    name: str
    version: Received | None


def handed_over(folder: Path, statement: bundle.Statement, origin: str) -> Iterator[HandedOver]:
    """All that an unpacked bundle hands over of the log ``origin``, in order.

    Raises Unreadable for what cannot be read and, at the end, Invalid with what the log
    does not bind.
    """
    lines = bundle.read_records(folder / bundle.RECORDS, statement)
    line = next(lines, None)
    problems: list[Problem] = []
    # By Python's 64-bit hash: half the memory, and a bundle may hold a great many.
    names: set[int] = set()
    current: dict[str, _Current] = {}
    for number, data in _entries(folder / bundle.LOG, statement.first, statement.size):
        given = line if line is not None and line.entry == number else None
        if given is not None:
            line = next(lines, None)
        if not data:
            if given is not None:
                problems.append(_problem(number, "a version is given whose entry is withheld"))
            continue
        entry = entries.read(data)
        name = name_of(origin, number, entry)
        before = current.get(entry.id)
        current[entry.id] = _after(before, entry, name)
        try:
            if hash(name) in names:
                raise Unreadable(f"it tells of {name}, which is told of before")
            if entry.act not in _MADE_HERE and named_parts(name)[0] == origin:
                raise Unreadable("it takes in a version of its own log")
            names.add(hash(name))
            version = None if given is None else _version(entry, name, given, before)
        except HeadstampError as error:
            problems.append(_problem(number, error.message.rstrip(".")))
            continue
        yield HandedOver(number, entry, name, version)
    if problems:
        raise Invalid("the bundle gives versions that its log does not bind; nothing was taken",
                      problems[:_MOST_TOLD])


def _entries(folder: Path, first: int, size: int) -> Iterator[tuple[int, bytes]]:
    """The entries of a checked log from one number on; those withheld are empty."""
    for index in range(first // WIDTH, -(-size // WIDTH)):
        width = min(WIDTH, size - index * WIDTH)
        packed = (folder / entries_path(index, width)).read_bytes()
        for place, data in enumerate(export.unpack(packed, width)):
            if index * WIDTH + place >= first:
                yield index * WIDTH + place, data


@dataclass(frozen=True, slots=True)
class _Current:
    """The version of a record that the sender had as its current one, and the last number seen."""

    name: str
    version: int


def _after(before: _Current | None, entry: Entry, name: str) -> _Current:
    """What is current at the sender after an entry; empty where entries between are withheld."""
    gap = before is None or entry.version != before.version + 1
    aside = entry.act in ("hold", "same")
    if aside:
        return _Current("" if gap or before is None else before.name, entry.version)
    return _Current(name, entry.version)


def _version(
    entry: Entry, name: str, given: bundle.RecordLine, before: _Current | None
) -> Received:
    kind = entry.kind.partition("/")[0]
    if kind in LOCAL:
        raise Unreadable(f"a record of the kind {kind} stays where it was made")
    if kind in BY_NAME and entry.kind != BY_NAME[kind].tag:
        raise Unreadable(f"records of the kind {entry.kind} are not known here: a newer headstamp made it")
    values = {
        key: orjson.dumps(value) if type(value) is str else canonical(value)
        for key, value in orjson.loads(given.body).items()
    }
    whole = len(given.seed) == SEED_BYTES
    wrong = check_fields(entry, values, given.seed) if whole else _opened(entry, values, given.seed)
    if wrong:
        raise Unreadable(f"its entry does not bind: {', '.join(wrong)}")
    made_here = entry.act in _MADE_HERE
    if given.after and not made_here:
        raise Unreadable("it is said twice what it was made from")
    if made_here and (entry.version > 1) != bool(given.after):
        raise Unreadable("it is not said what it was made from")
    if entry.act == "settle" and not set(entry.of) <= set(given.after):
        raise Unreadable("it is made from others than its entry says")
    # The log does not say from which version a put was made, but the entries before it do.
    if made_here and len(set(given.after) - set(entry.of)) > 1:
        raise Unreadable("it is made from more versions than its entry says")
    if made_here and before is not None and before.name and entry.version == before.version + 1 and (
        before.name not in given.after
    ):
        raise Unreadable(f"it was made from {before.name}, which was current there, and does not say so")
    made_of = given.after if made_here else entry.of[1:] if entry.act != "same" else ()
    return Received(name, made_of, kind, entry.id, given.body, given.seed,
                    None if whole else entry.fields)


def _opened(entry: Entry, values: dict[str, bytes], seed: bytes) -> list[str]:
    """The fields that do not open with their salts; those without a salt are erased."""
    names = sorted(entry.fields)
    if len(seed) != 1 + SALT_BYTES * len(names):
        return names
    salts = {
        name: seed[1 + SALT_BYTES * n : 1 + SALT_BYTES * (n + 1)] for n, name in enumerate(names)
    }
    erased = {name for name, salt in salts.items() if not any(salt)}
    wrong = (set(names) - erased) ^ values.keys()
    shown = {name: (salts[name], value) for name, value in values.items() if name in salts}
    return sorted(wrong | set(check_disclosed(entry, shown)))


def _problem(number: int, rule: str) -> Problem:
    return Problem(rule, file=bundle.RECORDS, value=f"entry {number}")


