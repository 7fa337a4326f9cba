"""The last lawful supply of items, their making and their recovery, as the records of a case date them."""

from __future__ import annotations

from typing import Any, Final

from headstamp.engine.engine import Engine
from headstamp.engine.question import Question, Rows
from headstamp.engine.selection import SELECTION, chosen

COLUMNS: Final = (
    "item", "family", "item_type", "make", "country", "parent", "made_from", "made_to", "found", "found_from", "found_to",
    "transfer", "supplied", "supplied_from", "supplied_to")


def ask(engine: Engine, **given: Any) -> Rows:
    """Each item chosen, once for each authorised transfer to somebody that names it: export, import, sale, issue, gift.

    Items that no such transfer names stand in one row without one. In the order of items and transfers.
    """
    items, parameters = chosen(given)
    return engine.rows(
        f"""
        SELECT item.id AS item, item.family AS family, item.item_type AS item_type, item.make AS make,
               item.country AS country, item.parent AS parent,
               item.made_on_from AS made_from, item.made_on_to AS made_to,
               COALESCE(item.recovered_on, recovery.recovered_on) AS found,
               CASE WHEN item.recovered_on IS NOT NULL THEN item.recovered_on_from
                    ELSE recovery.recovered_on_from END AS found_from,
               CASE WHEN item.recovered_on IS NOT NULL THEN item.recovered_on_to
                    ELSE recovery.recovered_on_to END AS found_to,
               supply.id AS transfer, supply.happened_on AS supplied, supply.happened_on_from AS supplied_from,
               supply.happened_on_to AS supplied_to
        FROM ({items}) AS item
        LEFT JOIN recovery ON recovery.id = item.recovery
        LEFT JOIN (SELECT transfer.id AS id, named.member AS item, transfer.happened_on AS happened_on,
                          transfer.happened_on_from AS happened_on_from, transfer.happened_on_to AS happened_on_to
                   FROM transfer JOIN {engine.members("transfer", "items")} AS named ON named.id = transfer.id
                   WHERE transfer.lawful_status = 'authorised' AND transfer.to_party IS NOT NULL
                     AND transfer.transfer_kind IN
                         ('exported', 'imported', 'sold', 'issued', 'donated', 'retransferred')) AS supply
               ON supply.item = item.id
        ORDER BY item.id, supply.id
        """, parameters)


QUESTION: Final = Question(
    "supplies", 1, "When was each of these items made, lawfully supplied and found?", SELECTION, COLUMNS, ask)
