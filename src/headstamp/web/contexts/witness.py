"""Who outside has a checkpoint of the log, as the pages tell it: the latest, by how much it covers."""

from __future__ import annotations

from dataclasses import dataclass, field

from headstamp.actions.evidence.witnesses import stamp_seen
from headstamp.store.reader import Reader
from headstamp.store.witnesses import witness_of
from headstamp.vocab import vocabulary
from headstamp.web.contexts.facts import record_path
from headstamp.web.page import ON_PAGE

_SHOWN = 6
_LOOKED_AT = 1000


@dataclass(frozen=True)
class WitnessView:
    """One witness: what kind, who, of how many entries, and when by their own clock, if it is known.

    ``standing`` is that of ``actions.witnesses``, with ``why`` where a time stamp is bad or
    was not checked; whether the checkpoint is of this log, verification tells.
    """

    id: str
    kind: str
    holder: str
    size: int
    at: str
    standing: str
    why: str
    to: str = field(default="", metadata=ON_PAGE)


def witness_views(reader: Reader, origin: str, limit: int = _SHOWN) -> tuple[WitnessView, ...]:
    """Those of this log's checkpoints with most entries, that this reader may see.

    Bundles bring the witnesses of other devices' logs, who vouch for nothing here.
    """
    kinds = {term.code: term.label for term in vocabulary("witness_kind").terms}
    views: list[WitnessView] = []
    for row in reader.list("witness", order="size", limit=_LOOKED_AT).rows:
        stored = witness_of(row.id, row.values)
        if stored.origin != origin:
            continue
        if len(views) == limit:
            break
        seen = stamp_seen(stored, origin)
        views.append(WitnessView(row.id, kinds.get(seen.witness_kind, ""), seen.holder, row.get("size", 0),
                                 seen.at, seen.standing, seen.why, record_path(row.id)))
    return tuple(views)
