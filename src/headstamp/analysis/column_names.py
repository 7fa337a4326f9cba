"""Columns by the names a measure knows, however another program wrote them: Site, SITE and site are one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def known(rows: Sequence[Mapping[str, str]], names: Sequence[str]) -> Sequence[Mapping[str, str]]:
    """The rows with columns of these names called so; a column that is there already is never overlaid.

    >>> known([{"Site": "A", " VALUE": "1", "Note": ""}], ("site", "value"))
    [{'site': 'A', 'value': '1', 'Note': ''}]
    >>> known([{"region": "A"}], ("Region",))
    [{'Region': 'A'}]
    """
    if not rows:
        return rows
    wanted = {name.strip().casefold(): name for name in names if name.strip() and name not in rows[0]}
    turned: dict[str, str] = {}
    for column in rows[0]:
        name = wanted.get(column.strip().casefold())
        if name is not None and name not in turned.values():
            turned[column] = name
    return [{turned.get(column, column): cell for column, cell in row.items()} for row in rows] if turned else rows
