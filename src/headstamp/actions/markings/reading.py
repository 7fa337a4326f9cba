"""Reading a marking by two people, neither of whom sees what the other read before their own.

What counts as a reading here is a reading record of method *person*,
*photograph* or *second person* that names its reader; one a person, the latest.
The text on the marking itself is not one: it is how the marking was recorded, by
a clerk's list or an import as often as by somebody who looked, and it later
takes the joint text. It is held back all the same until one has read.

Holding back is a courtesy between colleagues, not a tier: the record pages and
the search show every reading to whoever may see it (rule 3 is the only secrecy).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from headstamp.actions.correct import correct
from headstamp.errors import Conflicting, Invalid, Missing, Problem
from headstamp.kinds.identity import derived_id
from headstamp.markings.agreement import Agreement, compare, joint_of
from headstamp.markings.region import wanted_region
from headstamp.markings.unread import has_unread
from headstamp.records import Record, kind_named
from headstamp.store.case import Case
from headstamp.store.change import Outcome
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

BY_EYE = frozenset({"person", "photograph", "second_person"})
MOST_READINGS = 100


@dataclass(frozen=True)
class Given:
    """What one person read. ``first_text`` is what they gave before they could see another's."""

    id: str
    reader: str
    text: str
    first_text: str
    method: str
    read_on: str
    certainty: int | None
    remark: str
    seq: int

    @property
    def corrected(self) -> bool:
        """Whether the person has changed their reading since."""
        return self.text != self.first_text


@dataclass(frozen=True)
class TwoReadings:
    """A marking as one reader may see it here.

    While ``held_back`` other people's readings wait for this reader's own,
    ``others``, ``elsewhere``, ``recorded`` and ``joint`` are empty. ``pairs`` are
    the first person's reading lined up with each later one; ``beside_record``
    the reader's own with the text on the marking, where they differ.
    """

    marking: Shown
    viewer: str
    own: Given | None
    readers: int
    blind: bool
    held_back: int = 0
    given: tuple[Given, ...] = ()
    elsewhere: tuple[Shown, ...] = ()
    recorded: str | None = None
    pairs: tuple[tuple[Given, Given, Agreement], ...] = ()
    beside_record: Agreement | None = None
    joint: str = ""


def person_key(name: str) -> str:
    """A name as people are told apart by: blanks and capitals do not matter.

    >>> person_key(" A.  Sample ") == person_key("a. sample")
    True
    """
    return " ".join(name.split()).casefold()


def by_eye(readings: Iterable[Shown]) -> list[list[Shown]]:
    """The readings that count, one list a person, in the order in which people began."""
    found: dict[str, list[Shown]] = {}
    for one in readings:
        name = person_key(str(one.get("reader", "")))
        if name and one.get("method") in BY_EYE:
            found.setdefault(name, []).append(one)
    return list(found.values())


def given_by(reader: Reader, own: list[Shown]) -> Given:
    """One person's reading from all their records of one marking, oldest first."""
    last = own[-1]
    return Given(
        last.id, str(last.get("reader")), str(last.get("text")), first_text(reader, own[0]),
        str(last.get("method")), str(last.get("read_on", "")), last.get("certainty"),
        str(last.get("remark", "")), last.seq,
    )


def first_text(reader: Reader, shown: Shown) -> str:
    """What a reading said when it was first recorded."""
    if shown.version == 1:
        return str(shown.get("text"))
    return str(reader.history(shown.id)[0].values.get("text", shown.get("text")))


def readings_of(reader: Reader, marking_id: str) -> list[Shown]:
    """All readings of a marking, in the order in which they were recorded."""
    found = reader.referring(marking_id, kind="reading", field="marking", limit=MOST_READINGS)
    return sorted(found, key=lambda one: (str(one.get("read_on", "")), one.seq))


def two_readings(
    reader: Reader, marking_id: str, viewer: str, *, all_open: bool = False
) -> TwoReadings:
    """A marking and its readings, those of others held back until the viewer has given theirs.

    ``all_open`` holds nothing back. Raises Missing.
    """
    marking = _marking(reader, marking_id)
    everything = readings_of(reader, marking_id)
    people = by_eye(everything)
    me = person_key(viewer)
    mine = next((p for p in people if person_key(str(p[0].get("reader"))) == me), None)
    own = given_by(reader, mine) if mine else None
    if own is None and not all_open:
        return TwoReadings(marking, viewer, None, len(people), True, held_back=len(people))
    given = tuple(given_by(reader, one) for one in people)
    counted = {shown.id for one in people for shown in one}
    recorded = marking.get("text")
    beside = compare(own.text, recorded) if own and recorded is not None else None
    return TwoReadings(
        marking, viewer, own, len(people), False, given=given,
        elsewhere=tuple(one for one in everything if one.id not in counted), recorded=recorded,
        pairs=tuple((given[0], other, compare(given[0].text, other.text)) for other in given[1:]),
        beside_record=beside if beside is not None and not beside.same else None,
        joint=joint_of([one.text for one in given]) if len(given) > 1 else "",
    )


