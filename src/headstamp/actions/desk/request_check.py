"""The check before a trace request is sent: what is missing, what is doubtful, what must not go out.

A *blocker* has to be mended: the letter would be none, or would give away what it must not. A
*warning* has to be looked at by a person, who says what was made of it: INTERPOL asks that
identifiers are checked against a reference before a request is sent, and a request to the
wrong maker costs months. Nothing here decides whose mark a mark is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from headstamp.actions.desk.request_filling import names_of
from headstamp.actions.desk.request_marks import mark_notes
from headstamp.actions.desk.request_note import Note, blocker, labels, warning
from headstamp.kinds.tier import RANK
from headstamp.markings.maker_name import same_maker
from headstamp.publish.letter_subject import SENT_AS, Subject
from headstamp.publish.letter_words import Templates
from headstamp.publish.wording import runs_right_to_left
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.tracing.request_state import UNSENT

# Words in a caption that speak of people, in the languages of the letters.
_PEOPLE = re.compile(
    r"\b(person|people|man|men|woman|women|child|children|soldier|detainee|suspect|witness|face|"
    r"personne|homme|femme|enfant|soldat|visage|persona|hombre|mujer|niñ[oa]|soldado|rostro|"
    r"человек|люди|лицо|солдат\w*|мужчин\w*|женщин\w*|реб[её]н\w*|شخص|أشخاص|رجل|امرأة|طفل|جندي|وجه)s?\b",
    re.IGNORECASE)
_WIDE = frozenset({"context", "site", "other"})
_MANY = 6


@dataclass(frozen=True, slots=True)
class Check:
    """What the check says: first what is in the way, then what has to be looked at."""

    request: str
    notes: tuple[Note, ...]

    @property
    def blockers(self) -> tuple[Note, ...]:
        """What has to be mended before anything is sent."""
        return tuple(note for note in self.notes if note.level == "blocker")

    @property
    def warnings(self) -> tuple[Note, ...]:
        """What a person has to look at and answer."""
        return tuple(note for note in self.notes if note.level == "warning")

    @property
    def ready(self) -> Literal["blocked", "to be answered", "clear"]:
        """How it stands, in a word."""
        return "blocked" if self.blockers else "to be answered" if self.warnings else "clear"

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"request": self.request, "ready": self.ready,
                "blockers": [note.as_dict() for note in self.blockers],
                "warnings": [note.as_dict() for note in self.warnings]}


def check_of(
    case: Case, reader: Reader, request_id: str, about: Subject, templates: Templates
) -> Check:
    """The check of a request, as somebody sees it who has this reader."""
    notes = [
        *_hidden(about, reader), *_instrument(about), *_items(about), *_addressee(about),
        *_other_makers(about), *mark_notes(case, reader, about), *_photographs(about),
        *_asked_already(reader, request_id, about), *_letter(about, templates),
    ]
    return Check(request_id, tuple(sorted(notes, key=lambda note: note.level != "blocker")))


def _hidden(about: Subject, reader: Reader) -> Iterator[Note]:
    if RANK[reader.clearance] < RANK[SENT_AS]:
        yield blocker("clearance", f"a request is checked by somebody who may see what is {SENT_AS}",
                      "Ask somebody with that clearance.")
    if about.unseen:
        # Not which: their ids would tell that they are there.
        yield blocker("unseen", "the request names records that you may not see, or that are gone",
                      "Somebody with clearance has to check and send it.")
    if about.sealed:
        tier = about.request.get("tier")
        if tier and tier != "sealed":
            yield blocker("sealed_tier", "it names what is sealed and is not sealed itself",
                          "Make the request sealed, or take those records out.", about.sealed, "tier")
        yield warning("sealed", f"it takes what is sealed out of the house: {len(about.sealed)} of its records",
                      "Say who decided that, and why the addressee needs it.", about.sealed)
    if about.withheld:
        yield warning("withheld", f"{about.withheld} sealed markings of its items stay out of the letter",
                      "See whether the addressee can answer without them.")


def _instrument(about: Subject) -> Iterator[Note]:
    """What paragraph 17 of the tracing instrument asks of a request, each by name."""
    request = about.request
    if not request.get("items"):
        yield blocker("items", "the request names no item", "Add at least one.", field="items")
    grounds = [one for one in request.get("illicit_basis") or () if one != "unknown"]
    if not grounds and not request.get("why_illicit"):
        yield blocker("why_illicit", "it does not say why the items are held to be illicit",
                      "Choose the grounds, or say it in words.", field="illicit_basis")
    if not request.get("how_found"):
        yield blocker("how_found", "it does not say how and where the items were found",
                      "Say it, as far as it may be told.", field="how_found")
    elif not any(about.place_of(item) != ((), "") for item in about.items):
        yield warning("where_found", "no item has a place of finding that a letter may tell",
                      "Record the site or its area, or answer why it is left out.", field="how_found")
    if about.items and not any(about.found_on(item) for item in about.items):
        yield warning("when_found", "no item has a date of finding", "Record it on the item or its recovery.",
                      field="how_found")
    if not request.get("intended_use"):
        yield blocker("intended_use", "it does not say what the answer is for", "Say it.",
                      field="intended_use")
    if not request.get("channel"):
        yield warning("channel", "it does not say by which legal channel it goes",
                      "Name it, or answer that none is needed.", field="channel")
    if not request.get("confidentiality"):
        yield warning("confidentiality", "it asks for no confidentiality and does not say that none is asked",
                      "Choose one; none is a choice.", field="confidentiality")
    without = [item for item in about.items if not _grounds(item, about)]
    if without and grounds and len(without) < len(about.items):
        yield warning("illicit_each", f"no recovery says why {labels(without)} should be illicit, the others do",
                      "See that the letter's grounds hold for each.", [item.id for item in without])


def _grounds(item: Shown, about: Subject) -> bool:
    recovery = about.recovery_of(item)
    return recovery is not None and any(one != "unknown" for one in recovery.get("illicit_basis") or ())


_FACTS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("item_type", "type", frozenset()), ("make", "make", frozenset({"document"})),
    ("model", "model", frozenset({"ammunition", "document", "package"})),
    ("country", "country of make", frozenset({"document"})),
)


def _items(about: Subject) -> Iterator[Note]:
    """Each item: marks first of all, then type, make, model, calibre and country."""
    bare = [item for item in about.items if not about.markings[item.id]]
    if bare:
        yield blocker("marks", f"no marking is recorded of {labels(bare)}",
                      "Record what is on it; that nothing is there is a record too.",
                      [item.id for item in bare], "items")
    unread = [item for item in about.items if about.markings[item.id] and not any(
        one.get("text") for one in about.markings[item.id])]
    if unread:
        yield warning("marks_unread", f"no marking of {labels(unread)} has anything to read",
                      "An addressee has nothing to look up; see whether to ask for these at all.",
                      [item.id for item in unread])
    for name, title, never in _FACTS:
        without = [item for item in about.items if not item.get(name) and item.get("family") not in never]
        if without:
            yield warning(f"missing_{name}", f"the {title} of {labels(without)} is missing",
                          "Add it, or answer that it is not known.", [item.id for item in without], name)
    for name, title, kind, families in (
        ("calibre", "calibre", "calibre", ("arm", "ammunition")),
        ("serial", "serial number", "serial", ("arm",)), ("lot", "lot", "lot", ("ammunition",)),
    ):
        without = [
            item for item in about.items if item.get("family") in families and not item.get(name)
            and not any(one.get("marking_kind") == kind for one in about.markings[item.id])]
        if without:
            yield warning(f"missing_{name}", f"the {title} of {labels(without)} is missing",
                          "Add it, or record the marking as removed or absent.",
                          [item.id for item in without], name)


def _addressee(about: Subject) -> Iterator[Note]:
    party, request = about.addressee, about.request
    if party is None:
        if not request.get("addressee"):
            yield blocker("addressee", "nobody is asked", "Name the party.", field="addressee")
        return
    if party.get("tier") == "sealed":
        yield blocker("addressee_sealed", f"the record of {party.label} is sealed: a letter would name it",
                      "Ask whoever sealed it, or address the letter to somebody else.", [party.id], "addressee")
    elif party.get("party_kind") == "person" and not party.get("public_office"):
        yield warning("addressee_person", f"{party.label} is a private person",
                      "See that the law and the person's safety allow the letter.", [party.id], "addressee")
    if party.get("party_kind") == "armed_group":
        yield blocker("addressee_group", f"{party.label} is an armed group", "Ask somebody else.", [party.id],
                      "addressee")
    if not party.get("address"):
        yield warning("address", f"no address of {party.label} is on file", "Add it, or answer how it is sent.",
                      [party.id], "addressee")
    if party.get("dissolved_on"):
        yield warning("dissolved", f"{party.label} was dissolved ({party.get('dissolved_on')})",
                      "See who holds its records now.", [party.id], "addressee")


def _other_makers(about: Subject) -> Iterator[Note]:
    party = about.addressee
    if party is None or about.request.get("addressee_role") != "maker":
        return
    names = names_of(party)
    others = [
        item for item in about.items
        if (item.get("maker") and item.get("maker") != party.id)
        or (not item.get("maker") and item.get("make")
            and not any(same_maker(str(item.get("make")), name) for name in names))]
    if others:
        makes = dict.fromkeys(str(item.get("make") or "another party") for item in others)
        yield warning("other_maker", f"{labels(others)} is recorded as made by somebody else than {party.label}: "
                      + ", ".join(list(makes)[:_MANY]),
                      "Ask that maker in a letter of its own, or answer why this one is asked.",
                      [item.id for item in others], "items")


def _photographs(about: Subject) -> Iterator[Note]:
    chosen = about.photographs
    held = [one for one in chosen if not one.get("digest")]
    if held:
        yield blocker("photograph_file", f"the file of {labels(held)} is not in the case",
                      "Attach it, or leave the photograph out.", [one.id for one in held], "photographs")
    people = [one for one in chosen if one.get("view") in (None, *_WIDE) or _PEOPLE.search(
        " ".join(str(one.get(name) or "") for name in ("caption", "original_name")))]
    if people:
        yield warning("photograph_people", f"people or surroundings may be seen on {labels(people)}",
                      "Look at each at full size; leave out those that show a face, a plate or a place.",
                      [one.id for one in people], "photographs")
    placed = [one for one in chosen if one.get("place")]
    if placed:
        yield warning("photograph_position", f"the file of {labels(placed)} says where it was taken",
                      "The letter holds a copy without that. Never send the original file.",
                      [one.id for one in placed], "photographs")
    items = {item.id for item in about.items}
    foreign = [one for one in chosen if one.get("items") and not items & set(one.get("items"))]
    if foreign:
        yield warning("photograph_other", f"{labels(foreign)} shows no item of this request",
                      "Leave it out, or answer why it is sent.", [one.id for one in foreign], "photographs")


def _asked_already(reader: Reader, request_id: str, about: Subject) -> Iterator[Note]:
    """Items of which the same addressee is asked in another letter that is out."""
    if about.addressee is None:
        return
    wanted = {item.id: item for item in about.items}
    for other in reader.referring(about.addressee.id, kind="trace_request", field="addressee"):
        if other.id == request_id or other.get("status") in (*UNSENT, "closed"):
            continue
        twice = [wanted[one] for one in other.get("items") or () if one in wanted]
        if twice:
            yield warning("asked_already", f"{about.addressee.label} was asked about {labels(twice)} in "
                          f"{other.get('our_reference') or other.label}",
                          "Remind of that letter instead, or answer why it is asked again.",
                          [other.id, *(item.id for item in twice)], "items")


def _letter(about: Subject, templates: Templates) -> Iterable[Note]:
    if not templates.sender.name:
        yield warning("sender", "nobody is named as the sender",
                      "Write the sender into sender.toml and have the case keep it (headstamp request templates DIR, then --keep).")
    other = [
        title for name, title in (
            ("why_illicit", "why illicit"), ("how_found", "how found"), ("question", "the question"),
            ("other_data", "other data"), ("intended_use", "the use of the answer"))
        if about.request.get(name) and runs_right_to_left(str(about.request[name])) != templates.words.rtl]
    if other:
        yield warning("language", f"the letter is in {templates.words['language.name']}, but these are not: "
                      + ", ".join(other), "Write them in the language of the letter.", field="language")


