"""What a request is about, read with the three readers that a letter needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headstamp.kinds.tier import RANK
from headstamp.publish.letter_subject import SENT_AS, Subject, gather
from headstamp.store.case import Case


_NAMING = ("items", "photographs", "addressee")


def subject_of(case: Case, request: Mapping[str, Any], clearance: str) -> Subject:
    """Everything a request is about, as far as this clearance may see it.

    ``request`` holds its values, with its ``id`` once it is recorded: what it names and this
    clearance does not see is then known to be missing, and never silently left out.
    """
    if request.get("id"):
        whole = case.read("sealed").get(str(request["id"]))
        request = {**request, **{name: whole.get(name) for name in _NAMING}}

    def at_most(tier: str) -> str:
        return min(clearance, tier, key=lambda one: RANK[one])

    return gather(case.read(clearance), case.read(at_most(SENT_AS)), case.read(at_most("partner")), request)
