"""Asking for an erasure and deciding on it: what exactly would go, and where copies stay."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from headstamp.actions.correct import closed_fields
from headstamp.actions.evidence.erasing import look, waiting
from headstamp.actions.evidence.erasure_scope import Scope, scope_of
from headstamp.errors import Conflicting, HeadstampError, Invalid, Missing
from headstamp.records import BY_PREFIX, kind_of_id
from headstamp.store.erased import can_go
from headstamp.store.erasing import noted
from headstamp.store.reader import Reader
from headstamp.vocab import vocabulary
from headstamp.web.contexts.facts import Piece, record_path, ref_piece
from headstamp.web.contexts.record import RecordContext, record_context
from headstamp.web.page import ON_PAGE, Context, Params

Sentence = tuple[tuple[str, str], ...]
"""A sentence in pieces, each with the address it leads to, if any."""
_ID = re.compile(rf"\b((?:{'|'.join(sorted(BY_PREFIX))})-[0-9a-z]{{4,}})\b")
_EMPTY: Mapping[str, Any] = {"whole": "", "fields": (), "ground": "", "why": "", "requested_on": ""}


@dataclass(frozen=True)
class EraseContext(Context):
    """What erasing the whole record would take away, and which fields may go by themselves."""

    scope: Mapping[str, Any]
    fields: tuple[str, ...]
    title: str = field(default="", metadata=ON_PAGE)
    about: Piece | None = field(default=None, metadata=ON_PAGE)
    path: str = field(default="", metadata=ON_PAGE)
    choices: tuple[tuple[str, str], ...] = field(default=(), metadata=ON_PAGE)
    versions: int = field(default=0, metadata=ON_PAGE)
    elsewhere: tuple[Sentence, ...] = field(default=(), metadata=ON_PAGE)
    grounds: tuple[tuple[str, str], ...] = field(default=(), metadata=ON_PAGE)
    given: Mapping[str, Any] = field(default_factory=dict, metadata=ON_PAGE)
    problems: tuple[str, ...] = field(default=(), metadata=ON_PAGE)


@dataclass(frozen=True)
class ErasureContext(RecordContext):
    """One erasure; while it is open, with ``scope``: what approving it would take away."""

    scope: Mapping[str, Any] | None = None
    unclean: bool = False
    what: str = field(default="", metadata=ON_PAGE)
    versions: int = field(default=0, metadata=ON_PAGE)
    about: Piece | None = field(default=None, metadata=ON_PAGE)
    elsewhere: tuple[Sentence, ...] = field(default=(), metadata=ON_PAGE)
    cannot: str = field(default="", metadata=ON_PAGE)
    asked: bool = field(default=False, metadata=ON_PAGE)
    brought: bool = field(default=False, metadata=ON_PAGE)


def erase_context(reader: Reader, params: Params) -> EraseContext:
    """The page to ask for an erasure. Raises Missing; Invalid for what is never erased."""
    return asking(reader, params.case, params.path["id"])


def asking(
    reader: Reader, case: Any, record_id: str, given: Mapping[str, Any] | None = None,
    error: HeadstampError | None = None,
) -> EraseContext:
    """The form, also once more after a refusal, with what was typed."""
    scope = scope_of(case, record_id, (), clearance=reader.clearance)
    kind = kind_of_id(record_id)
    closed = closed_fields(kind, reader.clearance)
    choices = tuple(
        (fact.name, fact.title) for fact in kind.facts
        if fact.name in scope.fields and fact.name not in closed and can_go(kind, fact.name)
    )
    return EraseContext(
        scope.as_dict(), tuple(name for name, _ in choices), title=f"Erase {scope.label}",
        about=ref_piece(record_id, scope.label), path=f"/erase/{record_id}", choices=choices,
        versions=scope.versions, elsewhere=_linked(scope.elsewhere()),
        grounds=tuple((term.code, term.label) for term in vocabulary("erasure_ground").terms),
        given={**_EMPTY, **(given or {})},
        problems=(error.message, *map(str, error.problems)) if error is not None else (),
    )


def erasure_context(reader: Reader, params: Params) -> ErasureContext:
    """All of one erasure. Raises Missing."""
    base = record_context(reader, params)
    values = base.record.values
    record = str(values.get("record", ""))
    label = reader.labels([record]).get(record, record)
    scope: Scope | None = None
    cannot = ""
    brought = base.record.id in waiting(params.case)
    asked = brought or values.get("erasure_state") == "asked"
    if asked:
        try:
            scope = look(params.case, base.record.id, clearance=reader.clearance)
        except (Missing, Invalid, Conflicting) as error:
            cannot = str(error)
    kind = kind_of_id(record)
    titles = [fact.title if (fact := kind.fact(name)) else name for name in values.get("fields", ())]
    return ErasureContext(
        **base.__dict__, scope=scope.as_dict() if scope else None,
        unclean=noted(params.case.working) is not None,
        what=", ".join(titles) or "the whole record", versions=scope.versions if scope else 0,
        about=ref_piece(record, label), elsewhere=_linked(scope.elsewhere()) if scope else (),
        cannot=cannot, asked=asked, brought=brought,
    )


def _linked(told: Sequence[str]) -> tuple[Sentence, ...]:
    """The sentences with a way to each record that they name: somebody has to look at it."""
    return tuple(
        tuple((piece, record_path(piece) if _ID.fullmatch(piece) else "") for piece in _ID.split(one) if piece)
        for one in told
    )
