"""Putting the teaching case into a case, stage by stage, as a team would have done it.

Each stage is one change by one actor for one reason. Some records are first
put as they were before a correction (``street/corrections.csv``), then
corrected, so that their history has something to tell. What is there already
is left as it is, so that a case cut off half-way is filled by calling again.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from importlib.resources import files
from io import StringIO

from headstamp.demo.teaching import Teaching, about, drawn, id_of, load
from headstamp.records import Record, kind_named
from headstamp.store.case import Case

Told = Callable[[str, int, int | None], None]
LEAD, SECOND = "R. Ilmen", "S. Torvag"
_LATER = ("reading", "trace_request", "trace_reply", "finding", "right_of_reply", "note", "tally",
          "photograph")


def fill(case: Case, *, told: Told | None = None) -> int:
    """Puts all records and drawn photographs into the case; returns how many were new."""
    teaching = load()
    tell = told or (lambda step, done, total: None)
    with case.change(actor=LEAD, reason="what this case is") as change:
        kept = change.file(about())
        basis = next(r for r in teaching.of("document") if r.id == teaching.basis)
        first = _with(basis, digest=kept.digest, size=kept.size)
        before = change.put_many([first])
    new = sum(one.what == "new" for one in before)
    new += _documented(case, teaching, tell)
    replies = _others(teaching, "trace_request", "trace_reply")
    stages: list[tuple[str, str, list[Record]]] = [
        (LEAD, "markings read on the spot", _read_by(teaching, LEAD)),
        (SECOND, "second reading", _read_by(teaching, SECOND)),
        ("desk", "readings by scheme and barcode", _read_by(teaching, "")),
        ("trace desk", "requests and what came back", replies),
        ("trace desk", "what the replies tell of", _told_by_replies(teaching)),
        (LEAD, "findings, notes and counts from papers, and who was asked about them",
         _others(teaching, "finding", "right_of_reply", "note", "tally")),
    ]
    for number, (actor, reason, records) in enumerate(stages):
        tell("readings, traces, findings", number, len(stages))
        new += _put(case, actor, reason, records)
    tell("readings, traces, findings", len(stages), len(stages))
    _correct(case, teaching)
    return new


def _documented(case: Case, teaching: Teaching, tell: Told) -> int:
    """The first stage: all that was documented on the spot, with the drawn pictures.

    Pictures are drawn before the change begins, since drawing takes its time and a
    change keeps others from writing.
    """
    pictures = teaching.of("photograph")
    reader = case.read("sealed")
    there = reader.many([p.id for p in pictures])
    wanted = [p for p in pictures if p.id not in there]
    made: list[tuple[Record, bytes]] = []
    for picture in wanted:
        tell("drawing photographs", len(made), len(wanted))
        made.append(drawn(picture, teaching.scenes[picture.id]))
    tell("drawing photographs", len(wanted), len(wanted))
    early = dict(_as_it_was(teaching))
    corrected = reader.many(sorted(early))
    records = [
        _before_replies(early.get(record.id, record)) for record in teaching.records
        if record.NAME not in _LATER and record.id != teaching.basis and record.id not in corrected
    ]
    with case.change(actor=LEAD, reason="documented on the spot") as change:
        for _, data in made:
            change.file(data)
        outcomes = change.put_many([*records, *(record for record, _ in made)])
    return sum(one.what == "new" for one in outcomes)


def _put(case: Case, actor: str, reason: str, records: list[Record]) -> int:
    if not records:
        return 0
    with case.change(actor=actor, reason=reason) as change:
        return sum(one.what == "new" for one in change.put_many(records))


def _others(teaching: Teaching, *names: str) -> list[Record]:
    return [record for record in teaching.records if record.NAME in names]


def _told_by_replies(teaching: Teaching) -> list[Record]:
    return [one for one in _others(teaching, "transfer", "custody") if getattr(one, "reply", None)]


def _before_replies(record: Record) -> Record:
    """The record as it stood before the trace reply came that tells of it too."""
    return _with(record, reply=None) if getattr(record, "reply", None) else record


def _read_by(teaching: Teaching, reader: str) -> list[Record]:
    return [r for r in teaching.of("reading") if (r.reader or "") == reader]


def corrections() -> list[dict[str, str]]:
    """The rows of ``corrections.csv``: kind, key, field, what it was, by whom, why."""
    text = files(__package__).joinpath("street", "corrections.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(StringIO(text, newline="")))


def _as_it_was(teaching: Teaching) -> Iterator[tuple[str, Record]]:
    """Id and record of each corrected record, as it stood before."""
    by_id = {record.id: record for record in teaching.records}
    for row in corrections():
        id_ = id_of(kind_named(row["kind"]).prefix, row["key"])
        yield id_, _with(by_id[id_], **{row["field"]: row["was"] or None})


def _correct(case: Case, teaching: Teaching) -> None:
    by_id = {record.id: record for record in teaching.records}
    for row in corrections():
        id_ = id_of(kind_named(row["kind"]).prefix, row["key"])
        _put(case, row["by"], row["why"], [by_id[id_]])


def _with(record: Record, **values: object) -> Record:
    """The record with these values in place of its own."""
    whole = {**record.model_dump(exclude_none=True), **values}
    return type(record).build({name: value for name, value in whole.items() if value is not None})

