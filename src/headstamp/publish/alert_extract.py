"""What an alert's extract says: what it looks like, where it was seen, what is not known, whom to tell.

One page for a person who may stand before the thing tomorrow. Everything in it is read as a
reader of the recipient's tier reads it; what is above that tier is left out and the page says so.
It holds no measurement and no serial number (that tells one piece from another, not what to look
for), and nothing on handling: the fixed words have none, and text that has any is not printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from headstamp.kinds.date import bounds
from headstamp.publish import wording
from headstamp.publish.fixed_words import fixed_words
from headstamp.publish.letter_run import Line, Run, joined, own, said_country, said_date
from headstamp.publish.letter_words import Sender, Words
from headstamp.publish.witness import Witness
from headstamp.store.limits import LEFT_OUT
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

LANGUAGES: Final = ("en", "fr", "es", "ar", "ru")
PHOTOGRAPHS: Final = 2
FEATURES, MARKS, THINGS, CONTACTS, PLACES = 10, 8, 3, 5, 4
LETTERS, MARK_LETTERS, TITLE_LETTERS = 600, 100, 160
MOST_ITEMS: Final = 200
"""Of so many of an alert's own items markings and features are looked at."""

NAMED: Final = ("signature", "items", "sites", "photographs")
"""The fields by which an alert names what it rests on."""

# They tell one piece from another, not what to look for: a barcode may hold a container's own number.
_NOT_SHOWN: Final = frozenset({"serial", "seal", "barcode"})

Pictures = Mapping[str, tuple[bytes, int, int]]
"""A photograph's id to a small JPEG of it without metadata, its width and height in pixels."""


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature to look for: the word for its kind, and its value as recorded."""

    kind: str
    word: str
    value: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A photograph as it goes out."""

    number: int
    jpeg: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Find:
    """One find: the day as recorded (partial), its place as this tier may see it."""

    item: str
    day: str
    place: Line
    country: str


@dataclass(frozen=True, slots=True)
class Sighted:
    """Where (a site's id) and when (a day or interval) an item was met; empty where nobody says."""

    site: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class Extract:
    """Everything on the page. ``state`` is empty for an alert that went out."""

    language: str
    words: Mapping[str, str]
    rtl: bool
    alert: str
    number: str
    tier: str
    state: str
    kind: str
    title: str
    to: Line
    dated: str
    things: tuple[str, ...]
    makes: tuple[str, ...]
    features: tuple[Feature, ...]
    features_left: int
    least: str
    marks: tuple[str, ...]
    marks_left: int
    looks_like: str
    photographs: tuple[Picture, ...]
    first: Line
    last: Line
    first_day: str
    last_day: str
    here: Line
    known: Line
    finds: int
    coarse: bool
    where_seen: str
    unknown: tuple[str, ...]
    not_known: str
    sure: tuple[str, ...]
    contact: Sender
    withheld: str
    cautions: tuple[str, ...]
    method: str
    witness: Witness
    size: int


def words_of(language: str) -> dict[str, str]:
    """The fixed words of an extract in a language. Raises Invalid for one that is not there."""
    return fixed_words("alert", "an extract", language)


def number_of(alert_id: str) -> str:
    """A number for people, made of an alert's id, short enough to be said over a radio.

    >>> number_of("alert-7k3m9qxz2a4b6c8d")
    'A-2A4B-6C8D'
    """
    tail = alert_id.rpartition("-")[2][-8:].upper()
    return f"A-{tail[:4]}-{tail[4:]}" if len(tail) > 4 else f"A-{tail}"


def speaks(shown: Shown | None) -> bool:
    """Whether a record says anything to this reader: a trace reply may forbid to hand it out."""
    return shown is not None and shown.label != LEFT_OUT


