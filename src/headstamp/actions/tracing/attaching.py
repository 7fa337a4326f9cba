"""Which transfers are about an item, and by what: what was read on it held against their goods.

Everything that was read on the item, and on what it is part of or packed in, is asked of the
index of transfers (:mod:`headstamp.actions.tracing.transfer_index`); each candidate is then read
through the reader and counts only if it still says so. How surely a match attaches the item
is decided in :mod:`headstamp.tracing.attach`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from headstamp.actions.tracing.transfer_index import TransferIndex, numbers, words
from headstamp.markings.normalise import plain_key
from headstamp.markings.unread import has_unread
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.tracing.attach import (
    LOOK_ALIKE,
    MODEL_ALONE,
    OTHER_KIND,
    PRODUCT,
    READ,
    REPORTED,
    SHORT,
    Match,
    lot_share,
    merged,
    through,
    weighed,
)
from headstamp.tracing.claim import By

MOST_PARENTS: Final = 8
MOST_OF_PRODUCT: Final = 50
"""So many transfers of the same product are told beside the chain; how many more, is said."""
MOST_COVERS: Final = 200
_MOST_MARKINGS: Final = 400
_UNNAMED: Final = frozenset({"unknown", "other"})
# Kinds of marking that may be a number of a sort, and those among them that say that they are.
_SERIAL = {"serial": True, "property": True, "import": True} | dict.fromkeys(_UNNAMED, False)
_LOT = {"lot": True} | dict.fromkeys((*_UNNAMED, "label", "stencil", "date_code"), False)
_PACKAGE = {"package": True, "container": True, "crate": True, "seal": True} | dict.fromkeys(
    (*_UNNAMED, "label", "stencil", "barcode"), False)
Reading = list[tuple[str, float]]


@dataclass
class About:
    """The transfers that may be about an item, with what speaks for each, and who tells of them.

    ``transfers`` are as the reader sees them; ``matches`` by their ids. ``more`` says how many
    transfers name the same product beyond those that are shown. ``around`` are the things that
    the item is part of or packed in, nearest first; ``numbers`` what was read, in words.
    """

    item: Shown
    around: tuple[Shown, ...] = ()
    transfers: dict[str, Shown] = field(default_factory=dict)
    matches: dict[str, list[Match]] = field(default_factory=dict)
    more: int = 0


@dataclass(frozen=True, slots=True)
class _Read:
    """One marking: its id, its kind, what it may read."""

    id: str
    kind: str
    text: str
    weights: tuple[tuple[str, float], ...]


def attached(reader: Reader, index: TransferIndex, item: Shown) -> About:
    """Every transfer that may be about an item, as this reader sees them."""
    around = _around(reader, item)
    things = (item, *around)
    read = _read(reader, [one.id for one in things])
    by_thing: list[dict[str, list[Match]]] = []
    more = 0
    for depth, thing in enumerate(things):
        own = read.get(thing.id, ())
        found = merged([
            {one.id: [Match("item", 1.0, "", exact=True)]
             for one in reader.referring(thing.id, kind="transfer", field="items")},
            _by_serial(reader, index, own), _by_reply(reader, thing),
            _by_number(reader, index, "lot", own, _LOT),
            _by_number(reader, index, "package", own, _PACKAGE),
            _by_tag(index, thing),
        ])
        if depth == 0:
            named, more = _by_product(index, thing, set(found), _known(own))
            found = merged([found, named])
        for container in reversed(things[1 : depth + 1]):
            found = {id_: through(told, container.label) for id_, told in found.items()}
        by_thing.append(found)
    matches = merged(by_thing)
    shown = reader.many(list(matches))
    kept: dict[str, list[Match]] = {}
    for id_, told in matches.items():
        still = [match for match in told if id_ in shown and (
            not match.fields or index.still(id_, shown[id_].values, match.fields))]
        if still:
            kept[id_] = still
    return About(item, around, {id_: shown[id_] for id_ in kept}, kept, more)


def _around(reader: Reader, item: Shown) -> tuple[Shown, ...]:
    found: list[Shown] = []
    seen = {item.id}
    parent = item.get("parent")
    while parent and parent not in seen and len(found) < MOST_PARENTS:
        seen.add(parent)
        shown = reader.many([parent]).get(parent)
        if shown is None:
            break
        found.append(shown)
        parent = shown.get("parent")
    return tuple(found)


def _read(reader: Reader, items: Sequence[str]) -> dict[str, list[_Read]]:
    """What was read on each of these items."""
    markings = reader.belonging(items, "marking", "item", most=_MOST_MARKINGS)
    ids = [one.id for some in markings.values() for one in some]
    readings = reader.belonging(ids, "reading", "marking", most=4 * _MOST_MARKINGS)
    found: dict[str, list[_Read]] = {}
    for item, some in markings.items():
        for one in some:
            told = [(str(r.get("text")), _certainty(r)) for r in readings.get(one.id, ())
                    if r.get("text")]
            weights = weighed(one.get("text") or "", told, plain_key)
            if weights:
                found.setdefault(item, []).append(_Read(
                    one.id, one.get("marking_kind") or "unknown", one.get("text") or "",
                    tuple(weights)))
    return found


def _certainty(reading: Shown) -> float | None:
    certainty = reading.get("certainty")
    return None if certainty is None else float(certainty) / 100


def _by_serial(reader: Reader, index: TransferIndex, read: Iterable[_Read]
               ) -> dict[str, list[Match]]:
    found: dict[str, list[Match]] = {}
    replies: dict[str, list[Match]] = {}
    for one in read:
        if one.kind not in _SERIAL:
            continue
        full = len(one.weights) == 1 or one.weights[0][1] >= READ
        text, weight = one.weights[0]
        asked: str | Reading = text if full else list(one.weights)
        for cover in index.covering(asked, MOST_COVERS):
            share = cover.share * (weight if full else 1.0)
            exact = full and cover.sure == "exactly"
            told = f"serial “{text if full else one.text or text}”: {cover.details()}"
            if weight < 1 and full:
                told += f"; the reading is {weight:.0%} sure"
            match = _of_kind(_SERIAL[one.kind], Match(
                "serial", share, told, exact and weight >= READ,
                cover.how == "perhaps" or len(plain_key(text)) < SHORT, one.id, ("serials",)))
            into = replies if cover.key.startswith("reply-") else found
            into.setdefault(cover.key, []).append(match)
    if replies:
        for id_, reply in reader.many(list(replies)).items():
            if not index.still(id_, reply.values, ("serials",)):
                continue
            for transfer in reply.get("transfers") or ():
                found.setdefault(transfer, []).extend(
                    replace(match, share=match.share * REPORTED, exact=False, fields=(),
                            words=f"a reply about these numbers reports it; {match.words}")
                    for match in replies[id_])
    return found


def _by_reply(reader: Reader, thing: Shown) -> dict[str, list[Match]]:
    """Transfers that a reply reports which answers for this item."""
    found: dict[str, list[Match]] = {}
    for reply in reader.referring(thing.id, kind="trace_reply", field="items"):
        alone = len(reply.get("items") or ()) == 1
        for transfer in reply.get("transfers") or ():
            found.setdefault(transfer, []).append(Match(
                "item", 1.0 if alone else REPORTED, "a reply that answers for it reports it"
                if alone else "a reply that answers for it and others reports it", exact=alone))
    return found


def _by_number(
    reader: Reader, index: TransferIndex, name: str, read: Iterable[_Read], kinds: Mapping[str, bool]
) -> dict[str, list[Match]]:
    found: dict[str, list[Match]] = {}
    for one in read:
        if one.kind not in kinds:
            continue
        asked: dict[str, float] = {}
        for text, weight in one.weights:
            for key in _keys(text, said=kinds[one.kind]):
                asked[key] = min(1.0, asked.get(key, 0.0) + weight)
        for key, weight in asked.items():
            for id_, match in _agreeing(reader, index, name, key, weight, one):
                found.setdefault(id_, []).append(_of_kind(kinds[one.kind], match))
    return found


def _keys(text: str, *, said: bool) -> tuple[str, ...]:
    """The numbers that a marking may be: the whole of it; of longer text its single words."""
    whole = numbers(text)
    if said:
        return whole
    return tuple(dict.fromkeys((*whole, *(w for w in words(text) if len(w) > SHORT and
                                          any(c.isdigit() for c in w)))))


def _agreeing(
    reader: Reader, index: TransferIndex, name: str, key: str, weight: float, one: _Read
) -> Iterator[tuple[str, Match]]:
    by: By = "lot" if name == "lot" else "package"
    some = index.numbered(name, key)
    unread = 0
    if any(how == "unread" for _, _, how in some):
        # Only what may be seen counts among those that agree.
        shown = reader.many([id_ for id_, _, _ in some])
        some = [found for found in some if found[0] in shown and index.still(
            found[0], shown[found[0]].values, (name,))]
        unread = len({other for _, other, how in some if how == "unread"})
    short = len(key) < SHORT
    for id_, other, how in some:
        share, said = weight, f"{by} “{one.text or key}”"
        if how == "alike":
            share, said = share * LOOK_ALIKE, f"{said} looks like {other}"
        elif how == "unread":
            share *= lot_share(unread)
            said += f" may be {other}; {unread} that are known agree with what is read"
        if weight < 1:
            said += f"; the reading is {weight:.0%} sure"
        if short:
            said += "; so short a number links nothing by itself"
        yield id_, Match(by, share, said, how == "same" and weight >= READ and not short, short,
                         one.id, (name,))


def _of_kind(said: bool, match: Match) -> Match:
    if said:
        return match
    return replace(match, share=match.share * OTHER_KIND, exact=False,
                   words=f"{match.words}; nobody says that it is such a number")


def _by_tag(index: TransferIndex, thing: Shown) -> dict[str, list[Match]]:
    """The tag of a package or container is often the number painted on it."""
    tag = thing.get("tag")
    if not tag or thing.get("family") not in ("package", "container") or has_unread(tag):
        return {}
    found: dict[str, list[Match]] = {}
    for key in numbers(tag):
        for id_, _, how in index.numbered("package", key):
            if how == "same" and len(key) >= SHORT:
                found.setdefault(id_, []).append(Match(
                    "package", OTHER_KIND, f"package {tag}, by its tag", fields=("package",)))
    return found


def _known(read: Iterable[_Read]) -> tuple[str, ...]:
    """The fields of numbers that were read in full: goods with other such numbers are others."""
    fields = {"serial": "serials", "lot": "lot"}
    return tuple({fields[one.kind] for one in read if one.kind in fields
                  and one.weights[0][1] >= READ and not has_unread(one.weights[0][0])})


def _by_product(
    index: TransferIndex, item: Shown, found: set[str], known: tuple[str, ...]
) -> tuple[dict[str, list[Match]], int]:
    """Transfers of the same model, and of how many more there are.

    Left out are those attached already, and those that name numbers of the sort that was read
    on the item in full, and not its own.
    """
    model = words(item.get("model") or "")
    key = "".join(model)
    if len(key) < SHORT or not (any(c.isdigit() for c in key) or len(key) > SHORT):
        return {}, 0
    make = words(item.get("make") or "")
    both = set(index.naming((*make, *model))) if make else set()
    some = [id_ for id_ in index.naming(model) if id_ not in found
            and id_.startswith("tran-") and not index.names(id_, known)]
    some.sort(key=lambda id_: id_ not in both)  # the make named too: first
    named = " ".join(filter(None, (item.get("make"), item.get("model"))))
    fields = ("product", "goods")
    return {
        id_: [Match("product", PRODUCT, f"the same product, {named}", doubted=True, fields=fields)
              if id_ in both else
              Match("product", MODEL_ALONE, f"the same model, {item.get('model')}; the make is not "
                    "named", doubted=True, fields=fields)]
        for id_ in some[:MOST_OF_PRODUCT]
    }, max(0, len(some) - MOST_OF_PRODUCT)
