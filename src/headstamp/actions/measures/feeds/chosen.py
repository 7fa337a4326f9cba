"""What was chosen by, held against what there is: a wrong name is told, and never counted as nothing found.

Sites and missions may be named as people name them; questions know them by their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from headstamp.engine.engine import Engine
from headstamp.errors import Invalid, Problem

_OF_ITEMS: Final = ("family", "item_type", "make", "model", "country")
_NAMED: Final = {"site": "name", "mission": "title"}
_MOST_SHOWN: Final = 12


def known(measure: str, engine: Engine, given: Mapping[str, Any]) -> dict[str, Any]:
    """The same with sites and missions by their ids. Raises Invalid naming what no record seen here has.

    Only what is given is looked for, so that a question about everything asks nothing more.
    """
    if given.get("of") == "counts":  # of counts that others published, not of items
        return dict(given)
    values = dict(given)
    problems: list[Problem] = []
    for field in _OF_ITEMS:
        if (wanted := given.get(field)) and not engine.rows(
                f"SELECT 1 AS there FROM item WHERE {field} = :wanted LIMIT 1", {"wanted": wanted}):
            problems.append(Problem("no item that can be seen has it", _there_are(
                row["value"] for row in engine.rows(
                    f"SELECT {field} AS value FROM item WHERE {field} IS NOT NULL "
                    f"GROUP BY {field} ORDER BY COUNT(*) DESC, {field} LIMIT {_MOST_SHOWN}")), field, str(wanted)))
    for kind, name in _NAMED.items():
        if wanted := given.get(kind):
            found = _called(engine, kind, name, str(wanted))
            exact = [id_ for id_, _ in found if id_ == wanted] or [id_ for id_, _ in found]
            if len(exact) == 1:
                values[kind] = exact[0]
                continue
            rule = f"several {kind}s have this name" if found else f"no {kind} that can be seen is called so"
            problems.append(Problem(rule, _there_are(
                f"{id_} ({label})" for id_, label in (found or _called(engine, kind, name))), kind, str(wanted)))
    if problems:
        raise Invalid(f"{measure} cannot be asked so", problems)
    return values


def _called(engine: Engine, kind: str, name: str, wanted: str = "") -> list[tuple[str, str]]:
    """Ids and names of the records of a kind, of all or of those that are called so."""
    where = f"WHERE id = :wanted OR {name} = :wanted " if wanted else ""
    return [(row["id"], row["label"]) for row in engine.rows(
        f"SELECT id, {name} AS label FROM {kind} {where}ORDER BY id LIMIT {_MOST_SHOWN}",
        {"wanted": wanted} if wanted else {})]


def _there_are(words: Iterable[Any]) -> str:
    told = ", ".join(map(str, words))
    return f"There are: {told}" if told else "There are none."
