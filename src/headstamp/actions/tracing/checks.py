"""Checking transfers at their time: what is gathered for it, once, through the one read filter.

All of a case is checked in one pass; what was gathered is kept in memory until the case changes,
so that a page asks for the price of one transfer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from weakref import WeakKeyDictionary

from headstamp.actions.linking.parties import same_as
from headstamp.actions.rare_collections import rare_collections
from headstamp.actions.tracing.lists import entries
from headstamp.errors import Invalid, Missing
from headstamp.markings.serial_range import read_ranges
from headstamp.publish.geography import country_centres
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.tracing.check import (
    Around,
    Flag,
    Movement,
    PartyFacts,
    TieFacts,
    movement_of,
    movement_of_claim,
)
from headstamp.tracing.check_code import cas_numbers
from headstamp.tracing.check_list import Lists
from headstamp.tracing.checks import Checker
from headstamp.tracing.step import Chain
from headstamp.vocab import vocabulary

# Of each kind of question so many flags are kept at hand, for a page or a list.
SOME = 1_000
# Up to so many transfers are checked together when the page of one is asked for.
AT_ONCE = 5_000
_PLAIN_RANGE = re.compile(r"([A-Za-z]{0,4} ?)([0-9]{1,18})(?: ?[-–] ?| to )\1?([0-9]{1,18})")
_LISTS: WeakKeyDictionary[Case, dict[str, tuple[tuple[int, ...], Lists]]] = WeakKeyDictionary()
_KEPT: WeakKeyDictionary[Case, dict[str, tuple[int, Checks]]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Summary:
    """What is asked in a whole case: of how many transfers each kind of question, and some of them.

    ``some`` holds, for each kind, the first flags with their transfers, at most ``SOME`` of each.
    """

    transfers: int
    asked: int
    flags: int
    counts: tuple[tuple[str, int], ...]
    some: Mapping[str, tuple[tuple[str, Flag], ...]]


@dataclass
class Checks:
    """All transfers of a case as one reader sees them, and the checker that knows them all."""

    movements: Mapping[str, Movement]
    checker: Checker
    # Whether the quantities of all transfers of the case were at hand.
    whole: bool = True
    _summary: Summary | None = field(default=None, repr=False)

    def of(self, transfer: str) -> tuple[Flag, ...]:
        """The flags of one transfer. Raises Missing where there is none, or none to be seen."""
        one = self.movements.get(transfer)
        if one is None:
            raise Missing(f"there is no transfer {transfer}")
        return self.checker.check(one)

    def all(self) -> Iterator[tuple[str, tuple[Flag, ...]]]:
        """Each transfer that has flags, with them, oldest record first; in flat memory."""
        for id_, one in self.movements.items():
            flags = self.checker.check(one)
            if flags:
                yield id_, flags

    def summary(self) -> Summary:
        """All transfers checked, counted by kind of question; kept."""
        if self._summary is None:
            counted: Counter[str] = Counter()
            some: dict[str, list[tuple[str, Flag]]] = {}
            asked = flags = 0
            with rare_collections():
                for id_, found in self.all():
                    asked += 1
                    flags += len(found)
                    counted.update({flag.what for flag in found})
                    for flag in found:
                        if len(kept := some.setdefault(flag.what, [])) < SOME:
                            kept.append((id_, flag))
            counts = tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))
            self._summary = Summary(len(self.movements), asked, flags, counts,
                                    {what: tuple(kept) for what, kept in some.items()})
        return self._summary


def checks(case: Case, reader: Reader) -> Checks:
    """What is gathered for the checks of a case, as this reader sees it; kept until it changes."""
    kept = _KEPT.setdefault(case, {})
    size = reader.size()
    held = kept.get(reader.clearance)
    if held is None or held[0] != size:
        with rare_collections():
            held = size, gather(reader, lists_of(case, reader))
        kept[reader.clearance] = held
    return held[1]


def lists_of(case: Case | None, reader: Reader) -> Lists:
    """All official lists as this reader sees them, ready to be asked; kept until one changes."""
    if case is None:
        return Lists.build(entries(reader))
    kept = _LISTS.setdefault(case, {})
    newest = reader.list("list_entry", limit=1)
    papers = reader.list("document", {"document_kind": "dataset"}, limit=1)
    # An entry or a list's paper added, corrected or hidden changes one of these.
    stamp = (newest.total, *(page.rows[0].seq if page.rows else -1 for page in (newest, papers)))
    held = kept.get(reader.clearance)
    if held is None or held[0] != stamp:
        held = kept[reader.clearance] = stamp, Lists.build(entries(reader))
    return held[1]


def gather(reader: Reader, lists: Lists | None = None) -> Checks:
    """All transfers with what the checks ask of them, the parties and their ties, and the lists."""
    shown = list(reader.stream("transfer"))
    movements = {one.id: one for one in _movements(reader, shown)}
    return Checks(movements, Checker.of(
        lists or lists_of(None, reader), around(reader), movements.values()))


def gather_some(
    reader: Reader, transfers: Sequence[str], lists: Lists, parties: Iterable[str] = ()
) -> Checks:
    """The same for a few transfers, and for these parties too; the price of a few questions.

    Quantities are compared among these transfers only.
    """
    found = {one.id: one for one in _movements(reader, list(reader.many(transfers).values()))}
    named = dict.fromkeys((*(party for one in found.values() for party in one.parties), *parties))
    return Checks(found, Checker.of(lists, _around_some(reader, list(named)), found.values()),
                  whole=False)


def _around_some(reader: Reader, named: Sequence[str]) -> Around:
    """What stands around these parties: those judged one with them, and their ties."""
    same = same_as(reader)
    stand = {same.get(party, party) for party in named}
    ids = list(dict.fromkeys((*named, *(party for party, one in same.items() if one in stand))))
    ties = {
        tie.id: tie for field in ("party", "to_party")
        for some in reader.belonging(ids, "tie", field).values() for tie in some
    }
    ends = [end for tie in ties.values() for end in (tie.get("party"), tie.get("to_party")) if end]
    parties = reader.many(list(dict.fromkeys((*ids, *ends))))
    return Around({id_: party_facts(one) for id_, one in parties.items()},
                  _ties(ties[id_] for id_ in sorted(ties)), same, country_centres())


def around(reader: Reader) -> Around:
    """The parties of the case, who is judged one with whom, and their ties."""
    parties = {one.id: party_facts(one) for one in reader.stream("party")}
    ties = sorted(reader.stream("tie"), key=lambda one: one.id)
    return Around(parties, _ties(ties), same_as(reader), country_centres())


def _ties(some: Iterable[Shown]) -> tuple[TieFacts, ...]:
    return tuple(
        TieFacts(one.id, one.get("party"), one.get("tie_kind"), one.get("to_party"),
                 one.get("role") or "", one.get("lasted") or "")
        for one in some
        # What may not be seen of a tie is not there.
        if one.get("party") and one.get("to_party")
    )


def party_facts(shown: Shown) -> PartyFacts:
    """A ``party`` record as the checks ask of it."""
    return PartyFacts(
        shown.id, shown.label, shown.get("country") or "", shown.get("founded_on") or "",
        shown.get("dissolved_on") or "", tuple(one["text"] for one in shown.get("names") or ()),
        tuple(filter(None, (shown.get("address"), *(shown.get("addresses") or ())))),
        tuple((one["scheme"], one["value"]) for one in shown.get("identifiers") or ()),
        shown.get("owner") or "",
    )


def _movements(reader: Reader, shown: Sequence[Shown]) -> Iterator[Movement]:
    items = {id_ for one in shown for id_ in one.get("items") or ()}
    papers = {id_ for one in shown for id_ in one.get("documents") or ()}
    families = _some(reader, "item", "family", items)
    kinds = _some(reader, "document", "document_kind", papers)
    texts = _texts(reader, items)
    for one in shown:
        moved = movement_of(one.id, one.values)
        if unread := _unread(str(one.get("serials") or "")):
            moved = replace(moved, unread=unread)
        named, with_it = one.get("items") or (), one.get("documents") or ()
        if named or with_it:
            moved = replace(
                moved, families=tuple(sorted({families[i] for i in named if i in families})),
                texts=tuple(text for i in named for text in texts.get(i, ())),
                papers=tuple(sorted({kinds[i] for i in with_it if i in kinds})),
            )
        yield moved


def _unread(serials: str) -> tuple[tuple[str, str], ...]:
    """What cannot be understood of serial numbers as written, each with why."""
    plain = _PLAIN_RANGE.fullmatch(serials)
    if not serials or (plain and int(plain[2]) <= int(plain[3])):
        return ()  # by far the most, and quickly told
    return tuple(dict.fromkeys((one.value[:100], one.rule) for one in read_ranges(serials).problems))


def _some(reader: Reader, kind: str, column: str, ids: set[str]) -> dict[str, str]:
    """One column of some records of a kind."""
    if not ids:
        return {}
    if len(ids) < 500:
        return {id_: one.get(column) or "" for id_, one in reader.many(list(ids)).items()}
    return {id_: value or "" for id_, value in reader.cells(kind, ("id", column)) if id_ in ids}


def _texts(reader: Reader, items: set[str]) -> dict[str, list[tuple[str, str]]]:
    """Markings of these items that hold the number of a substance: (record, text) by item."""
    found: dict[str, list[tuple[str, str]]] = {}
    if not items:
        return found
    if len(items) < 200:
        rows: Iterable[tuple[Any, ...]] = (
            (item, one.id, one.get("text"))
            for item, some in reader.belonging(list(items), "marking", "item").items() for one in some
        )
    else:
        rows = reader.cells("marking", ("item", "id", "text"))
    for item, id_, text in rows:
        if text and item in items and cas_numbers(text):
            found.setdefault(item, []).append((id_, text))
    return found


def checked(case: Case, reader: Reader, transfer: str) -> tuple[tuple[Flag, ...], bool]:
    """The flags of one transfer, and whether its quantity was held against those of the case.

    Where a case has many transfers and they were not all checked before, only this one is read.
    Raises Missing.
    """
    held = _KEPT.get(case, {}).get(reader.clearance)
    if reader.totals()["transfer"] <= AT_ONCE or (held is not None and held[0] == reader.size()):
        found = checks(case, reader)
    else:
        found = gather_some(reader, [transfer], lists_of(case, reader))
    return found.of(transfer), found.whole


def checks_of_chain(
    reader: Reader, chain: Chain, gathered: Checks | None = None, *, case: Case | None = None
) -> tuple[Flag, ...]:
    """The flags of all claims of a chain, each once, and of what its parties have in common.

    Without ``gathered`` (see :func:`checks`) only the chain's own transfers are read, so that
    quantities are compared with nobody else's; ``case`` then lets its lists be kept.
    """
    claims = [claim for claim in chain.claims if claim.how not in ("made", "recovered")]
    if gathered is None:
        ids = [claim.id for claim in claims if claim.kind == "transfer"]
        gathered = gather_some(reader, ids, lists_of(case, reader), chain.parties)
    steps = [
        gathered.movements.get(claim.id) or _known(movement_of_claim(claim), gathered)
        for claim in claims
    ]
    return gathered.checker.check_chain(steps)


def _known(one: Movement, gathered: Checks) -> Movement:
    """A claim's movement; its places from its parties where it names none."""
    parties = gathered.checker.around.parties

    def of(country: str, party: str | None) -> str:
        known = parties.get(party or "")
        return country or (known.country if known else "")

    return replace(one, from_country=of(one.from_country, one.from_party),
                   to_country=of(one.to_country, one.to_party))


def known_what(word: str) -> str:
    """The kind of question a word names. Raises Invalid naming all."""
    if not word:
        return ""
    words = vocabulary("flag_kind")
    term = words.find(word)
    if term is None:
        raise Invalid(f"{word!r} is no kind of question; there are: "
                      + ", ".join(one.code for one in words))
    return term.code
