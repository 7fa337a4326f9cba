"""Forward: from a transfer, party, paper, lot, range, package or item to all that came the same way.

Of each transfer the items are found that may have been among its goods: those it names, what
was packed in them, and whatever bears a number that it names. Each candidate is then attached
as its own chain attaches it (:mod:`headstamp.actions.tracing.attaching`), so that "the same shipment"
is as sure here as there. From a party the transfers go on to those it passed goods to, as
long as their days do not run backwards.

What was found is what was found: an item that is not here may have come the same way too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from headstamp.actions.tracing.attaching import attached
from headstamp.actions.tracing.transfer_index import TransferIndex, numbers, transfer_index
from headstamp.errors import Invalid, Problem
from headstamp.kinds.date import PARTIAL_DATE
from headstamp.kinds.kind import Unfit
from headstamp.markings.normalise import plain_key
from headstamp.markings.range_index import RangeIndex
from headstamp.markings.serial_range import SerialRange, read_ranges
from headstamp.markings.unread import has_unread
from headstamp.records import kind_of_id
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.tracing.attach import attachment
from headstamp.tracing.claim import Attachment, By, days

STARTS: Final = ("transfer", "party", "document", "item", "custody")
"""Kinds of record from which one may ask forward; and lots, serial numbers and packages by text."""
BY_TEXT: Final = ("lot", "serials", "package")

MOST_TRANSFERS: Final = 500
MOST_ITEMS: Final = 1_000
_MOST_KEYS: Final = 5_000
_SURE: Final = {"exactly": 0, "probably": 1, "perhaps": 2}


@dataclass(frozen=True)
class Passed:
    """A transfer on the way: its record, how many transfers from the start it lies, its names."""

    record: Shown
    step: int
    from_name: str = ""
    to_name: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {**self.record.as_dict(), "step": self.step, "from_name": self.from_name,
                "to_name": self.to_name}


@dataclass(frozen=True)
class Found:
    """An item that came this way: by which transfers, how surely, where and when it was found."""

    item: Shown
    transfers: tuple[str, ...]
    attached: Attachment
    site: str = ""
    site_name: str = ""
    when: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"item": self.item.id, "label": self.item.label, "transfers": list(self.transfers),
                "attached": self.attached.as_dict(), "site": self.site, "site_name": self.site_name,
                "when": self.when}


@dataclass(frozen=True)
class Forward:
    """All that came the same way. ``more`` says in words which limit was reached, if any."""

    start: str
    words: str
    transfers: tuple[Passed, ...]
    items: tuple[Found, ...]
    more: tuple[str, ...] = ()

    @property
    def sites(self) -> tuple[tuple[str, str, int], ...]:
        """(site, name, how many of the items) where they were found, most first; no site last."""
        counts: dict[tuple[str, str], int] = {}
        for one in self.items:
            counts[one.site, one.site_name] = counts.get((one.site, one.site_name), 0) + 1
        return tuple((site, name, n) for (site, name), n in sorted(
            counts.items(), key=lambda pair: (not pair[0][0], -pair[1], pair[0])))

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "start": self.start, "words": self.words,
            "transfers": [one.as_dict() for one in self.transfers],
            "items": [one.as_dict() for one in self.items],
            "sites": [{"site": s, "name": name, "items": n} for s, name, n in self.sites],
            "more": list(self.more),
        }


def forward(
    case: Case, reader: Reader, start: str, *, steps: int = 6, since: str = "",
    limit: int = MOST_ITEMS,
) -> Forward:
    """All that came the same way as a record, by its id.

    ``steps`` bounds how many transfers one goes on from a party. ``since`` (a partial date)
    leaves out transfers that surely happened before it. At most ``limit`` items are looked at. Raises Missing, and Invalid for a kind
    of record from which nothing is asked.
    """
    kind = kind_of_id(start).name
    if kind not in STARTS:
        raise Invalid(f"from a {kind.replace('_', ' ')} nothing is asked forward; from there are: "
                      + ", ".join((*STARTS, *BY_TEXT)))
    since = _date(since)
    shown = reader.get(start)
    index = transfer_index(case, reader)
    more: list[str] = []
    beside: dict[str, Attachment] = {}
    if kind == "party":
        some = _onward(reader, start, steps, since, more)
        words = f"goods that passed through {shown.label}"
    elif kind == "item":
        about = attached(reader, index, shown)
        some = {id_: (one, 0) for id_, one in about.transfers.items()
                if attachment(about.matches[id_]).how != "perhaps"}
        for custody in _custody_of(reader, start):
            if (transfer := custody.get("transfer")) and transfer not in some:
                some |= {id_: (one, 0) for id_, one in reader.many([transfer]).items()}
        words = f"other finds that came the way of {shown.label}"
    elif kind == "document":
        some = {one.id: (one, 0) for one in
                reader.referring(start, kind="transfer", field="documents", limit=MOST_TRANSFERS)}
        beside = {one: Attachment(words=("the paper is put with it",))
                  for one in shown.get("items") or ()}
        for custody in reader.referring(start, kind="custody", field="documents"):
            beside.setdefault(custody.get("item", ""), Attachment("custody"))
        words = f"goods of which {shown.label} tells"
    elif kind == "custody":
        transfer = shown.get("transfer")
        some = {id_: (one, 0) for id_, one in reader.many([transfer] if transfer else []).items()}
        words = f"goods that passed with {shown.label}"
    else:
        some, words = {start: (shown, 0)}, f"goods of {shown.label}"
    return _found(reader, index, start, words, some, beside, more, limit)


def _date(text: str) -> str:
    try:
        return PARTIAL_DATE.clean(text) if text else ""
    except Unfit as error:
        raise Invalid("since when is not understood",
                      [Problem(error.rule, error.advice, "since", text[:100])]) from error


def forward_by(
    case: Case, reader: Reader, by: str, text: str, *, limit: int = MOST_ITEMS
) -> Forward:
    """All that came the same way by a lot, by serial numbers or ranges, or by a package's number.

    ``text`` is as it would stand in a transfer. Raises Invalid where nothing can be read in it.
    """
    if by not in BY_TEXT:
        raise Invalid(f"one asks by {', '.join(BY_TEXT)}, not by {by!r}")
    index = transfer_index(case, reader)
    beside: dict[str, Attachment] = {}
    some: dict[str, Shown] = {}
    more: list[str] = []
    if by == "serials":
        ranges = read_ranges(text).ranges
        if not ranges:
            raise Invalid(f"no serial number can be read in {text!r}")
        some = {one.id: one for one in _overlapping(reader, ranges)}
        asked = RangeIndex((str(range_), range_) for range_ in ranges)
        for range_ in ranges:
            for item, read in _bearing_range(reader, range_, more):
                for cover in asked.covering(read, limit=1):
                    _surest(beside, item, Attachment(
                        "serial", "exactly" if cover.sure == "exactly" else
                        "probably" if cover.how == "probably" else "perhaps", cover.share,
                        (f"serial {read}: {cover.details()}",)))
    else:
        keys = [key for key in numbers(text) if not has_unread(key)]
        if not keys:
            raise Invalid(f"no number of a {by} can be read in full in {text!r}")
        named = {id_ for key in keys for id_, _, how in index.numbered(by, key) if how == "same"}
        some = {id_: one for id_, one in reader.many(sorted(named)).items() if one.kind == "transfer"}
        numbered: By = "lot" if by == "lot" else "package"
        for item, read in _bearing(reader, keys):
            beside.setdefault(item, Attachment(numbered, words=(f"{by} {read}",)))
    return _found(reader, index, text, f"goods of {by} {text}",
                  {id_: (one, 0) for id_, one in some.items()}, beside, more, limit)


def _found(
    reader: Reader, index: TransferIndex, start: str, words: str, some: dict[str, tuple[Shown, int]],
    beside: dict[str, Attachment], more: list[str], limit: int,
) -> Forward:
    transfers = [one for one, _ in some.values()]
    candidates: dict[str, None] = dict.fromkeys(one for one in beside if one)
    for transfer in transfers:
        candidates |= dict.fromkeys(_candidates(reader, transfer, more))
        if len(candidates) > limit:
            more.append(f"more than {limit:,} items may have come this way; the first are shown")
            break
    wanted = list(candidates)[:limit]
    shown = {id_: one for id_, one in reader.many(wanted).items() if one.kind == "item"}
    found = [one for one in (_item(reader, index, item, some, beside.get(id_))
                             for id_, item in shown.items() if id_ != start) if one is not None]
    names = reader.labels([one.site for one in found if one.site])
    parties = reader.labels([str(t.get(name)) for t in transfers for name in ("from_party", "to_party")])
    found = [replace(one, site_name=names.get(one.site, "")) for one in found]
    found.sort(key=lambda one: (_SURE[one.attached.how], -one.attached.share, one.item.label, one.item.id))
    passed = [Passed(one, step, parties.get(str(one.get("from_party")), ""),
                     parties.get(str(one.get("to_party")), "")) for one, step in some.values()]
    passed.sort(key=lambda one: (one.step, days(one.record.get("happened_on") or "")[0] or "9999",
                                 one.record.id))
    return Forward(start, words, tuple(passed), tuple(found), tuple(dict.fromkeys(more)))


def _item(
    reader: Reader, index: TransferIndex, item: Shown, some: dict[str, tuple[Shown, int]],
    beside: Attachment | None,
) -> Found | None:
    about = attached(reader, index, item)
    ways = {id_: attachment(told) for id_, told in about.matches.items() if id_ in some}
    for custody in _custody_of(reader, item.id):
        if custody.get("transfer") in some:
            ways[str(custody.get("transfer"))] = Attachment("custody")
    known = list(ways.values())
    if beside is not None:
        known.append(beside)
    if not known:
        return None
    best = min(known, key=lambda one: (_SURE[one.how], -one.share, one.words))
    recovery = item.get("recovery")
    shown = reader.many([recovery]).get(recovery) if recovery else None
    site = item.get("site") or (shown.get("site") if shown else None) or ""
    when = item.get("recovered_on") or (shown.get("recovered_on") if shown else None) or ""
    return Found(item, tuple(sorted(ways)), best, site, "", when)


def _custody_of(reader: Reader, item: str) -> list[Shown]:
    """The events of an item's past; acts of our own custody are none."""
    return [one for one in reader.referring(item, kind="custody", field="item") if not one.get("act")]


