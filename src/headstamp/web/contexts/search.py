"""What answers to the search box: hits best first, each with its probability and why.

The quick list is what a live search shows first; it says where the complete one
is, which the page then asks for by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from headstamp.actions.markings.find import Hit, explained, find, how_likely
from headstamp.markings.context import FIELDS
from headstamp.markings.rates import default_rates
from headstamp.records import BY_NAME
from headstamp.store.reader import Reader
from headstamp.vocab import vocabulary
from headstamp.web.contexts.facts import Piece, record_path, ref_piece
from headstamp.web.page import ON_PAGE, Context, Params

LOOKED_AT = 200
SHOWN = 50
LONGEST = 500
NEARBY = 10
_QUICK_LOOKED_AT = 20
# A sign and a word for each kind of place: what is shown never rests on colour alone.
_SIGNS = {
    "same": ("", "the same"), "look-alike": ("~", "looks alike"), "unread": ("?", "not read"),
    "other": ("≠", "another character"), "missing": ("−", "missing in what was asked"),
    "added": ("+", "one too many in what was asked"), "swapped": ("⇄", "swapped"),
    "cut": ("…", "missing at an end"), "extra": ("+", "beyond an end"), "run": ("*", "under the *"),
}
_TITLES = {"maker": "Maker", "model": "Model", "calibre": "Calibre", "family": "Family",
           "country": "Country", "year": "Year"}


@dataclass(frozen=True)
class PairView:
    """One place: what was asked, what stands there, and what that is."""

    asked: str
    seen: str
    kind: str
    sign: str = field(default="", metadata=ON_PAGE)
    title: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class FactorView:
    """One part of the context: what was asked, what the item says, how many times likelier that makes it."""

    field: str
    asked: str
    stands: str
    times: float


@dataclass(frozen=True)
class Found:
    """One hit: the text that matched, a score from 0 to 1, and why in words.

    ``probability`` (none for what was found by words) is that it is the marking
    asked for; ``pairs`` line up what was asked with what stands there; ``none`` is the
    probability that it is no marking that may be seen here; ``nearby`` says which runs and ranges it
    is in or next to.
    """

    id: str
    kind: str
    text: str
    score: float
    why: str
    label: str
    sure: str
    probability: float | None
    pairs: tuple[PairView, ...]
    words: tuple[str, ...]
    rules: tuple[str, ...]
    context: tuple[FactorView, ...]
    nearby: tuple[str, ...]
    none: float | None
    kind_title: str = field(default="", metadata=ON_PAGE)
    to: str = field(default="", metadata=ON_PAGE)
    verbatim: bool = field(default=False, metadata=ON_PAGE)
    item: Piece | None = field(default=None, metadata=ON_PAGE)
    marking: str = field(default="", metadata=ON_PAGE)
    share: str = field(default="", metadata=ON_PAGE)
    differs: bool = field(default=False, metadata=ON_PAGE)


@dataclass(frozen=True)
class KindCount:
    """How many of the hits looked at are of one kind."""

    kind: str
    count: int
    title: str = field(default="", metadata=ON_PAGE)
    to: str = field(default="", metadata=ON_PAGE)
    chosen: bool = field(default=False, metadata=ON_PAGE)


@dataclass(frozen=True)
class Beside:
    """One field of what is known beside the marking, for the form."""

    name: str
    title: str
    value: str
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class SearchContext(Context):
    """The answer to one question. ``more``: at least as many again were not looked at.

    ``list`` is ``complete``, or ``quick`` where only the quick list of markings was asked for.
    """

    asked: str
    kind: str
    list: str
    hits: tuple[Found, ...]
    kinds: tuple[KindCount, ...]
    total: int
    more: bool
    title: str = field(default="Search", metadata=ON_PAGE)
    live: bool = field(default=True, metadata=ON_PAGE)
    to_all: str = field(default="", metadata=ON_PAGE)
    beside: tuple[Beside, ...] = field(default=(), metadata=ON_PAGE)
    given: tuple[tuple[str, str], ...] = field(default=(), metadata=ON_PAGE)
    to_complete: str = field(default="", metadata=ON_PAGE)
    none: str = field(default="", metadata=ON_PAGE)


def search_context(reader: Reader, params: Params) -> SearchContext:
    """What answers to ``q``, of one kind if asked. Nothing is asked where it is empty."""
    asked = params.text("q")[:LONGEST]
    kind = params.choice("kind", ("", *BY_NAME))
    quick = params.choice("list", ("complete", "quick")) == "quick"
    context = {name: params.text(name)[:LONGEST] for name in FIELDS if params.text(name)}
    how = {name: params.text(name) for name in ("technique", "reader") if params.text(name)}
    given = (("q", asked), *context.items(), *how.items())
    beside = _beside(context, how)
    if not asked:
        return SearchContext("", kind, "complete", (), (), 0, False, beside=beside, given=given)
    looked_at = _QUICK_LOOKED_AT if quick else LOOKED_AT
    all_hits = find(
        params.case, asked, clearance=reader.clearance, limit=looked_at, context=context,
        technique=how.get("technique", ""), reader=how.get("reader", ""), quick=quick,
        nearby=0 if quick else NEARBY,
    )
    counted = Counter(hit.kind for hit in all_hits)
    hits = [hit for hit in all_hits if not kind or hit.kind == kind]
    shown = hits[:SHOWN]
    readings = reader.many([hit.record.get("marking") for hit in shown
                            if hit.kind == "reading" and hit.record.get("marking")])
    owner_of = {
        hit.id: _owner(hit, readings[hit.record.get("marking")].values
                       if hit.record.get("marking") in readings else {})
        for hit in shown
    }
    owners = reader.labels(sorted({one for one in owner_of.values() if one}))
    found = tuple(_found(hit, owner_of[hit.id], owners) for hit in shown)
    none = next((one.none for one in found if one.none is not None), None)
    return SearchContext(
        asked=asked, kind=kind, list="quick" if quick else "complete", hits=found,
        kinds=tuple(
            KindCount(name, count, BY_NAME[name].plural.replace("_", " "),
                      _link(given, name), name == kind)
            for name, count in counted.most_common()
        ),
        total=len(hits), more=len(all_hits) >= looked_at,
        title=f"Search: {asked[:60]}", to_all=_link(given, ""), beside=beside, given=given,
        to_complete=_link(given, kind), none=per_cent(none) if none is not None else "",
    )


def _beside(context: Mapping[str, str], how: Mapping[str, str]) -> tuple[Beside, ...]:
    families = tuple((term.code, term.label) for term in vocabulary("item_family"))
    rates = default_rates()
    techniques = tuple((one.name, one.name.replace("_", " ")) for one in rates.techniques)
    readers = tuple((one.name, one.name.replace("_", " ")) for one in rates.readers)
    return (
        *(Beside(name, _TITLES[name], context.get(name, ""), families if name == "family" else ())
          for name in FIELDS),
        Beside("technique", "How it was made", how.get("technique", ""), techniques),
        Beside("reader", "Who read it", how.get("reader", ""), readers),
    )


def _link(given: tuple[tuple[str, str], ...], kind: str) -> str:
    pairs = [*given, *([("kind", kind)] if kind else [])]
    return f"/search?{urlencode(pairs)}"


def per_cent(probability: float) -> str:
    """A probability as per cent, never 0 or 100 where it is not.

    >>> per_cent(0.875), per_cent(0.99999), per_cent(0.00001), per_cent(1.0)
    ('87.5 %', '>99.9 %', '<0.1 %', '100 %')
    """
    if 0.9995 <= probability < 1:
        return ">99.9 %"
    if 0 < probability < 0.0005:
        return "<0.1 %"
    return f"{probability * 100:.1f}".removesuffix(".0") + " %"


def how_sure(score: float) -> str:
    """The score of what was found by words, in a word; the number stands beside it.

    >>> how_sure(1.0), how_sure(0.4)
    ('very close', 'possible')
    """
    if score >= 0.9:
        return "very close"
    if score >= 0.7:
        return "close"
    return "possible" if score >= 0.4 else "faint"


def _owner(hit: Hit, marking: Mapping[str, object]) -> str:
    return str(hit.record.get("item") or marking.get("item") or "")


def _found(hit: Hit, owner: str, owners: Mapping[str, str]) -> Found:
    told = explained(hit.marking) if hit.marking is not None else {}
    pairs = tuple(
        PairView(p["asked"], p["seen"], p["kind"], *_SIGNS[p["kind"]])
        for p in told.get("pairs", ())
    )
    likely = hit.probability
    return Found(
        hit.id, hit.kind, hit.text, hit.score, hit.why, hit.label,
        how_likely(likely) if likely is not None else how_sure(hit.score), likely, pairs,
        tuple(told.get("words", ())), tuple(told.get("rules", ())),
        tuple(FactorView(**one) for one in told.get("context", ())), hit.nearby, told.get("none"),
        BY_NAME[hit.kind].title, record_path(hit.id), hit.kind in ("marking", "reading"),
        ref_piece(owner, owners[owner]) if owner in owners else None,
        marking=_marking_of(hit), share=per_cent(likely) if likely is not None else "",
        differs=any(pair.kind != "same" for pair in pairs),
    )


def _marking_of(hit: Hit) -> str:
    """The marking on which a reading could be recorded, of a hit found by its characters."""
    if hit.marking is None:
        return ""
    return hit.id if hit.kind == "marking" else str(hit.record.get("marking") or "")
