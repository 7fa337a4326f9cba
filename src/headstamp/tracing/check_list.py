"""Official lists as the checks ask them: by country, code, name and identifier, at a given time.

Every version of a list that was ever brought in stays beside the others; which of them speaks
for a transfer follows from three rules:

- An entry without dates speaks for its list's own day only. The version asked is the last one
  dated on or before the transfer's last day; where all are younger, the oldest.
- An entry with dates speaks for those days, by the newest version that has it.
- Where a newer version no longer has such an entry, it surely held up to the day of the last
  version that has it, and possibly until the first that has it not. One with an open end in the
  newest version surely held up to that version's day, and possibly later.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from headstamp.kinds.date import bounds
from headstamp.tracing.check import Sure
from headstamp.tracing.check_code import normal_code
from headstamp.tracing.check_name import identifier_key, name_key

_NEVER = "0001-01-01"


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One entry of one version of a list, as the record ``list_entry`` has it; each is itself alone.

    ``in_force`` is a partial date as the list gives it, empty where it gives none. ``goods`` are
    codes as written. ``source`` is who publishes the list, ``caution`` what that source warns of.
    """

    id: str
    list_name: str
    version: str
    dated: str
    kind: str
    code: str
    title: str
    in_force: str = ""
    countries: tuple[str, ...] = ()
    goods: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    arms: bool = False
    issuer: str = ""
    source: str = ""
    caution: str = ""
    note: str = ""


@dataclass(frozen=True)
class Span:
    """The days for which an entry surely and possibly holds; None is an open end.

    A date such as 2014 leaves open which day was meant: surely then is only what lies between."""

    sure_from: str | None
    sure_to: str | None
    from_: str | None
    to: str | None


@lru_cache(maxsize=65_536)
def span(in_force: str, seen: str = "", gone: str = "") -> Span:
    """The days of an entry; ``seen`` is the day of the last list that has it, ``gone`` the first without.

    >>> span("2014/2018", "2020-01-01")
    Span(sure_from='2014-12-31', sure_to='2018-01-01', from_='2014-01-01', to='2018-12-31')
    >>> span("2014-07-31/..", "2020-01-01")
    Span(sure_from='2014-07-31', sure_to='2020-01-01', from_='2014-07-31', to=None)
    >>> span("2014-07-31/..", "2020-01-01", "2022-01-01").to
    '2022-01-01'
    """
    start, slash, end = in_force.partition("/")
    if not slash:
        end = start
    opens, closes = start in ("", ".."), end in ("", "..")
    from_, sure_from = (None, None) if opens else bounds(start)
    sure_to: str | None
    to: str | None
    if closes:
        # What a list has open was true on the day of the list; of later days it says nothing.
        sure_to, to = seen or _NEVER, gone or None
    else:
        sure_to, to = bounds(end)
    if any(mark in in_force for mark in "?~%"):
        sure_to = _NEVER
    return Span(sure_from, sure_to, from_, to)


def held(over: Span, first: str | None, last: str | None) -> Sure:
    """Whether an entry held when the goods moved; empty where it surely did not.

    >>> held(span("2014-07-31/2018-12-31"), "2015-01-01", "2015-12-31")
    'in force'
    >>> held(span("2014-07-31/2018-12-31"), "2014-01-01", "2014-12-31")
    'possibly in force'
    >>> held(span("2014-07-31/2018-12-31"), "2012-01-01", "2012-12-31")
    ''
    >>> held(span("2014-07-31/2018-12-31"), None, None)
    'dates not known'
    """
    if first is None and last is None:
        return "dates not known"
    if (over.from_ and last and last < over.from_) or (over.to and first and first > over.to):
        return ""
    if (first and last and (over.sure_from is None or over.sure_from <= first)
            and (over.sure_to is None or last <= over.sure_to)):
        return "in force"
    return "possibly in force"


