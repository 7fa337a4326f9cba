"""Findings on their way to publication: who is asked, what they answer, who may move them on.

A finding goes from draft to review, to ready, to approved. To *ready* it goes by the hand of a
reviewer who did not write it, and only when everybody it names was asked about the very
sentence that stands in it (``store.readiness`` holds to that on every way in). To *approved* it
goes by somebody who did not write it either. Until there are roles the state machine stands on
the names that people give.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from headstamp.errors import Conflicting, Invalid, Missing, Problem, Refused
from headstamp.kinds.date import bounds
from headstamp.records import Finding, RightOfReply, record_type
from headstamp.store.case import Case
from headstamp.store.change import Outcome
from headstamp.store.erased import same_person
from headstamp.store.limits import LEFT_OUT
from headstamp.store.reader import Reader
from headstamp.store.readiness import SETTLED, unasked
from headstamp.store.shown import Shown
from headstamp.vocab import fold

MOVES: Final[Mapping[str, tuple[str, ...]]] = {
    "draft": ("in_review", "withdrawn"),
    "in_review": ("draft", "ready", "withdrawn"),
    "ready": ("in_review", "approved", "withdrawn"),
    "approved": ("in_review", "withdrawn"),
    "withdrawn": ("draft",),
}
"""From each state of a finding those to which it may go."""

BY_ANOTHER: Final = frozenset({"ready", "approved"})
"""States into which nobody brings a finding of their own."""

_LEAST_NAME = 4


@dataclass(frozen=True)
class Right:
    """One right of reply: its record, and whether it is about the sentence as it stands now."""

    record: Shown
    party: str
    name: str
    state: str
    same_sentence: bool

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {**self.record.as_dict(), "name": self.name, "same_sentence": self.same_sentence}


@dataclass(frozen=True)
class Standing:
    """How far a finding is: its rights of reply, and all that keeps it from being ready.

    ``mentioned`` are parties whose name occurs in the sentence and who are not among those it
    is said to name, as (id, name).
    """

    finding: Shown
    rights: tuple[Right, ...]
    missing: tuple[tuple[str, str, str], ...]
    mentioned: tuple[tuple[str, str], ...]
    moves: tuple[str, ...]

    @property
    def may_be_ready(self) -> bool:
        """Whether all it names were asked, as far as this reader may see."""
        return not self.missing and not self.mentioned and self.finding.label != LEFT_OUT

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "finding": self.finding.as_dict(), "rights": [one.as_dict() for one in self.rights],
            "missing": [{"party": p, "name": n, "why": why} for p, n, why in self.missing],
            "mentioned": [{"party": p, "name": n} for p, n in self.mentioned],
            "may_be_ready": self.may_be_ready, "moves": list(self.moves),
        }


def standing(reader: Reader, finding_id: str) -> Standing:
    """How far a finding is. Raises Missing."""
    shown = reader.get(finding_id)
    if shown.kind != "finding":
        raise Missing(f"{finding_id} is no finding")
    if shown.label == LEFT_OUT:  # it says nothing, and so says nothing of whom it names
        return Standing(shown, (), (), (), ())
    finding = _finding(shown)
    rows = reader.referring(finding_id, kind="right_of_reply", field="finding")
    names = reader.labels([*finding.named, *(row.get("party", "") for row in rows)])
    rights = tuple(
        Right(row, row.get("party", ""), names.get(row.get("party", ""), ""),
              row.get("right_state", "to_ask"), row.get("sentence") == finding.sentence)
        for row in rows
    )
    left = unasked(finding, ((r.party, r.state, r.record.get("sentence", "")) for r in rights))
    return Standing(
        shown, rights, tuple((p, names.get(p, p), why) for p, why in left.items()),
        tuple(mentioned(reader, finding)), MOVES.get(finding.status, ()),
    )


def mentioned(reader: Reader, finding: Finding) -> list[tuple[str, str]]:
    """Parties whose name stands in the sentence and who are not among those it names.

    Groups that could not be asked stand there too: they are put among the named, and recorded
    as not asked with the reason.
    """
    said = f" {fold(finding.sentence)} "
    found = []
    for party in reader.stream("party"):
        if party.id in finding.named:
            continue
        names = [party.get("name", ""), *(one.get("text", "") for one in party.get("names") or ())]
        for name in names:
            folded = fold(name)
            if len(folded) >= _LEAST_NAME and f" {folded} " in said:
                found.append((party.id, name))
                break
    return found


def ask(
    case: Case, finding_id: str, party_id: str, *, asked_on: str, channel: str = "", due_on: str = "",
    clearance: str, actor: str, reason: str = "right of reply",
) -> Outcome:
    """Records that a party was asked about a finding's sentence as it stands now.

    The party is put among those the finding names where it is not yet. Raises Missing, Invalid.
    """
    return _open(case, finding_id, party_id, {
        "right_state": "asked", "asked_on": asked_on, "channel": channel or None,
        "due_on": due_on or None}, clearance, actor, reason)


def leave_unasked(
    case: Case, finding_id: str, party_id: str, why: str, *, clearance: str, actor: str,
) -> Outcome:
    """Records that a party is not asked, and why: to ask would endanger somebody, it cannot be reached."""
    return _open(case, finding_id, party_id, {"right_state": "not_asked", "why_not": why},
                 clearance, actor, f"not asked: {why}")


def answer(
    case: Case, right_id: str, state: str, *, on: str = "", words: str = "",
    documents: Iterable[str] = (), clearance: str, actor: str, today: date | None = None,
) -> Outcome:
    """Records what became of a question put: answered, declined, or no answer in time.

    ``no_answer`` is taken only after the day by which an answer was asked for. Raises Missing,
    Invalid, Conflicting where it is settled already.
    """
    seen = case.read(clearance).get(right_id)
    whole = case.read("sealed").get(right_id)
    if whole.kind != "right_of_reply":
        raise Missing(f"{right_id} is no right of reply")
    if state not in ("answered", "declined", "no_answer"):
        raise Invalid(f"a right of reply ends as answered, declined or no_answer, not as {state!r}")
    if seen.get("right_state") not in ("asked", "no_answer"):
        raise Conflicting(f"this right of reply is {seen.get('right_state', 'to_ask')} already")
    if state == "no_answer":
        due = whole.get("due_on")
        last = bounds(due)[1] if due else None
        if last is None or (today or datetime.now(UTC).date()) <= date.fromisoformat(last):
            raise Invalid("it is too early to say that no answer came", [Problem(
                "the day by which an answer was asked for is not past" if last
                else "no day was given by which an answer was asked for",
                "Wait for it, or record the question with such a day.", "due_on", due or "")])
    values = {**whole.values, "id": right_id, "right_state": state}
    if words:
        values["answer"] = words
    if on:
        values["answered_on"] = on
    values["documents"] = list(dict.fromkeys([*(whole.get("documents") or ()), *documents]))
    made = RightOfReply.build(values)
    with case.change(actor=actor, reason=f"right of reply: {state.replace('_', ' ')}") as change:
        return change.put(made, expected=whole.version)


def move(
    case: Case, finding_id: str, to: str, *, clearance: str, actor: str, reason: str = "",
) -> Outcome:
    """Moves a finding on, back or away. Raises Conflicting for a move there is none of.

    Raises Refused where the author would pass their own finding, Invalid where somebody it
    names, or whose name stands in it, was not asked.
    """
    seen = case.read(clearance)
    whole = case.read("sealed").get(finding_id)
    _told(seen, finding_id)
    finding = _finding(whole)
    if to not in MOVES.get(finding.status, ()):
        there = ", ".join(MOVES.get(finding.status, ())) or "nowhere"
        raise Conflicting(f"a finding that is {finding.status} does not become {to}; from there: {there}")
    if not actor.strip():
        raise Invalid("who moves a finding on must be named")
    changed = {"status": to}
    if to in BY_ANOTHER:
        own = [name for name in _authors(case, finding) if same_person(name, actor)]
        if own:
            raise Refused(f"{own[0]} wrote this finding: somebody else has to make it {to}")
        _all_asked(case, finding, seen)
        if to == "ready":
            changed["reviewer"] = actor
    made = Finding.build({**whole.values, "id": finding_id, **changed})
    why = reason or f"finding: {finding.status} to {to}".replace("_", " ")
    with case.change(actor=actor, reason=why) as change:
        return change.put(made, expected=whole.version)


def _told(seen: Reader, finding_id: str) -> None:
    """Raises Missing for a finding that cannot be seen, or that says nothing to this reader."""
    if seen.get(finding_id).label == LEFT_OUT:
        raise Missing(f"{finding_id} is {LEFT_OUT}")


def _all_asked(case: Case, finding: Finding, seen: Reader) -> None:
    """Refuses while somebody it names or mentions was not asked; names only whom this reader sees."""
    everything = case.read("sealed")
    rights = everything.referring(finding.id, kind="right_of_reply", field="finding")
    unready = unasked(finding, ((str(r.get("party")), str(r.get("right_state", "to_ask")),
                                 str(r.get("sentence", ""))) for r in rights))
    forgotten = dict(mentioned(everything, finding))
    known = seen.many([*unready, *forgotten])
    problems = [Problem(
        f"{party} is named in it and {why}", "Ask the party, or record it as not asked with the reason.",
        "status", finding.status) for party, why in unready.items() if party in known]
    problems += [Problem(
        f"the sentence mentions {name} ({id_}), who is not among the parties it names",
        "Add the party and ask it, or change the sentence.", "named", name)
        for id_, name in forgotten.items() if id_ in known]
    if len(known) < len(unready.keys() | forgotten.keys()):
        problems.append(Problem(
            "whether all were asked cannot be seen with this clearance",
            "Let somebody with a higher clearance look at it and move it on.", "named"))
    if problems:
        raise Invalid("not everybody named has had the right of reply", problems)


def _open(
    case: Case, finding_id: str, party_id: str, values: Mapping[str, Any], clearance: str, actor: str,
    reason: str,
) -> Outcome:
    seen = case.read(clearance)
    seen.get(party_id)
    _told(seen, finding_id)
    whole = case.read("sealed").get(finding_id)
    finding = _finding(whole)
    for row in case.read("sealed").referring(finding_id, kind="right_of_reply", field="finding"):
        if (row.get("party"), row.get("sentence")) == (party_id, finding.sentence) and \
                row.get("right_state") in (*SETTLED, "asked"):
            raise Conflicting(f"{party_id} was asked about this sentence already: {row.id}")
    made = RightOfReply.build({
        **{name: value for name, value in values.items() if value is not None},
        "finding": finding_id, "party": party_id, "sentence": finding.sentence,
        "tier": whole.get("tier", "partner"),
    })
    named = finding.model_copy(update={"named": tuple(dict.fromkeys((*finding.named, party_id)))})
    with case.change(actor=actor, reason=reason) as change:
        # Together: a finding that is ready may not name somebody who was not asked, even for a moment.
        return change.put_many([named, made])[1]


def _authors(case: Case, finding: Finding) -> list[str]:
    """Who wrote the sentence that stands: by its own word, and by the log."""
    names = [finding.author] if finding.author else []
    events = sorted(case.read("sealed").history(finding.id), key=lambda event: event.version)
    written = [e.actor for e in events if e.version == 1 or "sentence" in e.changed]
    return [*names, *written[-1:]]


def _finding(shown: Shown) -> Finding:
    kind = record_type(Finding)
    made = kind.cls.model_validate({**shown.values, "id": shown.id}, context="on file")
    assert isinstance(made, Finding)
    return made
