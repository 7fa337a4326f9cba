"""What a cell of a marking column says: characters seen, or why there are none.

People write "obliterated", "none" or "n/k" into the column of serial numbers.
Removed, absent and not recorded are different facts (see ``records.marking``)
and none of them is a text. A ``?`` in a text stands for a character that
cannot be read and is kept; so does a run of stars (``ACM****``). How words are
understood is the business of :mod:`headstamp.markings.state_words`.
"""

from __future__ import annotations

from headstamp.markings.state_words import marking_state_of


def state(cell: str) -> str:
    """The state of the marking a cell tells of.

    >>> [state(c) for c in ("AB 1234", "AB1?34", "Obliterated", "none", "n/k", "illegible")]
    ['clear', 'partial', 'defaced', 'absent', 'not_recorded', 'partial']
    >>> state("não identificado"), state("raspado")
    ('unsettled', 'removed')
    """
    said = marking_state_of(cell)
    if said is not None:
        return said.state
    return "partial" if "?" in cell or "？" in cell or "**" in cell else "clear"


def text(cell: str) -> str | None:
    """The characters seen; None where the cell only says why there are none.

    A marking that is there but cannot be read at all is one unread run, ``?``.

    >>> [text(c) for c in ("AB1?34", "removed", "illegible")]
    ['AB1?34', None, '?']
    """
    said = marking_state_of(cell)
    if said is None:
        return cell
    return "?" if said.state == "partial" else None


def words(cell: str) -> str | None:
    """The clerk's words as written, where the cell holds words and no marking.

    >>> words("RASPADO "), words("AB 1234")
    ('RASPADO ', None)
    """
    return cell if marking_state_of(cell) is not None else None
