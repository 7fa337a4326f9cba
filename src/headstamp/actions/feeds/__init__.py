"""The feeds by measure: the one list of them. Each stands in a module of its own."""

from __future__ import annotations

from headstamp.actions.feeds import serials
from headstamp.actions.feeds.feed import Feed

FEEDS: tuple[Feed, ...] = (
    serials.FEED,
)
BY_MEASURE = {feed.measure: feed for feed in FEEDS}
