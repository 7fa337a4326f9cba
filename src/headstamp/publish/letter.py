"""The letter of a trace request: what it says, in the order in which it says it.

It holds what paragraph 17 of the International Tracing Instrument (2005) asks of a request:
why the items are held to be illicit, how and where they were found, their marks, type,
calibre and other data, and what the answer is for. It asks without accusing. The same request
with the same templates gives the same letter, whoever writes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from headstamp.publish import letter_annex as annex
from headstamp.publish.letter_run import (
    Line,
    Para,
    Run,
    filled,
    own,
    prose,
    said_country,
    said_date,
)
from headstamp.publish.letter_subject import Subject
from headstamp.publish.letter_words import Sender, Templates, Words

UNSENT = ("draft", "checked")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the letter; without a title it belongs to the one before."""

    title: str
    paras: tuple[Para, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything on paper. ``number`` names the request in the file, ``draft`` marks it unsent."""

    number: str
    words: Words
    sender: Sender
    draft: bool
    heading: str
    addressee: tuple[Line, ...]
    facts: tuple[tuple[str, Line], ...]
    subject: Line
    parts: tuple[Part, ...]
    items: tuple[annex.AnnexItem, ...]
    photographs: tuple[annex.AnnexPhotograph, ...]
    dated: str

    @property
    def title(self) -> str:
        """What the file is called inside."""
        return f"{self.heading} {self.number}"


def compose(
    about: Subject, templates: Templates, *, number: str, pictures: annex.Pictures | None = None,
    reminder: date | None = None,
) -> Letter:
    """The letter of a request, or with ``reminder`` that of a reminder of that day.

    ``number`` is used where the request has no reference of its own; ``pictures`` gives the
    chosen photographs as small JPEGs, without which the annex has none.
    """
    words, request = templates.words, about.request
    reference = Run(str(request.get("our_reference") or number), "code")
    unsent = str(request.get("status") or "draft") in UNSENT and not request.get("sent_on")
    on = reminder.isoformat() if reminder else str(request.get("sent_on") or "")
    facts = [
        (words["label.date"], own(said_date(on, words)) if on else own(words["label.draft"])),
        (words["label.our_reference"], (reference,)),
    ]
    if request.get("channel"):
        facts.append((words["label.through"], (Run(str(request["channel"]), "said"),)))
    asked = request.get("confidentiality")
    if asked and asked != "none":
        facts.append((words["label.confidential"], own(words.code("confidentiality_asked", asked))))
    if request.get("urgent_because"):
        facts.append((words["label.urgent"], (Run(str(request["urgent_because"]), "said"),)))
    shown = annex.photographs(about, words, pictures)
    items = annex.items(about, words)
    return Letter(
        number=reference.text, words=words, sender=templates.sender, draft=unsent,
        heading=words["label.reminder" if reminder else "label.subject"],
        addressee=tuple(_addressee(about, words)), facts=tuple(facts),
        subject=(Run(str(request.get("title") or ""), "said"),),
        parts=tuple(part for part in _parts(about, words, reference, bool(shown), reminder) if part.paras),
        items=items, photographs=shown, dated=on,
    )


def _addressee(about: Subject, words: Words) -> Iterator[Line]:
    party = about.addressee
    if party is None:
        return
    name = _name_in(words, party.get("name") or party.label, party.get("names") or ())
    yield (Run(name, "said"),)
    if name != party.label and party.label:
        yield (Run(party.label, "said"),)
    if party.get("address"):
        yield (Run(str(party.get("address")), "said"),)
    country = said_country(party.get("country"), words)
    if country and not str(party.get("address") or "").casefold().endswith(country.casefold()):
        yield own(country)


def _name_in(words: Words, name: str, others: object) -> str:
    """The addressee's name in the language of the letter, where one is on file."""
    for one in others if isinstance(others, (list, tuple)) else ():
        if isinstance(one, dict) and one.get("language") == words.language and one.get("text"):
            return str(one["text"])
    return name


def _parts(
    about: Subject, words: Words, reference: Run, photographs: bool, reminder: date | None
) -> Iterator[Part]:
    request = about.request
    opening = [own(words["letter.salutation"])]
    if reminder is not None:
        sent = Run(said_date(request.get("sent_on"), words))
        opening.append(filled(words["letter.reminder"], {"sent": sent, "reference": reference}))
    arms = bool(about.items) and all(item.get("family") == "arm" for item in about.items)
    opening.append(own(words["letter.opening_arms" if arms else "letter.opening_other"]))
    opening.append(own(words["letter.no_accusation"]))
    yield Part("", tuple(Para(line) for line in opening))
    yield Part(words["letter.items_title"], tuple(
        Para(own(words[name])) for name in ("letter.items_text", *(
            ("letter.photographs_text",) if photographs else ()))))
    yield Part(words["letter.why_title"], (
        *(Para(own(words.code("illicit_basis", one)), "point") for one in request.get("illicit_basis") or ()),
        *prose(str(request.get("why_illicit") or ""))))
    yield Part(words["letter.found_title"], prose(str(request.get("how_found") or "")))
    yield Part(words["letter.other_title"], prose(str(request.get("other_data") or "")))
    yield Part(words["letter.ask_title"], _asked(about, words))
    yield Part(words["letter.use_title"], (
        *prose(str(request.get("intended_use") or "")),
        *((Para(own(words.code("confidentiality_given", request["confidentiality_given"]))),)
          if request.get("confidentiality_given") else ()),
        *prose(str(request.get("confidentiality_words") or "")),
        Para(own(words["letter.use_limits"]))))
    due = said_date(request.get("due_on"), words) if reminder is None else ""
    by = filled(words["letter.answer_by"], {"due": Run(due), "reference": reference}) if due else filled(
        words["letter.answer_soon"], {"reference": reference})
    yield Part(words["letter.answer_title"], tuple(
        Para(line) for line in (by, *(own(words[f"letter.{name}"]) for name in (
            "answer_none", "answer_refused", "answer_forward", "thanks")))))


def _asked(about: Subject, words: Words) -> tuple[Para, ...]:
    asked = str(about.request.get("question") or "")
    if asked:
        return prose(asked)
    role = str(about.request.get("addressee_role") or "other")
    told = role if role in words.told["ask"] else "other"
    return tuple(Para(own(one), "point") for one in words.each(f"ask.{told}"))


def asked_in_words(letter: Letter) -> str:
    """The whole letter as plain text, for looking for a word in it and for an e-mail."""
    def text(line: Line) -> str:
        return "".join(run.text for run in line)

    lines = [letter.title, *(text(line) for line in letter.addressee),
             *(f"{title}: {text(line)}" for title, line in letter.facts), text(letter.subject)]
    for part in letter.parts:
        lines += ["", *([part.title] if part.title else ()), *(text(para.runs) for para in part.paras)]
    return "\n".join(lines)


