"""What a transfer bundle says of itself, and the records in it.

``data/bundle.json`` is one line: from which log to which, how far that log reached, how
much there is of each thing; ``data/signature`` is the sender's over all of it.
``data/records.jsonl`` has a line for each version of a
record that is handed over: the number of its entry in the sender's log, the seed of its
commitments, its values. Each is held to the log in ``data/log`` besides. ``docs/transfer-format.md`` is the rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson

from headstamp.errors import (
    HeadstampError,
    Invalid,
    Problem,
    Tampered,
    Unavailable,
    Unreadable,
)
from headstamp.evidence import base64
from headstamp.evidence.canonical import canonical, parse
from headstamp.evidence.note import Verifier, open_note
from headstamp.evidence.salted import SALT_BYTES, SEED_BYTES
from headstamp.exchange.bag import MANIFEST, Bag
from headstamp.exchange.forms import DIGEST, is_count, is_log_key, is_moment, is_version_name

FORMAT = "headstamp-bundle/1"
_SIGNED = "headstamp bundle/1"
STATEMENT, RECORDS = "data/bundle.json", "data/records.jsonl"
CRATE, SIGNATURE = "data/ro-crate-metadata.json", "data/signature"
LOG, ORIGINALS = "data/log/", "data/originals/"
# Salts one by one, where values were erased: this byte, then 16 for each field.
SALTS_MARK = b"\x01"
LINE_BYTES_MAX = 16 * 1024 * 1024

_COUNTS = ("first", "size", "records", "originals")
_ORIGINAL = re.compile(re.escape(ORIGINALS) + f"({DIGEST.pattern})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """``bundle.json``: who sends what to whom.

    ``sender`` is the public key of the sender's log, ``to`` those of the receivers (in the
    file: ``from`` and ``to``). Handed over is what stands in the log from entry ``first`` up
    to, not including, ``size``. ``made_at`` is a moment by the sender's clock, ``made_by``
    the person who packed it.
    """

    sender: str
    to: tuple[str, ...]
    first: int
    size: int
    made_at: str
    made_by: str
    records: int
    originals: int

    def __post_init__(self) -> None:
        problems = list(self._problems())
        if problems:
            raise Invalid("A bundle cannot be described so.", problems)

    def _problems(self) -> Iterator[Problem]:
        if not is_log_key(self.sender):
            yield Problem("not the public key of a log", field="from")
        if not all(map(is_log_key, self.to)) or len(set(self.to)) != len(self.to):
            yield Problem("not public keys of logs, each once", field="to")
        if self.sender in self.to:
            yield Problem("a log hands nothing over to itself", field="to")
        for name in _COUNTS:
            if not is_count(getattr(self, name)):
                yield Problem("not a whole number from 0", field=name)
        if is_count(self.first) and is_count(self.size) and self.first > self.size:
            yield Problem("beyond the size of the log", field="first", value=str(self.first))
        if not is_moment(self.made_at):
            yield Problem("not a moment in UTC with microseconds", field="made_at")
        if not isinstance(self.made_by, str) or not self.made_by.strip():
            yield Problem("somebody must answer for it", field="made_by")

    def text(self) -> bytes:
        """The bytes of the file: one canonical object and a line feed."""
        told = {name: getattr(self, name) for name in (*_COUNTS, "made_at", "made_by")}
        return canonical({**told, "format": FORMAT, "from": self.sender, "to": list(self.to)}) + b"\n"

    @classmethod
    def parse(cls, data: bytes) -> Statement:
        """Reads what ``text`` wrote; ``Unreadable``, with all problems, for anything else."""
        value = _object(data)
        keys = {*_COUNTS, "format", "from", "made_at", "made_by", "to"}
        if value.get("format") != FORMAT:
            raise Unreadable("The bundle is of a form that is not known here.",
                             [Problem(f"not {FORMAT}", "A newer headstamp may read it.",
                                      file=STATEMENT, value=str(value.get("format", "")))])
        if value.keys() != keys or not isinstance(value["to"], list):
            raise Unreadable(f"{STATEMENT} has other keys than {', '.join(sorted(keys))}.")
        told = {name: value[name] for name in keys - {"format", "from", "to"}}
        try:
            return cls(sender=value["from"], to=tuple(value["to"]), **told)
        except Invalid as error:
            raise Unreadable(f"{STATEMENT} cannot be right.", error.problems) from error


@dataclass(frozen=True, slots=True)
class RecordLine:
    """A version that is handed over: the line of ``records.jsonl``.

    ``entry`` is the number of its entry in the sender's log; ``seed`` its 16 bytes, or, where
    values of it are erased, the byte 1 and the salts of all fields of the entry, 16 bytes
    each, zero for those erased; ``body`` the canonical JSON object of its values; ``after``
    names the versions that it was made from where the sender's log does not tell.
    """

    entry: int
    seed: bytes
    body: bytes
    after: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not is_count(self.entry):
            raise Invalid(f"{self.entry!r} is not the number of an entry.")
        if not _is_seed(self.seed):
            raise Invalid(f"A seed or its salts have not {len(self.seed)} bytes.")
        if not all(map(is_version_name, self.after)):
            raise Invalid("A version is named by its log and a number.")
        if any(one >= following for one, following in pairwise(self.after)):
            raise Invalid("The versions that one was made from stand in order, each once.")

    def line(self) -> bytes:
        """The line, with its line feed."""
        after = b'"after":%b,' % canonical(list(self.after)) if self.after else b""
        seed = base64.encode(self.seed).encode("ascii")
        return b'{%b"body":%b,"entry":%d,"seed":"%b"}\n' % (after, self.body, self.entry, seed)

    @classmethod
    def parse(cls, line: bytes) -> RecordLine:
        """Reads what ``line`` wrote; ``Unreadable`` for anything else."""
        try:
            value = orjson.loads(line)
            found = cls(value["entry"], base64.decode(value["seed"]), _body(value["body"]),
                        tuple(value.get("after", ())))
            if found.line() == line:  # written again it is the same: so it is in the one form
                return found
        except (HeadstampError, ValueError, TypeError, KeyError, AttributeError):
            pass  # the slow reading below says why
        return cls._read_apart(line)

    @classmethod
    def _read_apart(cls, line: bytes) -> RecordLine:
        value = _object(line)
        after = value.get("after", [])
        if value.keys() - {"after"} != {"body", "entry", "seed"} or not isinstance(
            value["body"], dict) or not isinstance(value["seed"], str) or not isinstance(after, list):
            raise Unreadable("This is no line of a record: entry, seed and body are expected.")
        if after == [] and "after" in value:
            raise Unreadable("A line of a record says that it was made from nothing.")
        try:
            return cls(value["entry"], base64.decode(value["seed"]), _body(value["body"]),
                       tuple(after))
        except Invalid as error:
            raise Unreadable(f"This is no line of a record: {error.message}") from error


def _body(values: Any) -> bytes:
    if type(values) is not dict:
        raise Invalid("The body of a record is an object.")
    # The copy lets go of the kilobytes that the JSON writer reserves for each.
    return b"%b" % canonical(values)


def _is_seed(seed: bytes) -> bool:
    if len(seed) == SEED_BYTES:
        return True
    return seed[:1] == SALTS_MARK and len(seed) > 1 and (len(seed) - 1) % SALT_BYTES == 0


def signed_text(sums: Mapping[str, str]) -> str:
    """What the sender signs: the sum over all of the payload but the signature and the crate.

    ``sums`` are the SHA-256 of the payload by name, as the bag's manifest has them. Without
    this a carrier could leave out what the log shows only as a hash.
    """
    told = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)
                   if name not in (SIGNATURE, CRATE))
    return f"{_SIGNED}\n{sha256(told.encode('utf-8')).hexdigest()}\n"


def check_signature(signed: bytes, key: Verifier, sums: Mapping[str, str]) -> None:
    """Raises Tampered where the holder of the log's key did not pack exactly this."""
    try:
        told = open_note(signed, [key]).text
    except HeadstampError as error:
        raise Tampered(f"the bundle is not signed by the key of the log in it: {error.message}") from error
    if told != signed_text(sums):
        raise Tampered("the bundle is not as it was packed: something was changed, added or left out")


