"""A measure's answer put into a finding: a draft that says how it was reached, and from what.

Whoever has the snapshot it names and asks the same version of the measure the same words gets the
same number again; so that snapshot is kept in the case's folder, where there is one on the disk.
Assumptions and warnings go with it: a number without them is another number.
"""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterable
from typing import Any, Final

from headstamp.actions.correct import correct
from headstamp.actions.desk.right_of_reply import mentioned
from headstamp.actions.measures.effort import beside
from headstamp.actions.measures.measuring import Measured, digest
from headstamp.analysis.figure import figure
from headstamp.engine.snapshot import open_snapshot
from headstamp.errors import Conflicting, Invalid, Missing, Problem, Refused, Unavailable
from headstamp.evidence.checkpoint import open_checkpoint
from headstamp.kinds.counted import plural
from headstamp.kinds.tier import RANK
from headstamp.records import BY_PREFIX, Finding
from headstamp.store.backup import KEPT, SNAPSHOTS
from headstamp.store.case import Case
from headstamp.store.change import Outcome
from headstamp.store.cleaning import is_unclean
from headstamp.store.disk import sync_file, sync_folder, sync_tree, told
from headstamp.store.shown import Shown

MOST_NAMED: Final = 1_000
"""A finding names at most so many records of a kind; that there are more stands in its words."""

_FIELDS: Final = {"item": "items", "site": "sites", "document": "documents", "transfer": "transfers",
                  "custody": "transfers"}


def put_into_finding(
    case: Case, measured: Measured, *, actor: str, finding: str | None = None,
    reason: str = "the answer of a measure put into a finding",
) -> Outcome:
    """Puts the answer of a measure into a new draft, or at the end of a draft that there is.

    The draft is seen by who sees the snapshot that was asked, and by nobody else, until somebody
    who has looked lowers its tier: a count says something of every record that was counted.
    Raises Refused where the measure gave no number; Conflicting where the finding is no draft any
    more, or says this already; Tampered or Invalid for the snapshot of another case; Missing;
    Unavailable where the snapshot cannot be kept.
    """
    if measured.result.refused:
        raise Refused(
            f"{measured.measure.name} gave no number ({measured.result.reason.rstrip('.')}): "
            "what it refused to say is no finding")
    values = _values(case, measured, _keep(case, measured))
    if finding is not None:
        return _extend(case, measured, values, finding, actor, reason)
    for known in case.read(measured.clearance).stream("finding", {"method": values["method"]}):
        if known.get("sentence") == values["sentence"] and known.get("checkpoint") == values["checkpoint"]:
            raise Conflicting(f"{known.id} says this already")
    values |= {"author": actor, "status": "draft", "tier": measured.clearance}
    with case.change(actor=actor, reason=reason) as change:
        return change.put(Finding.build(values), expected=0)


def _keep(case: Case, measured: Measured) -> str:
    """Keeps the snapshot under a name of its own, from the case's folder; empty where there is none there."""
    mark = open_checkpoint(measured.checkpoint, case.key_line)
    place = case.folder / SNAPSHOTS / f"{mark.size}-{measured.clearance}"
    if case.working.sealed or not place.is_dir() or digest(open_snapshot(place)) != measured.snapshot:
        return ""
    kept = place.with_name(f"{KEPT}{measured.snapshot[:16]}")
    if not kept.is_dir():
        try:
            # Linked: the files of a snapshot are never written to again, only let go.
            half = kept.with_name(f".{kept.name}")
            shutil.rmtree(half, ignore_errors=True)
            shutil.copytree(place, half, copy_function=os.link)
            for part in half.rglob("*"):
                if part.is_file():
                    sync_file(part)
            sync_tree(half)
            half.rename(kept)
        except OSError as error:
            raise Unavailable(f"the snapshot cannot be kept: {error.strerror or error}") from error
        if is_unclean(case) or not place.is_dir():
            # Something was erased meanwhile, and stands in what was just kept.
            shutil.rmtree(kept, ignore_errors=True)
            raise Conflicting("something is being erased from this case, and the snapshot of this answer goes with "
                              "it: let that end (headstamp erase --finish), then ask again")
    # On the disk before the finding that names it, also where it was there: who made it may not
    # have come to this.
    with told(kept):
        sync_folder(kept.parent)
        sync_folder(case.folder)
    return f"{SNAPSHOTS}/{kept.name}"


