"""Signed notes: a short text with Ed25519 signatures below it (C2SP signed-note).

The format of Go's checksum database and of public transparency logs, so that our
checkpoints can be checked, witnessed and kept by tools that exist. A note reads::

    text, one or more lines

    — name base64(key id of 4 bytes || signature of 64 bytes)

A key is named, and its id is the start of a hash over name and public key; a
signature of a key the reader does not know is kept aside, one of a known key that
does not verify makes the whole note worthless.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from headstamp.errors import Invalid, Tampered, Unreadable
from headstamp.evidence import base64

SIGNATURES_MAX = 100
NOTE_LENGTH_MAX = 1_000_000

_ED25519 = b"\x01"
# The second coordinates of the eight points of small order (RFC 8032, section 5.1): with such a
# point as public key anybody can sign anything, and who published it can deny all that he signed.
_PRIME = 2**255 - 19
_SMALL = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95FF26
_WEAK = frozenset({0, 1, _PRIME - 1, _SMALL, _PRIME - _SMALL})
_DASH = "\N{EM DASH} "


def _check_name(name: str) -> None:
    if not name or "+" in name or not _is_text(name) or any(map(str.isspace, name)):
        raise Invalid(f"The name of a key has no space and no plus sign: {name!a}.")


def _key_hash(name: str, public: bytes) -> bytes:
    return sha256(name.encode("utf-8") + b"\n" + _ED25519 + public).digest()[:4]


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with its name; checks signatures. ``hash`` is its id of 4 bytes."""

    name: str
    hash: bytes
    public: bytes

    @classmethod
    def of(cls, name: str, public: bytes) -> Verifier:
        """The verifier of a raw Ed25519 public key of 32 bytes."""
        _check_name(name)
        if len(public) != 32:
            raise Invalid(f"An Ed25519 public key has 32 bytes, this one has {len(public)}.")
        second = int.from_bytes(public, "little") % 2**255  # the highest bit is a sign
        if second in _WEAK or second >= _PRIME:
            raise Invalid("This is no public key: anybody could sign with it.")
        return cls(name, _key_hash(name, public), public)

    @classmethod
    def parse(cls, vkey: str) -> Verifier:
        """Read ``name+hash+base64``; ``Invalid`` when it is no Ed25519 verifier key."""
        name, told, key = _split_key(vkey, "a verifier key")
        verifier = cls.of(name, key)
        if verifier.hash.hex() != told:
            raise Invalid("The verifier key does not fit its own id.")
        return verifier

    def text(self) -> str:
        """The key as ``name+hash+base64``."""
        return f"{self.name}+{self.hash.hex()}+{base64.encode(_ED25519 + self.public)}"

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature of 64 bytes over ``message`` is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key with its name. Its text is a secret: whoever has it can sign."""

    name: str
    hash: bytes
    _key: Ed25519PrivateKey

    def __repr__(self) -> str:
        return f"Signer({self.name!r}, {self.hash.hex()!r})"

    @classmethod
    def generate(cls, name: str) -> Signer:
        """A new key from the system's source of randomness."""
        return cls._of(name, Ed25519PrivateKey.generate())

    @classmethod
    def _of(cls, name: str, key: Ed25519PrivateKey) -> Signer:
        verifier = Verifier.of(name, key.public_key().public_bytes_raw())
        return cls(name, verifier.hash, key)

    @classmethod
    def parse(cls, text: str) -> Signer:
        """Read ``PRIVATE+KEY+name+hash+base64``; ``Invalid`` when it is no such key."""
        prefix = "PRIVATE+KEY+"
        if not text.startswith(prefix):
            raise Invalid("This is not a private key of the log.")
        name, told, seed = _split_key(text[len(prefix) :], "a private key")
        signer = cls._of(name, Ed25519PrivateKey.from_private_bytes(seed))
        if signer.hash.hex() != told:
            raise Invalid("The private key does not fit its own id.")
        return signer

    def text(self) -> str:
        """The key as ``PRIVATE+KEY+name+hash+base64``. A secret."""
        seed = base64.encode(_ED25519 + self._key.private_bytes_raw())
        return f"PRIVATE+KEY+{self.name}+{self.hash.hex()}+{seed}"

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier.of(self.name, self._key.public_key().public_bytes_raw())

    @property
    def verifier_key(self) -> str:
        """The public half as text, to hand out."""
        return self.verifier.text()

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature of 64 bytes over ``message``."""
        return self._key.sign(message)


def _split_key(text: str, what: str) -> tuple[str, str, bytes]:
    """Name, id in hexadecimal and the 32 bytes of a key written ``name+hash+base64``."""
    parts = text.strip().split("+", 2)  # base64 itself may hold plus signs
    if len(parts) != 3:
        raise Invalid(f"This is not {what}.")
    try:
        key = base64.decode(parts[2])
    except Unreadable:
        # Without its cause, which quotes the text: that may be a secret.
        raise Invalid(f"This is not {what}.") from None
    if len(key) != 33 or key[:1] != _ED25519:
        raise Invalid(f"This is not {what} of the kind Ed25519.")
    return parts[0], parts[1], key[1:]


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, by the note's own words: the key's name and id."""

    name: str
    hash: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A note with at least one good signature of a known key; others are set aside."""

    text: str
    verified: tuple[Signature, ...]
    unverified: tuple[Signature, ...]


def sign(text: str, *signers: Signer) -> str:
    """The text as a note, signed by each signer in turn. ``Invalid`` for an unfit text."""
    if not _is_text(text) or not text.endswith("\n"):
        raise Invalid("The text of a note is whole lines without control characters.")
    if not signers:
        raise Invalid("A note needs a signature.")
    message = text.encode("utf-8")
    lines = (f"{_DASH}{s.name} {base64.encode(s.hash + s.sign(message))}\n" for s in signers)
    return f"{text}\n{''.join(lines)}"


def _is_text(text: str) -> bool:
    if any(ord(c) < 0x20 and c != "\n" for c in text):
        return False
    return not any(0xD800 <= ord(c) <= 0xDFFF for c in text)


def open_note(note: str | bytes, verifiers: Iterable[Verifier]) -> Note:
    """The note's text and who signed it.

    Raises ``Unreadable`` when it is no note, ``Tampered`` when the signature of a
    known key does not verify or when no known key has signed.
    """
    text, lines = _split_note(note)
    known = {(verifier.name, verifier.hash): verifier for verifier in verifiers}
    message = text.encode("utf-8")
    verified: dict[Signature, None] = {}
    unverified: dict[Signature, None] = {}
    for signature, proof in lines:
        verifier = known.get((signature.name, signature.hash))
        if verifier is None:
            unverified[signature] = None
        elif verifier.verify(message, proof):
            verified[signature] = None
        else:
            raise Tampered(f"The signature of {signature.name} does not fit the text.")
    if not verified:
        raise Tampered("No key that is known here has signed this note.")
    return Note(text, tuple(verified), tuple(unverified))


def claimed(note: str | bytes) -> tuple[Signature, ...]:
    """Who is said to have signed a note; nothing is verified. Raises Unreadable."""
    return tuple(signature for signature, _ in _split_note(note)[1])


def _split_note(note: str | bytes) -> tuple[str, list[tuple[Signature, bytes]]]:
    try:
        whole = note if isinstance(note, str) else note.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable("This is not a signed note: not UTF-8.") from error
    if "\r" in whole:
        raise Unreadable("This is not a signed note: its lines end with a carriage return, as some mail "
                         "programs write them. Save it again with line feeds alone, or ask for the file.")
    if len(whole) > NOTE_LENGTH_MAX or not _is_text(whole):
        raise Unreadable("This is not a signed note: too long, or control characters in it.")
    text, gap, block = whole.rpartition("\n\n")
    if not gap or not block.endswith("\n"):
        raise Unreadable("This is not a signed note: no signatures after an empty line.")
    lines = block[:-1].split("\n")
    if len(lines) > SIGNATURES_MAX:
        raise Unreadable(f"This note has more than {SIGNATURES_MAX} signatures.")
    return text + "\n", [_read_signature(line) for line in lines]


def _read_signature(line: str) -> tuple[Signature, bytes]:
    name, _, told = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH):
        raise Unreadable("This is not a signed note: a line among the signatures is none.")
    try:
        _check_name(name)
    except Invalid as error:
        raise Unreadable("This is not a signed note: a signature without a name.") from error
    proof = base64.decode(told)
    if len(proof) < 5:
        raise Unreadable("This is not a signed note: a signature is too short.")
    return Signature(name, proof[:4]), proof[4:]