def original_name(digest: str) -> str:
    """The name in the bag of the original with that SHA-256."""
    return f"{ORIGINALS}{digest}"


def check_contents(bag: Bag, statement: Statement) -> None:
    """Holds a checked bag to the form of a bundle: what must be there is, and nothing else.

    Raises Invalid with all problems.
    """
    problems = [Problem("is missing", file=name)
                for name in (STATEMENT, RECORDS, CRATE, SIGNATURE, f"{LOG}log.json") if name not in bag.payload]
    sums, originals = bag.sums[MANIFEST], 0
    for name in bag.payload:
        if told := _ORIGINAL.fullmatch(name):
            originals += 1
            if sums[name] != told[1]:
                problems.append(Problem("is not the original that its name says", file=name))
        elif name not in (STATEMENT, RECORDS, CRATE, SIGNATURE) and not name.startswith(LOG):
            problems.append(Problem("has no place in a transfer bundle", file=name))
    if originals != statement.originals:
        problems.append(Problem(f"there are {originals} originals, not as many as are told",
                                file=STATEMENT, field="originals", value=str(statement.originals)))
    if problems:
        raise Invalid("The bundle does not hold what it must, or holds more.", problems)


def read_records(file: Path, statement: Statement) -> Iterator[RecordLine]:
    """The lines of ``records.jsonl``, one after the other, in the order of the sender's log.

    Raises Unreadable, with the row, for a line that is none, is out of order or lies outside
    what the statement hands over, and at the end where there are more or fewer than told.
    """
    count, next_one = 0, statement.first
    try:
        with file.open("rb") as stream:
            while line := stream.readline(LINE_BYTES_MAX + 1):
                count += 1
                try:
                    if len(line) > LINE_BYTES_MAX:
                        raise Unreadable(f"The line has more than {LINE_BYTES_MAX:,} bytes.")
                    found = RecordLine.parse(line)
                    if not next_one <= found.entry < statement.size:
                        raise Unreadable("The entry is out of order or is not handed over here.")
                except Unreadable as error:
                    raise _at(count, error.message) from error
                next_one = found.entry + 1
                yield found
    except OSError as error:
        raise Unavailable(f"{RECORDS} cannot be read: {error.strerror}.") from error
    if count != statement.records:
        raise _at(None, f"{statement.records} versions are told, {count} are there.")


def _at(row: int | None, rule: str) -> Unreadable:
    return Unreadable("The records of the bundle cannot be read.",
                      [Problem(rule.rstrip("."), file=RECORDS, row=row)])


def _object(line: bytes) -> dict[str, Any]:
    """One canonical JSON object and a line feed: exactly one spelling is read."""
    try:
        value: object = parse(line[:-1])
        proper = canonical(value) + b"\n" == line
    except HeadstampError as error:
        raise Unreadable(f"A line cannot be read: {error.message}") from error
    if not proper or not isinstance(value, dict):
        raise Unreadable("A line is not a canonical JSON object with a line feed.")
    return value