def features_of(reader: Reader, alert: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The features an alert is about, as (kind, value): its signature's; without one, its items'."""
    signature = reader.many([str(alert["signature"])]).get(str(alert["signature"])) if alert.get(
        "signature") else None
    if speaks(signature):
        assert signature is not None
        return [(one["kind"], one["value"]) for one in signature.get("features") or ()]
    if alert.get("signature"):  # there is one, and it is not for this reader
        return []
    ids = [str(one) for one in alert.get("items") or ()][:MOST_ITEMS]
    found = reader.belonging(ids, "feature", "item")
    return list(dict.fromkeys(
        (str(one.get("feature_kind")), str(one.get("value")))
        for id_ in ids for one in found.get(id_, ()) if speaks(one)))


def features_said(features: Iterable[tuple[str, str]]) -> str:
    """Features in plain English words, as a draft says what it looks like."""
    words = words_of("en")
    return "; ".join(f"{words[f'feature_{kind}']}: {value}" for kind, value in features)


def finds_of(
    reader: Reader, items: Sequence[str], words: Words, sighted: Mapping[str, Sighted] | None = None
) -> list[Find]:
    """The finds that these items are, as this reader may see them; in the given order.

    ``sighted`` says where and when those were met of which nothing is said on the item itself.
    """
    known = sighted or {}
    seen = {id_: one for id_, one in reader.many(list(dict.fromkeys(items))).items() if speaks(one)}
    parents = reader.many([str(one.get("parent")) for one in seen.values() if one.get("parent")])
    recoveries = reader.many([str(one.get("recovery")) for one in (*seen.values(), *parents.values())
                              if one.get("recovery")])
    sites = reader.many([*(str(one.get("site")) for one in (*seen.values(), *recoveries.values())
                           if one.get("site")), *(one.site for one in known.values() if one.site)])
    found = []
    for id_ in dict.fromkeys(items):
        item = seen.get(id_)
        if item is None:
            continue
        parent = parents.get(str(item.get("parent") or ""))
        recovery = recoveries.get(str(item.get("recovery") or (parent.get("recovery") if parent else "")))
        told = known.get(id_, Sighted())
        site = sites.get(str(item.get("site") or (recovery.get("site") if recovery else "") or told.site))
        day = item.get("recovered_on") or (recovery.get("recovered_on") if recovery else "") or told.day
        place = next((one.get("place") for one in (site, recovery)
                      if one is not None and speaks(one) and one.get("place")), None) or {}
        label = site.label if site is not None and speaks(site) else ""
        found.append(Find(id_, str(day), place_line(label, place, words), str(place.get("country") or "")))
    return found


def place_line(label: str, place: Mapping[str, Any], words: Words) -> Line:
    """A place in words: the site's name, its areas from small to large, the country. No position."""
    names = [label, *(str(place[n]) for n in ("locality", "district", "province") if place.get(n))]
    told: list[Line] = [(Run(name, "said"),) for name in dict.fromkeys(names) if name]
    if place.get("country"):
        told.append(own(said_country(str(place["country"]), words)))
    return joined(told, words["label.comma"])


def ends(finds: Sequence[Find]) -> tuple[Find | None, Find | None]:
    """The first and the last of some finds by their days; those without a day cannot be either."""
    dated = [(bounds(one.day), one) for one in finds if one.day]
    starts = [(span[0], one) for span, one in dated if span[0]]
    lasts = [(span[1], one) for span, one in dated if span[1]]
    first = min(starts, key=lambda pair: str(pair[0]))[1] if starts else None
    last = max(lasts, key=lambda pair: str(pair[0]))[1] if lasts else None
    return first, last


def gather(
    reader: Reader, alert: Shown, whole: Mapping[str, Any], sightings: Mapping[str, Sighted], *, letter: Words,
    contact: Sender, pictures: Pictures, false_alarms: float | None, witness: Witness, size: int,
) -> Extract:
    """What the extract says. Reads through ``reader`` alone, which is of the recipient's tier.

    ``alert`` is the alert as that reader sees it, ``whole`` its values as its maker sees them (to
    say what is left out), ``sightings`` the items that show its signature with where and when, ``letter`` the words of
    letters in the same language, ``false_alarms`` the share told by the method of novelty.
    """
    words = words_of(letter.language)
    items = [str(one) for one in alert.get("items") or ()]
    features = features_of(reader, alert.values)
    marks = _marks(reader, items[:MOST_ITEMS])
    things, makes = _things(reader, items[:MOST_ITEMS], letter)
    own_finds = finds_of(reader, items, letter, sightings)
    finds = finds_of(reader, list(dict.fromkeys([*items, *sightings])), letter, sightings)
    first, last = ends(finds)
    here = _here(reader, alert, own_finds, letter)
    asked = [str(value) for value, _ in reader.count("document", "caution")[1] if value]
    least = _least(reader, alert, words)
    novel = alert.get("alert_kind") == "novel"
    photographs = tuple(
        Picture(number, *pictures[id_]) for number, id_ in enumerate(list(pictures)[:PHOTOGRAPHS], 1))
    said = str(alert.get("looks_like") or "")
    return Extract(
        letter.language, words, letter.rtl, alert.id, number_of(alert.id), reader.clearance,
        words.get(f"state_{alert.get('alert_state', 'draft')}", ""),
        words[f"kind_{alert.get('alert_kind', 'other')}"],
        _cut(str(alert.get("title") or ""), TITLE_LETTERS), _to(reader, alert, words),
        said_date(alert.get("sent_on"), letter), things, makes,
        tuple(Feature(kind, words[f"feature_{kind}"], _cut(value, MARK_LETTERS))
              for kind, value in features[:FEATURES]), max(0, len(features) - FEATURES), least,
        tuple(_cut(text, MARK_LETTERS) for text in marks[:MARKS]), max(0, len(marks) - MARKS),
        "" if said == features_said(features) else _own(said, words), photographs,
        _when_where(first, words, letter), _when_where(last, words, letter),
        said_date(first.day, letter) if first else "", said_date(last.day, letter) if last else "", here,
        _known(reader, alert, finds, own_finds, letter, words), len(finds),
        reader.clearance in ("public", "partner"), _own(alert.get("where_seen"), words),
        tuple(words[name] for name in (
            "unknown_maker", "unknown_elsewhere", "unknown_days",
            *(() if photographs else ("unknown_no_photograph",)))),
        _own(alert.get("not_known"), words),
        (words["sure_novel" if novel else "sure_signature"], *(
            (words["sure_alarm"].format(share=_share(false_alarms)),) if false_alarms is not None else ())),
        contact, _withheld(reader, whole, pictures, words),
        tuple(wording.once(sorted(asked, key=lambda text: (-len(text), text)))),
        str(alert.get("method") or ""), witness, size,
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _own(text: str | None, words: Mapping[str, str], most: int = LETTERS) -> str:
    """Somebody's words; where they are cut the page says so."""
    told = (text or "").strip()
    return told if len(told) <= most else f"{_cut(told, most)} ({words['cut']})"


def shorter(extract: Extract) -> Extract:
    """The same with less of all that can be long: for what would not fit on one page otherwise."""
    few, most, words = 5, LETTERS // 3, extract.words
    return replace(
        extract, features=extract.features[:few], marks=extract.marks[:few],
        looks_like=_own(extract.looks_like, words, most), where_seen=_own(extract.where_seen, words, most),
        not_known=_own(extract.not_known, words, most),
        features_left=extract.features_left + max(0, len(extract.features) - few),
        marks_left=extract.marks_left + max(0, len(extract.marks) - few),
        cautions=tuple(_cut(one, LETTERS) for one in extract.cautions[:2]))


def _share(rate: float) -> str:
    """A rate as so many in a hundred.

    >>> _share(0.05), _share(0.005), _share(0.00001)
    ('5', '0.5', '<0.1')
    """
    return "<0.1" if rate < 0.001 else f"{100 * rate:.2g}"


def _to(reader: Reader, alert: Shown, words: Mapping[str, str]) -> Line:
    named = reader.labels([str(alert.get("recipient"))]) if alert.get("recipient") else {}
    role = alert.get("recipient_role")
    told: list[Line] = [(Run(name, "said"),) for name in named.values() if name != LEFT_OUT]
    if role:
        told.append(own(words[f"role_{role}"]))
    return joined(told, words["comma"])


def _marks(reader: Reader, items: Sequence[str]) -> list[str]:
    found = reader.belonging(items, "marking", "item")
    return list(dict.fromkeys(
        str(one.get("text")) for id_ in items for one in found.get(id_, ())
        if speaks(one) and one.get("text") and one.get("marking_kind") not in _NOT_SHOWN))


def _things(
    reader: Reader, items: Sequence[str], letter: Words
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    sorts: dict[str, None] = {}
    makes: dict[str, None] = {}
    for item in reader.many(items).values():
        if not speaks(item):
            continue
        family = item.get("family")
        sorts[str(item.get("item_type") or (
            letter.code("family", family) if family not in (None, "unknown") else ""))] = None
        makes[", ".join(str(item.get(n)) for n in ("make", "model") if item.get(n))] = None
    return (tuple(one for one in sorts if one)[:THINGS], tuple(one for one in makes if one)[:THINGS])


def _here(reader: Reader, alert: Shown, finds: Sequence[Find], letter: Words) -> Line:
    sites = reader.many([str(one) for one in alert.get("sites") or ()])
    lines = [place_line(one.label, one.get("place") or {}, letter)
             for one in sites.values() if speaks(one)] or [one.place for one in finds if one.place]
    return joined(list(dict.fromkeys(lines))[:PLACES], words_of(letter.language)["semicolon"])


def _known(
    reader: Reader, alert: Shown, finds: Sequence[Find], own_finds: Sequence[Find], letter: Words,
    words: Mapping[str, str],
) -> Line:
    """The countries from which it is known besides those of the alert's own finds."""
    named = str(alert.get("signature") or "")
    signature = reader.many([named]).get(named) if named else None
    known = list(signature.get("known_in") or ()) if signature is not None and speaks(signature) else []
    here = {one.country for one in own_finds}
    known += [one.country for one in finds if one.country and one.country not in here]
    return joined([own(said_country(one, letter)) for one in dict.fromkeys(known)], words["comma"])


def _when_where(find: Find | None, words: Mapping[str, str], letter: Words) -> Line:
    if find is None:
        return ()
    return (*own(said_date(find.day, letter)), Run(words["comma"]),
            *(find.place or own(words["no_place"])))


def _least(reader: Reader, alert: Shown, words: Mapping[str, str]) -> str:
    named = str(alert.get("signature") or "")
    signature = reader.many([named]).get(named) if named else None
    if signature is None or not speaks(signature):
        return ""
    every = len(signature.get("features") or ())
    least = int(signature.get("least") or every)
    return words["least"].format(least=least, all=every) if every > 1 else ""


def _withheld(
    reader: Reader, whole: Mapping[str, Any], pictures: Pictures, words: Mapping[str, str]
) -> str:
    """A sentence that names what of the alert this tier may not see; empty where it sees it all."""
    gone = []
    for name in NAMED:
        value = whole.get(name) or ()
        ids = [value] if isinstance(value, str) else [str(one) for one in value]
        seen = reader.many(ids)
        if any(not speaks(seen.get(one)) for one in ids) or (
            name == "photographs" and any(one not in pictures for one in ids[:PHOTOGRAPHS])
        ):
            gone.append(words[f"what_{name}"])
    if not gone:
        return ""
    return words["withheld"].format(tier=words[f"tier_{reader.clearance}"], what=words["comma"].join(gone))
