"""One entry of the log: who put which version of which record, when, why, and what binds it.

An entry is a canonical JSON object (RFC 8785) with exactly the keys ``act``,
``actor``, ``at``, ``fields``, ``id``, ``kind``, ``reason`` and ``version``. The
values of the record are not in it; ``fields`` maps each field that is present to
its salted commitment (see ``salted``).

A version that comes from another device's log, or that settles several, has one key
more, ``of``. It names versions, each by the log in which it was put on file first and
the number of its entry there. Where a version comes from another log, the first is that
version, and the others are those from which it was made; where it settles several, it
names those that it stands for, besides the one before it here. (With ``same``, the second
is the version that it equals.) So who made what from
what can be told from the log alone.

``seal`` is the hot function of every save and every check: it builds the bytes
by joining pieces. The way to check a million stored records is to ``seal`` each
anew from what is stored and compare bytes (``matches``), reading the entry apart
only where the two differ.
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256, shake_128
from itertools import pairwise
from typing import Any

import orjson

from headstamp.errors import Invalid, Problem, Unreadable
from headstamp.evidence.canonical import INTEGER_MAX, canonical
from headstamp.evidence.salted import (
    SALT_BYTES,
    SEED_BYTES,
    commitment,
    erased_positions,
    salts,
)

# put: a version made here. take: one made on another device, and now the current one here.
# hold: one made on another device, kept beside the current one, which it contradicts.
# same: a record begun on another device with just the words of a first version here.
# settle: one made here by somebody who saw those it names, and stands for them all.
_ELSEWHERE = frozenset({"take", "hold", "same"})
ACTS = frozenset({"put", "settle"}) | _ELSEWHERE
_ORDER = ("act", "actor", "at", "fields", "id", "kind", "reason", "version")
_TYPES = (str, str, str, dict, str, str, str, int)
_ORDER_OF = (*_ORDER[:6], "of", *_ORDER[6:])
_TYPES_OF = (*_TYPES[:6], list, *_TYPES[6:])
KEYS = frozenset(_ORDER)
# C2SP tlog-tiles hands entries out with their length in two bytes.
ENTRY_BYTES_MAX = 2**16 - 1

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KIND = re.compile(r"[a-z][a-z0-9_-]*/[1-9][0-9]*")
# Base64 of 32 bytes in its one spelling, several after another: the last letter of
# each has two spare bits, both zero.
_COMMITMENTS = re.compile(r"(?:(?:\A|,)[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)*")
# A log's name has neither white space nor a plus sign (C2SP signed-note).
_OF = re.compile(r"[^\s+\x00-\x1f\x7f\ud800-\udfff]{1,1000} (?:0|[1-9][0-9]{0,15})")
_AT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


def moment(when: datetime) -> str:
    """A moment as the log writes it: RFC 3339, UTC, microseconds.

    >>> moment(datetime(2026, 11, 21, 20, 42, 36, 123456, UTC))
    '2026-11-21T20:42:36.123456Z'
    """
    if when.tzinfo is None:
        raise Invalid("A moment in the log needs a time zone.")
    return when.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What all entries of one change share: act, actor, time and reason.

    ``at`` is written as ``moment`` writes it. ``head`` and ``tail`` are the
    pre-encoded pieces of the entry before the fields and after the kind.
    """

    act: str
    actor: str
    at: str
    reason: str
    head: bytes = field(init=False, repr=False, compare=False)
    tail: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        problems = list(_stamp_problems(self.act, self.actor, self.at, self.reason))
        if problems:
            raise Invalid("This cannot be put into the log.", problems)
        head = {"act": self.act, "actor": self.actor, "at": self.at}
        object.__setattr__(self, "head", canonical(head)[:-1] + b',"fields":{')
        object.__setattr__(self, "tail", b'","reason":' + canonical(self.reason) + b',"version":')


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry read from its bytes. ``fields`` maps name to commitment, in sorted order.

    ``of`` names versions: see the module.
    """

    act: str
    actor: str
    at: str
    fields: Mapping[str, str]
    id: str
    kind: str
    reason: str
    version: int
    of: tuple[str, ...] = ()


def named(log: str, number: int) -> str:
    """How ``of`` names a version: the log in which it was first put on file, and the entry there."""
    return f"{log} {number}"


def named_parts(name: str) -> tuple[str, int]:
    """Log and number of what ``named`` wrote."""
    log, _, number = name.rpartition(" ")
    return log, int(number)


def seal(
    stamp: Stamp,
    kind: str,
    id: str,
    version: int,
    names: Sequence[str],
    values: Sequence[bytes],
    seed: bytes,
    of: Sequence[str] = (),
) -> bytes:
    """The bytes of an entry: ``names`` sorted, ``values`` the canonical bytes of each.

    Only fields that are present are named. ``names`` is best a tuple that is used
    again and again, for its checks are remembered. ``of`` is sorted, and empty but for
    the acts that name versions of other logs. Raises ``Invalid``.
    """
    mould = _mould(tuple(names), kind)
    tail = stamp.tail
    if of or stamp.act != "put":
        tail = _tail_of(stamp, of)
    count = len(values)
    if count != len(names) or len(seed) != SEED_BYTES or not 0 < version <= INTEGER_MAX or not id:
        raise Invalid("This cannot be put into the log.", _seal_problems(names, values, seed, id))
    stream = shake_128(seed).digest(SALT_BYTES * count)
    sums = []
    start = 0
    for value in values:
        end = start + SALT_BYTES
        sums.append(b2a_base64(sha256(stream[start:end] + value).digest(), newline=False))
        start = end
    return _joined(stamp, mould, sums, id, tail, version)


def seal_again(
    stamp: Stamp, kind: str, id: str, version: int, fields: Mapping[str, str],
    of: Sequence[str] = (),
) -> bytes:
    """The bytes of an entry whose commitments are known from another entry of that version.

    For a version that came from another log and of which values are erased: who has no
    value and no salt can still repeat what was bound. Raises ``Invalid``.
    """
    if not 0 < version <= INTEGER_MAX or not id or not all(
        len(one) == 44 and _COMMITMENTS.fullmatch(one) for one in fields.values()
    ):
        raise Invalid("This cannot be put into the log.")
    names = tuple(sorted(fields))
    sums = [fields[name].encode("ascii") for name in names]
    tail = _tail_of(stamp, of) if of or stamp.act != "put" else stamp.tail
    return _joined(stamp, _mould(names, kind), sums, id, tail, version)


def _joined(
    stamp: Stamp, mould: bytes, sums: Sequence[bytes], id: str, tail: bytes, version: int
) -> bytes:
    try:
        written = orjson.dumps(id)
    except TypeError as error:
        raise Invalid(f"The id {id!a} cannot be written in the log.") from error
    entry = b"%b%b%b%d}" % (
        stamp.head,
        mould % (*sums, written),
        tail,
        version,
    )
    if len(entry) > ENTRY_BYTES_MAX:
        raise Invalid(f"An entry of the log has at most {ENTRY_BYTES_MAX} bytes, this one would have "
                      f"{len(entry)}. Give a shorter reason, and put the rest into a note.")
    return entry


def matches(
    entry: bytes,
    stamp: Stamp,
    kind: str,
    id: str,
    version: int,
    names: Sequence[str],
    values: Sequence[bytes],
    seed: bytes,
    of: Sequence[str] = (),
) -> bool:
    """Whether stored values and seed give exactly this entry: the fast check of one record."""
    return seal(stamp, kind, id, version, names, values, seed, of) == entry


def _tail_of(stamp: Stamp, of: Sequence[str]) -> bytes:
    """The entry's bytes after the kind, where it names versions of other logs."""
    if not _is_of(stamp.act, list(of)):
        raise Invalid(f"An entry that is {stamp.act!r} cannot name {len(of)} versions of other logs.")
    return b'","of":' + orjson.dumps(list(of)) + stamp.tail[1:]


