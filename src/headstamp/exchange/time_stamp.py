"""Time stamps after RFC 3161: what is asked of an authority, and what its answer is worth.

The authority is sent the SHA-256 of a signed checkpoint and nothing else. It answers with
a signed statement that it saw that hash at a moment by its own clock. Whoever trusts the
authority then knows that the log, up to this checkpoint, is not younger than that.

Three things are looked at in an answer, and all are told apart: whether it is one, and
grants what was asked; whether it is about our bytes and answers our request (imprint and
nonce, read here); whether the authority's signature holds up to a root certificate that was
given (by rfc3161-client). What is signed by way of SHA-1 or MD5 is refused, though OpenSSL still
takes it: two texts with one such hash can be made. That library takes strictly distinguished encoding only, and
OpenSSL's own authority writes the set of certificates unsorted: it is given a copy in which
they are sorted, which no signature covers. What it still cannot read is *not checked* and
said to be so: ``openssl ts -verify`` then has the word.
"""

from __future__ import annotations

import re
import secrets
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256, sha384, sha512

import rfc3161_client
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from headstamp.errors import Refused, Tampered, Unreadable
from headstamp.exchange.der import (
    INTEGER,
    OBJECT,
    OCTETS,
    SEQUENCE,
    SET,
    TEXT,
    TIME,
    Element,
    identifier,
    number,
    whole,
    written,
)

MOST_BYTES = 64 * 1024
"""No answer is larger: real ones have two to ten thousand bytes."""
NONCE_BITS = 63

_HASHES = {
    identifier("2.16.840.1.101.3.4.2.1"): sha256,
    identifier("2.16.840.1.101.3.4.2.2"): sha384,
    identifier("2.16.840.1.101.3.4.2.3"): sha512,
}
_SHA256 = next(iter(_HASHES))
# Hashes of which two texts of one value have been made, and the signatures over them.
_BROKEN = {
    identifier("1.3.14.3.2.26"): "SHA-1", identifier("1.2.840.113549.1.1.5"): "SHA-1",
    identifier("1.2.840.10045.4.1"): "SHA-1", identifier("1.2.840.10040.4.3"): "SHA-1",
    identifier("1.2.840.113549.2.5"): "MD5", identifier("1.2.840.113549.1.1.4"): "MD5",
}
_SIGNED_DATA = identifier("1.2.840.113549.1.7.2")
_TST_INFO = identifier("1.2.840.113549.1.9.16.1.4")
_CONTEXT_0, _BOOLEAN, _NULL = 0xA0, 0x01, b"\x05\x00"
_GRANTED = {0, 1}
_STATUS = {2: "rejected", 3: "waiting", 4: "warns of a revocation", 5: "tells of a revocation"}
_MOMENT = re.compile(r"([0-9]{14})(\.[0-9]{1,6})?Z")
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_MOST_CERTIFICATES = 20
# What the libraries say of a certificate or a set that is none, besides their own error.
_NO_CERTIFICATE = (ValueError, TypeError, x509.InvalidVersion, x509.DuplicateExtension,
                   x509.UnsupportedGeneralNameType, UnsupportedAlgorithm)
_WEAK = ("{} is signed by way of {}, which can be forged: ask an authority that uses SHA-256 or a longer "
         "one")
USE_OPENSSL = "not checked by this program: use openssl"


@dataclass(frozen=True, slots=True)
class Request:
    """What an authority is asked: its bytes (DER), the SHA-256 in it, and the random nonce."""

    der: bytes
    digest: bytes
    nonce: int

    @classmethod
    def of(cls, data: bytes) -> Request:
        """A new request to stamp these bytes, certificates to be sent along."""
        digest, nonce = sha256(data).digest(), secrets.randbits(NONCE_BITS) | 1
        imprint = written(SEQUENCE, written(SEQUENCE, _SHA256, _NULL), written(OCTETS, digest))
        der = written(SEQUENCE, number(1), imprint, number(nonce), written(_BOOLEAN, b"\xff"))
        return cls(der, digest, nonce)

    @classmethod
    def read(cls, der: bytes) -> Request:
        """Reads a request as ``of`` makes them. Raises Unreadable for any other."""
        parts = whole(der).of(SEQUENCE).children()
        if [part.tag for part in parts] != [INTEGER, SEQUENCE, INTEGER, _BOOLEAN]:
            raise Unreadable("this is no request for a time stamp as headstamp makes them")
        imprint = parts[1].children()
        if len(imprint) != 2 or imprint[0].children()[0].whole != _SHA256:
            raise Unreadable("this request does not ask with SHA-256")
        return cls(der, imprint[1].of(OCTETS).content, parts[2].number())


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer says, before anything of it is believed. ``der`` as it was received.

    ``imprint`` is the hash it is about, ``algorithm`` of which kind (DER of its identifier),
    ``at`` the moment by the authority's clock. ``sorted`` is ``der`` with its certificates in
    the order that the distinguished encoding wants; ``broken`` the hash under its signature where
    that is one that can be forged.
    """

    der: bytes
    sorted: bytes
    algorithm: bytes
    imprint: bytes
    nonce: int | None
    at: datetime
    broken: str

    def is_about(self, data: bytes) -> bool:
        """Whether the hash in it is that of these bytes."""
        made = _HASHES.get(self.algorithm)
        return made is not None and made(data).digest() == self.imprint


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer that is about our bytes. ``good``: the signature holds, too; ``why`` it was not checked."""

    at: datetime
    good: bool
    why: str = ""


