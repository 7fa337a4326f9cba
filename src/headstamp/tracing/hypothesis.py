"""What a point of diversion is said in: hypotheses, their reasons, and the question that would help.

A point of diversion, the last lawful custodian and the first unlawful one, is an inference
and never a stored fact. It is handed about as ranked hypotheses: each with what speaks for
and against it, named by the records it rests on, and with a probability that has a range.
"None of these" is always one of them. How they are weighed is in
:mod:`headstamp.tracing.diversion_rule`.

In every text here parties stand by their ids in braces, ``{party-…}``; whoever shows it puts
the names there, as far as its reader may see them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

RULE = "point of diversion"
VERSION = 1
METHOD = f"{RULE}, rule {VERSION}"
"""What a finding names as its method."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for or against a hypothesis.

    ``what`` is the row of the table of weights that it is, ``records`` the claims and papers it
    rests on, ``grades`` how good their sources are, ``factor`` what the odds of the claim are
    multiplied by (or, for a row that is a probability, that probability).
    """

    what: str
    words: str
    factor: float
    records: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"what": self.what, "words": self.words, "factor": round(self.factor, 4),
                "records": list(self.records), "grades": list(self.grades)}


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to one party that would narrow the hypotheses down, and why it would.

    ``party`` is None where nobody in the case can be asked and only the kind of addressee,
    ``role`` (a word of the vocabulary ``addressee_role``), is known. ``bits`` is by how much
    the uncertainty is expected to shrink, ``chance`` how likely an answer is held to be.
    """

    party: str | None
    role: str
    question: str
    why: str
    bits: float = 0.0
    chance: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"party": self.party, "role": self.role, "question": self.question,
                "why": self.why, "bits": round(self.bits, 3), "chance": round(self.chance, 2)}


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One place at which the item can have left lawful hands.

    ``kind`` is a word of the vocabulary ``diversion_kind``. ``first`` and ``last`` are the
    earliest and latest day it can have been, None where that end is open. ``low``,
    ``probability`` and ``high`` lie from 0 to 1; ``word`` is that of ``probability`` (ICD 203,
    vocabulary ``probability_word``). ``rest`` marks "none of these, or not known".
    ``claims`` are the records that tell of it.
    """

    kind: str
    last_lawful: str | None
    first_unlawful: str | None
    first: str | None
    last: str | None
    low: float
    probability: float
    high: float
    word: str
    speaks_for: tuple[Reason, ...] = ()
    speaks_against: tuple[Reason, ...] = ()
    settled_by: Ask | None = None
    sentence: str = ""
    claims: tuple[str, ...] = ()
    rest: bool = False

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "kind": self.kind, "last_lawful": self.last_lawful,
            "first_unlawful": self.first_unlawful, "first": self.first, "last": self.last,
            "low": round(self.low, 3), "probability": round(self.probability, 3),
            "high": round(self.high, 3), "word": self.word, "rest": self.rest,
            "sentence": self.sentence, "claims": list(self.claims),
            "speaks_for": [reason.as_dict() for reason in self.speaks_for],
            "speaks_against": [reason.as_dict() for reason in self.speaks_against],
            "settled_by": self.settled_by.as_dict() if self.settled_by else None,
        }


Standing = Literal["determined", "undetermined", "none"]


@dataclass(frozen=True, slots=True)
class Diversion:
    """Where an item left lawful hands: every hypothesis, best first, and what may be said of it.

    "None of these, or not known" is the last hypothesis. ``undetermined`` where the evidence
    does not carry a point; ``sought`` is false where nothing says that the item ever left
    lawful hands, and there is nothing to determine. ``sentence`` is the whole in words,
    ``help_most`` the one request that would narrow it down most, ``bits`` the uncertainty left.
    """

    hypotheses: tuple[Hypothesis, ...]
    undetermined: bool
    sentence: str
    help_most: Ask | None = None
    bits: float = 0.0
    sought: bool = True
    rule: str = RULE
    version: int = VERSION

    @property
    def standing(self) -> Standing:
        """``determined``, ``undetermined``, or ``none`` where there is nothing to determine."""
        return "none" if not self.sought else "undetermined" if self.undetermined else "determined"

    @property
    def best(self) -> Hypothesis | None:
        """The most probable hypothesis that names a place; None where there is none."""
        return next((one for one in self.hypotheses if not one.rest), None)

    @property
    def parties(self) -> tuple[str, ...]:
        """Every party that is named or to be asked, each once."""
        asks = (self.help_most, *(one.settled_by for one in self.hypotheses))
        sides = (p for one in self.hypotheses for p in (one.last_lawful, one.first_unlawful))
        return tuple(dict.fromkeys(p for p in (*sides, *(ask.party for ask in asks if ask)) if p))

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "rule": self.rule, "version": self.version, "standing": self.standing,
            "undetermined": self.undetermined, "sentence": self.sentence,
            "bits": round(self.bits, 3),
            "hypotheses": [one.as_dict() for one in self.hypotheses],
            "help_most": self.help_most.as_dict() if self.help_most else None,
        }


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a party: its kind (``party_kind``), roles and country, whether public."""

    kind: str = "unknown"
    roles: tuple[str, ...] = ()
    country: str = ""
    public_office: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A trace request made about the item, and what came back, if anything did.

    ``code`` is that of the reply (``reply_code``), or empty while none has come. ``id`` is the
    record's that says so.
    """

    id: str
    party: str | None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What must be known beside a chain to weigh where the item left lawful hands.

    ``family`` is the item's; ``illicit`` whether anything said of its recovery makes it illicit
    (a basis, or that it was with an armed group), ``found_with`` that group in words, ``doubted``
    where whoever documented it is not sure of that;
    ``recovered`` the id of the recovery that says so. ``parties`` by id. ``belongs`` maps a party
    to the one it is part of or acts for. ``papers`` maps a document to its grade, or to the empty
    text where it has none; ``certificates`` are those among them that are end-user certificates.
    ``licences`` maps a claim to what became of its licence (``licence_status``).
    ``authorities`` maps a country's code to the party that answers for its licences.
    """

    family: str = "unknown"
    illicit: bool = False
    found_with: str = ""
    recovered: str = ""
    parties: Mapping[str, Known] = field(default_factory=dict)
    belongs: Mapping[str, str] = field(default_factory=dict)
    papers: Mapping[str, str] = field(default_factory=dict)
    certificates: frozenset[str] = frozenset()
    licences: Mapping[str, str] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    authorities: Mapping[str, str] = field(default_factory=dict)
    doubted: bool = False

    def of(self, party: str | None) -> Known:
        """What is known of a party; of nobody, nothing."""
        return self.parties.get(party or "", Known())
