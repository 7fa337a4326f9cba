"""Was an embargo, or another measure against a country, in force when the goods moved?

Asked of every country that the transfer names: from, to, through, and those of its parties.
Programmes of one list about one country are one question, however many issuers they have.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from headstamp.tracing.check import Around, Flag, Movement, Sure, cited, country_named
from headstamp.tracing.check_list import Entry, Lists

_KINDS = frozenset({"arms_embargo", "sanctions_programme"})
_NAMED = 6


def embargo(one: Movement, lists: Lists, around: Around) -> Iterator[Flag]:
    """Questions about measures against the countries of a transfer; none within one country."""
    touched = countries(one, around)
    if len(touched) == 1 and within_one(one, around):
        return
    for country, roles in touched.items():
        for (_, _, sure, arms), entries in _grouped(lists.about_country(country, one.first, one.last)):
            first = entries[0]
            yield Flag(
                "arms_embargo" if arms else "sanctions",
                _question(one, country, roles, entries, sure, arms),
                first.source, first.list_name, first.version, first.dated, sure, (one.id,),
                tuple(entry.code for entry in entries), caution=first.caution,
            )


def within_one(one: Movement, around: Around) -> bool:
    """Whether both ends, by place or else by party, are known to lie in one country."""
    ends = []
    for country, party in ((one.from_country, one.from_party), (one.to_country, one.to_party)):
        known = around.parties.get(party or "")
        ends.append(country or (known.country if known is not None else ""))
    return bool(ends[0]) and ends[0] == ends[1]


_Key = tuple[str, str, Sure, bool]


@lru_cache(maxsize=10_000)
def _grouped(some: tuple[tuple[Entry, Sure], ...]) -> tuple[tuple[_Key, tuple[Entry, ...]], ...]:
    """Entries about one country by list, version, sureness and whether they are on arms."""
    grouped: dict[_Key, list[Entry]] = {}
    for entry, sure in some:
        if entry.kind in _KINDS:
            arms = entry.arms or entry.kind == "arms_embargo"
            grouped.setdefault((entry.list_name, entry.version, sure, arms), []).append(entry)
    return tuple((key, tuple(grouped[key])) for key in sorted(grouped))


def countries(one: Movement, around: Around) -> dict[str, list[str]]:
    """The countries that a transfer touches, each with what it is to the transfer."""
    found: dict[str, list[str]] = {}

    def add(country: str, role: str) -> None:
        if country:
            found.setdefault(country, []).append(role)

    if one.direction_doubted:
        add(one.from_country, "one of the two countries, which the source does not surely tell apart")
        add(one.to_country, "one of the two countries, which the source does not surely tell apart")
    else:
        add(one.from_country, "sent from")
        add(one.to_country, "sent to")
    for country in one.through:
        add(country, "sent through")
    for party, role in ((one.from_party, "country of the sender"),
                        (one.to_party, "country of the receiver"),
                        (one.carrier, "country of the carrier"),
                        (one.broker, "country of the broker")):
        known = around.parties.get(party or "")
        if known is not None and known.country not in found:
            add(known.country, role)
    return found


def _question(one: Movement, country: str, roles: list[str], entries: tuple[Entry, ...], sure: Sure,
              arms: bool) -> str:
    codes = sorted({entry.code for entry in entries})
    named = ", ".join(codes[:_NAMED]) + (f" and {len(codes) - _NAMED} more" if len(codes) > _NAMED else "")
    what = "measures on arms" if arms else "sanctions, of which none is said to be on arms,"
    first = entries[0]
    source = cited(first.list_name, first.version, first.dated)
    about = f"{country_named(country)} ({'; '.join(dict.fromkeys(roles))})"
    if sure == "in force":
        return (f"{source} has {what} about {about} in force when the goods moved, {one.on}: {named}. "
                "Did they cover these goods, and was there an exemption or approval?")
    if sure == "possibly in force":
        return (f"{source} has {what} about {about} that may have been in force when the goods moved, "
                f"{one.on}: {named}. On which day did they move, and did the measures cover them?")
    if any(entry.in_force for entry in entries):
        return (f"{source} has {what} about {about}: {named}. When did the goods move, and were the "
                "measures in force then?")
    own = "on its day" if first.dated else "on a day that its source does not state"
    return (f"{source} has {what} about {about} in force {own} and does not say since when: {named}. "
            f"Were they in force when the goods moved, {one.on}, and did they cover these goods?")
