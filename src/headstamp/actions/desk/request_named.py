"""What a person types, as the record that is meant: a request, an item, a party."""

from __future__ import annotations

from headstamp.actions.evidence.custody import thing_named
from headstamp.errors import Invalid, Missing, Problem
from headstamp.kinds.counted import plural
from headstamp.kinds.identity import is_record_id
from headstamp.store.reader import Reader
from headstamp.vocab import fold


def request_named(reader: Reader, text: str) -> str:
    """The id of a request, by its id or our reference. Raises Missing, Invalid where several fit."""
    plain = text.strip()
    if plain.startswith("trace-") and is_record_id(plain):
        return reader.get(plain).id
    found = [one.id for one in reader.stream("trace_request")
             if str(one.get("our_reference") or "").casefold() == plain.casefold()]
    if len(found) > 1:
        raise Invalid(f"{plural(len(found), 'request has', 'requests have')} the reference {plain}; give the id", [
            Problem("this is one of them", field="request", value=one) for one in found])
    if not found:
        raise Missing(f"there is no trace request {plain}; headstamp request list shows them")
    return found[0]


def items_named(reader: Reader, texts: list[str]) -> list[str]:
    """The ids of items, by their ids or tags. Raises Missing or Invalid for the first that fails."""
    found = [thing_named(reader, text) for text in texts]
    for text, id_ in zip(texts, found, strict=True):
        if not id_.startswith("item-"):
            raise Invalid(f"{text} is no item; a trace request is about items")
    return found


def party_named(reader: Reader, text: str) -> str:
    """The id of a party, by its id or one of its names. Raises Missing, Invalid where several fit."""
    plain = text.strip()
    if plain.startswith("party-") and is_record_id(plain):
        return reader.get(plain).id
    wanted = fold(plain)
    found = [
        one for one in reader.stream("party")
        if wanted and wanted in {fold(str(name)) for name in (
            one.get("name"), *(other.get("text") for other in one.get("names") or ())) if name}]
    if len(found) > 1:
        raise Invalid(f"{plural(len(found), 'party is', 'parties are')} called {plain}; give the id", [
            Problem(one.label, field="party", value=one.id) for one in found])
    if not found:
        raise Missing(f"there is no party {plain}; record it first (headstamp record party)")
    return found[0].id