def read_answer(der: bytes) -> Answer:
    """Reads an authority's answer. Raises Unreadable where it is none, Refused where it grants nothing."""
    try:
        return _read_answer(der)
    except IndexError as error:
        raise Unreadable("this is no answer of a time-stamping authority: parts are missing") from error
    except Unreadable as error:
        raise Unreadable(f"this is no answer of a time-stamping authority: {error.message}") from error


def _read_answer(der: bytes) -> Answer:
    if len(der) > MOST_BYTES:
        raise Unreadable(f"it has more than {MOST_BYTES} bytes")
    outer = whole(der).of(SEQUENCE).children()
    status = outer[0].of(SEQUENCE).children()
    if status[0].number() not in _GRANTED:
        raise Refused(f"the authority {_STATUS.get(status[0].number(), 'refused')}"
                      f" the request{_said(status[1:])}")
    content = outer[1].of(SEQUENCE).children()
    if content[0].whole != _SIGNED_DATA:
        raise Unreadable("it holds no signed data")
    signed = content[1].of(_CONTEXT_0).children()[0].of(SEQUENCE).children()
    held = signed[2].of(SEQUENCE).children()
    if held[0].whole != _TST_INFO:
        raise Unreadable("what is signed is no time stamp")
    info = whole(held[1].of(_CONTEXT_0).children()[0].of(OCTETS).content).of(SEQUENCE).children()
    imprint = info[2].of(SEQUENCE).children()
    nonces = [part.number() for part in info[5:] if part.tag == INTEGER]
    return Answer(
        der, _sorted(der, signed), imprint[0].children()[0].of(OBJECT).whole,
        imprint[1].of(OCTETS).content, nonces[0] if nonces else None, _moment(info[4]),
        _broken(signed[-1]),
    )


def _broken(signers: Element) -> str:
    """The first forgeable hash by which a signer signs; empty where there is none."""
    for signer in signers.of(SET).children():
        for part in signer.of(SEQUENCE).children()[2:]:
            if part.tag == SEQUENCE and (told := _BROKEN.get(part.children()[0].whole)):
                return told
    return ""


def _said(rest: list[Element]) -> str:
    """What the authority says of its refusal, in its own words."""
    texts = [part.content.decode("utf-8", "replace") for some in rest if some.tag == SEQUENCE
             for part in some.children() if part.tag == TEXT]
    shown = "".join(c if c.isprintable() else " " for c in " ".join(texts))[:200]
    return f": {shown}" if shown else ""


def _moment(told: Element) -> datetime:
    text = told.of(TIME).content.decode("ascii", "replace")
    found = _MOMENT.fullmatch(text)
    try:
        if found:
            at = datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            return at.replace(microsecond=int((found[2] or ".")[1:].ljust(6, "0")))
    except ValueError:
        pass  # a thirteenth month is as little a moment as another form
    raise Unreadable("the time in it is none")


def _sorted(der: bytes, signed: list[Element]) -> bytes:
    for part in signed[3:]:
        if part.tag == _CONTEXT_0:
            certificates = sorted(one.whole for one in part.children())
            return der[: part.inner] + b"".join(certificates) + der[part.end :]
    return der


