"""Replies to trace requests: recorded as they came, and read into claims by a person.

A letter that comes back is kept whole. What it says is then written down by somebody who
has it before them, as transfers and custody that each name the reply: so its limits follow
them, and whoever may not see the reply sees none of them. What the letter names and this
case does not know is never dropped: it stays in the words of the reply, and is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headstamp.actions.desk.named_here import Unmatched, items_named, party_named
from headstamp.errors import Invalid, Problem
from headstamp.kinds.identity import derived_id, new_id
from headstamp.kinds.tier import RANK
from headstamp.markings.range_index import RangeIndex
from headstamp.markings.serial_range import read_ranges
from headstamp.records import Custody, Document, Party, Record, TraceReply, Transfer
from headstamp.store.case import Case
from headstamp.store.change import Outcome
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.tracing.request_state import suggested

SHOWN_TO = "restricted"
"""The tier of a reply and of what it says, unless the request is sealed."""

UNKNOWN = "Named in it and not known in this case: "
_MAGIC = ((b"%PDF", "application/pdf"), (b"\x89PNG", "image/png"), (b"\xff\xd8\xff", "image/jpeg"),
          (b"II*\0", "image/tiff"), (b"MM\0*", "image/tiff"))
PARTIES = ("from_party", "to_party", "carrier")


@dataclass(frozen=True, slots=True)
class Replied:
    """A reply put on file: what it names that is not known here, and the state it speaks for."""

    id: str
    version: int
    unmatched: tuple[Unmatched, ...]
    status: str
    suggested: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """The claims made of a reply, what they name that is not known here, and parties made for it."""

    outcomes: tuple[Outcome, ...]
    unmatched: tuple[Unmatched, ...]
    parties: tuple[tuple[str, str], ...]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(one.id for one in self.outcomes)


def record_reply(
    case: Case, request_id: str, values: Mapping[str, Any], *, clearance: str, actor: str,
    letter: Path | bytes | None = None, letter_name: str = "", reason: str = "", id_: str = "",
) -> Replied:
    """Puts a reply on file. ``values`` are those of a trace reply; ``items`` may be tags or ids.

    Items that are not known here are kept in its text and told. ``letter`` is the file that
    came: it is kept as an original. Raises Missing, Invalid with all problems.
    """
    reader = case.read(clearance)
    request = _request(reader, request_id)
    items, left = items_named(reader, values.get("items") or ())
    told = {name: value for name, value in values.items() if value not in (None, "", (), [])}
    told |= {"id": id_ or new_id("reply"), "request": request.id, "items": items}
    told.setdefault("tier", _tier(request))
    if left:
        # Nothing is lost: what cannot be a reference stays as words.
        loose = UNKNOWN + ", ".join(one.text for one in left) + "."
        told["text"] = f"{told['text']}\n\n{loose}" if told.get("text") else loose
    document: Document | None = None
    with case.change(actor=actor, reason=reason or "a trace reply came") as change:
        if letter is not None:
            document = _letter(change.file(letter), letter, letter_name, request, told)
            told["document"] = document.id
        made = TraceReply.build(told)
        _only_seen(reader, made, {document.id} if document else set())
        if document is not None:
            change.put(document)
        outcome = change.put(made, expected=None if id_ else 0)
    after = case.read(clearance)
    replies = [one.values for one in replies_to(after, request.id)]
    return Replied(outcome.id, outcome.version,
                   (*left, *serials_unmatched(after, after.get(outcome.id))),
                   str(request.get("status")), suggested(request.values, replies))


def replies_to(reader: Reader, request_id: str) -> list[Shown]:
    """The visible replies to a request, in the order of recording."""
    return reader.referring(request_id, kind="trace_reply", field="request")


def claims_of_reply(
    case: Case, reply_id: str, claims: Sequence[Mapping[str, Any]], *, clearance: str, actor: str,
    reason: str = "",
) -> Claimed:
    """Transfers and custody that a person reads in a reply, each naming the reply and its letter.

    Each claim has ``what`` ("transfer" or "custody") and the values of that type; parties may
    be given by name (one that is not known yet is put on file too), items by tag. All are
    written together or none. Raises Missing, Invalid with all problems of all claims.
    """
    reader = case.read(clearance)
    reply = reader.get(reply_id)
    if reply.kind != "trace_reply":
        raise Invalid(f"{reply_id} is no trace reply")
    if not claims:
        raise Invalid("there is no claim to record")
    asked = _request(reader, str(reply.get("request")))
    parties: dict[str, Party] = {}
    made: list[Record] = []
    left: list[Unmatched] = []
    problems: list[Problem] = []
    for number, claim in enumerate(claims, 1):
        try:
            made.extend(_claim(reader, reply, asked, claim, parties, left))
        except Invalid as error:
            problems += [
                Problem(one.rule, one.advice, one.field, one.value, number, one.file)
                for one in error.problems or (Problem(error.message),)]
    if problems:
        raise Invalid("these claims cannot be recorded", problems)
    for record in made:
        _only_seen(reader, record, {one.id for one in parties.values()})
    with case.change(actor=actor, reason=reason or "read in a trace reply") as change:
        change.put_many(list(parties.values()))
        outcomes = change.put_many(made)
    return Claimed(tuple(outcomes), tuple(left),
                   tuple((one.id, one.label()) for one in parties.values()))


def _claim(
    reader: Reader, reply: Shown, asked: Shown, claim: Mapping[str, Any],
    parties: dict[str, Party], left: list[Unmatched],
) -> list[Record]:
    given = {name: value for name, value in claim.items() if value not in (None, "", (), [])}
    what = str(given.pop("what", "transfer"))
    if what not in ("transfer", "custody"):
        raise Invalid("a claim is a transfer or custody", [
            Problem("no such claim", "Choose transfer or custody.", "what", what)])
    tier = str(reply.get("tier") or SHOWN_TO)
    given.setdefault("tier", max(tier, SHOWN_TO, key=lambda one: RANK[one]))
    for field in PARTIES:
        if given.get(field):
            given[field] = _party(reader, str(given[field]), given["tier"], reply, parties)
    words = given.pop("items", None) or ()
    items, unknown = items_named(reader, words)
    left.extend(unknown)
    if unknown:
        loose = UNKNOWN + ", ".join(one.text for one in unknown) + "."
        given["basis"] = f"{given['basis']}\n\n{loose}" if given.get("basis") else loose
    given["reply"] = reply.id
    if reply.get("document"):
        given["documents"] = list(dict.fromkeys([*given.get("documents", ()), reply.get("document")]))
    if what == "transfer":
        given["items"] = items
        _said_of_something(given, asked)
        return [Transfer.build(given)]
    if not items:
        raise Invalid("custody is of an item", [
            Problem("no item of this case is named", "Name at least one by tag or id.", "items",
                    ", ".join(words))])
    if len(items) > 1 and "id" in given:
        given["id"] = ""
    return [Custody.build({**given, "item": item, "id": given.get("id") or new_id("cust")})
            for item in items]


def _said_of_something(given: Mapping[str, Any], asked: Shown) -> None:
    if not any(given.get(name) for name in ("items", "serials", "lot", "goods", "product", "package",
                                            "stock_number", "basis")):
        raise Invalid("a transfer is of something", [Problem(
            "no goods are named", "Name an item, serial numbers, a lot or the goods; the request is "
            f"about {len(asked.get('items') or ())}.", "items")])


def _party(
    reader: Reader, word: str, tier: str, reply: Shown, parties: dict[str, Party]
) -> str:
    found, why = party_named(reader, word)
    if found:
        return found
    if why != "not known here yet":
        raise Invalid("a party is not clear", [Problem(why, "Choose one by its id.", "party", word)])
    name = " ".join(word.split())
    if name not in parties:
        # The same name read in the same reply again is the same party.
        parties[name] = Party.build({
            "id": derived_id("party", "reply", reply.id, name), "name": name, "tier": tier,
            "remark": f"named in a trace reply ({reply.id}); not yet compared with others"})
    return parties[name].id


def serials_unmatched(reader: Reader, reply: Shown) -> tuple[Unmatched, ...]:
    """What a reply says of serial numbers that fits no item asked about, or is not understood."""
    text = reply.get("serials")
    if not text:
        return ()
    read = read_ranges(str(text))
    left = [Unmatched("serial numbers", one.value or str(text), one.rule) for one in read.problems]
    request = reader.many([str(reply.get("request"))]).get(str(reply.get("request")))
    items = [*(reply.get("items") or ()), *((request.get("items") or ()) if request else ())]
    index = RangeIndex((str(at), one) for at, one in enumerate(read.ranges))
    covered = {
        cover.key for some in reader.belonging(items, "marking", "item").values() for one in some
        if one.get("text") for cover in index.covering(str(one.get("text")))
    }
    # Where a text can be read in two ways, one that fits is enough.
    fits = {read.ranges[int(key)].raw for key in covered}
    told = {one.raw: one for one in read.ranges if one.raw not in fits}
    left += [Unmatched("serial numbers", str(one), "no item asked about bears such a number")
             for one in told.values()]
    return tuple(left)


def _request(reader: Reader, request_id: str) -> Shown:
    shown = reader.get(request_id)
    if shown.kind != "trace_request":
        raise Invalid(f"{request_id} is no trace request")
    return shown


def _tier(request: Shown) -> str:
    return max(str(request.get("tier") or SHOWN_TO), SHOWN_TO, key=lambda tier: RANK[tier])


def _letter(
    kept: Any, source: Path | bytes, name: str, request: Shown, told: Mapping[str, Any]
) -> Document:
    head = source[:8] if isinstance(source, bytes) else _head(source)
    mime = next((mime for magic, mime in _MAGIC if head.startswith(magic)), "")
    return Document.build({key: value for key, value in {
        "id": derived_id("doc", "reply letter", request.id, kept.digest),
        "title": f"Reply to {request.get('our_reference') or request.label}",
        "document_kind": "letter", "number": told.get("their_reference"),
        "issued_on": told.get("received_on"), "issuer": request.get("addressee"),
        "items": list(told.get("items") or ()), "digest": kept.digest, "size": kept.size,
        "mime": mime, "original_name": name or (source.name if isinstance(source, Path) else ""),
        "generation": "copy", "tier": told["tier"],
    }.items() if value not in (None, "", [])})


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(8)


def _only_seen(reader: Reader, made: Record, known: set[str]) -> None:
    named = [("document", getattr(made, "document", None)),
             *((name, getattr(made, name, None)) for name in PARTIES)]
    named += [("documents", one) for one in getattr(made, "documents", ())]
    ids = [one for _, one in named if one and one not in known]
    seen = reader.many(ids)
    missing = [Problem(f"{one} is not in this case", "Record it first, or leave the field out.",
                       field, str(one)) for field, one in named if one in ids and one not in seen]
    if missing:
        raise Invalid("some records refer to what is not there", missing)
