"""The signing key of a case on disk: read, written, and exchanged for another one.

``keys/device.key`` holds it; in an encrypted case it is sealed. A new key lies under
``keys/device.key.next`` until the database says that it is in force, and takes the old
one's name after that: whenever the power goes, one of the two files holds the key that the
database names (``signing_key``), and the next opening finishes the exchange (``settle``).
"""

from __future__ import annotations

import os
from pathlib import Path

from headstamp.errors import Unavailable, Unreadable
from headstamp.evidence.note import Signer
from headstamp.store.cipher import Keys, is_sealed_text
from headstamp.store.disk import sync_folder, told, write_file

KEY, PUBLIC, NEXT = "device.key", "device.pub", "device.key.next"
MOVED = "device.key.moved"
"""What a move calls the key that it sets aside, so that only one of the two cases goes on."""
_SEALED_AS = "keys/device.key"


def read_key(path: Path, keys: Keys | None = None) -> Signer | None:
    """The signing key in a file; None where there is no file.

    That of an encrypted case is sealed, and needs ``keys``. Raises Unavailable, Unreadable,
    Tampered.
    """
    try:
        text = path.read_text("utf-8").strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unavailable(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path} is damaged: it holds no key") from error
    if is_sealed_text(text):
        if keys is None:
            raise Unavailable(f"{path} is sealed: it is the key of an encrypted case")
        text = keys.open_text(text, _SEALED_AS)
    return Signer.parse(text)


def without_key(folder: Path, why: str = "it can be read and verified here, not changed") -> str:
    """What to say where the key of a case is not in its folder, and what to do about it.

    A key that a move set aside is not asked for: two cases that both go on would fork the log.
    """
    told = f"the key of this case is not in {folder / 'keys'}: {why}. "
    if (folder / "keys" / MOVED).is_file():
        return told + "The case was moved, and its key with it: work with it at its new place"
    return told + f"Put keys/{KEY} back from its backup copy"


def write_key(path: Path, signer: Signer, keys: Keys | None = None) -> None:
    """Writes a signing key to a new file of this user alone; sealed where there are ``keys``."""
    text = signer.text() if keys is None else keys.seal_text(signer.text(), _SEALED_AS)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def signing_key(folder: Path, in_force: str, keys: Keys | None = None) -> Signer | None:
    """The key in a case's folder: the one ``in_force`` (its public key) if it is there, else any."""
    places = folder / "keys"
    signer = read_key(places / KEY, keys)
    if signer is None or signer.verifier_key != in_force:
        following = read_key(places / NEXT, keys)
        if following is not None and following.verifier_key == in_force:
            return following
    return signer


def write_next(folder: Path, signer: Signer, keys: Keys | None = None) -> None:
    """Lays a key beside the one in force, durably. Call it under the case's write lock."""
    path = folder / "keys" / NEXT
    with told(path):
        path.unlink(missing_ok=True)  # of an exchange that was cut off before it counted
        write_key(path, signer, keys)
        sync_folder(path.parent)


def settle(folder: Path, in_force: str, keys: Keys | None = None) -> None:
    """Gives the key in force its name, where an exchange was cut off after it counted."""
    places = folder / "keys"
    if not (places / NEXT).exists() or not os.access(places, os.W_OK):
        return
    following = read_key(places / NEXT, keys)
    if following is None or following.verifier_key != in_force:
        return  # an exchange that is under way, or did not come to count
    with told(places):
        write_file(places / PUBLIC, f"{in_force}\n".encode(), 0o644)
        (places / NEXT).replace(places / KEY)
        sync_folder(places)