def check(der: bytes, data: bytes, certificates: str = "", nonce: int | None = None) -> Checked:
    """Whether an answer is a time stamp of these bytes, by an authority under these roots.

    ``certificates`` in PEM, the root among them; ``nonce`` of our request, where it is known.
    Raises Unreadable, Refused as ``read_answer``; Refused also where it, or a certificate of the
    authority, is signed by way of a hash that can be forged; Tampered where it is about other bytes,
    answers another request, or its signature does not hold.
    """
    answer = read_answer(der)
    if not answer.is_about(data):
        raise Tampered("the time stamp is about other bytes")
    if nonce is not None and answer.nonce != nonce:
        raise Tampered("the time stamp answers another request: its nonce is not the one that was sent")
    if answer.broken:
        raise Refused(_WEAK.format("the time stamp", answer.broken))
    known = _read_certificates(certificates.encode("utf-8")) if certificates else []
    roots = [one for one in known if one.issuer == one.subject]
    if not roots:
        return Checked(answer.at, False, f"{USE_OPENSSL} (no root certificate of the authority is known)")
    try:
        read = rfc3161_client.decode_timestamp_response(answer.sorted)
        present = bool(read.signed_data.certificates)
        signers = list(read.signed_data.signer_infos)
        if read.tst_info.message_imprint.message != answer.imprint:
            raise Tampered("the time stamp can be read in two ways")
    except ValueError:
        # What it says names parts of its own code; the person needs the remedy.
        return Checked(answer.at, False, f"{USE_OPENSSL} (its encoding is not strictly that of the standard)")
    builder = rfc3161_client.VerifierBuilder(
        roots=roots, intermediates=[one for one in known if one not in roots],
        tsa_certificate=None if present else _signer(known, signers),
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of certificates with odd numbers, which real authorities send
            builder.build().verify(_granted(read, answer), answer.imprint)
            sent = map(x509.load_der_x509_certificate, read.signed_data.certificates)
            weak = _weak_certificate([*known, *sent], signers)
    except rfc3161_client.VerificationError as error:
        raise Tampered(f"the signature of the time stamp does not hold: {_short(error)}") from error
    except _NO_CERTIFICATE as error:
        raise Tampered(f"the time stamp does not hold: {_short(error)}") from error
    if weak:
        raise Refused(_WEAK.format("a certificate of the authority", weak))
    return Checked(answer.at, True)


def _weak_certificate(
    known: list[x509.Certificate], signers: list[rfc3161_client.SignerInfo]
) -> str:
    """The forgeable hash under a certificate between the signer and its root; empty where none is.

    A root is believed for itself, whatever it signed itself with.
    """
    wanted = {(one.issuer, one.serial_number) for one in signers}
    chain = [one for one in known if (one.issuer, one.serial_number) in wanted]
    for one in chain:  # grows by the issuers of those that are in it
        chain += [other for other in known if other.subject == one.issuer and other not in chain]
        hashed = one.signature_hash_algorithm
        if hashed is not None and hashed.name in ("sha1", "md5") and one.issuer != one.subject:
            return hashed.name.upper().replace("SHA", "SHA-")
    return ""


def _signer(
    known: list[x509.Certificate], signers: list[rfc3161_client.SignerInfo]
) -> x509.Certificate | None:
    """The certificate that signed, where the answer carries none and we have it."""
    if len(signers) != 1:
        return None
    named = [one for one in known if one.issuer == signers[0].issuer
             and one.serial_number == signers[0].serial_number]
    return named[0] if named else None


def _granted(
    read: rfc3161_client.TimeStampResponse, answer: Answer
) -> rfc3161_client.TimeStampResponse:
    """The answer as the library takes it: to it "granted with modifications" is no grant."""
    if read.status == 0:
        return read
    parts = whole(answer.sorted).children()
    plain = written(SEQUENCE, written(SEQUENCE, number(0)), parts[1].whole)
    return rfc3161_client.decode_timestamp_response(plain)


def _short(error: Exception) -> str:
    """What openssl says, without its stack of errors."""
    reasons = re.findall(r'reason: "([^"]+)"', str(error))
    return reasons[0] if reasons else str(error).split(": ErrorStack")[0][:200]


def certificates_of(data: bytes) -> str:
    """The certificates in a file, PEM, DER or PKCS #7, as PEM. Raises Unreadable where there are none."""
    found = _read_certificates(data)
    return "".join(one.public_bytes(Encoding.PEM).decode("ascii") for one in found)


def _read_certificates(data: bytes) -> list[x509.Certificate]:
    try:
        with warnings.catch_warnings():
            # Sets that are not sorted, numbers that are nought: real authorities send them.
            warnings.simplefilter("ignore")
            found = _certificates(data)
    except _NO_CERTIFICATE as error:
        raise Unreadable("these are no certificates (PEM, DER or PKCS #7)") from error
    if not 0 < len(found) <= _MOST_CERTIFICATES:
        raise Unreadable(f"one file of certificates holds 1 to {_MOST_CERTIFICATES} of them")
    return found


def _certificates(data: bytes) -> list[x509.Certificate]:
    if b"-----BEGIN CERTIFICATE" in data:
        return [x509.load_pem_x509_certificate(one) for one in _PEM.findall(data)]
    if b"-----BEGIN PKCS7" in data:
        return pkcs7.load_pem_pkcs7_certificates(data)
    try:
        return [x509.load_der_x509_certificate(data)]
    except ValueError:
        return pkcs7.load_der_pkcs7_certificates(data)