def _onward(
    reader: Reader, party: str, steps: int, since: str, more: list[str]
) -> dict[str, tuple[Shown, int]]:
    """The transfers of a party, and those that can have followed from what it passed on."""
    earliest = days(since)[0] if since else None
    found: dict[str, tuple[Shown, int]] = {}
    for one in reader.referring(party, kind="transfer", field="to_party", limit=MOST_TRANSFERS):
        if _not_before(one, earliest):
            found[one.id] = one, 0
    # Each party with the first day on which goods from the start can have been in its hands.
    reached: dict[str, str | None] = {party: earliest}
    for step in range(1, steps + 1):
        following: dict[str, str | None] = {}
        for holder, since_day in reached.items():
            for one in reader.referring(holder, kind="transfer", field="from_party",
                                        limit=MOST_TRANSFERS):
                if not _not_before(one, since_day):
                    continue
                if len(found) >= MOST_TRANSFERS and one.id not in found:
                    more.append(f"more than {MOST_TRANSFERS:,} transfers follow; the nearest are shown")
                    return found
                new = one.id not in found
                if new:
                    found[one.id] = one, step
                to, first = one.get("to_party"), _later(since_day, days(one.get("happened_on") or "")[0])
                if to and (new or first is None) and (
                        to not in following or (first or "") < (following[to] or "")):
                    following[to] = first
        reached = {to: first for to, first in following.items() if to not in reached}
        if not reached:
            break
    return found


