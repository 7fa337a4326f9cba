"""``--where FIELD=VALUE`` and ``--set FIELD=VALUE``: words to a dictionary."""

from __future__ import annotations

from collections.abc import Iterable

from headstamp.errors import Invalid, Problem


def pairs(given: Iterable[str] | None, option: str) -> dict[str, str]:
    """The fields with their values. Raises Invalid naming every word that is no pair.

    >>> pairs(["make=Altera", "model="], "--where")
    {'make': 'Altera', 'model': ''}
    """
    found: dict[str, str] = {}
    problems = []
    for word in given or ():
        field, mark, value = word.partition("=")
        field = field.strip()
        if not mark or not field:
            problems.append(Problem("not a field and its value",
                                    f"Write {option} FIELD=VALUE.", value=word))
        elif field in found:
            problems.append(Problem("this field is given twice", "Give it once.", field, value))
        else:
            found[field] = value
    if problems:
        raise Invalid(f"{option} cannot be understood", problems)
    return found
