"""What became of tracing each item: traced, established, asked for in vain, open, not asked.

SDG 16.4.2 counts arms whose illicit origin or context was *traced* (followed through records to where it left
lawful hands) or *established* by a competent authority in another way. Here an arm is traced where a
reply that answers for it confirms it, in full or in part; it is established where a reviewed finding tells its
point of diversion. Whether the authority that answered or reviewed is a competent one is for the
country to say; no program can know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

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
    best: dict[str, tuple[str, str]] = {}

    def note(items: Sequence[str], state: str, by: str) -> None:
        for item in items:
            before = best.get(item)
            if before is None or _ORDER.index(state) < _ORDER.index(before[0]):
                best[item] = (state, by)

    asked: dict[str, Sequence[str]] = {}
    silent: dict[str, Sequence[str]] = {}
    for request in reader.stream("trace_request"):
        items = request.get("items") or ()
        asked[request.id] = items
        status = request.get("status", "draft")
        if status in _UNSENT and not request.get("sent_on"):
            continue
        if status in _OVER:
            note(items, IN_VAIN, request.id)
        else:
            silent[request.id] = items
    answered: dict[str, set[str]] = {}
    for reply in reader.stream("trace_reply"):
        by = reply.get("request") or ""
        items = reply.get("items") or asked.get(by, ())
        code = reply.get("reply_code")
        if code in _CONFIRMED:
            note(items, TRACED, by)
        elif code in _IN_VAIN:
            note(items, IN_VAIN, by)
        if code in _CONFIRMED | _IN_VAIN:
            answered.setdefault(by, set()).update(items)
    for id_, items in silent.items():
        note([one for one in items if one not in answered.get(id_, ())], OPEN, id_)
    for finding in reader.stream("finding"):
        told = str(finding.get("method") or "").startswith(RULE) and finding.get("probability")
        if told and finding.get("status") in _REVIEWED:
            note(finding.get("items") or (), ESTABLISHED, finding.id)
    return Tracing(best)
