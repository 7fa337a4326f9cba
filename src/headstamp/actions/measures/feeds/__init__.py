"""The feeds by measure: the one list of them. Each stands in a module of its own."""

from __future__ import annotations

from headstamp.actions.measures.feeds import (
    lists,
    lots,
    networks,
    points,
    rate,
    serials,
    signatures,
    source,
    standard,
    supplies,
    things,
    tracing,
)
from headstamp.actions.measures.feeds.feed import Feed

FEEDS: tuple[Feed, ...] = (
    serials.FEED, lists.FEED, lots.FEED, rate.FEED,
    *signatures.FEEDS, *points.FEEDS,
    networks.SITES, networks.PARTIES,
    *things.FEEDS, tracing.FEED, supplies.FEED,
    *standard.FEEDS, source.FEED,
)
BY_MEASURE = {feed.measure: feed for feed in FEEDS}
