"""The point of diversion of items of a case: found, told with names, counted, put down as a finding.

It is found anew each time from what the reader may see, so that two clearances may get two
answers. Put down, it is a draft like any other finding: the parties that it names are asked
before it can be ready, and it names the rule, its version and the checkpoint of the case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from headstamp.actions.tracing.trace import Traced, trace
from headstamp.errors import Conflicting, Invalid, Missing
from headstamp.kinds.counted import plural
from headstamp.kinds.tier import RANK
from headstamp.records import Finding, kind_of_id
from headstamp.store.case import Case
from headstamp.store.change import Outcome
from headstamp.store.reader import Reader
from headstamp.tracing.diversion import METHOD, Diversion, Hypothesis
from headstamp.tracing.diversion_words import with_names, without_help
from headstamp.tracing.hypothesis import Ask
from headstamp.tracing.step import Chain


@dataclass(frozen=True)
class Found:
    """An item's point of diversion, with the chain it was found in and the names of parties."""

    item: str
    label: str
    chain: Chain
    diversion: Diversion
    names: Mapping[str, str]

    def named(self, text: str) -> str:
        """A text of the diversion with the names of its parties."""
        return with_names(text, self.names)

    def name(self, party: str | None) -> str:
        """A party's name; empty for none."""
        return self.names.get(party, party) if party else ""

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain JSON values, texts with the names of the parties."""
        return {"item": self.item, "label": self.label,
                "names": {id_: self.names[id_] for id_ in self.diversion.parties if id_ in self.names},
                **_with_names(self.diversion.as_dict(), self.names)}


@dataclass(frozen=True)
class Table:
    """Points of diversion of many items, and how many there are of each kind."""

    rows: tuple[Found, ...]

    def counts(self) -> dict[str, int]:
        """Items by the kind of their point; those it cannot be determined for, and for which none
        is looked for, are classes of their own."""
        counted: Counter[str] = Counter()
        for row in self.rows:
            counted[kind_of(row.diversion)] += 1
        return dict(sorted(counted.items(), key=lambda pair: (pair[0] in _APART, -pair[1], pair[0])))


_APART = ("cannot be determined", "nothing to determine")


def kind_of(found: Diversion) -> str:
    """The kind by which a diversion is counted."""
    if found.standing == "determined" and found.best is not None:
        return found.best.kind
    return _APART[0] if found.standing == "undetermined" else _APART[1]


def diversion_of(case: Case, reader: Reader, item: str) -> Found:
    """The point of diversion of one item, by its id. Raises Missing."""
    return found_in(trace(case, reader, item, flagged=False))


def found_in(traced: Traced) -> Found:
    """The point of diversion of an item that was traced."""
    told = traced.diversion
    if told is None:
        raise Missing(f"{traced.item.id} was traced without its point of diversion")
    return Found(traced.item.id, traced.item.label, traced.chain, told, traced.names)


def all_diversions(case: Case, reader: Reader) -> Table:
    """The points of diversion of all visible items of the case that stand for themselves.

    What belongs to another item shares its way, and is left out.
    """
    ids = [one.id for one in reader.stream("item") if not one.get("parent")]
    return Table(tuple(diversion_of(case, reader, id_) for id_ in ids))


def _with_names(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return with_names(value, names)
    if isinstance(value, list):
        return [_with_names(one, names) for one in value]
    if isinstance(value, dict):
        return {key: _with_names(one, names) for key, one in value.items()}
    return value


# -- as a finding

def record_diversion(
    case: Case, item: str, *, actor: str, clearance: str, hypothesis: int | None = None,
    reason: str = "point of diversion put down as a draft",
) -> Outcome:
    """Puts the point of diversion of an item down as the draft of a finding.

    ``hypothesis`` is the place, from 1, of the hypothesis meant; without it the first one, or,
    where the point cannot be determined, that very sentence. Raises Missing; Invalid for a
    hypothesis that is not there or where there is nothing to determine; Conflicting where the
    same sentence is a finding already.
    """
    with case.read(clearance).snapshot() as reader:
        found = diversion_of(case, reader, item)
        told = found.diversion
        if not told.sought:
            raise Invalid(f"there is nothing to put down: {told.sentence}")
        if hypothesis is not None and not 1 <= hypothesis <= len(told.hypotheses):
            raise Invalid(f"there are {plural(len(told.hypotheses), 'hypothesis', 'hypotheses')}, from 1")
        meant = told.hypotheses[hypothesis - 1] if hypothesis else None if told.undetermined else told.best
        values = _values(reader, found, meant)
        for other in reader.referring(item, kind="finding", field="items"):
            if (other.get("sentence"), other.get("method")) == (values["sentence"], METHOD):
                raise Conflicting(f"{other.id} says this already")
    mark = case.checkpoint()
    values |= {"author": actor, "checkpoint": f"{mark.origin}, {mark.size} entries, {mark.root.hex()}"}
    with case.change(actor=actor, reason=reason) as change:
        return change.put(Finding.build(values), expected=0)


def _values(reader: Reader, found: Found, meant: Hypothesis | None) -> dict[str, Any]:
    """A finding's values: what it says, on what it rests, what else can be, whom it names."""
    told = found.diversion
    text = meant.sentence if meant else without_help(told)
    others = [one for one in told.hypotheses if one is not meant]
    rests = _rests_on((meant,) if meant else told.hypotheses)
    kinds = {id_: kind_of_id(id_).name for id_ in rests}
    parties = [p for p in ((meant.last_lawful, meant.first_unlawful) if meant else ()) if p]
    # The other explanations stand in it too, with their parties.
    used = reader.many(sorted({*_rests_on(told.hypotheses), *told.parties, found.item}))
    values: dict[str, Any] = {
        "sentence": found.named(text), "items": [found.item], "method": METHOD, "status": "draft",
        "documents": [id_ for id_, kind in kinds.items() if kind == "document"],
        "transfers": [id_ for id_, kind in kinds.items() if kind in ("transfer", "custody")],
        "named": [p for p in parties if p in used and used[p].get("party_kind") != "unknown"],
        "alternatives": "\n".join(_alternative(one, found) for one in others) or None,
        # Never shown to somebody who may not see what it rests on.
        "tier": max((one.get("tier") or "partner" for one in used.values()), key=lambda t: RANK[t]),
    }
    if meant is not None:
        values |= {"probability": meant.word, "probability_low": round(meant.low * 100),
                   "probability_high": round(meant.high * 100)}
    return {name: value for name, value in values.items() if value not in (None, [])}


def _rests_on(some: Iterable[Hypothesis]) -> list[str]:
    """The records that hypotheses rest on."""
    return sorted({id_ for one in some for id_ in (*one.claims, *(
        r for reason in (*one.speaks_for, *one.speaks_against) for r in reason.records))})


def _alternative(one: Hypothesis, found: Found) -> str:
    return f"{found.named(one.sentence)} ({round(one.low * 100)} to {round(one.high * 100)} in 100)"


def whom(ask: Ask, found: Found) -> str:
    """Who is to be asked, in words."""
    role = ask.role.replace("_", " ")
    return f"{found.name(ask.party)} ({role})" if ask.party else f"a {role}"
