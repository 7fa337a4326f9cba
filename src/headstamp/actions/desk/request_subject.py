"""What a request is about, read with the three readers that a letter needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from headstamp.actions.desk.request_filling import role_of
from headstamp.kinds.tier import RANK
from headstamp.publish.letter_subject import SENT_AS, Subject, gather
from headstamp.store.case import Case

_NAMING = ("items", "photographs", "addressee")


def subject_of(case: Case, request: Mapping[str, Any], clearance: str) -> Subject:
    """Everything a request is about, as far as this clearance may see it.

    ``request`` holds its values, with its ``id`` once it is recorded: what it names and this
    clearance does not see is then known to be missing, and never silently left out. As what
    the addressee is asked is found from the items where the request does not say it.
    """
    if request.get("id"):
        whole = case.read("sealed").get(str(request["id"]))
        request = {**request, **{name: whole.get(name) for name in _NAMING}}

    def at_most(tier: str) -> str:
        return min(clearance, tier, key=lambda one: RANK[one])

    with (case.read(clearance).snapshot() as reader, case.read(at_most(SENT_AS)).snapshot() as sent_as,
          case.read(at_most("partner")).snapshot() as partner):
        about = gather(reader, sent_as, partner, request)
    if request.get("addressee_role"):
        return about
    return replace(about, request={**request, "addressee_role": role_of(about)})