def _values(case: Case, measured: Measured, kept: str) -> dict[str, Any]:
    """What the finding says: sentence, what it rests on, how and from what it was reached."""
    mark = open_checkpoint(measured.checkpoint, case.key_line)
    if mark.origin != case.origin:
        raise Invalid("this answer is of another case", [Problem(
            "the snapshot is not of this case", "Ask the measure of this case.", "checkpoint", mark.origin)])
    seen = case.read(measured.clearance).many(measured.fed.records)
    named = _by_field(one for one in measured.fed.records if one in seen)
    for id_ in case.read(measured.clearance).many(measured.fed.sites):
        named.setdefault("sites", []).append(id_)
    values: dict[str, Any] = {
        "sentence": sentence(measured), "method": measured.method,
        "checkpoint": f"{mark.origin}, {mark.size} entries, {mark.root.hex()}; snapshot "
                      f"{measured.snapshot}, clearance {measured.clearance}",
        "alternatives": "\n".join(_beside(measured, named, kept)),
    }
    for field, ids in named.items():
        values[field] = list(dict.fromkeys(ids))[:MOST_NAMED]
    # Whoever stands in the sentence is asked before it can be ready.
    said = mentioned(case.read(measured.clearance), Finding.build({"sentence": values["sentence"]}))
    if said:
        values["named"] = [party for party, _ in said]
    return values


def sentence(measured: Measured) -> str:
    """What the measure says, in its own words for a report; else its question with the number."""
    found = measured.result
    if found.text:
        return found.text
    if found.estimate is None:
        return found.question
    ends = " to ".join("open" if end is None else figure(end) for end in (found.low, found.high))
    unit = f" {found.unit}" if found.unit else ""
    return f"{found.question} {figure(found.estimate)}{unit} ({found.level:.0%} interval: {ends})."


def _beside(measured: Measured, named: dict[str, list[str]], kept: str) -> list[str]:
    """What must be read with the number, a line each."""
    found = measured.result
    lines = [f"Assumed: {said}" for said in found.assumptions]
    lines += [f"Warning: {said}" for said in found.warnings]
    # Most of what is not as it should be is a warning already.
    lines += [f"Not as it should be: {one.words}" for one in found.diagnostics
              if one.good is False and one.words not in found.warnings]
    lines += [f"Other model, {one.name}: {figure(one.estimate, 4)}"
              + ("" if one.low is None and one.high is None else " (" + " to ".join(
                  "open" if end is None else figure(end, 4) for end in (one.low, one.high)) + ")")
              for one in found.models[:20] if one.estimate is not None]
    lines += [f"Taken: {said}" for said in measured.fed.told]
    lines.append(beside(measured.effort))
    rests = set(measured.fed.records)
    held = sum(id_ in rests for ids in named.values() for id_ in ids[:MOST_NAMED])
    if measured.fed.rests_on > held:
        lines.append(f"It rests on {plural(measured.fed.rests_on, 'record')}, of which {held:,} are named here.")
    words = " ".join(f"--{name.replace('_', '-')} {shlex.quote(text)}" for name, text in measured.given.items())
    words += f" --snapshot {kept}" if kept else ""
    lines.append(f"Asked so: headstamp measure {measured.measure.name} {words}".rstrip())
    return lines


def _by_field(ids: Iterable[str]) -> dict[str, list[str]]:
    """Ids by the field of a finding that names records of their kind."""
    found: dict[str, list[str]] = {}
    for id_ in ids:
        kind = BY_PREFIX.get(id_.partition("-")[0])
        field = _FIELDS.get(kind.name) if kind else None
        if field:
            found.setdefault(field, []).append(id_)
    return found


def _extend(
    case: Case, measured: Measured, values: dict[str, Any], finding: str, actor: str, reason: str,
) -> Outcome:
    known = case.read(measured.clearance).get(finding)
    if known.kind != "finding":
        raise Missing(f"there is no finding {finding}")
    if known.get("status") != "draft":
        raise Conflicting(f"{finding} is no draft any more: {known.get('status')}. Make it one again first, "
                          "or put the answer into a new finding.")
    if values["sentence"] in str(known.get("sentence", "")) and values["method"] in str(known.get("method", "")):
        raise Conflicting(f"{finding} says this already")
    return correct(case, finding, _joined(known, values, measured.clearance), expected=known.version,
                   clearance=measured.clearance, actor=actor, reason=reason)


def _joined(known: Shown, values: dict[str, Any], clearance: str) -> dict[str, Any]:
    """A finding's values with the answer at the end of each."""
    whole: dict[str, Any] = dict(known.values)
    for field, between in (("sentence", " "), ("method", "; "), ("checkpoint", "; "), ("alternatives", "\n")):
        before = whole.get(field)
        if not before or field == "sentence" or values[field] not in str(before):
            whole[field] = f"{before}{between}{values[field]}" if before else values[field]
    for field in (*set(_FIELDS.values()), "named"):
        if values.get(field):
            whole[field] = list(dict.fromkeys([*whole.get(field, ()), *values[field]]))[:MOST_NAMED]
    whole["tier"] = max(str(whole.get("tier") or "partner"), clearance, key=lambda tier: RANK[tier])
    return whole
