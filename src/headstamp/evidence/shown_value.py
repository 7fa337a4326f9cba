"""One value, shown and proven by itself: a file that a court can be given without the rest.

It carries the proof that the entry stands in the log, and the value with its salt. Who has
it sees that value and what the entry says in clear, and learns nothing of the other fields.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from headstamp.errors import HeadstampError, Tampered, Unreadable
from headstamp.evidence import base64
from headstamp.evidence import entry as entries
from headstamp.evidence.canonical import canonical, parse
from headstamp.evidence.checkpoint import Checkpoint
from headstamp.evidence.entry import check_disclosed
from headstamp.evidence.note import Verifier
from headstamp.evidence.proof import InclusionProof

FORMAT = "headstamp-value/1"
_KEYS = frozenset({"field", "format", "proof", "salt", "value"})


@dataclass(frozen=True, slots=True)
class ShownValue:
    """A field of an entry: its salt, its canonical bytes, and the proof of the entry."""

    proof: InclusionProof
    field: str
    salt: bytes
    value: bytes

    def text(self) -> str:
        """The file: one canonical JSON object and a line feed."""
        told = {"field": self.field, "format": FORMAT, "proof": self.proof.text(),
                "salt": base64.encode(self.salt), "value": self.value.decode("utf-8")}
        return canonical(told).decode("utf-8") + "\n"

    @classmethod
    def parse(cls, text: str) -> ShownValue:
        """Reads what ``text`` wrote; ``Unreadable`` for anything else."""
        data = text.encode("utf-8", "surrogatepass")
        try:
            told = parse(data[:-1])
            proper = canonical(told) + b"\n" == data
        except HeadstampError as error:
            raise Unreadable(f"This is no shown value: {error.message}") from error
        if not (proper and isinstance(told, dict) and told.keys() == _KEYS
                and all(isinstance(one, str) for one in told.values())
                and told["format"] == FORMAT):
            raise Unreadable(f"This is no shown value of the format {FORMAT}.")
        return cls(InclusionProof.parse(told["proof"]), told["field"], base64.decode(told["salt"]),
                   told["value"].encode("utf-8"))

    def check(self, verifiers: Verifier | Iterable[Verifier]) -> Checkpoint | None:
        """The checkpoint under which the entry stands, or None where it does not stand there.

        Raises ``Tampered`` where the entry does not bind this value, and as
        ``InclusionProof.check`` does.
        """
        if check_disclosed(entries.read(self.proof.entry), {self.field: (self.salt, self.value)}):
            raise Tampered(f"the entry does not bind this value of {self.field!a}")
        return self.proof.check(verifiers)


def is_shown_value(text: str) -> bool:
    """Whether a text can only be such a file: no other proof begins so."""
    return text.startswith("{")
