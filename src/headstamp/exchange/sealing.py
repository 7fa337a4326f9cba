"""Seals: a bundle encrypted to public keys, so that who carries it cannot open it.

The format is age (age-encryption.org/v1), binary, with X25519 keys: ``age -d -i KEY`` opens
it too. All is a stream in flat memory, sealed and checked in pieces of 64 KiB.

Only what we write is read: no passphrases (a hostile work factor stops a machine for
minutes), no armour, no keys of other kinds. The header is read here first, by the
grammar of the format, for the library lets two malformed ones pass; what it holds of
cryptography is the library's business.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import BinaryIO

import pyrage
from pyrage import x25519

from headstamp.errors import HeadstampError, Refused, Unavailable, Unreadable
from headstamp.exchange.keys import SealKey, read_public
from headstamp.exchange.limits import LIMITS, Limits, over_limit

MAGIC = b"age-encryption.org/v1\n"

_PIECE = 1 << 20
_HEAD_MAX = 1 << 16
_STANZA = re.compile(
    rb"-> ([\x21-\x7e]+)(?: [\x21-\x7e]+)*\n"
    rb"(?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{0,63}\n"
)
_HEAD_END = re.compile(rb"--- [A-Za-z0-9+/]{43}\n")
_NO_MATCH = "No matching keys found"


def is_sealed(head: bytes) -> bool:
    """Whether a file that begins so is sealed (by its first line, or by that of armour)."""
    return head.startswith((b"age-encryption.org/", b"-----BEGIN AGE "))


def seal(source: BinaryIO, target: BinaryIO, public: Iterable[str]) -> None:
    """Seals a stream to these public keys. Neither stream is closed.

    Raises Invalid for a key that is none, Unreadable or Unavailable where a stream fails;
    then what was written is worthless, and no key opens it to its end.
    """
    keys = [x25519.Recipient.from_str(one) for one in read_public(public)]
    reader, writer = _Reader(source), _Writer(target)
    try:
        pyrage.encrypt_io(reader, writer, keys)
    except (pyrage.EncryptError, OSError) as error:
        raise _cause(reader, writer, Unavailable(f"The bundle cannot be sealed: {error}.")) from error


def unseal(
    source: BinaryIO, target: BinaryIO, keys: Sequence[SealKey], limits: Limits = LIMITS
) -> None:
    """Opens what was sealed to one of these keys. Neither stream is closed.

    Raises Refused where it is sealed to others, Unreadable where it is not sealed, cut short
    or changed: what was written to ``target`` until then is right but not all.
    """
    reader, writer = _Reader(source), _Writer(target)
    head = reader.read(_HEAD_MAX)
    while len(head) < _HEAD_MAX and (more := reader.read(_HEAD_MAX - len(head))):
        head += more
    _check_head(head, limits)
    reader.give_back(head)
    identities = [x25519.Identity.from_str(key.secret) for key in keys]
    try:
        pyrage.decrypt_io(reader, writer, identities)
    except pyrage.DecryptError as error:
        raise _cause(reader, writer, _not_opened(str(error))) from error
    except OSError as error:
        raise _cause(reader, writer, Unreadable(
            "The sealed bundle is cut short, or was changed on its way. Ask for it again."
        )) from error


@contextmanager
def sealed(target: BinaryIO, public: Iterable[str]) -> Iterator[BinaryIO]:
    """A stream to write into; what is written comes out sealed in ``target``.

    ``target`` is whole when the block is left without an error. Raises as ``seal``.
    """
    told = read_public(public)
    incoming, outgoing = os.pipe()
    feed = _Feed(incoming)
    with ThreadPoolExecutor(1) as pool, os.fdopen(outgoing, "wb", _PIECE) as writer:
        work = pool.submit(_seal_feed, feed, target, told)
        try:
            yield writer
            writer.flush()
        except BaseException as error:
            feed.given_up = True
            _close_broken(writer)
            # Where sealing failed, the block failed of the same: tell the cause, once.
            if (cause := work.exception()) is not None and not isinstance(cause, _GivenUpError):
                raise cause from error
            raise
        writer.close()
        work.result()


@contextmanager
def opened(
    source: BinaryIO, keys: Sequence[SealKey], limits: Limits = LIMITS
) -> Iterator[BinaryIO]:
    """A stream to read from: what was sealed in ``source``, opened with one of these keys.

    Reading raises as ``unseal``, at the latest at the end: only who has read to the end
    has read it whole.
    """
    incoming, outgoing = os.pipe()
    with ThreadPoolExecutor(1) as pool, os.fdopen(incoming, "rb", _PIECE) as reader:
        work = pool.submit(_unseal_into, source, outgoing, tuple(keys), limits)
        yield _Plain(reader, work)  # type: ignore[misc]


class _GivenUpError(Exception):
    """The block that was to be sealed ended with an error of its own."""


class _Feed:
    """The reading end of a pipe that does not end well when its writer gave up."""

    def __init__(self, handle: int) -> None:
        self._stream = os.fdopen(handle, "rb", _PIECE)
        self.given_up = False

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        if not data and self.given_up:
            raise _GivenUpError
        return data

    def close(self) -> None:
        self._stream.close()


def _seal_feed(feed: _Feed, target: BinaryIO, public: Sequence[str]) -> None:
    with closing(feed):
        seal(feed, target, public)  # type: ignore[arg-type]


def _unseal_into(
    source: BinaryIO, handle: int, keys: Sequence[SealKey], limits: Limits
) -> None:
    # Unbuffered: what is left in a buffer could not be told from what was never read.
    with os.fdopen(handle, "wb", 0) as target:
        unseal(source, target, keys, limits)


def _close_broken(stream: BinaryIO) -> None:
    """Closes a pipe whose other end may be gone; what is still in its buffer is not wanted."""
    try:
        stream.close()
    except BrokenPipeError:
        return


class _Plain:
    """What comes out of a seal. Its end is an end only when all of it was right."""

    def __init__(self, stream: BinaryIO, work: Future[None]) -> None:
        self._stream = stream
        self._work = work

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        if size < 0 or len(data) < size:
            self._work.result()
        return data


class _Reader:
    """What the library reads from; keeps the error that it would hide."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._given_back = b""
        self.error: Exception | None = None

    def give_back(self, data: bytes) -> None:
        self._given_back = data

    def read(self, size: int) -> bytes:
        if self._given_back:
            data, self._given_back = self._given_back[:size], self._given_back[size:]
            return data
        try:
            return self._stream.read(size)
        except OSError as error:
            self.error = Unreadable(f"The bundle cannot be read: {error.strerror}.")
            raise self.error from error
        except (HeadstampError, _GivenUpError) as error:
            self.error = error
            raise


