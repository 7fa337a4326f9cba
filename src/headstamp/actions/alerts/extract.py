"""Writing the extract of an alert: one page as PDF or HTML, or 480 letters of plain text.

It is made through a reader of the recipient's tier and handed out as such: what a trace reply
forbids to pass on stays out as well. Who makes it sees at least as much as who gets it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

from headstamp.actions.desk.request_letter import templates_of
from headstamp.actions.measures.spread import sightings
from headstamp.actions.thumbnails import thumbnail_of
from headstamp.actions.whole_file import write_whole
from headstamp.errors import (
    HeadstampError,
    Invalid,
    Missing,
    Problem,
    Refused,
    Tampered,
    Unavailable,
    Unreadable,
)
from headstamp.kinds.tier import RANK
from headstamp.publish.alert_extract import (
    LANGUAGES,
    MOST_ITEMS,
    PHOTOGRAPHS,
    Extract,
    Sighted,
    features_of,
    gather,
    shorter,
    speaks,
)
from headstamp.publish.alert_page import DENSITIES, in_letters, render
from headstamp.publish.pdf import print_on_one_page
from headstamp.publish.witness import Witness
from headstamp.store.alert_state import handling_told
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.vocab.handling import handling_in

TIER: Final = "partner"
"""The tier of a recipient of whom nothing else is said."""

FORMS: Final = (".pdf", ".html", ".htm", ".txt")
SIDE: Final = 700

# Features that are texts as they stand on the thing: verbatim, whatever they say.
_VERBATIM: Final = frozenset({"stencil", "label", "lot"})


@dataclass(frozen=True, slots=True)
class Written:
    """An extract on file: where, and how many bytes."""

    path: Path
    size: int


def extract_of(
    case: Case, alert_id: str, *, clearance: str, language: str = "en", tier: str = TIER,
    values: Mapping[str, Any] | None = None,
) -> Extract:
    """What the extract says to a reader of ``tier``; ``values`` go before those of the alert on file.

    Raises Missing, Invalid where a word in it speaks of handling, Refused for a tier above the
    clearance of who makes it, or below that of the alert itself.
    """
    _fit(tier, language, clearance)
    templates = templates_of(case, language)
    with case.read(clearance).snapshot() as maker:
        whole = _alert(maker, alert_id)
        shown = case.read(tier).to_hand_out(outside=True).many([alert_id]).get(alert_id)
        if shown is None or not speaks(shown):
            raise Refused(f"this alert is not for readers of tier {tier}: it is {whole.get('tier')}, or "
                          "rests on a signature that is. Make it for another tier, or lower the tier of "
                          "what may be told")
        alert = Shown(shown.kind, shown.id, shown.version, shown.seq,
                      {**shown.values, **(values or {})}, shown.label)
        with case.read(tier).to_hand_out(outside=True).snapshot() as reader:
            if problems := handling_problems(reader, alert.values):
                raise Invalid("an extract says nothing on handling", problems)
            proof = case.proof(whole.seq)
            if not proof.holds():
                raise Tampered("the log's tree does not lead to this alert; no extract is written. "
                               "Run headstamp verify")
            witness = Witness(whole.id, whole.version, proof.index, proof.leaf, proof.path, proof.checkpoint)
            return gather(
                reader, alert, whole.values, sighted(reader, alert.values), letter=templates.words,
                contact=templates.sender, pictures=_pictures(case, reader, alert.values),
                false_alarms=false_alarms(str(alert.get("method") or "")), witness=witness,
                size=proof.size)


def _fit(tier: str, language: str, clearance: str) -> None:
    if language not in LANGUAGES:
        raise Invalid(f"an extract is written in {', '.join(LANGUAGES)}, not in {language!r}")
    if tier not in RANK:
        raise Invalid(f"a recipient's tier is one of {', '.join(RANK)}, not {tier!r}")
    if RANK[tier] > RANK[clearance]:
        raise Refused(f"an extract for readers of tier {tier} is made by somebody who may see what is {tier}")


def _alert(reader: Reader, alert_id: str) -> Shown:
    shown = reader.get(alert_id)
    if shown.kind != "alert":
        raise Missing(f"{alert_id} is no alert")
    return shown


def handling_problems(reader: Reader, alert: Mapping[str, Any]) -> list[Problem]:
    """The words of handling in all that the extract would print in somebody's words.

    The alert's own text, and the features it names; what stands on the thing itself is verbatim.
    """
    found = handling_told(alert)
    for kind, value in features_of(reader, alert):
        if kind not in _VERBATIM:
            found += [Problem(
                f"“{one.word}” speaks of handling ({one.about})",
                "Name the feature by what it looks like.", "signature" if alert.get("signature") else "items",
                value) for one in handling_in(value)]
    return found


def sighted(reader: Reader, alert: Mapping[str, Any]) -> dict[str, Sighted]:
    """The items that show an alert's signature, as this reader sees them; none without a signature."""
    named = str(alert.get("signature") or "")
    if not named or not speaks(reader.many([named]).get(named)):
        return {}
    return {one.item: Sighted(one.site or "", _span(one.first, one.last)) for one in sightings(reader, named)}


