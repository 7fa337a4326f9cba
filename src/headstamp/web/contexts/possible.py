"""Whose a marking may be: what the reference library says of it, with reasons and doubts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from headstamp.actions.markings.reference import look_up, of_marking
from headstamp.kinds.country import COUNTRY
from headstamp.markings.reference import CAUTION, Answer, Possible
from headstamp.markings.reference import Context as Known
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.vocab import vocabulary
from headstamp.web.contexts.facts import record_path
from headstamp.web.page import ON_PAGE, Context, Params


@dataclass(frozen=True)
class PossibleEntry:
    """One entry of the library that answers: how it was found, what speaks for and against it."""

    id: str
    code: str
    stands_for: str
    maker: str
    country: str
    period: str
    kind: str
    how: str
    why: tuple[str, ...]
    against: tuple[str, ...]
    doubt: str
    grade: str
    verbatim: bool = field(default=False, metadata=ON_PAGE)
    about: tuple[str, ...] = field(default=(), metadata=ON_PAGE)
    to: str = field(default="", metadata=ON_PAGE)
    picture: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class Whose:
    """What the library says of one text: of a marking, or of a reading of it."""

    asked: str
    sentence: str
    possible: tuple[PossibleEntry, ...]
    set_aside: tuple[PossibleEntry, ...]
    more: int
    marking: str = ""


@dataclass(frozen=True)
class PossibleMakers:
    """What the library says of some markings. ``caution`` is said once beside all of it."""

    caution: str
    markings: tuple[Whose, ...]


@dataclass(frozen=True)
class LookUpContext(Context):
    """A code looked up in the reference library."""

    code: str
    year: str
    country: str
    maker: str
    answer: Whose | None
    caution: str = CAUTION
    title: str = field(default="Whose mark is it?", metadata=ON_PAGE)


def possible_makers(
    reader: Reader, params: Params, markings: Sequence[tuple[Shown, Sequence[Shown]]],
    item: Shown | None,
) -> PossibleMakers | None:
    """What the library says of markings with their readings; None where it says nothing."""
    found = []
    for marking, readings in markings:
        texts = dict.fromkeys(one.get("text") for one in (marking, *readings) if one.get("text"))
        for text in texts:
            as_read = Shown(marking.kind, marking.id, marking.version, marking.seq,
                            {**marking.values, "text": text}, marking.label)
            answer = of_marking(params.case, reader, as_read, item)
            if answer is not None and (answer.possible or answer.set_aside):
                found.append(whose(answer, marking.id))
    return PossibleMakers(CAUTION, tuple(found)) if found else None


def whose(answer: Answer, marking: str = "") -> Whose:
    """An answer as shown."""
    return Whose(
        answer.asked, answer.sentence, tuple(_entry(one) for one in answer.possible),
        tuple(_entry(one) for one in answer.set_aside), answer.more, marking,
    )


def _entry(one: Possible) -> PossibleEntry:
    entry = one.entry
    country = COUNTRY.show(entry.country) if entry.country else ""
    kind = vocabulary("reference_kind").label(entry.kind)
    used = f"used {entry.period}" if entry.period else ""
    return PossibleEntry(
        entry.id, entry.code or entry.symbol, entry.stands_for, entry.maker, entry.country,
        entry.period, entry.kind, one.how, one.why, one.against, entry.doubt, entry.grade,
        verbatim=bool(entry.code),
        about=tuple(said for said in (kind, country if country != entry.stands_for else "", entry.seat,
                                      used, entry.products,
                                      entry.meaning if entry.maker else "") if said),
        to=record_path(entry.id), picture=record_path(entry.photograph) if entry.photograph else "",
    )


def look_up_context(reader: Reader, params: Params) -> LookUpContext:
    """A code looked up. Raises Invalid for a year that is none."""
    code, year, country, maker = (params.text(n) for n in ("code", "year", "country", "maker"))
    answer = None
    if code:
        known = Known(made_on=year, country=COUNTRY.clean(country) if country else "", maker=maker)
        answer = whose(look_up(params.case, reader, code, known))
    return LookUpContext(code, year, country, maker, answer)
