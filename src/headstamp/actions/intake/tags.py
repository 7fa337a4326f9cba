"""Items named by their tag where a record's id is wanted: whose part, whose marking, who had it.

People write tags, not ids. A tag means the item of that tag in the same file,
or else the one item of the case that has it. A tag that two items share names
neither: the row is refused, as it is where no item has it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from headstamp.actions.intake.opening import Opened
from headstamp.errors import Problem
from headstamp.intake.identity import identity
from headstamp.intake.mapping import MappingPlan, RecordPlan
from headstamp.intake.value import compiled
from headstamp.kinds.identity import derived_id
from headstamp.store.case import Case

_ID = re.compile(r"(item|doc)-[0-9a-z]{4,40}")
MOST_TAGS = 200_000
"""More different tags than these are not looked up; the rows that name them are refused."""


def with_tags(case: Case, opened: Opened) -> MappingPlan:
    """The mapping, in which each tag that names one item stands for that item's id."""
    plan = opened.mapping
    if not any(record.by_tag for record in plan.records):
        return plan
    own, wanted = _read(opened)
    ids = _ids(case, plan, own, wanted)
    return replace(plan, records=tuple(_with(record, ids) for record in plan.records))


def _with(record: RecordPlan, ids: dict[str, str]) -> RecordPlan:
    if not record.by_tag:
        return record
    fields = {
        name: replace(value, words=ids) if name in record.by_tag else value
        for name, value in record.fields.items()
    }
    return replace(record, fields=fields)


def _read(opened: Opened) -> tuple[Counter[str], set[str]]:
    """The tags of the file's own items, and those by which its rows name an item."""
    places = {column: place for place, column in enumerate(opened.columns)}
    plan = opened.mapping
    tags = [compiled(value, places) for value in plan.key]
    named = [
        compiled(record.fields[name], places)
        for record in plan.records for name in record.by_tag
    ]
    own, wanted = Counter[str](), set[str]()
    for row in opened.table.rows():
        if isinstance(row, Problem):
            continue
        for get in tags:
            if (tag := get(row.cells, {})) is not None:
                own[tag.strip()] += 1
        for get in named:
            found = get(row.cells, {})
            for one in found if isinstance(found, list) else [found] if found else ():
                if len(wanted) < MOST_TAGS and not _ID.fullmatch(one.strip()):
                    wanted.add(one.strip())
    return own, wanted


def _ids(
    case: Case, plan: MappingPlan, own: Counter[str], wanted: set[str]
) -> dict[str, str]:
    there = _of_case(case, wanted)
    found: dict[str, str] = {}
    for tag in wanted:
        ids = there.get(tag, set())
        # The id that the item of this tag has, or will have, from a file of this name.
        here = derived_id("item", plan.dataset, "item", *identity(True, tag, 0))
        if own[tag] == 1 or (own[tag] == 0 and plan.key and here in ids):
            found[tag] = here
        elif own[tag] == 0 and len(ids) == 1:
            (found[tag],) = ids
    return found


def _of_case(case: Case, wanted: Iterable[str]) -> dict[str, set[str]]:
    # Whether an item is there does not depend on who imports: nothing of it is shown.
    found: dict[str, set[str]] = {tag: set() for tag in wanted}
    if found:
        for shown in case.read("sealed").stream("item"):
            if (tag := shown.get("tag")) in found:
                found[tag].add(shown.id)
    return found