class _Writer:
    """What the library writes to; keeps the error that it would hide."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.error: Exception | None = None

    def write(self, data: bytes) -> int:
        try:
            return self._stream.write(data)
        except OSError as error:
            self.error = Unavailable(f"The bundle cannot be written: {error.strerror}.")
            raise self.error from error

    def flush(self) -> None:
        """The stream is the caller's, and so is its end."""


def _cause(reader: _Reader, writer: _Writer, otherwise: HeadstampError) -> Exception:
    return reader.error or writer.error or otherwise


def _not_opened(told: str) -> HeadstampError:
    if told == _NO_MATCH:
        return Refused("The bundle is sealed to other keys than those given: it cannot be opened here.")
    return Unreadable(f"The sealed bundle cannot be opened: {told.splitlines()[0].rstrip('.')}.")


def _check_head(head: bytes, limits: Limits) -> None:
    """Refuses what is no header of ours: another form, a passphrase, too many keys."""
    if head.startswith(b"-----BEGIN AGE "):
        raise Unreadable("The bundle is armoured as text. Turn it into its binary form first.")
    if not head.startswith(MAGIC):
        raise Unreadable("This is not a sealed bundle, or of a version of age not known here.")
    at, kinds = len(MAGIC), []
    while stanza := _STANZA.match(head, at):
        kinds.append(stanza[1])
        at = stanza.end()
        if len(kinds) > limits.recipients:
            raise over_limit("", "recipients", limits.recipients, "sealed to one key more")
    if not kinds or not _HEAD_END.match(head, at):
        raise Unreadable("The head of the sealed bundle is damaged.")
    if b"scrypt" in kinds:
        raise Unreadable("The bundle is sealed with a passphrase; here it is sealed to keys.")