def _span(first: str | None, last: str | None) -> str:
    """Two days as one interval; one of them open where it is not known."""
    if first == last:
        return first or ""
    return f"{first or '..'}/{last or '..'}"


FALSE_ALARMS: Final = "false alarms in "
"""How the method of novelty is written in an alert: ``name version; false alarms in 0.05``."""


def false_alarms(method: str) -> float | None:
    """The share of false alarms that a method's line tells; None where it tells none.

    >>> false_alarms("spread.novelty 1; false alarms in 0.05"), false_alarms("by hand")
    (0.05, None)
    """
    _, found, rate = method.rpartition(FALSE_ALARMS)
    try:
        share = float(rate) if found else None
    except ValueError:
        return None
    return share if share is not None and 0 <= share <= 1 else None


def _pictures(
    case: Case, reader: Reader, alert: Mapping[str, Any]
) -> dict[str, tuple[bytes, int, int]]:
    """Up to two photographs as small JPEGs: those the alert names, else those of its features."""
    found: dict[str, tuple[bytes, int, int]] = {}
    for shown in _candidates(reader, alert):
        if len(found) == PHOTOGRAPHS:
            break
        digest = shown.get("digest")
        if not speaks(shown) or not digest:
            continue
        try:
            made = thumbnail_of(case, str(digest), clearance=reader.clearance, side=SIDE).read_bytes()
        except (HeadstampError, OSError) as error:
            if isinstance(error, (Missing, Unreadable)) and not alert.get("photographs"):
                continue  # nobody chose it, and it is not here or no picture that can be made small
            raise Unavailable(f"the photograph {shown.id} cannot be put into an extract: {error}") from error
        found[shown.id] = made, int(shown.get("width") or SIDE), int(shown.get("height") or SIDE)
    return found


def _candidates(reader: Reader, alert: Mapping[str, Any]) -> Sequence[Shown]:
    chosen = [str(one) for one in alert.get("photographs") or ()]
    if chosen:
        seen = reader.many(chosen)
        return [seen[one] for one in chosen if one in seen]
    wanted = set(features_of(reader, alert))
    ids = [str(one) for one in alert.get("items") or ()][:MOST_ITEMS]
    features = reader.belonging(ids, "feature", "item")
    named = dict.fromkeys(
        str(one.get("photograph")) for id_ in ids for one in features.get(id_, ())
        if one.get("photograph") and (one.get("feature_kind"), one.get("value")) in wanted)
    seen = reader.many(list(named))
    return [seen[one] for one in named if one in seen]


def extract_pdf(extract: Extract) -> bytes:
    """The extract as PDF of one page: set the closer, the more it has to say; at last with less of it."""
    return print_on_one_page(chain(
        (render(extract, density) for density in range(DENSITIES)),
        (render(one, DENSITIES - 1) for one in (shorter(extract),))))


def write_extract(extract: Extract, path: Path) -> Written:
    """Writes the extract as PDF, HTML or plain text, by the file's ending.

    Raises Invalid for another ending, Unavailable where the file or a PDF cannot be written.
    """
    form = path.suffix.lower()
    if form not in FORMS:
        raise Invalid(f"an extract is written as .pdf, .html or .txt, not {path.suffix or 'without ending'!r}")
    content = in_form(extract, form)
    write_whole(path, content, "the extract")
    return Written(path, len(content))


def in_form(extract: Extract, form: str) -> bytes:
    """The extract as the bytes of a file whose name ends so."""
    if form == ".pdf":
        return extract_pdf(extract)
    if form == ".txt":
        return (in_letters(extract) + "\n").encode("utf-8")
    return render(extract).encode("utf-8")
