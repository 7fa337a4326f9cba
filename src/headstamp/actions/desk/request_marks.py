"""The marks of a request held against the reference library: is this really that maker's mark?

Only questions come from here. A mark can be a copy, a code can have been given to another
works in another decade, a proof house's mark is easily taken for a maker's; and a serial number
that two people read differently is two numbers until somebody looks again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from headstamp.actions.desk.request_filling import names_of
from headstamp.actions.desk.request_note import Note, labels, warning
from headstamp.actions.markings.reading import BY_EYE
from headstamp.actions.markings.reference import context_of, library, look_up
from headstamp.markings.maker_name import same_maker
from headstamp.markings.normalise import keys
from headstamp.markings.reference import Entry, known_to
from headstamp.markings.reference_codes import codes_in
from headstamp.markings.unread import has_unread
from headstamp.publish.letter_subject import Subject
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

_MAKERS = frozenset({"maker", "logo", "factory_code", "headstamp"})
_NUMBERS = frozenset({"serial", "lot"})
_NAMED = 4


def mark_notes(case: Case, reader: Reader, about: Subject) -> Iterator[Note]:
    """Everything to be asked about the markings of a request."""
    yield from _numbers(reader, about)
    if about.addressee is not None and about.request.get("addressee_role") == "maker" and len(
        library(case, reader)
    ):
        yield from _whose(case, reader, about, about.addressee)


def _whose(case: Case, reader: Reader, about: Subject, maker: Shown) -> Iterator[Note]:
    """Each different mark once, with the items that bear it."""
    bearing: dict[tuple[str, str], list[tuple[Shown, Shown]]] = {}
    for item in about.items:
        for one in about.markings[item.id]:
            kind = one.get("marking_kind", "unknown")
            if one.get("text") and (kind in _MAKERS or kind == "proof"):
                bearing.setdefault((kind, str(one.get("text"))), []).append((one, item))
    for (kind, text), found in bearing.items():
        if kind != "proof":
            yield from _whose_mark(case, reader, maker, kind, text, found)


def _whose_mark(
    case: Case, reader: Reader, maker: Shown, kind: str, text: str, found: list[tuple[Shown, Shown]]
) -> Iterator[Note]:
    names = names_of(maker)
    if any(same_maker(text, name) for name in names):
        return  # the maker's name in full
    held = library(case, reader)
    told = [known_to(held, code, name) for code, _ in codes_in(text, kind) for name in names]
    own = [one for one in told if one.answer in ("yes", "perhaps")]
    others = list({entry.id: entry for one in told for entry in one.others}.values())
    records = [*(mark.id for mark, _ in found), *(item.id for _, item in found)]
    where = f"{text!r} on {labels([item for _, item in found])}"
    proofs = [entry for entry in others if entry.kind in ("proof_mark", "acceptance_mark")]
    makers = [entry for entry in others if entry.maker and entry not in proofs]
    if not own and proofs and not makers:
        yield warning("proof_mark", f"{where} is recorded as a maker's mark; the library has it as a proof or "
                      f"acceptance mark ({_stands_for(proofs)})",
                      "Correct the kind of marking, and see who the maker is.", records)
    elif not own and makers:
        yield warning("not_their_mark", f"{where}: the library has it of {_stands_for(makers)}, not of {maker.label}",
                      "See whose mark it is; a mark is not proof, copies and refurbished arms exist.", records)
    elif own and makers:
        yield from _reused(case, reader, maker, kind, text, found, records, where)


def _reused(
    case: Case, reader: Reader, maker: Shown, kind: str, text: str, found: list[tuple[Shown, Shown]],
    records: list[str], where: str,
) -> Iterator[Note]:
    """A code of this maker and of others: whether it was theirs when the thing was made."""
    names = names_of(maker)
    for _, item in found[:1]:
        # Without the make that was written down: it may rest on this very mark.
        answer = look_up(case, reader, text, replace(context_of(item, kind), maker=""))
        fits = [one.entry for one in answer.possible if one.entry.maker]
        aside = [one for one in answer.set_aside if one.entry.maker]
        theirs = [one for one in fits if _is(one, names)]
        strange = [one for one in fits if not _is(one, names)]
        if theirs and strange:
            yield warning("code_shared", f"{where} may also be of {_stands_for(strange)}",
                          "Ask whether the item is their product before anything rests on it.", records)
        elif not theirs:
            why = next(("; ".join(one.against) for one in aside if _is(one.entry, names)), "")
            yield warning("code_reused", f"{where} is known of {maker.label}, but not for this item"
                          + (f": {why}" if why else ""),
                          "See who used the code at that time.", records)


def _is(entry: Entry, names: tuple[str, ...]) -> bool:
    return any(same_maker(entry.maker, name) for name in names)


def _stands_for(entries: list[Entry]) -> str:
    named = list(dict.fromkeys(
        (entry.maker or entry.stands_for) + (f" ({entry.period})" if entry.period else "")
        for entry in entries))
    return ", ".join(named[:_NAMED]) + (f" and {len(named) - _NAMED} more" if len(named) > _NAMED else "")


def _numbers(reader: Reader, about: Subject) -> Iterator[Note]:
    """Serial numbers and lots: unread characters, gone, or read in two ways."""
    unread: list[Shown] = []
    gone: list[Shown] = []
    contrary: list[Shown] = []
    numbers: dict[str, list[Shown]] = {}
    for item in about.items:
        for one in about.markings[item.id]:
            if one.get("marking_kind") not in _NUMBERS:
                continue
            text = one.get("text")
            if text is None:
                if one.get("state") in ("removed", "defaced", "unsettled"):
                    gone.append(item)
                continue
            if has_unread(keys(str(text)).plain) or one.get("state") in ("partial", "defaced"):
                unread.append(item)
            if _contrary(reader, one):
                contrary.append(item)
            if one.get("marking_kind") == "serial":
                numbers.setdefault(keys(str(text)).plain, []).append(item)
    for code, items, words, advice in (
        ("number_unread", unread, "the serial number or lot of {} has unread characters",
         "Have it read again; the letter shows what was not read as ?."),
        ("number_gone", gone, "the serial number or lot of {} is gone",
         "Ask by the other marks, or whether a second number is elsewhere on the item."),
        ("number_contrary", contrary, "two readers read the serial number or lot of {} differently",
         "Settle the reading first (headstamp settle)."),
    ):
        named = list({item.id: item for item in items}.values())
        if named:
            yield warning(code, words.format(labels(named)), advice, [item.id for item in named])
    for items in numbers.values():
        several = list({item.id: item for item in items}.values())
        if len(several) > 1:
            yield warning("number_twice", f"the same serial number is on {labels(several)}",
                          "One of them may be a copy, or documented twice.", [item.id for item in several])


def _contrary(reader: Reader, marking: Shown) -> bool:
    """Whether two people read a marking so that it cannot be the same; unread places agree with all."""
    latest: dict[str, str] = {}
    for one in reader.referring(marking.id, kind="reading", field="marking", limit=100):
        if one.get("method") in BY_EYE and one.get("reader"):
            latest[str(one.get("reader"))] = keys(str(one.get("text"))).plain
    read = [text for text in dict.fromkeys(latest.values()) if not has_unread(text)]
    return len(read) > 1
