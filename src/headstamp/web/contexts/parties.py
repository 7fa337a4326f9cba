"""Which parties may be one: the queue of proposals that wait for a person, with all reasons."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

from headstamp.actions.linking.candidates import PartyBook, Proposal, SharedWith, party_book
from headstamp.linking.party_candidates import RULE, VERSION
from headstamp.linking.party_compare import Reason
from headstamp.store.reader import Reader
from headstamp.web.contexts.facts import Piece, ref_piece
from headstamp.web.page import ON_PAGE, Context, Params

_AT_ONCE = 20
_STATES = ("open", "judged", "all")


@dataclass(frozen=True)
class ProposalView:
    """Two parties that may be one: the points for and against, and what was judged of them."""

    party: str
    other: str
    name: str
    other_name: str
    score: float
    word: str
    speaks_for: tuple[Reason, ...]
    against: tuple[Reason, ...]
    judged: str
    one: Piece | None = field(default=None, metadata=ON_PAGE)
    two: Piece | None = field(default=None, metadata=ON_PAGE)
    key: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class ContestedView:
    """Two parties judged to be different whom other judgements make one."""

    party: str
    other: str
    different: str
    line: tuple[str, ...]
    parties: tuple[str, ...]
    one: Piece | None = field(default=None, metadata=ON_PAGE)
    two: Piece | None = field(default=None, metadata=ON_PAGE)
    said: tuple[Piece, ...] = field(default=(), metadata=ON_PAGE)


@dataclass(frozen=True)
class CandidatesContext(Context):
    """Proposals, the best first: ``total`` in all, a page of them.

    ``parties`` were compared where they share a key (``compared`` pairs); keys that too many
    share were passed over, and how many.
    """

    rule: str
    version: int
    state: str
    total: int
    offset: int
    proposals: tuple[ProposalView, ...]
    contested: tuple[ContestedView, ...]
    parties: int
    compared: int
    passed_over: int
    about: Piece | None = field(default=None, metadata=ON_PAGE)
    back: str = field(default="", metadata=ON_PAGE)
    before: str = field(default="", metadata=ON_PAGE)
    after: str = field(default="", metadata=ON_PAGE)


def candidates_context(reader: Reader, params: Params) -> CandidatesContext:
    """The queue, of all parties or of one."""
    state, party = params.choice("state", _STATES), params.text("party")
    offset = params.whole("offset", 0)
    about = reader.get(party) if party else None
    book = party_book(params.case, reader)
    found = [one for one in (book.of(party) if party else book.proposals)
             if state == "all" or bool(one.judged) == (state == "judged")]
    asked = {name: value for name, value in (("state", state), ("party", party)) if value != "open" and value}

    def to(at: int) -> str:
        return "/parties/candidates?" + urlencode({**asked, "offset": at})

    return CandidatesContext(
        RULE, VERSION, state, len(found), offset,
        proposal_views(found[offset:offset + _AT_ONCE]),
        contested_views(book) if not offset else (), len(book.facts), book.found.compared,
        book.found.passed_over, about=ref_piece(about.id, about.label) if about else None,
        back=to(offset), before=to(max(0, offset - _AT_ONCE)) if offset else "",
        after=to(offset + _AT_ONCE) if offset + _AT_ONCE < len(found) else "",
    )


def proposal_views(proposals: list[Proposal] | tuple[Proposal, ...]) -> tuple[ProposalView, ...]:
    """Proposals as pages show them."""
    return tuple(
        ProposalView(
            one.candidate.party, one.candidate.other, one.name, one.other_name,
            round(one.candidate.score, 1), one.candidate.word, one.candidate.speaks_for,
            one.candidate.against, one.judged, one=ref_piece(one.candidate.party, one.name),
            two=ref_piece(one.candidate.other, one.other_name),
            key=f"{one.candidate.party}-{one.candidate.other}",
        )
        for one in proposals
    )


def contested_views(book: PartyBook, party: str = "") -> tuple[ContestedView, ...]:
    """Contradictions between judgements, of all parties or of the groups one is in."""
    return tuple(
        ContestedView(
            one.party, one.other, one.different, one.line, one.parties,
            one=ref_piece(one.party, book.labels[one.party]),
            two=ref_piece(one.other, book.labels[one.other]),
            said=tuple(ref_piece(tie, f"judgement {number}") for number, tie in enumerate(
                (one.different, *one.line), 1)),
        )
        for one in book.sameness.contested if not party or party in one.parties
    )


@dataclass(frozen=True)
class SharedView:
    """A party with which one shares an address, an owner or an officer: a question, not a proof."""

    party: str
    name: str
    what: str
    words: str
    piece: Piece | None = field(default=None, metadata=ON_PAGE)


def shared_views(shared: tuple[SharedWith, ...]) -> tuple[SharedView, ...]:
    """What parties share, as pages show it."""
    return tuple(SharedView(one.party, one.name, one.what, one.words, ref_piece(one.party, one.name))
                 for one in shared)
