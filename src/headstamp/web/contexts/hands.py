"""Through whose hands goods can have come to a party or an item, or gone on from it."""

from __future__ import annotations

from dataclasses import dataclass, field

from headstamp.actions.tracing.hands import Hands, hands
from headstamp.kinds.date import PARTIAL_DATE
from headstamp.store.reader import Reader
from headstamp.web.contexts.facts import Piece, ref_piece
from headstamp.web.page import ON_PAGE, Context, Params

PATHS = 60


@dataclass(frozen=True)
class HandsContext(Context):
    """Holders before or after, and the paths whose days do not run backwards."""

    of: str
    direction: str
    found: Hands | None
    title: str = field(default="Through whose hands", metadata=ON_PAGE)
    about: Piece | None = field(default=None, metadata=ON_PAGE)
    parties: tuple[Piece, ...] = field(default=(), metadata=ON_PAGE)
    holders: tuple[tuple[int, Piece], ...] = field(default=(), metadata=ON_PAGE)
    ways: tuple[tuple[tuple[Piece, ...], tuple[tuple[Piece, str], ...]], ...] = field(
        default=(), metadata=ON_PAGE)


def hands_context(reader: Reader, params: Params) -> HandsContext:
    """The hands before or after ``of``, a party or an item. Raises Missing, Invalid."""
    of, direction = params.text("of"), params.choice("direction", ("before", "after"))
    if not of:
        return HandsContext("", direction, None)
    found = hands(params.case, reader, of, direction="after" if direction == "after" else "before",
                  paths=PATHS)

    def party(id_: str) -> Piece:
        return ref_piece(id_, found.names.get(id_, id_))

    return HandsContext(
        of, direction, found, about=ref_piece(of, reader.get(of).label),
        parties=tuple(party(one) for one in found.parties),
        holders=tuple((one.away, party(one.party)) for one in found.holders),
        ways=tuple(
            (tuple(party(one) for one in way.parties),
             tuple((ref_piece(one.id, one.label),
                    PARTIAL_DATE.show(one.get("happened_on")) if one.get("happened_on") else "")
                   for one in way.transfers))
            for way in found.ways),
    )