def _not_before(transfer: Shown, earliest: str | None) -> bool:
    last = days(transfer.get("happened_on") or "")[1]
    return earliest is None or last is None or last >= earliest


def _later(one: str | None, other: str | None) -> str | None:
    return max(one, other) if one and other else one or other


def _candidates(reader: Reader, transfer: Shown, more: list[str]) -> Iterator[str]:
    """The items that may have been among a transfer's goods, each perhaps more than once."""
    yield from _with_parts(reader, transfer.get("items") or ())
    for custody in reader.referring(transfer.id, kind="custody", field="transfer"):
        yield from _with_parts(reader, [custody.get("item", "")])
    replies = {one.id: one for one in
               reader.referring(transfer.id, kind="trace_reply", field="transfers")}
    if transfer.get("reply"):
        replies |= reader.many([transfer.get("reply")])
    for reply in replies.values():
        yield from _with_parts(reader, reply.get("items") or ())
    for text in (transfer.get("serials"), *(one.get("serials") for one in replies.values())):
        for range_ in read_ranges(text).ranges if text else ():
            yield from _with_parts(reader, (one for one, _ in _bearing_range(reader, range_, more)))
    for field in ("lot", "package"):
        keys = [key for key in numbers(transfer.get(field) or "") if not has_unread(key)]
        yield from _with_parts(reader, (one for one, _ in _bearing(reader, keys)))