@dataclass
class Lists:
    """All entries of all lists, ready to be asked."""

    entries: Sequence[Entry]
    _by: dict[tuple[str, str], list[Entry]] = field(default_factory=dict, repr=False)
    _versions: dict[str, list[tuple[str, str]]] = field(default_factory=dict, repr=False)
    _spans: dict[str, Span] = field(default_factory=dict, repr=False)
    _always: dict[tuple[str, str], tuple[tuple[Entry, Sure], ...]] = field(
        default_factory=dict, repr=False)
    _asked: dict[Any, tuple[tuple[Entry, Sure], ...]] = field(default_factory=dict, repr=False)

    @classmethod
    def build(cls, entries: Iterable[Entry]) -> Lists:
        """The lists made of these entries, in a fixed order."""
        ordered = sorted(entries, key=lambda e: (e.list_name, e.dated, e.version, e.code, e.id))
        made = cls(tuple(ordered))
        versions: dict[str, set[tuple[str, str]]] = {}
        for entry in ordered:
            versions.setdefault(entry.list_name, set()).add((_day(entry.dated), entry.version))
        made._versions = {name: sorted(found) for name, found in versions.items()}
        newest: dict[tuple[str, str], tuple[str, str]] = {}
        for entry in ordered:
            if entry.in_force:
                newest[entry.list_name, entry.code] = (_day(entry.dated), entry.version)
        for entry in ordered:
            if entry.in_force:
                stands = newest[entry.list_name, entry.code]
                if (_day(entry.dated), entry.version) != stands:
                    continue
                later = [day for day, version in made._versions[entry.list_name]
                         if (day, version) > stands]
                made._spans[entry.id] = span(entry.in_force, stands[0], later[0] if later else "")
            for key in _keys(entry):
                made._by.setdefault(key, []).append(entry)
        for key, some in made._by.items():
            # Most lists have one version and no dates: what they say does not depend on the day.
            if not any(one.in_force or len(made._versions[one.list_name]) > 1 for one in some):
                made._always[key] = tuple((one, "dates not known") for one in some)
        return made

    def about_country(self, code: str, first: str | None, last: str | None
                      ) -> tuple[tuple[Entry, Sure], ...]:
        """Entries about a country that may have held on a day of that time, with how surely."""
        return self._at(("country", code), first, last)

    def about_goods(self, code: str, first: str | None, last: str | None
                    ) -> tuple[tuple[Entry, Sure], ...]:
        """Entries about a code of goods in its normal form (see ``check_code``)."""
        return self._at(("goods", code), first, last)

    def about_name(self, name: str, first: str | None, last: str | None
                   ) -> tuple[tuple[Entry, Sure], ...]:
        """Entries with a name whose key is this name's."""
        key = name_key(name)
        return self._at(("name", key), first, last) if key else ()

    def about_identifier(self, scheme: str, value: str, first: str | None, last: str | None
                         ) -> tuple[tuple[Entry, Sure], ...]:
        """Entries with this number of this register."""
        return self._at(("identifier", identifier_key(scheme, value)), first, last)

    def of_kind(self, kind: str) -> Iterator[Entry]:
        """All entries of lists of a kind."""
        return (entry for entry in self.entries if entry.kind == kind)

    def _at(self, key: tuple[str, str], first: str | None, last: str | None
            ) -> tuple[tuple[Entry, Sure], ...]:
        always = self._always.get(key)
        if always is not None:
            return always
        some = self._by.get(key)
        if some is None:
            return ()
        asked = (key, first, last)
        found = self._asked.get(asked)
        if found is None:
            found = tuple(self._told(some, first, last))
            if len(self._asked) > 200_000:
                self._asked.clear()
            self._asked[asked] = found
        return found

    def _told(self, some: Iterable[Entry], first: str | None, last: str | None
              ) -> Iterator[tuple[Entry, Sure]]:
        for entry in some:
            if not entry.in_force:
                if (_day(entry.dated), entry.version) == self._speaking(entry.list_name, last):
                    yield entry, "dates not known"
            elif entry.id in self._spans:
                sure = held(self._spans[entry.id], first, last)
                if sure:
                    yield entry, sure

    def _speaking(self, name: str, last: str | None) -> tuple[str, str]:
        """The version of a list without dates that speaks for a transfer ending on that day."""
        versions = self._versions[name]
        if last is None:
            return versions[-1]
        return versions[max(bisect_right(versions, (last, "\U0010ffff")) - 1, 0)]


def _day(dated: str) -> str:
    """The first possible day of a list's date; the beginning of time where it is not known."""
    return (bounds(dated)[0] or "") if dated else ""


def _keys(entry: Entry) -> Iterator[tuple[str, str]]:
    yield from dict.fromkeys(("country", code) for code in entry.countries)
    yield from dict.fromkeys(("goods", normal_code(code)) for code in entry.goods)
    keys = (name_key(name) for name in (*entry.names,))
    yield from dict.fromkeys(("name", key) for key in keys if key)
    yield from dict.fromkeys(
        ("identifier", identifier_key(scheme, value)) for scheme, value in entry.identifiers)