def give_reading(
    case: Case, marking_id: str, text: str, *, reader: str, read_on: str, clearance: str,
    actor: str, from_item: bool = False, certainty: str = "", remark: str = "",
) -> Outcome:
    """Records what one person reads, once a person and marking.

    The method follows: *second person* where somebody else has read it,
    else *person* (``from_item``) or *photograph*. Raises Missing; Invalid with
    every problem; Conflicting where this person has read it already.
    """
    seen = case.read(clearance)
    marking = _marking(seen, marking_id)
    people = by_eye(readings_of(seen, marking_id))
    me = person_key(reader)
    if me and any(person_key(str(one[0].get("reader"))) == me for one in people):
        raise Conflicting(_TWICE.format(reader=" ".join(reader.split())))
    if people:
        method = "second_person"
    else:
        method = "person" if from_item or not marking.get("photograph") else "photograph"
    made = _reading(marking_id, text, reader=reader, method=method, read_on=read_on,
                    certainty=certainty, remark=remark, tier=marking.get("tier", "partner"))
    with case.change(actor=actor, reason="read from the marking") as change:
        return change.put(made, expected=0)


def settle(
    case: Case, marking_id: str, text: str, *, state: str, expected: int, reason: str,
    clearance: str, actor: str,
) -> Outcome:
    """Records a joint text as the marking's own, a new version; the readings stay as they are.

    ``expected`` is the version the person saw. Raises Missing; Invalid, also
    where fewer than two people have read it; Conflicting.
    """
    seen = case.read(clearance)
    marking = _marking(seen, marking_id)
    problems = []
    if len(by_eye(readings_of(seen, marking_id))) < 2:
        problems.append(Problem("two people must have read the marking before their readings are "
                                "joined", "Have somebody else read it."))
    if not reason.strip():
        problems.append(Problem("say why the text is recorded", "It stands in the log.", "reason"))
    if not text:
        problems.append(Problem("there is no text", "Give the text that both stand for.", "text"))
    problems += _clear(text, state)
    if problems:
        raise Invalid("this text cannot be recorded", problems)
    return correct(
        case, marking_id, {**marking.values, "text": text, "state": state}, expected=expected,
        clearance=clearance, actor=actor, reason=reason,
    )


def mark_on_photograph(
    case: Case, photograph_id: str, values: Mapping[str, Any], *, reader: str, read_on: str,
    clearance: str, actor: str, certainty: str = "",
) -> Outcome:
    """Records a marking seen on a part of a photograph and, where it has a text, who read it so.

    ``values`` are those of the marking: item, region, text, state and what else
    is known. Both records stand in one change. Raises Missing; Invalid.
    """
    seen = case.read(clearance)
    photograph = _photograph(seen, photograph_id)
    region = _region(photograph, str(values.get("region", "")))
    item, text = str(values.get("item", "")), str(values.get("text") or "")
    problems = _clear(text, str(values.get("state", "clear")))
    if item and item not in seen.many([item]):
        problems.append(
            Problem(f"{item} is not in this case", "Name an item that is.", "item", item))
    if problems:
        raise Invalid("this marking cannot be recorded", problems)
    given = {name: value for name, value in values.items() if name != "id"}
    marking = kind_named("marking").cls.build({
        "tier": photograph.get("tier", "partner"), **given,
        "photograph": photograph_id, "region": region,
    })
    records: list[Record] = [marking]
    if text:
        records.append(_reading(marking.id, text, reader=reader, method="photograph",
                                read_on=read_on, certainty=certainty, remark="", tier=marking.tier))
    with case.change(actor=actor, reason="marked on the photograph") as change:
        return change.put_many(records)[0]


def set_region(
    case: Case, marking_id: str, photograph_id: str, region: str, *, expected: int,
    clearance: str, actor: str,
) -> Outcome:
    """Says where on which photograph a marking is seen. Raises Missing, Invalid, Conflicting."""
    seen = case.read(clearance)
    marking, photograph = _marking(seen, marking_id), _photograph(seen, photograph_id)
    return correct(
        case, marking_id,
        {**marking.values, "photograph": photograph_id, "region": _region(photograph, region)},
        expected=expected, clearance=clearance, actor=actor, reason="marked on the photograph",
    )


_TWICE = ("{reader} has read this marking already; correct that reading, "
          "or give the name of the person who reads now")


def _reading(
    marking_id: str, text: str, *, reader: str, method: str, read_on: str, certainty: str,
    remark: str, tier: str,
) -> Record:
    values = {
        # From marking and reader: two windows of one person cannot record two first readings.
        "id": derived_id("read", marking_id, "by", person_key(reader)),
        "marking": marking_id, "text": text, "method": method, "reader": reader,
        "read_on": read_on, "certainty": certainty, "remark": remark.strip(), "tier": tier,
    }
    if not reader.strip():
        raise Invalid("this reading cannot be recorded", [
            Problem("who reads must be given", "Give your name.", "reader")])
    return kind_named("reading").cls.build({k: v for k, v in values.items() if v != ""})


def _clear(text: str, state: str) -> list[Problem]:
    if state != "clear" or not has_unread(text):
        return []
    return [Problem("a clear marking has no unread character",
                    "Choose partial or defaced, or give the character.", "state", state)]


def _marking(reader: Reader, marking_id: str) -> Shown:
    if not marking_id.startswith("mark-"):
        raise Missing(f"there is no marking {marking_id}")
    return reader.get(marking_id)


def _photograph(reader: Reader, photograph_id: str) -> Shown:
    if not photograph_id.startswith("photo-"):
        raise Missing(f"there is no photograph {photograph_id}")
    return reader.get(photograph_id)


def _region(photograph: Shown, text: str) -> str:
    return str(wanted_region(text, photograph.get("width") or 0, photograph.get("height") or 0))
