"""Reading the texts of components by rules, and recording what was read as readings.

A reading is proposed by a rule and recorded beside the marking, which is never
touched. Running this again changes nothing; where rules have changed since, a
reading gets a new version, and one that no rule supports any more is kept with
a certainty of nought. A reading that a person has corrected is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Literal

from headstamp.kinds.date import bounds
from headstamp.kinds.identity import derived_id
from headstamp.markings.component import parse_component
from headstamp.markings.component_part import Part, PartKind
from headstamp.records import Reading
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

SCHEMES: dict[PartKind, str] = {
    "product": "component_product", "part_number": "component_part_number",
    "date_code": "component_date_code", "lot": "component_lot",
}
"""The name of the scheme in a reading, by the part it reads."""

REASON = "texts of components read by rules"
_BATCH = 1_000
_MOST_MARKINGS = 50_000
# What the mapping of a published list writes where its compilers say when they last looked.
_CHECKED = re.compile(r"^Last checked by the compilers: (\d{4}-\d{2}-\d{2})$", re.MULTILINE)

Told = Callable[[str, int, int], None]
Basis = Literal["found", "listed", "dated", ""]
"""What the latest day of an item rests on: a find, a list checked that day, a dated document."""


@dataclass(frozen=True)
class PartsRead:
    """What came of it: texts looked at, and readings that are new, changed, unchanged, withdrawn.

    ``kept`` are readings that a person had corrected and that were left as they are.
    """

    texts: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    kept: int = 0

    def as_dict(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)


def read_parts(
    case: Case, *, actor: str, clearance: str, told: Told | None = None, today: str = ""
) -> PartsRead:
    """Reads the text of every marking on a component that this clearance may see.

    ``told(step, done, all)`` follows the work; ``today`` (ISO) bounds date codes of items of
    which no day is known. Each batch is durable before the next begins.
    """
    reader, everything = case.read(clearance), case.read("sealed")
    day = today or datetime.now(UTC).date().isoformat()
    total = reader.count("item", None, {"family": "component"})[0]
    counts: dict[str, int] = dict.fromkeys(PartsRead.__dataclass_fields__, 0)
    done = 0
    for items in _some(reader.stream("item", {"family": "component"}), _BATCH):
        documents = documents_of(reader, items)
        markings = reader.belonging([one.id for one in items], "marking", "item", _MOST_MARKINGS)
        wanted: dict[str, Reading] = {}
        possible: list[str] = []
        for item in items:
            by = published(item, documents)[0] or day
            for marking in markings.get(item.id, ()):
                text = marking.get("text")
                if not text or marking.get("state") not in ("clear", "partial"):
                    continue
                counts["texts"] += 1
                possible += [_id(marking, kind) for kind in SCHEMES]
                found = parse_component(text, item.get("make"), by=by)
                wanted.update((r.id, r) for r in (_reading(marking, part) for part in found.parts))
        records = _to_put(everything, wanted, possible, counts)
        if records:
            with case.change(actor=actor, reason=REASON) as change:
                change.put_many(records)
        done += len(items)
        if told is not None:
            told("reading components", done, max(done, total))
    return PartsRead(**counts)


def _id(marking: Shown, kind: PartKind) -> str:
    return derived_id("read", "component", marking.id, kind)


def _reading(marking: Shown, part: Part) -> Reading:
    return Reading.build({
        "id": _id(marking, part.kind), "marking": marking.id, "text": part.text, "method": "scheme",
        "scheme": SCHEMES[part.kind], "meaning": part.words(), "certainty": part.certainty,
        # What is derived from a marking is no less secret than it.
        "tier": marking.get("tier", "partner"),
        **({"source": marking.get("source")} if marking.get("source") else {}),
    })


def _to_put(
    everything: Reader, wanted: Mapping[str, Reading], possible: Sequence[str], counts: dict[str, int]
) -> list[Reading]:
    """The readings to be written, and the counts of what becomes of all."""
    there = everything.many(possible)
    records = []
    for id_, reading in wanted.items():
        held = there.get(id_)
        if held is None:
            counts["new"] += 1
            records.append(reading)
        elif _says(held) == _says(reading):
            counts["unchanged"] += 1
        elif _is_ours(everything, id_):
            counts["changed"] += 1
            records.append(_with(held, text=reading.text, meaning=reading.meaning,
                                 certainty=reading.certainty))
        else:
            counts["kept"] += 1
    for id_, held in there.items():
        if id_ in wanted or held.get("certainty") == 0:
            continue
        if _is_ours(everything, id_):
            counts["withdrawn"] += 1
            records.append(_with(held, certainty=0, meaning="Withdrawn: no rule supports it any more"))
        else:
            counts["kept"] += 1
    return records


def _says(one: Shown | Reading) -> tuple[Any, ...]:
    get = one.get if isinstance(one, Shown) else lambda name: getattr(one, name)
    return tuple(get(name) for name in ("text", "method", "scheme", "meaning", "certainty"))


def _is_ours(everything: Reader, reading: str) -> bool:
    """Whether the current version was written by this act and not by a person since."""
    return everything.history(reading)[-1].reason == REASON


def _with(held: Shown, **values: Any) -> Reading:
    """The reading as it is held, its tier and remarks too, with these values."""
    return Reading.build({**held.values, "id": held.id, **values})


def _some(rows: Iterator[Shown], size: int) -> Iterator[list[Shown]]:
    while batch := list(islice(rows, size)):
        yield batch


def documents_of(reader: Reader, items: Sequence[Shown]) -> dict[str, Shown]:
    """The visible source documents of these items, by id."""
    named = {(one.get("source") or {}).get("document", "") for one in items} - {""}
    return reader.many(sorted(named))


def published(item: Shown, documents: Mapping[str, Shown]) -> tuple[str, Basis]:
    """The latest day by which a component had been made, and what says so; empty where nothing does.

    It was found that day, or stood in a published list that was checked that day, or in a
    document of that date. It is an upper bound of when it was made.
    """
    found = item.get("recovered_on")
    if found and (latest := bounds(found)[1]):
        return latest, "found"
    checked = _CHECKED.search(item.get("remark") or "")
    if checked:
        return checked[1], "listed"
    document = documents.get((item.get("source") or {}).get("document", ""))
    issued = document.get("issued_on") if document else None
    if issued and (latest := bounds(issued)[1]):
        return latest, "dated"
    return "", ""
