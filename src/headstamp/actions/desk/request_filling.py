"""Filling a trace request from the case: what paragraph 17 of the tracing instrument asks for.

Why illicit comes from the recoveries' grounds, how and where found from recovery and site as
far as a letter may tell it, other data from the items; marks, type, calibre, make, model and
country are not copied: the annex takes them from the items and their markings. What is filled
in is a proposal in the language of the letter, for a person to read and to change.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from headstamp.markings.maker_name import same_maker
from headstamp.publish.letter_run import said_country, said_date
from headstamp.publish.letter_subject import Subject
from headstamp.publish.letter_words import Words
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

_NAMED = 8
_ROLES = (  # a party's recorded roles, the first that it has is what it is asked as
    ("maker", "maker"), ("exporter", "exporter"), ("importer", "importer"), ("distributor", "importer"),
    ("supplier", "exporter"), ("carrier", "carrier"), ("financier", "financier"),
    ("authority", "national_authority"),
)


def filled(
    case: Case, reader: Reader, about: Subject, words: Words, role: str | None
) -> dict[str, Any]:
    """Values of a new request, taken from the case; empty ones left out."""
    grounds = dict.fromkeys(
        one for item in about.items for one in _grounds(about.recovery_of(item)) if one != "unknown")
    told = {
        "title": title_of(about.items),
        "illicit_basis": list(grounds),
        "how_found": "\n".join(_found(about, words)),
        "other_data": "\n".join(_other(about, words)),
        "intended_use": words["letter.intended_use"],
        "confidentiality": "not_public",
    }
    return {name: value for name, value in told.items() if value}


def _grounds(recovery: Shown | None) -> tuple[str, ...]:
    return tuple(recovery.get("illicit_basis") or ()) if recovery is not None else ()


def role_of(about: Subject) -> str:
    """As what the addressee is asked: by the items' maker, else by its own recorded roles."""
    party = about.addressee
    if party is None:
        return "other"
    for item in about.items:
        make = item.get("make")
        if item.get("maker") == party.id or (
            not item.get("maker") and make and any(same_maker(make, one) for one in names_of(party))
        ):
            return "maker"
    if party.get("party_kind") in ("state", "state_body"):
        return "national_authority"
    roles = party.get("roles") or ()
    return next((told for one, told in _ROLES if one in roles), "other")


def names_of(party: Shown) -> tuple[str, ...]:
    """A party's names, the first its own."""
    return (str(party.get("name") or party.label),
            *(str(one["text"]) for one in party.get("names") or () if one.get("text")))


def title_of(items: tuple[Shown, ...]) -> str:
    """What the items are, in one line: make and model, or type, each once."""
    named = list(dict.fromkeys(
        " ".join(str(item.get(name)) for name in ("make", "model") if item.get(name))
        or str(item.get("item_type") or item.label) for item in items))
    shown = ", ".join(named[:3]) + (", ..." if len(named) > 3 else "")
    return shown if len(items) == 1 else f"{shown} ({len(items)})"


def _tags(items: list[Shown], about: Subject) -> str:
    numbers = {item.id: number for number, item in enumerate(about.items, 1)}
    named = [str(item.get("tag") or numbers[item.id]) for item in items]
    return ", ".join(named[:_NAMED]) + (", ..." if len(named) > _NAMED else "")


def _found(about: Subject, words: Words) -> Iterator[str]:
    """One paragraph for each recovery: which items, how, when and where, and what is told of it."""
    groups: dict[tuple[str, ...], list[Shown]] = {}
    for item in about.items:
        recovery = about.recovery_of(item)
        areas, country = about.place_of(item)
        said = (
            words.code("manner", recovery.get("manner") if recovery is not None else None),
            said_date(about.found_on(item), words),
            words["label.comma"].join(part for part in (*areas, said_country(country, words)) if part),
            str(recovery.get("circumstances") or "") if recovery is not None else "")
        groups.setdefault(said, []).append(item)
    colon = words["label.colon"]
    for (manner, when, where, circumstances), items in groups.items():
        if not (manner or when or where or circumstances):
            continue
        lines = [] if len(groups) == 1 else [words["label.items"] + colon + _tags(items, about)]
        lines += [words[f"label.{name}"] + colon + told for name, told in (
            ("manner", manner), ("when", when), ("where", where)) if told]
        yield words["label.semicolon"].join(lines) + "."
        if circumstances:
            yield circumstances


def _other(about: Subject, words: Words) -> Iterator[str]:
    """Condition, the basis of a year, and in what an item was packed, with that package's marks."""
    colon = words["label.colon"]
    by_condition: dict[str, list[Shown]] = {}
    for item in about.items:
        if item.get("condition") not in (None, "unknown"):
            by_condition.setdefault(item.get("condition"), []).append(item)
    for condition, items in by_condition.items():
        told = words["label.condition"] + colon + words.code("condition", condition)
        yield told if len(about.items) == 1 else f"{told} ({_tags(items, about)})"
    packed: dict[str, list[Shown]] = {}
    for item in about.items:
        if item.get("parent") in about.parents:
            packed.setdefault(item.get("parent"), []).append(item)
    for parent, items in packed.items():
        yield f"{words['label.packed_in']}{colon}{about.parents[parent].label} ({_tags(items, about)})"
