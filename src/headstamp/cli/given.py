"""Options whose names only the thing that is asked knows: ``--name value`` and ``--name=value``."""

from __future__ import annotations

from collections.abc import Sequence

from headstamp.errors import Invalid, Problem


def given_words(words: Sequence[str]) -> dict[str, str]:
    """The values by name. Raises Invalid naming every word that is neither a name nor a value.

    >>> given_words(["--since", "2017-01-01", "--item-type=case"])
    {'since': '2017-01-01', 'item_type': 'case'}
    """
    found: dict[str, str] = {}
    problems: list[Problem] = []
    left = list(words)
    while left:
        word = left.pop(0)
        name, mark, value = word.partition("=")
        if not name.startswith("--") or len(name) < 3:
            problems.append(Problem("not an input", "Write --NAME VALUE.", value=word))
            continue
        name = name[2:].replace("-", "_")
        if not mark:
            if not left:
                problems.append(Problem("it has no value", "Write --NAME VALUE.", name))
                continue
            value = left.pop(0)
        if name in found:
            problems.append(Problem("it is given twice", "Give it once.", name, value))
        found[name] = value
    if problems:
        raise Invalid("the inputs cannot be understood", problems)
    return found
