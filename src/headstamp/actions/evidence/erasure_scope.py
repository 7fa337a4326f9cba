"""What an erasure would take away, and where else the same stands: told before anybody decides.

Afterwards no program can know what to look for. So the two people are shown records, papers
and files that say the same, copies that no program reaches, and what the log says in clear.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from orjson import loads

from headstamp.actions.correct import closed_fields
from headstamp.actions.intake.refused_rows import FOLDER, waiting_problems
from headstamp.errors import HeadstampError, Invalid, Missing, Problem
from headstamp.records import kind_of_id
from headstamp.store.backup import KEPT, SNAPSHOTS
from headstamp.store.backup_place import last_backup
from headstamp.store.case import Case
from headstamp.store.erased import WHOLE
from headstamp.store.erasing import left_of, refuse_unless_possible
from headstamp.store.reader import Reader
from headstamp.store.receiving import Received
from headstamp.store.shown import Shown
from headstamp.store.traces import Traces, refused_rows_saying, traces_of

_FILES = ("photograph", "document")
_MOST = 200
_TOLD = 20
# Kinds of which letters or extracts are kept as they went out, and the field that names those.
_WITH_PAPERS = (("trace_request", "document"), ("trace_reply", "document"), ("right_of_reply", "documents"),
                ("alert", "documents"), ("custody", "documents"))


@dataclass(frozen=True, slots=True)
class Scope:
    """What exactly would be erased, and where else the same may stand.

    ``fields`` are those that hold something in some version; ``whole``: the record goes with
    all of them. With it go ``refused``, files of rows that an import refused and that say it, and
    the snapshots that were ``kept`` for findings, of which ``drawn_from`` can be seen.

    What stays: ``also_in`` are records in which the same text stands, ``common`` the titles of fields whose
    words stand in so many that they are not named, ``files`` the originals
    that say it, each by the record that names it or by its digest, ``others`` other files in the
    case's folder, ``log_entries`` entries whose reason or actor says it in clear. ``sources`` are
    the files from which the record was made, ``copies`` those that were made from it, ``pictures``
    those that show it, ``papers`` letters, extracts and documents that name it. ``backup`` is where
    the last backup went, ``bundles`` those that were handed over, ``went`` to whom each of them
    went, and when. Other records are named by their ids alone: what they are called may be the
    very thing that has to go.
    """

    record: str
    label: str
    whole: bool
    fields: tuple[str, ...]
    versions: int
    also_in: tuple[str, ...] = ()
    common: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    log_entries: tuple[int, ...] = ()
    sources: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    backup: str = ""
    bundles: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    kept: int = 0
    drawn_from: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {name: list(value) if isinstance(value, tuple) else value
                for name, value in asdict(self).items()}

    def elsewhere(self) -> list[str]:
        """Where else it stands or may stand, and what becomes of that, in sentences."""
        told = []
        if self.refused:
            told.append(f"Rows that an import refused say it: {_some(self.refused)}. These files go with it.")
        if self.kept:
            told.append("The snapshots that were kept for findings may hold it and go with it: their numbers cannot "
                        "be worked out again from them. What the findings say stays"
                        + (f": {_some(self.drawn_from)}." if self.drawn_from else "."))
        if self.also_in:
            told.append(f"The same text stands in: {_some(self.also_in)}.")
        if self.common:
            told.append(f"The words of {_some(self.common)} stand in many records, which are not named here: look for "
                        "them with the search where they must go everywhere.")
        if self.sources:
            told.append("The file from which the record was made still holds it: "
                        f"{_some(self.sources)}. It is a record of its own.")
        if self.files:
            told.append(f"Files on record say it, or could not be looked through: {_some(self.files)}.")
        if self.copies:
            told.append("Working copies and derivatives made from it are records of their own: "
                        f"{_some(self.copies)}.")
        if self.pictures:
            told.append(f"Photographs that show it are records of their own: {_some(self.pictures)}.")
        if self.papers:
            told.append("Letters, extracts and papers on record that name it may print it: "
                        f"{_some(self.papers)}. What was sent out stays with those who have it.")
        if self.others:
            told.append(f"Other files in the case's folder say it: {_some(self.others)}. Delete them yourself.")
        if self.log_entries:
            told.append(f"Entries of the log say it in clear, as a reason or an actor: {_some(self.log_entries)}. "
                        "What stands in the log in clear cannot be erased.")
        if self.backup:
            told.append(f"The last backup, at {self.backup}, and every earlier one, hold what was in the "
                        "case then. Make a new backup and destroy the old ones.")
        else:
            told.append("Backups made before hold what was in the case then.")
        if self.bundles:
            were = "bundle was" if len(self.bundles) == 1 else "bundles were"
            told.append(f"{len(self.bundles)} {were} handed over: {self._packed()}. Those who "
                        "took one in learn of it with the next one; the bundles themselves stay.")
        told.append("Reports, snapshots, pictures, letters and logs that were written out to other folders stay "
                    "as they are.")
        return told

    def _packed(self) -> str:
        """To whom bundles went and on which days, each once."""
        told = Counter(self.went)
        return ", ".join(f"{name} ({number})" if number > 1 else name for name, number in told.items())


def _some(named: Sequence[object]) -> str:
    told = ", ".join(map(str, named[:_TOLD]))
    return f"{told} and {len(named) - _TOLD:,} more" if len(named) > _TOLD else told


def scope_of(
    case: Case, record_id: str, fields: Sequence[str], *, clearance: str
) -> Scope:
    """What erasing these fields, or the whole record, would take away; writes nothing.

    Raises Missing where the record may not be seen, Invalid where this cannot be erased.
    """
    reader = case.read(clearance)
    shown = reader.get(record_id)
    kind = kind_of_id(record_id)
    what = frozenset(fields) or WHOLE
    closed = closed_fields(kind, clearance)
    unseen = [Problem("there is no such field", field=name) for name in sorted(what & closed)]
    if unseen:
        raise Invalid("not all of this can be erased", unseen)
    with case.backend.reading() as conn:
        refuse_unless_possible(conn, record_id, what)
        versions, held = left_of(conn, record_id, what)
    traces = traces_of(case, record_id, what, clearance)
    seen = reader.many([*traces.records, *traces.files])
    pictures = reader.referring(record_id, kind="photograph", field="items", limit=_MOST)
    refused = set(traces.refused) & set(waiting_problems(case))
    sources = _sources(reader, record_id)
    return Scope(
        record_id, shown.label, what == WHOLE, tuple(sorted(held - closed)), versions,
        also_in=tuple(id_ for id_ in traces.records if id_ in seen),
        common=tuple(fact.title for name in traces.common if (fact := kind.fact(name)) and name not in closed),
        files=tuple(one for one in traces.files if (one in seen or "-" not in one) and one not in sources),
        refused=tuple(sorted(f"{FOLDER}/{one}" for one in refused)),
        others=(*traces.others, *(f"{FOLDER}/{one}" for one in traces.refused if one not in refused)),
        log_entries=tuple(seq for seq in traces.entries if _is_seen(reader, seq)),
        sources=sources, copies=_made_from(reader, record_id),
        pictures=tuple(one.id for one in pictures), papers=_papers(reader, shown),
        **_drawn_from(case, reader), **_copies(case, reader, traces),
    )


def refused_rows(case: Case, erasure: Received) -> list[str]:
    """The files of refused rows that go with an erasure which a bundle brings."""
    told = loads(erasure.body)
    what = frozenset(map(str, told.get("fields", ()))) or WHOLE
    return sorted(set(refused_rows_saying(case, str(told["record"]), what)) & set(waiting_problems(case)))


def _is_seen(reader: Reader, seq: int) -> bool:
    try:
        return bool(reader.entry(seq))
    except Missing:
        return False


def _drawn_from(case: Case, reader: Reader) -> dict[str, Any]:
    """How many snapshots are kept in the case's folder, and the findings that name one."""
    kept = [f"{SNAPSHOTS}/{one.name}" for one in (case.folder / SNAPSHOTS).glob(f"{KEPT}*")]
    if not kept:
        return {}
    named = tuple(one.id for one in reader.stream("finding")
                  if any(name in str(one.get("alternatives") or "") for name in kept))
    return {"kept": len(kept), "drawn_from": named}


