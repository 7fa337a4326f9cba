"""What became of tracing each item: traced, established, asked for in vain, open, not asked.

SDG 16.4.2 counts arms whose illicit origin or context was *traced* (followed through records to where it left
lawful hands) or *established* by a competent authority in another way. Here an arm is traced where a
reply that answers for it confirms it, in full or in part; it is established where a reviewed finding tells its
point of diversion. Whether the authority that answered or reviewed is a competent one is for the
country to say; no program can know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from headstamp.store.reader import Reader
from headstamp.tracing.hypothesis import RULE

TRACED, ESTABLISHED, IN_VAIN, OPEN, NOT_ASKED = "traced", "established", "in_vain", "open", "not_asked"
TRACING: Final = {
    TRACED: "traced: a reply confirms it", ESTABLISHED: "established: a reviewed finding tells the point of diversion",
    IN_VAIN: "asked, answered without a result", OPEN: "asked, not answered yet", NOT_ASKED: "not asked",
}
_CONFIRMED: Final = frozenset({"confirmed_full", "confirmed_partial"})
_IN_VAIN: Final = frozenset({"no_record", "record_destroyed", "not_our_product", "refused", "no_reply", "undeliverable"})
_UNSENT: Final = frozenset({"draft", "checked"})
_OVER: Final = frozenset({"no_reply", "no_record", "refused", "closed"})
_REVIEWED: Final = frozenset({"ready", "approved"})
_ORDER: Final = (TRACED, ESTABLISHED, OPEN, IN_VAIN)


@dataclass(frozen=True)
class Tracing:
    """By item: the furthest its tracing came, and the request by which."""

    items: Mapping[str, tuple[str, str]]

    def of(self, item: str) -> tuple[str, str]:
        """The class of one item, and the request or finding it rests on."""
        return self.items.get(item, (NOT_ASKED, ""))


def gather(reader: Reader) -> Tracing:
    """The state of tracing of all items that requests, replies and reviewed findings name."""
    requests = list(reader.stream("trace_request"))
    asked = {one.id: one.get("items") or () for one in requests}
    return states(
        ({"item": item, "request": one.id, "status": one.get("status"), "sent_on": one.get("sent_on")}
         for one in requests for item in asked[one.id]),
        ({"item": item, "request": one.get("request"), "reply_code": one.get("reply_code")}
         for one in reader.stream("trace_reply")
         for item in one.get("items") or asked.get(one.get("request") or "", ())),
        ({"item": item, "finding": one.id, "status": one.get("status"), "method": one.get("method"),
          "probability": one.get("probability")} for one in reader.stream("finding") for item in one.get("items") or ()))


def states(
    requested: Iterable[Mapping[str, Any]], replied: Iterable[Mapping[str, Any]], found: Iterable[Mapping[str, Any]],
) -> Tracing:
    """The furthest the tracing of each item came, from a row for each item of each request, reply and finding.

    Columns: item, request, status, sent_on; item, request, reply_code; item, finding, status, method, probability.
    """
    best: dict[str, tuple[str, str]] = {}

    def note(item: str, state: str, by: str) -> None:
        before = best.get(item)
        if before is None or _ORDER.index(state) < _ORDER.index(before[0]):
            best[item] = (state, by)

    answered: set[tuple[str, str]] = set()
    for row in replied:
        item, by, code = row["item"], row["request"] or "", row["reply_code"]
        if code in _CONFIRMED | _IN_VAIN:
            answered.add((by, item))
            note(item, TRACED if code in _CONFIRMED else IN_VAIN, by)
    for row in requested:
        item, by, status = row["item"], row["request"], row["status"] or "draft"
        if status in _OVER:
            note(item, IN_VAIN, by)
        elif (by, item) not in answered and (status not in _UNSENT or row["sent_on"]):
            note(item, OPEN, by)
    for row in found:
        if str(row["method"] or "").startswith(RULE) and row["probability"] and row["status"] in _REVIEWED:
            note(row["item"], ESTABLISHED, row["finding"])
    return Tracing(best)
