"""One finding: how sure, on what it rests, whom it names and what they answered."""

from __future__ import annotations

from dataclasses import dataclass, field

from headstamp.actions.desk.right_of_reply import MOVES, Standing, standing
from headstamp.kinds.date import PARTIAL_DATE
from headstamp.records import BY_NAME
from headstamp.store.reader import Reader
from headstamp.store.readiness import SETTLED
from headstamp.vocab import vocabulary
from headstamp.web.contexts.facts import Piece, ref_piece
from headstamp.web.contexts.record import RecordContext, record_context
from headstamp.web.page import ON_PAGE, Params

# What a button says for each move; a move back is named by where it comes from.
_BUTTONS = {
    "in_review": "Send to review", "ready": "Mark as ready", "approved": "Approve for publication",
    "withdrawn": "Withdraw", "draft": "Back to draft",
}


@dataclass(frozen=True)
class AskedView:
    """A right of reply as shown: who, where it stands, the answer; ``open``: an answer may be put in."""

    party: Piece
    right: Piece | None
    state: str
    when: str
    answer: str
    why_not: str
    same_sentence: bool
    open: bool
    id: str = ""


@dataclass(frozen=True)
class FindingContext(RecordContext):
    """A finding as its page shows it; ``standing`` says what keeps it from being ready."""

    standing: Standing | None = None
    asked: tuple[AskedView, ...] = field(default=(), metadata=ON_PAGE)
    missing: tuple[tuple[Piece, str, str], ...] = field(default=(), metadata=ON_PAGE)
    mentioned: tuple[Piece, ...] = field(default=(), metadata=ON_PAGE)
    buttons: tuple[tuple[str, str], ...] = field(default=(), metadata=ON_PAGE)


def finding_context(reader: Reader, params: Params) -> FindingContext:
    """All of one finding. Raises Missing."""
    base = record_context(reader, params)
    now = standing(reader, base.record.id)
    status = base.record.get("status", "draft")
    return FindingContext(
        **base.__dict__, standing=now,
        asked=tuple(
            AskedView(
                ref_piece(one.party, one.name or one.party),
                ref_piece(one.record.id, vocabulary("right_state").label(one.state)),
                vocabulary("right_state").label(one.state), _when(one.record.values),
                one.record.get("answer", ""), one.record.get("why_not", ""), one.same_sentence,
                one.state not in SETTLED or one.state == "no_answer", one.record.id,
            ) for one in now.rights
        ),
        missing=tuple((ref_piece(party, name), why, party) for party, name, why in now.missing),
        mentioned=tuple(ref_piece(party, name) for party, name in now.mentioned),
        buttons=tuple(
            (to, "Back to review" if to == "in_review" and status != "draft" else _BUTTONS[to])
            for to in (MOVES.get(status, ()) if now.moves else ())
        ),
    )


def _when(values: object) -> str:
    kind = BY_NAME["right_of_reply"]
    told = []
    for name, word in (("asked_on", "asked"), ("due_on", "answer by"), ("answered_on", "answered")):
        value = getattr(values, "get", lambda _: None)(name)
        if value and kind.by_name[name]:
            told.append(f"{word} {PARTIAL_DATE.show(value)}")
    return "; ".join(told)