def _sources(reader: Reader, record_id: str) -> tuple[str, ...]:
    """The files from which any version of it was made."""
    told = (event.values.get("source") for event in reader.history(record_id))
    return tuple(dict.fromkeys(str(one["document"]) for one in told
                               if isinstance(one, dict) and one.get("document")))


def _made_from(reader: Reader, record_id: str) -> tuple[str, ...]:
    """What was made from a photograph or document, and what from that."""
    found: dict[str, None] = {}
    todo = [record_id] if kind_of_id(record_id).name in _FILES else []
    while todo and len(found) < _MOST:
        one = todo.pop()
        made = [made.id for kind in _FILES for made in reader.referring(one, kind=kind, field="parent", limit=_MOST)]
        todo += [id_ for id_ in made if id_ not in found]
        found.update(dict.fromkeys(made))
    return tuple(found)


def _papers(reader: Reader, shown: Shown) -> tuple[str, ...]:
    """Documents that name the record or what it belongs to, and letters that were made with it."""
    about = [shown.id]
    for name in kind_of_id(shown.id).owners:
        of = shown.get(name) or ()
        about += [of] if isinstance(of, str) else of
    found: dict[str, None] = {}
    for one in about:
        for named, field in _WITH_PAPERS:
            for other in reader.referring(one, kind=named, limit=_MOST):
                papers = other.get(field) or ()
                found.update(dict.fromkeys([papers] if isinstance(papers, str) else papers))
        found.update(dict.fromkeys(
            other.id for other in reader.referring(one, kind="document", limit=_MOST) if other.get("digest")))
    found.pop(shown.id, None)
    return tuple(found)[:_MOST]


def _copies(case: Case, reader: Reader, traces: Traces) -> dict[str, Any]:
    """Where copies of the case, or of parts of it, are known to be; none of the records
    that say what has to go is called by its name."""
    try:
        last = last_backup(case.folder)
    except HeadstampError:
        last = None  # doctor tells of a note that cannot be read
    sent = reader.list("bundle", {"direction": "sent"}, limit=1_000).rows
    devices = reader.labels([one.get("device") for one in sent if one.get("device") not in traces.records])
    return {"backup": last["place"] if last else "", "bundles": tuple(one.id for one in sent),
            "went": tuple(_went(one, devices) for one in sent)}


def _went(bundle: Shown, devices: Mapping[str, str]) -> str:
    device, at = bundle.get("device"), bundle.get("packed_at")
    return f"to {devices.get(device, device)}" + (f" on {at[:10]}" if at else "")
