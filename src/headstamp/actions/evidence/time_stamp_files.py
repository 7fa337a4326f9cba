"""Time stamps as files that others check with openssl: the token, the bytes it stamps, the certificates.

They are handed out exactly as they were received and signed: a checkpoint with one byte
more is another one to an authority.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterable

from headstamp.errors import Tampered
from headstamp.store.shown import Shown

FOLDER = "timestamps"
_README = """\
Time stamps (RFC 3161) of checkpoints. Each says that an authority, by its own
clock, saw the SHA-256 of the file NAME.checkpoint: so every entry that this checkpoint covers
is at least as old.

NAME.tsr         the authority's answer, as it was received
NAME.checkpoint  the signed checkpoint: exactly the bytes that were stamped
NAME.pem         the authority's certificates as they were known to the keeper of the case

To see what a time stamp says, and to check one:

    openssl ts -reply -in NAME.tsr -text
    openssl ts -verify -data NAME.checkpoint -in NAME.tsr -CAfile NAME.pem

It answers "Verification: OK". If the authority's certificates have run out since, add
-attime SECONDS with the moment of the time stamp in seconds since 1970 (date +%s -d TIME).

Take the root certificate from the authority itself, not from this folder: NAME.pem came
with the log, and whoever wrote this folder wrote it. Whether a checkpoint is one of this
log, the log's verifier tells:

    python3 verify.py . --against timestamps/NAME.checkpoint

(in the folder above; not for a checkpoint of another log: those of laptops came along with
what they recorded, and are of the logs named below, not of the one in the file checkpoint). verify.py and headstamp-check do not look at the time stamps.

"""


def time_stamp_files(witnesses: Iterable[Shown]) -> list[tuple[str, bytes]]:
    """The files (path, bytes) of these witnesses' time stamps, by size; none where there are none.

    Raises Tampered for a token that is none: verify tells more of it.
    """
    stamps = sorted(
        (one for one in witnesses if one.get("stamp") and one.get("checkpoint")),
        key=lambda one: (one.get("size"), one.get("holder"), one.id))
    files: list[tuple[str, bytes]] = []
    listed: list[str] = []
    for number, one in enumerate(stamps, 1):
        # A holder of another script leaves nothing that every system takes as a name.
        word = re.sub(r"[^a-z0-9]+", "-", one.get("holder").lower()).strip("-")[:40] or "authority"
        name = f"{number}-{word}"
        try:
            token = b64decode(one.get("stamp"), validate=True)
        except ValueError as error:
            raise Tampered(f"the time stamp {one.id} is not written in base64; run headstamp verify") from error
        files.append((f"{FOLDER}/{name}.tsr", token))
        files.append((f"{FOLDER}/{name}.checkpoint", one.get("checkpoint").encode("utf-8")))
        if one.get("certificates"):
            files.append((f"{FOLDER}/{name}.pem", one.get("certificates").encode("utf-8") + b"\n"))
        listed.append(f"{name}  {one.get('size')} entries of {one.get('checkpoint').partition(chr(10))[0]}, "
                      f"{one.get('witnessed_at') or 'no time'}, by {one.get('holder')} ({one.id})\n")
    if files:
        files.append((f"{FOLDER}/README.txt", (_README + "".join(listed)).encode("utf-8")))
    return files
