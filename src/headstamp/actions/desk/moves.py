"""Moves of a request that its replies speak for, taken up by a person."""

from __future__ import annotations

from headstamp.actions.desk.requests import advance, replies_to
from headstamp.store.case import Case
from headstamp.tracing.request_state import may_go, suggested, wanting


def take_up(case: Case, request_id: str, *, clearance: str, actor: str) -> str:
    """Moves a request to the state its replies speak for, where it may go there; where it then stands.

    Raises Missing.
    """
    reader = case.read(clearance)
    request = reader.get(request_id)
    replies = [one.values for one in replies_to(reader, request_id)]
    state, to = str(request.get("status")), suggested(request.values, replies)
    if to == state or not may_go(state, to) or wanting(request.values, to, replies=replies):
        return state
    return advance(case, request_id, to, clearance=clearance, actor=actor,
                   reason="the replies on file speak for it").status
