"""What trace replies forbid to be done with the values that rest on them.

A reply may come with limits on its use, and a request may have promised its addressee
confidentiality (International Tracing Instrument, paragraphs 15 and 22). Both bind whoever
holds anything that was learned so, not only whoever reads the letter: a transfer that the
reply reports, a sentence that rests on the transfer, a picture of the letter. So the limits
are found by walking from a record to the replies it rests on, through records that this
reader may not see too: a limit that is hidden with its reply would be broken by whoever
does not know it. Of a hidden reply nothing is told but the codes of its limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, or_, select

from headstamp.kinds.identity import is_record_id
from headstamp.kinds.tier import RANK
from headstamp.records import BY_NAME, BY_PREFIX
from headstamp.store.backend import Backend, batches
from headstamp.store.policy import field_rank
from headstamp.store.tables import CURRENT, REF, VERSION
from headstamp.vocab import vocabulary

# What a promise to the addressee comes to, said as the limit it is.
PROMISED: Mapping[str, tuple[str, ...]] = {
    "not_public": ("not_published",), "no_onward": ("no_onward",),
    "addressee_only": ("not_published", "no_onward"),
}
MORE_WORDS = "with limits in words that need a higher clearance"
# What the public sees of a record that must not be published.
LEFT_OUT = "left out: a trace reply forbids to publish it"
NOT_PUBLISHED, SOURCE_NOT_NAMED, NO_ONWARD = "not_published", "source_not_named", "no_onward"
# The fields by which a record rests on another, and of which other it takes the limits.
_FIELDS = ("about", "documents", "finding", "marking", "parent", "reply", "transfer", "transfers")
_FIELDS_OF = {"photograph": (*_FIELDS, "items"), "marking": (*_FIELDS, "item")}
_PASSING = frozenset({"reply", "tran", "cust", "find", "doc", "photo", "mark"})
_REPLY = BY_NAME["trace_reply"].prefix + "-"
_BATCH = 1_000


@dataclass(frozen=True, slots=True, order=True)
class Limit:
    """The limits of one reply: codes of ``use_limit``, and its own words where they may be seen.

    ``reply`` is empty where the reply may not be seen. ``confidentiality`` is what was
    promised to the addressee; what that forbids stands among ``codes`` too. ``more_words``:
    the reply has words on its use that this clearance does not see.
    """

    reply: str = ""
    codes: tuple[str, ...] = ()
    words: str = ""
    confidentiality: str = ""
    more_words: bool = False

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"reply": self.reply, "codes": list(self.codes), "words": self.words,
                "confidentiality": self.confidentiality, "more_words": self.more_words}


def limits_on(
    conn: Connection, backend: Backend, rank: int, ids: Iterable[str]
) -> dict[str, tuple[Limit, ...]]:
    """By id, the limits that follow each of these records; those without any are left out.

    ``rank`` is whom it is told to. Some few questions however many records are asked for.
    """
    wanted = {one for one in ids if is_record_id(one)}
    replies = CURRENT["trace_reply"]
    if not wanted or conn.execute(select(replies.c.id).limit(1)).first() is None:
        return {}
    rests = _rests_on(conn, backend, wanted)
    named = {one for some in rests.values() for one in some if one.startswith(_REPLY)}
    named |= {one for one in wanted if one.startswith(_REPLY)}
    told = _told(conn, backend, rank, sorted(named)) if named else {}
    found = {}
    for one in wanted:
        limits = {told[reply] for reply in _replies_of(one, rests) if reply in told}
        if limits:
            found[one] = tuple(sorted(limits))
    return found


def _rests_on(conn: Connection, backend: Backend, ids: set[str]) -> dict[str, set[str]]:
    """For these records and all that they rest on: what each rests on directly."""
    rests: dict[str, set[str]] = {}
    todo = set(ids)
    while todo:
        found: dict[str, set[str]] = {one: set() for one in todo}
        for some in batches(sorted(todo), _BATCH):
            for id_, values in _values(conn, backend, some):
                found[id_].update(_named(id_, values))
            reported = [one for one in some if one.partition("-")[0] in ("tran", "doc")]
            if reported:
                rows = conn.execute(select(REF.c.to_id, REF.c.from_id).where(
                    backend.among(REF.c.to_id, reported),
                    or_(REF.c.field == "transfers", REF.c.field == "document"),
                    REF.c.from_id >= _REPLY, REF.c.from_id < _REPLY + "~",
                ))
                for to_id, reply in rows:
                    found[to_id].add(reply)
        rests |= found
        todo = {one for some in found.values() for one in some} - rests.keys()
        # A reply is where the limits are: it rests on nothing.
        rests.update((one, set()) for one in todo if one.startswith(_REPLY))
        todo = {one for one in todo if not one.startswith(_REPLY)}
    return rests


def kept_back(
    conn: Connection, backend: Backend, rank: int, clearance: str
) -> frozenset[str]:
    """All records of a case of which nothing is told to others: found from the replies down.

    The same as asking ``limits_on`` of every record there is, in as many questions as
    there are steps from a reply to what rests on it.
    """
    table = CURRENT["trace_reply"]
    replies = list(conn.execute(select(table.c.id)).scalars())
    told = _told(conn, backend, rank, replies) if replies else {}
    todo = {one for one, limit in told.items() if withheld_from(clearance, (limit,))}
    found: set[str] = set()
    fields = ("source", *dict.fromkeys(name for some in (_FIELDS, *_FIELDS_OF.values())
                                       for name in some))
    while todo:
        found |= todo
        below: set[str] = set()
        for some in batches(sorted(todo), _BATCH):
            rows = conn.execute(select(REF.c.from_id, REF.c.field).where(
                backend.among(REF.c.to_id, some), REF.c.field.in_(fields)))
            below.update(id_ for id_, field in rows if _passes(id_, field))
            reported = [one for one in some if one.startswith(_REPLY)]
            if reported:
                below.update(_reported(conn, backend, reported))
        todo = below - found
    return frozenset(found)


def _passes(id_: str, field: str) -> bool:
    kind = BY_PREFIX[id_.partition("-")[0]].name
    return kind != "trace_reply" and (
        field == "source" or field in _FIELDS_OF.get(kind, _FIELDS))


def _reported(conn: Connection, backend: Backend, replies: Sequence[str]) -> Iterable[str]:
    """The transfers that these replies report, and their letters."""
    table = CURRENT["trace_reply"]
    for body in conn.execute(
        select(VERSION.c.body).join(table, VERSION.c.seq == table.c.log_seq)
        .where(backend.among(table.c.id, replies))
    ).scalars():
        values = orjson.loads(body or b"{}")
        yield from values.get("transfers", ())
        if values.get("document"):
            yield values["document"]


def _values(
    conn: Connection, backend: Backend, ids: Sequence[str]
) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The current values of these records, seen or not."""
    kinds: dict[str, list[str]] = {}
    for one in ids:
        kind = BY_PREFIX.get(one.partition("-")[0])
        if kind is not None and not one.startswith(_REPLY):
            kinds.setdefault(kind.name, []).append(one)
    for name, some in kinds.items():
        table = CURRENT[name]
        rows = conn.execute(
            select(table.c.id, VERSION.c.body)
            .join(VERSION, VERSION.c.seq == table.c.log_seq)
            .where(backend.among(table.c.id, some))
        )
        for id_, body in rows:
            if body is not None:
                yield id_, orjson.loads(body)


