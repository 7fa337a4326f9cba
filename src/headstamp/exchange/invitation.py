"""An invitation to exchange directly: what one screen shows and the other device reads.

It names where the host listens, the certificate that it must show, the key of its log, and
a word that is good for this one exchange. Who has seen the screen has all of it; who sits
on the network between the two has none of it, and can neither listen nor pretend.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from headstamp.errors import Invalid

SCHEME = "headstamp-sync:"
# No letters and digits that are read for one another.
_ALPHABET = "abcdefghjkmnpqrstvwxyz23456789"
_FORM = re.compile(
    re.escape(SCHEME) + r"(?P<host>[A-Za-z0-9.:\-]{1,253})/(?P<port>[1-9][0-9]{0,4})/"
    r"(?P<certificate>[0-9a-f]{64})/(?P<word>[a-z2-9]{20})/(?P<key>\S{10,2000})"
)


@dataclass(frozen=True, slots=True)
class Invitation:
    """Where to (``host`` is a name or address), whose (SHA-256 of the certificate in
    hexadecimal, public key of the log), and the word that lets in."""

    host: str
    port: int
    certificate: str
    word: str
    key: str

    def text(self) -> str:
        """The one line that is shown, also as QR code."""
        return (f"{SCHEME}{self.host}/{self.port}/{self.certificate}/{self.word}/{self.key}")

    @classmethod
    def parse(cls, text: str) -> Invitation:
        """Reads what ``text`` wrote. Raises Invalid."""
        found = _FORM.fullmatch("".join(text.split()))
        if found is None or int(found["port"]) > 65535:
            raise Invalid(f"this is no invitation: one begins with {SCHEME} and is one line, as the "
                          "other device shows it")
        return cls(found["host"], int(found["port"]), found["certificate"], found["word"], found["key"])


def new_word() -> str:
    """A word of 20 letters (98 bits) for one exchange."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(20))