def _is_of(act: str, of: Sequence[object]) -> bool:
    """Whether an act can name these versions: each once, sorted but for the first of another log."""
    texts = [one for one in of if isinstance(one, str) and _OF.fullmatch(one)]
    if len(texts) != len(of) or (act == "put") != (not of) or len(set(texts)) != len(texts):
        return False
    made_of = texts[1:] if act in _ELSEWHERE else texts
    return all(one < following for one, following in pairwise(made_of))


@lru_cache(maxsize=4096)
def _mould(names: tuple[str, ...], kind: str) -> bytes:
    """The entry's bytes from the first field to the kind, with gaps for sums and id."""
    bad = [name for name in names if not _NAME.fullmatch(name)]
    if bad:
        raise Invalid(
            "A field of an entry is named by ASCII letters, digits and underscores.",
            [Problem(rule="not a field name", value=name) for name in bad],
        )
    if any(one >= following for one, following in pairwise(names)):
        raise Invalid("The fields of an entry stand in sorted order, each once.")
    if not _KIND.fullmatch(kind):
        raise Invalid(f"A kind is written like item/1, not {kind!r}.")
    fields = ",".join(f'"{name}":"%b"' for name in names)
    return f'{fields}}},"id":%b,"kind":"{kind}'.encode("ascii")


