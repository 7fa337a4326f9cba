"""What is erased for good: told by the erasures that two people agreed on, and by nothing else.

An erasure counts where one person asked for it and another approved it. Who they were is
read from the entries of the log, never from the text of the record. An approval is never
undone: it counts in whatever version of the record it stands, so that nothing comes back.

One that came from another device counts for nothing by itself: a bundle adds, and takes
nothing away. It *waits* until the record of the bundle that brought it says, in a version
put on file here, that it is carried out (``Bundle.erases``).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from orjson import JSONDecodeError, loads
from sqlalchemy import Connection, Select, select

from headstamp.errors import HeadstampError, Problem
from headstamp.evidence import entry as entries
from headstamp.evidence.entry import Entry
from headstamp.records import TYPES, Bundle, Erasure, Record, RecordType, record_type
from headstamp.store.backend import batches
from headstamp.store.tables import ASIDE, CURRENT, LOG, VERSION
from headstamp.vocab import fold

WHOLE: Final = frozenset({"*"})
"""In the place of fields: the whole record. No field has that name."""
Erased = Mapping[str, frozenset[str]]
"""By the record's id the fields that are erased, or ``WHOLE``."""

# Letters that look like a Latin one. Folding leaves no capitals, so those count that only
# as capitals look alike, too.
_SEEN_AS: Final = str.maketrans(
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d"
    "\u03b1\u03b2\u03b5\u03b6\u03b7\u03b9\u03ba\u03bc\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03f2\u03f3\u0131\u0142\u00f8\u0111",
    "abekmhopctyxijshdqw" "abezhikmnoptyxcjilod",
)
# Letters by their class, of which nothing is seen: the tatweel, and what fills a place in Hangul.
_UNSEEN: Final = frozenset("\u0640\u115f\u1160\u3164\uffa0")
_KIND: Final = record_type(Erasure).name
_BUNDLE: Final = record_type(Bundle).name
_ELSEWHERE: Final = frozenset({"take", "hold", "same"})
# By prefix, the types whose records no other device has a say in.
_LOCAL: Final = frozenset(kind.prefix for kind in TYPES if kind.cls.LOCAL)
# What an erasure needs to be understood; the rest of it may be erased like anything else.
_NEEDED: Final = frozenset({"record", "fields", "erasure_ground", "erasure_state"})


@dataclass(frozen=True, slots=True)
class Decision:
    """An erasure that is approved in some version; ``agreed``: by a second person.

    ``waiting``: it was approved on another device, and nobody here has agreed to it yet.
    ``seq`` is the entry of the approval, ``asked_by`` and ``approved_by`` the actors.
    """

    id: str
    record: str
    fields: frozenset[str]
    seq: int
    asked_by: str
    approved_by: str
    agreed: bool
    waiting: bool = False


def same_person(one: str, other: str) -> bool:
    """Whether two names of actors may be one person's, as a reader of the log takes them.

    Case, accents, punctuation, blanks and what is not seen do not count, nor does it in which
    alphabet a letter that looks the same was typed, nor in which digits a number. A name of
    which nothing is left then is like every other.
    """
    said, heard = _as_seen(one), _as_seen(other)
    return said == heard or not said or not heard


def _as_seen(name: str) -> str:
    told = (char for char in unicodedata.normalize("NFKD", fold(name).translate(_SEEN_AS)) if char.isalnum())
    return "".join(str(unicodedata.decimal(char, char)) for char in told if char not in _UNSEEN)


def erased_of(
    conn: Connection, ids: Collection[str] | None = None, *, scan: bool = False
) -> dict[str, frozenset[str]]:
    """What is erased of these records, or of all; quick where there are no erasures.

    ``scan`` looks at the versions themselves and not at the table of current erasures: for
    whoever checks that table, or makes it anew.
    """
    return erased_in(decisions(conn, scan=scan), ids)


def erased_in(
    some: Sequence[Decision], ids: Collection[str] | None = None
) -> dict[str, frozenset[str]]:
    """What these erasures come to, by record."""
    found: dict[str, frozenset[str]] = {}
    for one in some:
        if one.agreed and (ids is None or one.record in ids):
            found[one.record] = _joined(found.get(one.record, frozenset()), one.fields)
    return found


def decisions(conn: Connection, *, scan: bool = False) -> list[Decision]:
    """All approved erasures, in the order of their approvals."""
    told: list[tuple[int, Entry, bytes | None]] = []
    for row in _rows(conn, scan):
        try:
            told.append((row.seq, entries.read(bytes(row.entry)), row.body))
        except (HeadstampError, TypeError):
            continue  # changed by hand: verify names it, and it decides nothing
    elsewhere = any(one.act in _ELSEWHERE for _, one, _ in told)
    return _decided(told, _accepted(conn) if elsewhere else frozenset())


def still_waiting(some: Sequence[Decision]) -> list[Decision]:
    """The erasures of other devices that wait for somebody here: all but what is erased here already."""
    gone = erased_in(some)
    return [one for one in some if one.waiting and (
        one.record not in gone or _joined(gone[one.record], one.fields) != gone[one.record])]


