"""Parties to and from FollowTheMoney: what goes out, and what a file brings.

Out goes what the clearance may see, without what trace replies forbid to publish or to pass
on; what cannot be said there is listed. In comes a stranger's file: it is kept as an original,
all its bad entities are named at once and nothing of it is written, or all of it is. A record
that is on file already is never overwritten by it: what the file says otherwise is told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from headstamp.errors import Invalid, Missing, Unreadable
from headstamp.exchange.ftm_in import Kept, understand
from headstamp.exchange.ftm_out import LeftOut, tell
from headstamp.exchange.ftm_read import Entity, read_entities
from headstamp.kinds.identity import derived_id
from headstamp.kinds.tier import RANK, TIERS
from headstamp.records import Document, Record
from headstamp.store.case import Case
from headstamp.store.limits import withheld_from
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

MOST_BYTES = 512 << 20
_KINDS = ("party", "document", "item", "tie", "transfer")
# What the file cannot say is no difference: who may see a record, and where it comes from.
_OURS = ("id", "tier", "source", "grade")


@dataclass(frozen=True, slots=True)
class ToldOut:
    """What goes out. ``withheld`` are records left out because a trace reply forbids it."""

    entities: tuple[dict[str, Any], ...]
    left: tuple[LeftOut, ...]
    withheld: tuple[str, ...]

    def lines(self) -> bytes:
        """The entities as JSON lines."""
        return b"".join(orjson.dumps(one) + b"\n" for one in self.entities)

    def as_dict(self) -> dict[str, Any]:
        """What is told of it, as plain JSON values; the entities themselves are in the file."""
        schemata: dict[str, int] = {}
        for one in self.entities:
            schemata[one["schema"]] = schemata.get(one["schema"], 0) + 1
        return {"entities": len(self.entities), "schemata": dict(sorted(schemata.items())),
                "left_out": [one.as_dict() for one in self.left], "withheld": list(self.withheld)}


@dataclass(frozen=True, slots=True)
class Differing:
    """A record on file of which the file says something else: kept as it is here."""

    id: str
    line: int
    fields: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"id": self.id, "line": self.line, "fields": list(self.fields)}


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What a file brought: new records by id, what was there, what differs, what is left in it."""

    document: str
    new: tuple[str, ...]
    unchanged: int
    differing: tuple[Differing, ...]
    left: tuple[Kept, ...]

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"document": self.document, "new": list(self.new), "unchanged": self.unchanged,
                "differing": [one.as_dict() for one in self.differing],
                "left_in_the_file": [one.as_dict() for one in self.left]}


def tell_parties(reader: Reader, parties: Sequence[str] = ()) -> ToldOut:
    """Parties, and what is said between them, as entities: all that this reader may see.

    With ``parties`` only those, what ties them to each other, and their papers. Raises Missing.
    """
    with reader.snapshot() as now:
        records = _of(now, parties) if parties else [
            one for kind in _KINDS for one in now.stream(kind)]
        limits = now.limits([one.id for one in records])
    # It is made to be handed on: what must not be passed on stays, whoever makes it.
    withheld = {id_ for id_, some in limits.items() if withheld_from("public", some)}
    told = tell([one for one in records if one.id not in withheld])
    return ToldOut(tuple(told.entities), tuple(told.left), tuple(sorted(withheld)))


def _of(reader: Reader, parties: Sequence[str]) -> list[Shown]:
    """These parties with the ties, transfers and papers that name none but them."""
    found = {id_: reader.get(id_) for id_ in parties}
    if other := [id_ for id_, one in found.items() if one.kind != "party"]:
        raise Missing(f"there is no party {other[0]}")
    between = {
        one.id: one for party in parties for kind in ("tie", "transfer")
        for one in reader.referring(party, kind=kind)
        if all(end in found for name in ("party", "to_party", "from_party") if (end := one.get(name)))
    }
    papers = {
        one.id: one for party in parties
        for one in reader.referring(party, kind="document", field="parties")
    }
    return [*found.values(), *papers.values(), *between.values()]


def take_parties(
    case: Case, path: Path, *, tier: str = "partner", dry_run: bool = False, clearance: str,
    actor: str,
) -> TakenIn:
    """Records what a file of FollowTheMoney entities says. All of it, or nothing.

    Private persons are restricted at least, and with them the file. Raises Missing or
    Unreadable for the file; Invalid with every bad entity by line, id, property and rule.
    """
    if tier not in TIERS:
        raise Invalid(f"a tier is one of {', '.join(TIERS)}, not {tier!r}")
    content = _content(path)
    digest = hashlib.sha256(content).hexdigest()
    document = derived_id("doc", "followthemoney", digest)
    entities, problems = read_entities(content.split(b"\n"), path.name)
    found = understand(entities, document=document, tier=tier, file=path.name)
    problems += found.problems
    if problems:
        raise Invalid(f"{path.name} cannot be taken in: nothing was written",
                      sorted(problems, key=lambda one: one.row or 0))
    if not entities:
        raise Invalid(f"{path.name} holds no entity")
    highest = max([tier, *(record.tier for _, record in found.records)], key=RANK.__getitem__)
    file = Document.build(
        id=document, title=f"FollowTheMoney entities: {path.name}", document_kind="dataset",
        digest=digest, mime="application/x-ndjson", size=len(content), original_name=path.name,
        tier=highest)
    new, unchanged, differing = _compared(case, found.records, clearance)
    if not dry_run:
        with case.change(actor=actor, reason=f"FollowTheMoney entities of {path.name}") as change:
            change.file(content)
            there = document in case.read("sealed").many([document])
            change.put_many([*([] if there else [file]), *new])
    return TakenIn(document, tuple(one.id for one in new), unchanged, tuple(differing),
                   tuple(sorted(found.left, key=lambda one: (one.line, one.prop))))


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Unreadable(f"{path.name} is larger than {MOST_BYTES >> 20} MiB: part it")
        return path.read_bytes()
    except FileNotFoundError:
        raise Missing(f"there is no file {path}") from None
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}") from None


def _compared(
    case: Case, made: Iterable[tuple[Entity, Record]], clearance: str
) -> tuple[list[Record], int, list[Differing]]:
    """The records that are not on file; how many are there alike; and those that differ.

    Compared with all that is on file, whoever takes it in: a record that may not be seen is
    not overwritten either, and of it nothing is told but that it is there.
    """
    pairs = list(made)
    ids = [record.id for _, record in pairs]
    there, seen = case.read("sealed").many(ids), case.read(clearance).many(ids)
    new, unchanged, differing = [], 0, []
    for entity, record in pairs:
        known = there.get(record.id)
        if known is None:
            new.append(record)
            continue
        says = {name: value for name, value in record.model_dump(mode="json", exclude_none=True).items()
                if name not in _OURS and value not in ([], ())}
        fields = tuple(sorted(name for name, value in says.items() if not _same(value, known.get(name))))
        if fields or record.id not in seen:
            fields = fields if record.id in seen else ()
            differing.append(Differing(record.id, entity.line, fields))
        else:
            unchanged += 1
    return new, unchanged, differing


def _same(told: Any, known: Any) -> bool:
    """Whether a value says what is on file; texts of a list in any order, parts it has none for
    left out."""
    if isinstance(told, list) and isinstance(known, list | tuple):
        rest = list(known)
        for one in told:
            like = next((other for other in rest if _same(one, other)), None)
            if like is None:
                return False
            rest.remove(like)
        return not rest
    if isinstance(told, dict) and isinstance(known, dict):
        return all(_same(value, known.get(name)) for name, value in told.items() if value is not None)
    return bool(told == known)