def _seal_problems(
    names: Sequence[str], values: Sequence[bytes], seed: bytes, id: str
) -> list[Problem]:
    problems = []
    if len(names) != len(values):
        problems.append(Problem(rule=f"{len(names)} fields but {len(values)} values"))
    if len(seed) != SEED_BYTES:
        problems.append(Problem(rule=f"a seed has {SEED_BYTES} bytes, this one {len(seed)}"))
    if not id:
        problems.append(Problem(rule="the id is empty", field="id"))
    return problems or [Problem(rule="versions count from 1", field="version")]


def _stamp_problems(act: object, actor: object, at: object, reason: object) -> list[Problem]:
    problems = []
    if not isinstance(act, str) or act not in ACTS:
        problems.append(Problem(rule="not an act of the log", field="act", value=str(act)))
    if not isinstance(actor, str) or not actor:
        problems.append(Problem(rule="somebody must answer for it", field="actor"))
    if not isinstance(reason, str):
        problems.append(Problem(rule="a reason is text", field="reason"))
    if not (isinstance(at, str) and _AT.fullmatch(at) and _is_date(at)):
        problems.append(
            Problem(
                rule="a moment is written in UTC with microseconds",
                advice="For example 2026-11-21T20:42:36.123456Z.",
                field="at",
                value=str(at),
            )
        )
    return problems


def _is_date(at: str) -> bool:
    try:
        when = datetime.fromisoformat(at[:-1])
    except ValueError:
        return False
    # Newer Pythons take the hour 24 for the next day's 0: then it is no moment in its one spelling.
    return when.isoformat(timespec="microseconds") + "Z" == at


def read(entry: bytes) -> Entry:
    """Read an entry apart; ``Unreadable``, with all problems, unless it is exactly of the form."""
    value = _value(entry)
    value["of"] = tuple(value.get("of", ()))
    return Entry(**value)


def identify(entry: bytes) -> tuple[str, int]:
    """Id and version of an entry, its form checked as strictly as ``read`` does, but quicker."""
    value = _value(entry)
    return value["id"], value["version"]


def _value(entry: bytes) -> dict[str, Any]:
    """The object of an entry, all of its form checked."""
    try:
        value = orjson.loads(entry)
    except orjson.JSONDecodeError as error:
        raise Unreadable("This is not an entry of the log: no JSON.") from error
    if not _is_proper(value, entry):
        raise _diagnosis(value)
    found: dict[str, Any] = value
    return found


def _is_proper(value: Any, entry: bytes) -> bool:
    if type(value) is not dict or len(entry) > ENTRY_BYTES_MAX:
        return False
    form = tuple(value), tuple(map(type, value.values()))
    if form == (_ORDER, _TYPES):
        act, actor, at, fields, id, kind, reason, version = value.values()
        of = []
    elif form == (_ORDER_OF, _TYPES_OF):
        act, actor, at, fields, id, kind, of, reason, version = value.values()
    else:
        return False
    if (act == "put") is ("of" in value) or (act != "put" and not _is_of(act, of)):
        return False
    if not id or not 0 < version <= INTEGER_MAX or not _is_stamp(act, actor, at, reason):
        return False
    try:
        _mould(tuple(fields), kind)
        sums = ",".join(fields.values())
    except (Invalid, TypeError):
        return False
    # As many commitments as fields, by length and pattern: then each is exactly one.
    if len(sums) != max(0, 45 * len(fields) - 1) or not _COMMITMENTS.fullmatch(sums):
        return False
    # All keys are ASCII and no number is a fraction: so written, it is canonical.
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS) == entry


