"""Who outside has a checkpoint of the log, as the pages tell it: the latest, by how much it covers."""

from __future__ import annotations

from dataclasses import dataclass, field

from headstamp.store.reader import Reader
from headstamp.vocab import vocabulary
from headstamp.web.contexts.facts import record_path
from headstamp.web.page import ON_PAGE

_SHOWN = 6


@dataclass(frozen=True)
class WitnessView:
    """One witness: what kind, who, of how many entries, and when by their own clock, if it is known."""

    id: str
    kind: str
    holder: str
    size: int
    at: str
    to: str = field(default="", metadata=ON_PAGE)


def witness_views(reader: Reader, limit: int = _SHOWN) -> tuple[WitnessView, ...]:
    """Those of the checkpoints with most entries, that this reader may see."""
    kinds = {term.code: term.label for term in vocabulary("witness_kind").terms}
    return tuple(
        WitnessView(row.id, kinds.get(row.get("witness_kind", ""), ""), row.get("holder", ""),
                    row.get("size", 0), row.get("witnessed_at", ""), record_path(row.id))
        for row in reader.list("witness", order="size", limit=limit).rows
    )