def approved_alone(told: Iterable[tuple[int, Entry, bytes | None]]) -> list[Decision]:
    """Approvals by the very person who asked, in another device's log: entries with their bodies.

    Where the asking is not among them (it came earlier, or from a third device), that log's
    own device has looked at it.
    """
    return [one for one in _decided(told) if not one.agreed and not one.waiting and one.asked_by]


def _decided(
    told: Iterable[tuple[int, Entry, bytes | None]], accepted: frozenset[str] = frozenset()
) -> list[Decision]:
    by_id: dict[str, list[tuple[int, Entry, bytes | None]]] = {}
    for one in told:
        by_id.setdefault(one[1].id, []).append(one)
    found = [made for rows in by_id.values() if (made := _decision(rows, accepted)) is not None]
    return sorted(found, key=lambda one: one.seq)


def _joined(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    return WHOLE if WHOLE in (one, other) else one | other


def _query() -> Select[Any]:
    return (
        select(VERSION.c.seq, VERSION.c.id, VERSION.c.before, VERSION.c.body, LOG.c.entry)
        .join(LOG, LOG.c.seq == VERSION.c.seq)
    )


def _rows(conn: Connection, scan: bool) -> Iterator[Any]:
    """The versions of all erasures, with their entries."""
    if scan:
        yield from conn.execute(_query().where(VERSION.c.kind == _KIND))
        return
    wanted = set(conn.execute(select(CURRENT[_KIND].c.log_seq)).scalars())
    if not wanted:
        return
    wanted.update(conn.execute(select(ASIDE.c.seq).where(ASIDE.c.kind == _KIND)).scalars())
    while wanted:
        before: set[int] = set()
        for some in batches(sorted(wanted), 500):
            for row in conn.execute(_query().where(VERSION.c.seq.in_(some))):
                yield row
                if row.before is not None and row.before < row.seq:
                    before.add(row.before)
        wanted = before


def _accepted(conn: Connection) -> frozenset[str]:
    """The erasures of other devices that are agreed to here: named by records of bundles.

    Read from the versions themselves; those of bundles never come from elsewhere.
    """
    found: set[str] = set()
    for (body,) in conn.execute(select(VERSION.c.body).where(
        VERSION.c.kind == _BUNDLE, VERSION.c.body.is_not(None)
    )):
        try:
            found.update(map(str, loads(body).get("erases", ())))
        except (JSONDecodeError, TypeError, AttributeError):
            continue  # changed by hand: verify names it
    return frozenset(found)


def _decision(
    rows: Sequence[tuple[int, Entry, bytes | None]], accepted: frozenset[str]
) -> Decision | None:
    """What the versions of one erasure come to; None where none of them is an approval."""
    asked: dict[tuple[str, frozenset[str]], str] = {}
    found: Decision | None = None
    for seq, told, body in sorted(rows, key=lambda one: one[0]):
        try:
            values = loads(body or b"")
            about = str(values["record"]), frozenset(values.get("fields", ())) or WHOLE
            state = values["erasure_state"]
        except (JSONDecodeError, TypeError, KeyError, AttributeError):
            continue  # as above
        if state == "asked":
            asked.setdefault(about, told.actor)
        if state != "approved" or (found is not None and found.agreed):
            continue
        asker = asked.get(about, "")
        elsewhere = told.act in _ELSEWHERE
        if elsewhere and about[0].partition("-")[0] in _LOCAL:
            continue  # whom to trust, and what was handed over, is decided here
        two = asker != "" and not same_person(asker, told.actor)
        agreed = told.id in accepted if elsewhere else two
        found = Decision(told.id, *about, seq, asker, told.actor, agreed, elsewhere and not agreed)
    return found


def can_go(kind: RecordType, name: str) -> bool:
    """Whether a field can be erased by itself: a record of the type can be without it."""
    fact = kind.by_name.get(name)
    if fact is None or (kind.name == _KIND and name in _NEEDED):
        return False
    return not fact.required and fact.default in (None, ())


def coming_back(records: Sequence[Record], erased: Erased) -> list[Problem]:
    """What these records would fill in again of what was erased."""
    return [problem for record in records if record.id in erased
            for problem in _coming_back(record, erased[record.id])]


def _coming_back(record: Record, gone: frozenset[str]) -> Iterator[Problem]:
    if gone == WHOLE:
        yield Problem("this record was erased, for good", "Nothing can be recorded under its id again. "
                      "See headstamp erase --list.", value=record.id)
        return
    names, _ = record_type(type(record)).canonical_values(record)
    for name in sorted(gone & set(names)):
        yield Problem("this field was erased, for good, and cannot be filled in again",
                      f"Leave it empty in {record.id}. See headstamp erase --list.", field=name)


def unlike_others(records: Sequence[Record], done: Collection[str]) -> list[Problem]:
    """What is wrong with putting erasures on file otherwise than by the acts that are for it.

    ``done`` are the ids of those that are carried out already.
    """
    found = []
    for record in records:
        if not isinstance(record, Erasure):
            continue
        if record.id in done:
            found.append(Problem("this erasure is carried out; it cannot be undone or altered",
                                 "What is erased stays erased.", value=record.id))
        elif record.erasure_state == "approved":
            found.append(Problem("an erasure is approved by a second person, and carried out with it",
                                 f"Run: headstamp erase --approve {record.id}", field="erasure_state"))
    return found
