"""The chain of supply of one item, as one reader may see it.

Everything that is claimed of the item's past is gathered through the one read filter, put
together to a chain, weighed for where it can have left lawful hands, and held against the
lists and papers of each transfer's time. Two people with different clearances may see
different chains, each whole in itself. Nothing of it is stored: the same records give the
same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from weakref import WeakKeyDictionary

from headstamp.actions.evidence.custody import thing_named
from headstamp.actions.linking.known import KnownParties, known_parties
from headstamp.actions.tracing.attaching import attached
from headstamp.actions.tracing.checks import Checks, checks_of_chain
from headstamp.actions.tracing.claiming import claims_about
from headstamp.actions.tracing.diversion_facts import Around, facts_of
from headstamp.actions.tracing.transfer_index import transfer_index
from headstamp.errors import Missing
from headstamp.store.case import Case
from headstamp.store.limits import Limit, codes_of
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.tracing.chain import build_chain
from headstamp.tracing.check import Flag
from headstamp.tracing.claim import Claim
from headstamp.tracing.diversion import Diversion, find_diversion
from headstamp.tracing.step import Chain


@dataclass(frozen=True)
class Traced:
    """An item's chain and what is made of it.

    ``names`` are the labels of every record named, by id: parties, papers, replies, recoveries.
    ``flags`` are the questions that lists, papers and routes leave open. ``limits`` says by
    record what trace replies forbid. ``more`` transfers name the same product beyond those
    shown among the loose claims; ``held_back`` records may not be shown to the public.
    """

    item: Shown
    chain: Chain
    names: Mapping[str, str] = field(default_factory=dict)
    diversion: Diversion | None = None
    flags: tuple[Flag, ...] = ()
    limits: Mapping[str, tuple[Limit, ...]] = field(default_factory=dict)
    around: tuple[Shown, ...] = ()
    more: int = 0
    held_back: int = 0

    def name(self, record_id: str | None) -> str:
        """What people call a record; its id where it has no name here, "" for none."""
        return self.names.get(record_id, record_id) if record_id else ""

    def named(self, text: str) -> str:
        """A text in which records stand by their ids in braces, with their names in place."""
        for id_, name in self.names.items():
            text = text.replace("{" + id_ + "}", name)
        return text

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            **self.chain.as_dict(), "names": dict(self.names),
            "part_of": [one.id for one in self.around],
            "diversion": self.diversion.as_dict() if self.diversion else None,
            "flags": [flag.as_dict() for flag in self.flags],
            "limits": {id_: [one.as_dict() for one in some] for id_, some in self.limits.items()},
            "more_of_product": self.more, "held_back": self.held_back,
        }


def trace(
    case: Case, reader: Reader, item_id: str, *, gathered: Checks | None = None, flagged: bool = True
) -> Traced:
    """The chain of one item. Raises Missing where there is none, or none that may be seen.

    ``gathered`` (see :func:`headstamp.actions.tracing.checks.checks`) lets quantities be compared with
    all transfers of the case; without it, with those of the chain. Without ``flagged`` nothing is
    held against lists and papers.
    """
    with reader.snapshot() as seen:
        item = seen.get(item_id)
        if item.kind != "item":
            raise Missing(f"{item_id} is no item; a chain is that of an item")
        return _traced(seen, item, case, gathered, flagged)


def _traced(
    reader: Reader, item: Shown, case: Case, gathered: Checks | None, flagged: bool
) -> Traced:
    about = attached(reader, transfer_index(case, reader), item)
    claims, held = claims_about(reader, about)
    limits = reader.limits([claim.id for claim in claims])
    claims = [replace(one, limits=codes_of(limits[one.id])) if one.id in limits else one
              for one in claims]
    known = known_parties(case, reader)
    names = reader.labels(sorted(_ids(claims, known.same)))
    pieces = (item.get("quantity") or {}).get("value")
    chain = build_chain(item.id, item.label, claims, known.same, names=names,
                        one_piece=pieces is None or pieces == 1)
    diversion = find_diversion(chain, facts_of(
        item, chain, _around(case, reader, known), known.same))
    flags = checks_of_chain(reader, chain, gathered, case=case) if flagged else ()
    more = {one for flag in flags for one in flag.about} | set(diversion.parties)
    more -= names.keys()
    names |= {one.id: one.label for one in about.around}
    if more:
        names |= reader.labels(sorted(more))
    return Traced(item, chain, names, diversion, flags, limits, about.around, about.more, held)


def _ids(claims: Iterable[Claim], same: Mapping[str, str]) -> set[str]:
    found = {id_ for one in claims for id_ in (
        one.id, one.from_party, one.to_party, one.reply, one.event, *one.papers) if id_}
    return found | {same[id_] for id_ in found if id_ in same}


_AROUND: WeakKeyDictionary[Case, dict[str, tuple[KnownParties, Around]]] = WeakKeyDictionary()


def _around(case: Case, reader: Reader, known: KnownParties) -> Around:
    """What stands around the parties, gathered once while nothing about them changes."""
    kept = _AROUND.setdefault(case, {})
    held = kept.get(reader.clearance)
    if held is None or held[0].parties is not known.parties or held[0].ties is not known.ties:
        made = Around(reader, known)
        made.authorities()  # and with them who belongs to whom
        held = kept[reader.clearance] = known, made
    return held[1].over(reader)


def trace_named(case: Case, reader: Reader, word: str) -> Traced:
    """The same for an item named by its id or its tag. Raises Missing, or Invalid for a tag of two."""
    return trace(case, reader, thing_named(reader, word))


__all__ = ["Traced", "trace", "trace_named"]
