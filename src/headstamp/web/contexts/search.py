"""What answers to the search box: hits best first, each with its score and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlencode

from headstamp.actions.find import Hit, find
from headstamp.records import BY_NAME
from headstamp.store.reader import Reader
from headstamp.web.contexts.facts import Piece, record_path, ref_piece
from headstamp.web.page import ON_PAGE, Context, Params

LOOKED_AT = 200
SHOWN = 50
LONGEST = 500


@dataclass(frozen=True)
class Found:
    """One hit: the text that matched, a score from 0 to 1, and why in words."""

    id: str
    kind: str
    text: str
    score: float
    why: str
    label: str
    sure: str
    kind_title: str = field(default="", metadata=ON_PAGE)
    to: str = field(default="", metadata=ON_PAGE)
    verbatim: bool = field(default=False, metadata=ON_PAGE)
    item: Piece | None = field(default=None, metadata=ON_PAGE)


@dataclass(frozen=True)
class KindCount:
    """How many of the hits looked at are of one kind."""

    kind: str
    count: int
    title: str = field(default="", metadata=ON_PAGE)
    to: str = field(default="", metadata=ON_PAGE)
    chosen: bool = field(default=False, metadata=ON_PAGE)


@dataclass(frozen=True)
class SearchContext(Context):
    """The answer to one question. ``more``: at least as many again were not looked at."""

    asked: str
    kind: str
    hits: tuple[Found, ...]
    kinds: tuple[KindCount, ...]
    total: int
    more: bool
    title: str = field(default="Search", metadata=ON_PAGE)
    live: bool = field(default=True, metadata=ON_PAGE)
    to_all: str = field(default="", metadata=ON_PAGE)


def search_context(reader: Reader, params: Params) -> SearchContext:
    """What answers to ``q``, of one kind if asked. Nothing is asked where it is empty."""
    asked = params.text("q")[:LONGEST]
    kind = params.choice("kind", ("", *BY_NAME))
    if not asked:
        return SearchContext("", kind, (), (), 0, False)
    all_hits = find(params.case, asked, clearance=reader.clearance, limit=LOOKED_AT)
    counted = Counter(hit.kind for hit in all_hits)
    hits = [hit for hit in all_hits if not kind or hit.kind == kind]
    owners = reader.labels([
        hit.record.get("item") for hit in hits[:SHOWN] if hit.record.get("item")
    ])
    return SearchContext(
        asked=asked, kind=kind,
        hits=tuple(_found(hit, owners) for hit in hits[:SHOWN]),
        kinds=tuple(
            KindCount(name, count, BY_NAME[name].plural.replace("_", " "), _link(asked, name),
                      name == kind)
            for name, count in counted.most_common()
        ),
        total=len(hits), more=len(all_hits) >= LOOKED_AT,
        title=f"Search: {asked[:60]}", to_all=_link(asked, ""),
    )


def _link(asked: str, kind: str) -> str:
    pairs = {"q": asked, **({"kind": kind} if kind else {})}
    return f"/search?{urlencode(pairs)}"


def how_sure(score: float) -> str:
    """A score in a word; the number stands beside it.

    >>> how_sure(1.0), how_sure(0.4)
    ('very close', 'possible')
    """
    if score >= 0.9:
        return "very close"
    if score >= 0.7:
        return "close"
    return "possible" if score >= 0.4 else "faint"


def _found(hit: Hit, owners: dict[str, str]) -> Found:
    owner = hit.record.get("item")
    return Found(
        hit.id, hit.kind, hit.text, hit.score, hit.why, hit.label, how_sure(hit.score),
        BY_NAME[hit.kind].title, record_path(hit.id), hit.kind in ("marking", "reading"),
        ref_piece(owner, owners[owner]) if owner in owners else None,
    )
