"""The custody of one item or document, as a reader may see it: timeline, table, drawing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from headstamp.errors import Invalid, Missing, Problem
from headstamp.publish.lanes import Band, Span, lanes_svg
from headstamp.records import BY_NAME, kind_of_id
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.tracing.custody import Act, Holding, Past, Timeline, act_of, timeline
from headstamp.tracing.interval import interval

MOST = 1_000
KINDS = ("item", "document")
_ID = re.compile(r"[a-z]{2,12}-[0-9a-z]{4,40}")
FAULTS = {
    "gap": "gap", "overlap": "overlap", "order": "order open", "no_beginning": "no beginning",
    "not_holder": "another holder", "missing": "missing", "after_end": "after its end",
    "past": "contradicts its past", "seal_mismatch": "wrong seal",
    "seal_broken": "seal broken", "seal_unchecked": "seal not looked at",
}
"""What a fault is called."""
_DRAWN = ("gap", "overlap", "seal_mismatch", "seal_broken", "missing")


@dataclass(frozen=True, slots=True)
class Custody:
    """One thing's custody: its acts with their records, and the names of all parties in them."""

    about: Shown
    timeline: Timeline
    records: Mapping[str, Shown]
    names: Mapping[str, str]

    def name(self, party: str | None) -> str:
        """A party's name; its id where it has none."""
        return self.names.get(party or "", party or "")

    def unsaid(self, act: Act) -> tuple[str, ...]:
        """The titles of the fields that a chain of custody record is asked for and this lacks."""
        kind = BY_NAME["custody"]
        return tuple(kind.by_name[name].title for name in act.unsaid)

    def chart(self) -> str:
        """The timeline as SVG."""
        return lanes_svg(f"Custody of {self.about.label}", list(self._spans()), list(self._bands()),
                         width=1100)

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain JSON values."""
        line = self.timeline
        return {
            "about": {"id": self.about.id, "kind": self.about.kind, "label": self.about.label},
            "holders": [{"id": one, "name": self.name(one)} for one in line.holders],
            "ended": line.ended,
            "acts": [self._act(act) for act in line.acts],
            "holdings": [self._holding(one) for one in line.holdings],
            "faults": [
                {"what": one.what, "title": FAULTS[one.what], "certain": one.certain,
                 "words": one.words, "acts": list(one.acts), "from": _iso(one.start),
                 "to": _iso(one.end)} for one in line.faults
            ],
        }

    def _act(self, act: Act) -> dict[str, Any]:
        shown = self.records[act.id]
        return {**shown.as_dict(), "from_name": self.name(act.giver),
                "to_name": self.name(act.receiver), "unsaid": list(act.unsaid),
                "earliest": _iso(act.at.earliest), "latest": _iso(act.at.latest)}

    def _holding(self, one: Holding) -> dict[str, Any]:
        return {"party": one.party, "name": self.name(one.party),
                "begin": one.begin.id if one.begin else None,
                "end": one.end.id if one.end else None,
                "gone_by": one.lapsed.id if one.lapsed else None, "open": one.is_open}

    def _spans(self) -> Iterator[Span]:
        moments = [m for a in self.timeline.acts for m in (a.at.earliest, a.at.latest) if m]
        if not moments:
            return
        begin = min(moments)
        for one in self.timeline.holdings:
            if one.begin and one.begin.act == "returned" and self.timeline.ended:
                continue  # it is with its owner, and no longer in custody
            first = (one.begin.at.earliest if one.begin else None) or self._since(one) or begin
            sure_from = one.begin.at.latest if one.begin else one.end.at.earliest if one.end else None
            stop = one.end or one.lapsed
            last = (stop.at.latest or max(moments)) if stop else None
            sure_to = one.end.at.earliest if one.end and one.begin else None
            yield Span(self.name(one.party), first, sure_from or first, sure_to, last, self.told(one))

    def _since(self, one: Holding) -> datetime | None:
        """From when on a party whose receipt is not recorded can have had it."""
        for before in self.timeline.holdings:
            if before.lapsed is not None and before.lapsed is one.end and before.begin:
                return before.begin.at.latest
        return one.end.at.earliest if one.end else None

    def told(self, one: Holding) -> str:
        """A holding in words."""
        begin = f"from {one.begin.when}" if one.begin else "from a moment that is not recorded"
        end = (f"to {one.end.when}" if one.end else
               f"to a moment that is not recorded, before {one.lapsed.when}" if one.lapsed else
               "with no end recorded")
        return f"{self.name(one.party)} {begin} {end}"

    def _bands(self) -> Iterator[Band]:
        for one in self.timeline.faults:
            start, end = one.start or one.end, one.end or one.start
            if one.what in _DRAWN and start and end:
                yield Band(start, end, FAULTS[one.what], one.words)


def custody_of(reader: Reader, record_id: str) -> Custody:
    """The custody of an item or document. Raises Missing; Invalid for another kind of record."""
    about = reader.get(record_id)
    if about.kind not in KINDS:
        raise Invalid(f"{record_id} is a {kind_of_id(record_id).title}; custody is kept of items "
                      "and documents")
    rows = reader.referring(record_id, kind="custody", field="item", limit=MOST)
    acts, records, parties = [], {}, set()
    for shown in rows:
        act = act_of(shown.id, shown.values, shown.seq)
        if act is not None:
            acts.append(act)
            records[shown.id] = shown
            parties |= {one for one in (act.giver, act.receiver) if one}
    names = reader.labels(sorted(parties))
    past = list(_past(reader, about, rows)) if acts else []
    records |= {shown.id: shown for shown, _ in past}
    return Custody(about, timeline(acts, names, [one for _, one in past]), records, names)


def _past(reader: Reader, about: Shown, custodies: Iterable[Shown]) -> Iterator[tuple[Shown, Past]]:
    """What records claim of the thing's past by a date: that it was found, passed on, had by others."""
    if about.kind != "item":
        return
    found = about.get("recovered_on")
    recovery = reader.many([about.get("recovery")]).get(about.get("recovery")) if about.get("recovery") else None
    if recovery is not None and recovery.get("recovered_on"):
        yield recovery, Past(recovery.id, f"That it was found ({recovery.get('recovered_on')})",
                             interval(recovery.get("recovered_on")))
    elif found:
        yield about, Past(about.id, f"That it was found ({found})", interval(found))
    for shown in custodies:
        if not shown.get("act") and shown.get("held_on"):
            yield shown, _claimed(shown, shown.get("custody_kind"), shown.get("held_on"))
    for shown in reader.referring(about.id, kind="transfer", field="items", limit=MOST):
        if shown.get("happened_on"):
            yield shown, _claimed(shown, shown.get("transfer_kind"), shown.get("happened_on"))


def _claimed(shown: Shown, kind: str | None, when: str) -> Past:
    told = (kind or "unknown").replace("_", " ")
    return Past(shown.id, f"An event of its past, “{told}” of {when},", interval(when))


def thing_named(reader: Reader, word: str) -> str:
    """The id of the item or document that a word names: its id, or the tag of one item.

    Raises Missing where nothing has it, Invalid where several items have that tag.
    """
    if _ID.fullmatch(word):
        return word
    found = reader.list("item", {"tag": word}, limit=3).rows
    if not found:
        raise Missing(f"there is no item with the tag {word!r}, and no record of that id")
    if len(found) > 1:
        raise Invalid(f"several items have the tag {word!r}; give the id of one",
                      [Problem(f"{one.id}: {one.label}") for one in found])
    return found[0].id


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
