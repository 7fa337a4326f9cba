"""Alerts: proposed from the finds, drafted, checked by another person, sent with their extract.

A program proposes; people decide. A fact is proposed once: the id of an alert is made of what it
tells, so that what was drafted, sent or withdrawn never comes again. An alert is as secret as
what its words rest on: they are written as the lowest tier sees the finds that sees the fact at
all, and only where the fact holds for all that the proposer sees.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from headstamp.actions.alerts.extract import (
    FALSE_ALARMS,
    TIER,
    extract_of,
    extract_pdf,
    handling_problems,
)
from headstamp.actions.measures.found import found_by_reader
from headstamp.actions.measures.spread import ALPHA, New, Novel, new_places, novelties
from headstamp.analysis.spread import measure as spread
from headstamp.analysis.spread import novelty
from headstamp.errors import Invalid, Missing, Refused
from headstamp.kinds.counted import plural
from headstamp.kinds.country import COUNTRY
from headstamp.kinds.identity import derived_id
from headstamp.kinds.tier import RANK, TIERS
from headstamp.publish.alert_extract import features_of, features_said, number_of
from headstamp.publish.alert_page import in_letters
from headstamp.records import Alert, Document
from headstamp.store.alert_state import MOVES, authors, wanting
from headstamp.store.case import Case
from headstamp.store.change import Change, Outcome
from headstamp.store.erased import same_person
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

NOT_KNOWN: Final = "Since when it was there, and by what way it came."
MOST_ITEMS: Final = 200
"""So many items an alert names; more are on record and are counted in its extract."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An alert that could be drafted: its id, its values, and the words of what was found."""

    id: str
    values: Mapping[str, Any]
    words: str

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"id": self.id, "words": self.words, **self.values}


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is new, and how many facts have their alert already."""

    new: tuple[Proposal, ...]
    known: int

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"proposed": [one.as_dict() for one in self.new], "known_already": self.known}


@dataclass(frozen=True, slots=True)
class Moved:
    """An alert after a move; the documents filed with it, if it was sent."""

    id: str
    version: int
    state: str
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an alert stands: where it may go, and what its text says on handling."""

    alert: Shown
    number: str
    state: str
    moves: tuple[str, ...]
    handling: tuple[tuple[str, str], ...]

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"alert": self.alert.as_dict(), "number": self.number, "moves": list(self.moves),
                "handling": [{"field": field, "rule": rule} for field, rule in self.handling]}


def find_alerts(
    case: Case, reader: Reader, *, alpha: float = ALPHA, since: str = ""
) -> Proposed:
    """The alerts that the finds speak for and that are not on file yet.

    ``alpha`` is the share of false alarms that is taken into the bargain for finds unlike all
    before them; ``since`` (an ISO day) leaves out what was met before it. Writes nothing. Raises
    Invalid for an ``alpha`` that is no share.
    """
    facts = _facts(reader, alpha)
    wanted = [id_ for id_, fact in facts.items() if not since or fact.day >= since]
    # Whether or not it may be seen: what is on file is not drafted anew under the same id.
    on_file = case.read("sealed").many(wanted)
    fresh = [id_ for id_ in wanted if id_ not in on_file]
    told: dict[str, tuple[Reader, _Fact]] = {}
    for tier in TIERS[RANK[TIER]:RANK[reader.clearance] + 1]:
        if len(told) == len(fresh):
            break
        one = case.read(tier).to_hand_out(outside=True)
        told = {**{id_: (one, fact) for id_, fact in _facts(one, alpha).items() if id_ in fresh}, **told}
    return Proposed(tuple(_proposal(case, id_, *told.get(id_, (reader, facts[id_]))) for id_ in fresh),
                    len(on_file))


@dataclass(frozen=True, slots=True)
class _Fact:
    """What is new, as one reader sees it; ``day`` empty where it has none."""

    told: New | Novel
    day: str
    site: str
    more: str
    method: str


