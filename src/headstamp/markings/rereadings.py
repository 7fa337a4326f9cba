"""Other ways to take what was asked: without a word that only says what it is, without an echo.

A list from a customs office has ``SER NO AB 123456``, a form filled in twice
``AB 123456 123456``. What stands in the case is ``AB 123456``. Each rule is
named and gives one more reading beside the text as it was asked, never instead
of it: there are markings that begin with ``SN``.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from headstamp.markings.normalise import keys

BESIDE: Final = 0.7
"""The weight of other ways to take it, together; what was asked has the rest."""

_FEWEST: Final = 3
_LABELS = re.compile(
    r"""^(?:(?:SERIAL|SER|S/?N|NUMBER|NUMERO|NÚMERO|NUMÉRO|NUMMER|NUM|NR|NO|N[°º]|№|LOT|BATCH|P/?N
        |PART|НОМЕР|СЕРИЙНЫЙ|ЗАВ|رقم)(?:\s*[.:#№°º]+\s*|\s+))+""",
    re.IGNORECASE | re.VERBOSE,
)
_GROUPS = re.compile(r"[^\s.\-/]+")


class Rereading(NamedTuple):
    """Another reading, and the rule that made it: ``label_word`` or ``echo``."""

    text: str
    rule: str


def rereadings(text: str) -> list[Rereading]:
    """Other ways to take a query; most queries have none.

    >>> rereadings("Ser. No. AB 123456")
    [Rereading(text='AB 123456', rule='label_word')]
    >>> rereadings("1987 K-4471 4471")
    [Rereading(text='1987 K-4471', rule='echo')]
    >>> rereadings("AB 123456"), rereadings("NO 4471")
    ([], [Rereading(text='4471', rule='label_word')])
    """
    found = []
    stripped = text.strip()
    labels = _LABELS.match(stripped)
    if labels is not None:
        rest = stripped[labels.end() :]
        if _says_enough(rest):
            found.append(Rereading(rest, "label_word"))
    groups = list(_GROUPS.finditer(stripped))
    if len(groups) > 1:
        last, before = groups[-1], groups[-2]
        echo = keys(last[0]).plain
        if echo == keys(before[0]).plain and _says_enough(last[0]):
            found.append(Rereading(stripped[: before.end()], "echo"))
    return found


def _says_enough(text: str) -> bool:
    plain = keys(text).plain
    return len(plain) >= _FEWEST and any(c.isdigit() for c in plain)
