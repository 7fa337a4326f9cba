"""A card: what a device hands to another so that each knows the other's keys.

Four kinds of lines of plain text, short enough for a QR code and to be read aloud. All
on it is public; what matters is that it comes from the right hands: on paper, by QR code
from screen to screen, never along with the data that it is to check.

    headstamp device/1
    key headstamp.local/5a1f...+2c8a91d0+AZ...
    seal-to age1...
"""

from __future__ import annotations

from dataclasses import dataclass

from headstamp.errors import HeadstampError, Invalid
from headstamp.evidence.note import Verifier
from headstamp.exchange.keys import read_public

FIRST_LINE = "headstamp device/1"
_LINES_MAX = 30


@dataclass(frozen=True, slots=True)
class Card:
    """The public key of a device's log, and the public age keys to which bundles for it are sealed."""

    key: str
    seal_to: tuple[str, ...] = ()

    def text(self) -> str:
        """The card as text, each fact on a line of its own."""
        return "\n".join([FIRST_LINE, f"key {self.key}", *(f"seal-to {one}" for one in self.seal_to), ""])

    @classmethod
    def parse(cls, text: str) -> Card:
        """Reads a card, or a bare public key of a log. Raises Invalid for anything else."""
        lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
        if lines[:1] != [FIRST_LINE]:
            if len(lines) != 1:
                raise Invalid("this is neither the public key of a log nor the card of a device")
            if "+" not in lines[0]:
                raise Invalid(f"this is no card of a device: one begins with the line {FIRST_LINE!r}")
            return cls(_key(lines[0]))
        keys, seals = [], []
        for line in lines[1:_LINES_MAX]:
            word, _, value = line.partition(" ")
            if word == "key":
                keys.append(_key(value))
            elif word == "seal-to":
                seals.append(value)
            else:
                raise Invalid(f"a card has no line {word!r}; a newer headstamp may have written it")
        if len(keys) != 1 or len(lines) > _LINES_MAX:
            raise Invalid("a card tells one public key of a log, and this one does not")
        return cls(keys[0], read_public(seals) if seals else ())


def _key(text: str) -> str:
    try:
        return Verifier.parse(text.strip()).text()
    except HeadstampError as error:
        raise Invalid(f"this is not the public key of a log: {error.message}") from error