def _facts(reader: Reader, alpha: float) -> dict[str, _Fact]:
    """The facts as this reader sees them, by the id of their alert."""
    with reader.snapshot() as one:
        finds = found_by_reader(one)
        by_item = {find.item: find for find in finds}
        facts = {
            derived_id("alert", new.kind, new.signature, new.where):
            _Fact(new, new.since or "", new.site or "", NOT_KNOWN, f"{spread.NAME} {spread.VERSION}")
            for new in new_places(one, finds)
        }
        found = novelties(one, alpha, finds)
        more = (f"With this rule {found.by_chance:.2g} such alarms are to be expected by chance among the "
                f"{plural(found.asked, 'find was', 'finds were')} asked of.")
        method = f"{novelty.NAME} {novelty.VERSION}; {FALSE_ALARMS}{alpha:g}"
        facts |= {
            derived_id("alert", "novel", novel.item):
            _Fact(novel, by_item[novel.item].last or by_item[novel.item].first or "",
                  by_item[novel.item].site or "", f"{novel.words} {more}", method)
            for novel in found.found
        }
        return facts


def _proposal(case: Case, id_: str, reader: Reader, fact: _Fact) -> Proposal:
    """The alert of a fact in the words of a reader who sees it."""
    told = fact.told
    values = _new_values(reader, told) if isinstance(told, New) else _novel_values(reader, told)
    values["looks_like"] = features_said(features_of(reader, values))
    mark = case.checkpoint()
    values |= {
        "sites": [fact.site] if fact.site else [], "not_known": fact.more, "method": fact.method,
        "checkpoint": f"{mark.origin}, {mark.size} entries, {mark.root.hex()}",
        "tier": reader.clearance, "alert_state": "draft",
    }
    return Proposal(id_, {k: v for k, v in values.items() if v not in (None, "", (), [])}, told.words)


def _new_values(reader: Reader, new: New) -> dict[str, Any]:
    label = reader.labels([new.signature]).get(new.signature, new.signature)
    where = COUNTRY.show(new.where) if new.kind == "new_theatre" else new.where
    return {"title": f"{label}: met in {where}", "alert_kind": new.kind, "signature": new.signature,
            "items": list(new.items[:MOST_ITEMS]), "where_seen": new.words}


def _novel_values(reader: Reader, novel: Novel) -> dict[str, Any]:
    item = reader.get(novel.item)
    return {"title": f"Unlike everything catalogued: {item.label}", "alert_kind": "novel",
            "items": [novel.item]}


def draft_alerts(
    case: Case, proposals: Iterable[Proposal], *, actor: str, reason: str = "alerts proposed from the finds",
) -> list[Outcome]:
    """Puts proposals down as drafts by this person. Raises Conflicting where one was put down since."""
    made = [Alert.build({**one.values, "id": one.id, "author": actor}) for one in proposals]
    if not made:
        return []
    with case.change(actor=actor, reason=reason) as change:
        return [change.put(one, expected=0) for one in made]


def alert_standing(reader: Reader, alert_id: str) -> Standing:
    """Where an alert stands. Raises Missing."""
    shown = reader.get(alert_id)
    if shown.kind != "alert":
        raise Missing(f"{alert_id} is no alert")
    state = str(shown.get("alert_state") or "draft")
    moves = tuple(to for to in MOVES[state] if not (state == "withdrawn" and shown.get("sent_on")))
    return Standing(shown, number_of(shown.id), state, moves,
                    tuple((one.field, one.rule) for one in handling_problems(reader, shown.values)))


def alert_named(reader: Reader, name: str) -> str:
    """The id of the alert that a person names by its id or its number. Raises Missing."""
    wanted = name.strip()
    if wanted.casefold().startswith("alert-"):
        return alert_standing(reader, wanted.casefold()).alert.id
    found = [one.id for one in reader.stream("alert") if number_of(one.id) == wanted.upper()]
    if len(found) != 1:
        raise Missing(f"{'several alerts have' if found else 'no alert has'} the number {wanted!r}")
    return found[0]


