"""Keys to which bundles are sealed: headquarters' own, and two for the day that one is lost.

They are X25519 keys of the age format. The public half (``age1...``) is handed to every
laptop; it can seal and nothing else. The secret half (``AGE-SECRET-KEY-1...``) stays with
headquarters, or, for a recovery key, on paper with two people who are not in one place.
It is never written within the folder of a case: what lies there is lost with the laptop.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pyrage import IdentityError, RecipientError, x25519

from headstamp.errors import Conflicting, Invalid, Problem, Refused, Unavailable

_SECRET = "AGE-SECRET-KEY-1"  # noqa: S105 - how such a key begins, not a key
_PUBLIC = "age1"
# A key as printed: groups that are easy to read aloud and to type, four to a line.
_GROUP, _GROUPS_IN_LINE = 6, 4


@dataclass(frozen=True, slots=True)
class SealKey:
    """A pair of keys. Its secret is not shown when the pair is printed by accident."""

    public: str
    secret: str = field(repr=False)

    @classmethod
    def generate(cls) -> SealKey:
        """A new pair from the system's source of randomness."""
        identity = x25519.Identity.generate()
        return cls(str(identity.to_public()), str(identity))

    @classmethod
    def parse(cls, text: str) -> SealKey:
        """Reads a secret, also as printed in groups or in small letters. Raises Invalid."""
        told = "".join(text.split()).upper()
        try:
            identity = x25519.Identity.from_str(told)
        except IdentityError:
            # Without its cause and without the text: both may hold the secret.
            raise Invalid(f"This is no secret key ({_SECRET}...), or a letter of it is wrong.") from None
        return cls(str(identity.to_public()), str(identity))


def recovery_keys(count: int = 2) -> tuple[SealKey, ...]:
    """The pairs to be kept for recovery, by as many people; either one opens every bundle."""
    return tuple(SealKey.generate() for _ in range(count))


def key_file(key: SealKey, made_at: str, purpose: str) -> str:
    """The text of a key file, as ``age-keygen`` writes it and ``age -i`` reads it. A secret."""
    return f"# created: {made_at}\n# {purpose}\n# public key: {key.public}\n{key.secret}\n"


def sheet(key: SealKey, number: int, count: int, made_at: str, case: str) -> str:
    """A recovery key as a page to print, fold and put into an envelope. A secret."""
    body = key.secret.removeprefix(_SECRET)
    groups = [body[at : at + _GROUP] for at in range(0, len(body), _GROUP)]
    rows = [groups[at : at + _GROUPS_IN_LINE] for at in range(0, len(groups), _GROUPS_IN_LINE)]
    secret = "\n".join(["    " + _SECRET, *("    " + " ".join(row) for row in rows)])
    return (
        f"RECOVERY KEY {number} OF {count}\n\n"
        f"Opens every sealed bundle of: {case}\nMade: {made_at}\n\n"
        f"Secret:\n\n{secret}\n\nIts public half, which is no secret:\n\n    {key.public}\n\n"
        "Keep it in a closed envelope, away from the laptops and from the other recovery\n"
        "keys, with a person of your own. Whoever has this page can open all that was sealed.\n"
        "To use it, type the secret into a file and name that file with\n"
        "`headstamp take BUNDLE --key FILE`; spaces and line breaks do not matter.\n"
    )


def read_keys(text: str) -> list[SealKey]:
    """The secret keys of a key file: comments aside, one on a line, or one over several lines.

    Raises Invalid where there is none or one cannot be read; it never tells what it read.
    """
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    starts = [at for at, line in enumerate(lines) if line.upper().startswith(_SECRET)]
    if not starts or starts[0] != 0:
        raise Invalid("There is no secret key in this file, or something else besides. Of a recovery "
                      "sheet, only the lines below Secret: belong into it.")
    ends = [*starts[1:], len(lines)]
    return [
        SealKey.parse("".join(lines[start:end])) for start, end in zip(starts, ends, strict=True)
    ]


def read_public(texts: Iterable[str]) -> tuple[str, ...]:
    """Public keys to seal to, each once, in order. Raises Invalid with all that are none."""
    problems: list[Problem] = []
    found: dict[str, None] = {}
    for text in texts:
        told = text.strip()
        if told.upper().startswith("AGE-SECRET-KEY-"):
            # Not repeated: it would stand in a log or on a screen.
            problems.append(Problem("a secret key where a public one belongs",
                                    f"Give the public half ({_PUBLIC}...), and take care who saw "
                                    "the secret one."))
            continue
        try:
            found[str(x25519.Recipient.from_str(told))] = None
        except RecipientError:
            problems.append(Problem("no public key of the kind X25519",
                                    f"It begins with {_PUBLIC} and has 62 letters and digits.",
                                    value=told))
    if problems:
        raise Invalid("A bundle cannot be sealed to this.", problems)
    if not found:
        raise Invalid("A bundle is sealed to one public key at least.")
    return tuple(found)


def write_secret(path: Path, text: str, case: Path) -> None:
    """Writes a secret into a new file, for its owner only, and never within the case.

    Raises Refused where ``path`` lies in the folder ``case``, Conflicting where a file is
    there, Unavailable where it cannot be written.
    """
    if path.resolve().is_relative_to(case.resolve()):
        raise Refused(
            "A secret key is never kept in the folder of the case: who takes the laptop would "
            "have it too. Name a place on another disk."
        )
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
    except FileExistsError as error:
        raise Conflicting(f"There is a file {path.name} already; it is not written over.") from error
    except OSError as error:
        raise Unavailable(f"{path.name} cannot be written: {error.strerror}.") from error
