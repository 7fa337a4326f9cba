"""What the doctor says of work: indexes and snapshots beside the records, what is unfinished, late or out of date."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

from headstamp.actions.desk.board import trace_desk
from headstamp.actions.intake.refused_rows import FOLDER, waiting_problems
from headstamp.actions.keeping.ailment import Ailment, typed
from headstamp.actions.keeping.between_devices import unpacked_left
from headstamp.actions.markings import index
from headstamp.actions.markings.index import LEAST_UNSAVED
from headstamp.actions.tracing import supply_graph
from headstamp.actions.tracing.lists import lists
from headstamp.engine.snapshot import open_snapshot
from headstamp.errors import HeadstampError, Missing, Tampered, Unreadable
from headstamp.kinds.date import bounds
from headstamp.store.backup import KEPT, SNAPSHOTS
from headstamp.store.case import Case
from headstamp.store.erasing import LEFT, noted
from headstamp.store.health import search_behind, unnamed_originals

LIST_DAYS: Final = 365
_SHOWN: Final = 5
_LEFT_OVER_SECONDS: Final = 3600
_SEALED: Final = "sealed"
_NAMED: Final = re.compile(rf"--snapshot {SNAPSHOTS}/({KEPT}\w+)")


def ailing_indexes(case: Case) -> Iterator[Ailment]:
    """The indexes that follow from the records, and are made again from them."""
    told: tuple[tuple[str, Any, Callable[[Case], Any]], ...] = (
        ("index of markings", index.index_path(case), index.read_kept),
        ("graph of supply", supply_graph.graph_path(case), supply_graph.read_kept),
    )
    for name, path, read in told:
        try:
            read(case)
        except Missing:
            if read is index.read_kept and case.read(_SEALED).totals().get("marking", 0) >= LEAST_UNSAVED:
                yield Ailment("index_missing", "note", str(path), f"The {name} is not there",
                              "Nothing needs doing: the next search makes it, and takes longer once.")
        except (Unreadable, Tampered) as error:
            yield Ailment("index_damaged", "fault", str(path), f"The {name} is damaged: {error.message}",
                          "Delete it; it is made again by the next search.", (shlex.join(["rm", str(path)]),))
    behind = search_behind(case)
    if behind:
        yield Ailment("search_behind", "note", "search", f"The search index has not taken in {behind} "
                      f"{'entry' if behind == 1 else 'entries'} yet", "Nothing needs doing: the next search does it.")


def ailing_snapshots(
    case: Case, restore: tuple[str, ...], clearance: str = "sealed"
) -> Iterator[Ailment]:
    """Snapshots from which findings were drawn: gone, or changed. ``restore`` puts the backup beside the case."""
    reader = case.read(clearance)
    erased = bool(case.read(_SEALED).list("erasure", {"erasure_state": "approved"}, limit=1).total)
    for finding in reader.stream("finding"):
        for name in _NAMED.findall(str(finding.get("alternatives") or "")):
            place = case.folder / SNAPSHOTS / name
            try:
                open_snapshot(place)
            except HeadstampError as error:
                if isinstance(error, Missing) and erased:
                    yield Ailment("snapshot_gone", "note", finding.id, "The snapshot that this finding was drawn from "
                                  "went when something was erased: its number cannot be worked out again",
                                  "Ask the measure anew, and say so in the finding.")
                    continue
                yield Ailment("snapshot_damaged", "fault", finding.id, "The snapshot that this finding was drawn from "
                              f"is gone or changed: {error.message}", "Put the latest backup into a new folder, and "
                              f"copy the folder {SNAPSHOTS}/{name} from there into {case.folder / SNAPSHOTS}.",
                              restore)


def late_work(case: Case, at: datetime, clearance: str = "sealed") -> Iterator[Ailment]:
    """Trace requests that nobody chased, and lists of which there is surely a newer version."""
    reader = case.read(clearance)
    late = [one for one in trace_desk(case, reader, at.date()).cards if one.to_do or one.late > 0]
    if late:
        many = len(late)
        yield Ailment("requests_late", "note", late[0].id, f"{many} trace request{'s are' if many > 1 else ' is'} past "
                      "the day by which an answer was asked for", "Remind who was asked, or take it up elsewhere: the "
                      "trace desk says which step is next.", (typed(case.where, "desk"),))
    newest: dict[str, str] = {}
    for one in lists(reader):
        if one.dated:
            newest[one.name] = max(newest.get(one.name, ""), one.dated)
    old = sorted((day, name) for name, day in newest.items()
                 if (_last(day) or at.date()) < at.date() - timedelta(days=LIST_DAYS))
    if old and reader.totals().get("transfer", 0):
        day, name = old[0]
        yield Ailment("lists_old", "note", name, f"Transfers are checked against {len(old)} official "
                      f"list{'s' if len(old) > 1 else ''} older than a year, the oldest of {day}: {name}",
                      "Where there is a newer version, get the file and add it. The older one stays beside it.",
                      (typed(case.where, "lists"), typed(case.where, "lists", "add", "LIST_FILE", "--date", "DAY")))


def _last(day: str) -> date | None:
    last = bounds(day)[1]
    return date.fromisoformat(str(last)[:10]) if last else None


def unfinished(case: Case, at: datetime) -> Iterator[Ailment]:
    """Uploads, rows, erasures and files that something cut off, or that wait for a person."""
    waiting = case.folder / "imports" / "waiting"
    names = [one.name for one in waiting.iterdir()] if waiting.is_dir() else []
    if names:
        yield Ailment("imports_waiting", "note", str(waiting), f"{len(names)} "
                      f"{'upload was' if len(names) == 1 else 'uploads were'} begun and not "
                      "finished: what is in them is not in the case, and not in a backup",
                      "Open Import in the pages and finish or drop them.", (typed(case.where, "serve"),))
    if noted(case.working) is not None:
        yield Ailment("erasure_unclean", "fault", str(case.folder / LEFT), "An erasure is carried out, but "
                      "traces of what was erased may be left in the case's files",
                      "Close the pages and everything else that reads the case, and finish it.",
                      (typed(case.where, "erase", "--finish"),))
    problems = waiting_problems(case)
    if problems:
        where = problems[0] if case.working.sealed else str(case.folder / FOLDER / problems[0])
        yield Ailment("rows_refused", "note", where, f"{len(problems)} "
                      f"{'file holds' if len(problems) == 1 else 'files hold'} rows that "
                      "were not accepted when they were imported",
                      "Mend the rows in each file and import it.", (typed(case.where, "import", where),))
    old = at.timestamp() - _LEFT_OVER_SECONDS
    left = [
        *(one for one in case.vault.folder.glob(".incoming-*") if one.stat().st_mtime < old),
        *case.folder.parent.glob(f".{case.folder.name}.restoring"),
        *(one for one in unpacked_left(case) if one.stat().st_mtime < old),
    ]
    for one in left[:_SHOWN]:
        yield Ailment("left_over", "note", str(one), "Something was cut off here by a power cut or a "
                      "crash; nothing acknowledged was lost", "It may be deleted.",
                      (shlex.join(["rm", "-r", str(one)]),))
    unnamed = unnamed_originals(case)
    if unnamed:
        yield Ailment("originals_unnamed", "note", str(case.vault.folder), f"{unnamed} "
                      f"{'original is' if unnamed == 1 else 'originals are'} kept "
                      "that no record names: their recording was refused or cut off",
                      "If a photograph is missed in the case, import it again. Delete nothing.")