def move(
    case: Case, alert_id: str, to: str, *, clearance: str, actor: str, values: Mapping[str, Any] | None = None,
    on: date | None = None, tier: str = TIER, language: str = "en", reason: str = "",
    expected: int | None = None,
) -> Moved:
    """Moves an alert to another state: one version in the log.

    ``values`` are what the move says: recipient or recipient_role and channel when it is sent,
    why_withdrawn. The day of the move is ``on`` (today where not said). Sending makes the extract
    for readers of ``tier`` in ``language`` and files it as it went out. Raises Invalid with all
    that stands in the way, Refused where the author would check their own, Missing, Conflicting.
    """
    reader = case.read(clearance)
    now = alert_standing(reader, alert_id)
    whole = case.read("sealed").get(alert_id)
    if not actor.strip():
        raise Invalid("who moves an alert on must be named")
    day = (on or case.clock().date()).isoformat()
    given = {**_said_by_move(to, day, actor), **{k: v for k, v in (values or {}).items() if v}}
    after = {**whole.values, **given}
    if to == "checked":
        _not_own(case, whole, actor)
    # The extract is filed by the very step that asks for it.
    asked = {**after, "documents": after.get("documents") or ["filed with it"]} if to == "sent" else after
    problems = wanting({**asked, "alert_state": now.state}, to)
    if to in ("checked", "sent"):
        problems += handling_problems(reader, after)
    if problems:
        raise Invalid(f"the alert cannot become {to} yet", list(dict.fromkeys(problems)))
    why = reason or f"the alert is {to}" + (f": {given['why_withdrawn']}" if to == "withdrawn" else "")
    version = expected if expected is not None else now.alert.version
    if to != "sent":
        with case.change(actor=actor, reason=why) as change:
            made = change.put(_made(after, alert_id, to), expected=version)
        return Moved(made.id, made.version, to)
    return _send(case, alert_id, after, clearance, actor, why, version, tier, language)


def _said_by_move(to: str, day: str, actor: str) -> dict[str, Any]:
    """What a move says by itself."""
    told: dict[str, dict[str, Any]] = {
        "checked": {"checked_by": actor}, "sent": {"sent_on": day}, "acknowledged": {"acknowledged_on": day},
        "draft": {"checked_by": None, "why_withdrawn": None},
    }
    return told.get(to, {})


def _not_own(case: Case, whole: Shown, actor: str) -> None:
    """Raises Refused for who wrote it: the store holds to it too, and tells it less plainly."""
    history = sorted((e for e in case.read("sealed").history(whole.id) if not e.held),
                     key=lambda event: event.seq)
    own = [name for name in authors(whole.values, ((e.actor, e.values) for e in history))
           if same_person(name, actor)]
    if own:
        raise Refused(f"{own[0]} wrote this alert: somebody else has to check it")


def _made(values: Mapping[str, Any], alert_id: str, to: str) -> Alert:
    kept = {name: value for name, value in values.items() if value not in (None, "", (), [])}
    return Alert.build({**kept, "id": alert_id, "alert_state": to})


def _send(
    case: Case, alert_id: str, after: Mapping[str, Any], clearance: str, actor: str, reason: str, version: int,
    tier: str, language: str,
) -> Moved:
    """Makes the extract as it goes out, files it as page and as text, and marks the alert as sent."""
    going = {name: after.get(name) for name in ("sent_on", "recipient", "recipient_role")}
    extract = extract_of(case, alert_id, clearance=clearance, language=language, tier=tier,
                         values={**{k: v for k, v in going.items() if v}, "alert_state": "sent"})
    forms = ((".pdf", "application/pdf", extract_pdf(extract)),
             (".txt", "text/plain", (in_letters(extract) + "\n").encode("utf-8")))
    with case.change(actor=actor, reason=reason) as change:
        kept: list[Document] = []
        for ending, mime, content in forms:
            kept.append(_filed(change, after, extract.number, ending, mime, content, language, tier,
                               kept[0].id if kept else ""))
        documents = [*(after.get("documents") or ()), *(one.id for one in kept)]
        made = change.put(_made({**after, "documents": documents}, alert_id, "sent"), expected=version)
    return Moved(made.id, made.version, "sent", tuple(one.id for one in kept))


def _filed(
    change: Change, after: Mapping[str, Any], number: str, ending: str, mime: str, content: bytes,
    language: str, tier: str, first: str,
) -> Document:
    """One form of an extract on file, as secret as the alert and as the tier it was made for."""
    held = change.file(content)
    secret = max(tier, str(after.get("tier") or TIER), key=lambda one: RANK[one])
    made = Document.build({k: v for k, v in {
        "title": f"{number}: {after['title']}{' (as text)' if first else ''}", "document_kind": "letter",
        "number": number, "issued_on": after.get("sent_on"),
        "parties": [after["recipient"]] if after.get("recipient") else None, "languages": [language],
        "digest": held.digest, "size": held.size, "mime": mime, "original_name": f"{number}{ending}",
        "tier": secret, "parent": first or None, "generation": "derivative" if first else "original",
        "what_was_done": "the same extract in 480 letters" if first else None,
        "tool": "headstamp" if first else None,
    }.items() if v is not None})
    change.put(made, expected=0)
    return made