def _with_parts(reader: Reader, items: Iterable[str]) -> Iterator[str]:
    some = [one for one in items if one]
    yield from some
    for inside in reader.belonging(some, "item", "parent").values() if some else ():
        yield from (one.id for one in inside)


def _surest(beside: dict[str, Attachment], item: str, one: Attachment) -> None:
    held = beside.get(item)
    if held is None or (_SURE[one.how], -one.share) < (_SURE[held.how], -held.share):
        beside[item] = one


def _bearing(reader: Reader, keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The items on which one of these numbers stands or was read, with the text that says so."""
    for key in keys:
        ids = [id_ for id_, _ in reader.find_keys("plain", equal=key, limit=_MOST_KEYS)]
        yield from _borne_by(reader, ids)


def _bearing_range(
    reader: Reader, range_: SerialRange, more: list[str]
) -> Iterator[tuple[str, str]]:
    """The items with a text that may be a number of the range, the partly read ones too."""
    if range_.low is None or range_.high is None:
        like = f"{plain_key(range_.prefix)}%"
    else:
        low, high = (plain_key(range_.written(end)) for end in (range_.low, range_.high))
        common = 0
        while common < min(len(low), len(high)) and low[common] == high[common]:
            common += 1
        like = f"{low[:common]}%"
        if low == high:
            like = low
    if like == "%":
        like = "".join("_" for _ in str(range_.high or 0))
    some = reader.find_keys("plain", like=like, limit=_MOST_KEYS)
    if len(some) >= _MOST_KEYS:
        more.append(f"more than {_MOST_KEYS:,} markings may lie in {range_}; the first were looked at")
    # What is not read in full may be of the range whatever it begins with.
    some += reader.find_keys("plain", unread=True, limit=_MOST_KEYS)
    asked = RangeIndex([("", range_)])
    yield from _borne_by(reader, [id_ for id_, text in dict(some).items() if asked.covering(text, limit=1)])


def _borne_by(reader: Reader, ids: list[str]) -> Iterator[tuple[str, str]]:
    shown = reader.many(ids)
    markings = reader.many([one.get("marking", "") for one in shown.values() if one.kind == "reading"])
    for one in shown.values():
        marking = markings.get(one.get("marking", "")) if one.kind == "reading" else one
        item = str(marking.get("item", "")) if marking is not None else ""
        if item.startswith("item-"):
            yield item, one.get("text", "")


def _overlapping(reader: Reader, ranges: Iterable[SerialRange]) -> Iterator[Shown]:
    """The transfers that name serial numbers of which some lie in these ranges."""
    wanted = list(ranges)
    fields = reader.cells("transfer", ("id", "serials"))
    ids = [id_ for id_, text in fields if text and any(
        _overlap(one, other) for one in wanted for other in read_ranges(text).ranges)]
    yield from reader.many(ids).values()


def _overlap(one: SerialRange, other: SerialRange) -> bool:
    letters = [(plain_key(r.prefix), plain_key(r.suffix)) for r in (one, other)]
    return letters[0] == letters[1] and (
        one.low is None or other.high is None or one.low <= other.high) and (
        other.low is None or one.high is None or other.low <= one.high)