@lru_cache(maxsize=1024)
def _is_stamp(act: str, actor: str, at: str, reason: str) -> bool:
    return not _stamp_problems(act, actor, at, reason)


def _diagnosis(value: Any) -> Unreadable:
    """Why this is no entry, in words. Not the fast way: it is asked only of bad ones."""
    told = "This is not an entry of the log"
    if not isinstance(value, dict):
        return Unreadable(f"{told}: no object.")
    keys = KEYS if value.get("act") == "put" else KEYS | {"of"}
    if value.keys() != keys:
        odd = ", ".join(sorted(value.keys() ^ keys))
        return Unreadable(f"{told}: keys missing or unknown: {odd}.")
    problems = _stamp_problems(value["act"], value["actor"], value["at"], value["reason"])
    id, kind, version, fields = value["id"], value["kind"], value["version"], value["fields"]
    if not isinstance(id, str) or not id:
        problems.append(Problem(rule="an id is text and not empty", field="id"))
    if not (isinstance(kind, str) and _KIND.fullmatch(kind)):
        problems.append(Problem(rule="a kind is written like item/1", field="kind"))
    if type(version) is not int or not 0 < version <= INTEGER_MAX:
        problems.append(Problem(rule="versions count from 1", field="version"))
    of = value.get("of", [])
    if not (isinstance(of, list) and _is_of(str(value["act"]), of)):
        problems.append(Problem(rule="not the versions of other logs that this act names", field="of"))
    if not isinstance(fields, dict):
        problems.append(Problem(rule="fields is an object", field="fields"))
    else:
        for name, sum_ in fields.items():
            bound = isinstance(sum_, str) and _COMMITMENTS.fullmatch(sum_) and len(sum_) == 44
            if not (bound and _NAME.fullmatch(name)):
                problems.append(Problem(rule="not a field with its commitment", field=name))
    if not problems:
        return Unreadable(f"{told}: its bytes are not in canonical form, or too many.")
    return Unreadable(f"{told}.", problems)


def check_fields(entry: Entry, values: Mapping[str, bytes], seed: bytes) -> list[str]:
    """The fields, sorted, that are missing, extra, or differ from what the entry binds.

    ``values`` holds the canonical bytes of every field present. Empty means all agree. A
    field whose value and salt are both erased is not among them (``erased_fields``).
    """
    names = sorted(entry.fields)
    stream = salts(seed, len(names))
    if len(seed) == SEED_BYTES and values.keys() == entry.fields.keys():
        # Nearly always all agree: then no field is looked at by itself.
        sums = [
            b2a_base64(sha256(stream[n : n + SALT_BYTES] + values[name]).digest(), newline=False)
            for n, name in zip(range(0, len(stream), SALT_BYTES), names, strict=True)
        ]
        if b"".join(sums) == "".join(map(entry.fields.__getitem__, names)).encode("ascii", "replace"):
            return []
    wrong = set(values) - set(names)
    gone = set(erased_fields(entry, seed)) - values.keys()
    for position, name in enumerate(names):
        salt = stream[SALT_BYTES * position : SALT_BYTES * (position + 1)]
        if name in gone:
            continue
        if name not in values or commitment(salt, values[name]) != entry.fields[name]:
            wrong.add(name)
    return sorted(wrong)


def erased_fields(entry: Entry, seed: bytes) -> list[str]:
    """The fields, sorted, whose salts are erased, so that nothing can be proven of them any more."""
    names = sorted(entry.fields)
    return [names[position] for position in erased_positions(seed, len(names))]


def check_disclosed(entry: Entry, disclosed: Mapping[str, tuple[bytes, bytes]]) -> list[str]:
    """The disclosed fields, sorted, whose salt and canonical bytes the entry does not bind.

    For an extract: other fields may be withheld, they stay commitments.
    """
    return sorted(
        name
        for name, (salt, value) in disclosed.items()
        if len(salt) != SALT_BYTES
        or name not in entry.fields
        or commitment(salt, value) != entry.fields[name]
    )