def _named(id_: str, values: Mapping[str, Any]) -> Iterable[str]:
    kind = BY_PREFIX[id_.partition("-")[0]].name
    for field in _FIELDS_OF.get(kind, _FIELDS):
        value = values.get(field)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str) and one.partition("-")[0] in _PASSING:
                yield one
    source = values.get("source")
    if source:
        yield source["document"]


def _replies_of(id_: str, rests: Mapping[str, set[str]]) -> set[str]:
    seen, todo = {id_}, [id_]
    while todo:
        for one in rests.get(todo.pop(), ()):
            if one not in seen:
                seen.add(one)
                todo.append(one)
    return {one for one in seen if one.startswith(_REPLY)}


def _told(
    conn: Connection, backend: Backend, rank: int, replies: Sequence[str]
) -> dict[str, Limit]:
    """What these replies forbid, as far as it is told to this rank; nothing where they forbid none."""
    table, asked = CURRENT["trace_reply"], CURRENT["trace_request"]
    bodies: list[tuple[str, bool, Mapping[str, Any]]] = []
    for some in batches(list(replies), _BATCH):
        bodies += [
            (row.id, row.visible_rank <= rank, orjson.loads(row.body or b"{}"))
            for row in conn.execute(
                select(table.c.id, table.c.visible_rank, VERSION.c.body)
                .join(VERSION, VERSION.c.seq == table.c.log_seq)
                .where(backend.among(table.c.id, some)))
        ]
    promised: dict[str, str] = {}
    requests = sorted({values["request"] for _, _, values in bodies if values.get("request")})
    for some in batches(requests, _BATCH):
        rows = conn.execute(
            select(asked.c.id, asked.c.confidentiality_given)
            .where(backend.among(asked.c.id, some), asked.c.confidentiality_given.is_not(None)))
        promised.update((id_, code) for id_, code in rows)
    wordy = field_rank("trace_reply", "restrictions") <= rank
    found = {}
    for id_, visible, values in bodies:
        given = promised.get(values.get("request", ""), "")
        given = "" if given == "none" else given
        codes = {*values.get("use_limits", ()), *PROMISED.get(given, ())}
        words = values.get("restrictions") or ""
        limit = Limit(
            id_ if visible else "", tuple(sorted(codes)), words if visible and wordy else "", given,
            bool(words) and visible and not wordy,
        )
        if limit.codes or limit.words or limit.confidentiality or limit.more_words:
            found[id_] = limit
    return found


def may_be_public(limits: Sequence[Limit]) -> bool:
    """Whether what these limits follow may stand in what is published."""
    return not any(NOT_PUBLISHED in limit.codes for limit in limits)


def withheld_from(clearance: str, limits: Sequence[Limit]) -> bool:
    """Whether what these limits follow is left out of what is handed to others.

    What must not be published never goes into a report; what must not be passed on
    without consent goes into none that is made for partners or the public.
    """
    if not may_be_public(limits):
        return True
    others = RANK[clearance] < RANK["restricted"]
    return others and any(NO_ONWARD in limit.codes for limit in limits)


def codes_of(limits: Sequence[Limit]) -> tuple[str, ...]:
    """All codes of some limits, each once, in order.

    >>> codes_of([Limit(codes=("no_onward",)), Limit(codes=("no_onward", "not_published"))])
    ('no_onward', 'not_published')
    """
    return tuple(sorted({code for limit in limits for code in limit.codes}))


def told(limits: Sequence[Limit]) -> tuple[str, ...]:
    """Limits as words, each once: the codes as people say them, then what replies say themselves.

    >>> told([Limit(codes=("not_published",), words="For the panel only.")])
    ('not to be published', 'For the panel only.')
    """
    words: dict[str, None] = {}
    known = vocabulary("use_limit")
    for code in codes_of(limits):
        words[known.label(code)] = None
    for limit in limits:
        if limit.words:
            words[limit.words] = None
        if limit.more_words:
            words[MORE_WORDS] = None
    return tuple(words)
