"""How much of a stranger's bundle we are ready to take, and how to say no.

Whatever in a bundle a hostile or broken one can make grow has a limit here, and every
refusal names the limit it met, so that somebody with a large but honest bundle knows
which one to raise. The numbers are generous for real work: a season of one team is
some ten thousand originals and some ten gigabytes.
"""

from __future__ import annotations

from dataclasses import dataclass

from headstamp.errors import Problem, Unreadable

_MIB = 1024 * 1024
_GIB = 1024 * _MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one bundle may cost. Sizes in bytes, the others in counts.

    ``files``            in a bag, its own lists included. Their names are held in memory: about
                         1.3 kB for each.
    ``file_bytes``       of one file.
    ``bag_bytes``        of all files of a bag together.
    ``tag_bytes``        of one list or note of the bag itself (``manifest-sha256.txt`` and such),
                         which are read as a whole.
    ``depth``            of folders within folders.
    ``problems``         that are told of; what follows is only counted.
    ``recipients``       to which one bundle is sealed.
    """

    files: int = 100_000
    file_bytes: int = 64 * _GIB
    bag_bytes: int = 256 * _GIB
    tag_bytes: int = 64 * _MIB
    depth: int = 16
    problems: int = 200
    recipients: int = 100


LIMITS = Limits()


def advice_to_raise(limit: str) -> str:
    """One sentence saying how to raise ``limit``, for every message that names it."""
    return f"If the bundle is honest, raise the limit `{limit}` and take it again."


def over_limit(file: str, limit: str, allowed: int, what: str) -> Unreadable:
    """The refusal of a whole bundle: ``what`` says what was met, in a few words."""
    rule = f"{what}, more than the limit `{limit}` of {allowed:,} allows"
    return Unreadable(
        "The bundle was not taken: it is larger than what is allowed here.",
        [Problem(rule, advice_to_raise(limit), file=file)],
    )
