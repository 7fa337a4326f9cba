"""Items and published counts of a case for ``shares.by`` and ``counts.burst``.

Sums of other counts are left out, so that nothing is counted twice; a place or kind without a count in a period is not
counted there, and no nought is put in for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from headstamp.actions.measures.feeds.feed import Fed, Feed, fed
from headstamp.engine.engine import Engine
from headstamp.engine.question import Parameter, Rows
from headstamp.engine.questions import things
from headstamp.engine.selection import SELECTION
from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural
from headstamp.kinds.country import COUNTRY

ITEM_GROUPS: Final = ("country", "make", "family", "item_type", "model", "calibre", "site", "condition", "disposal", "manner")
TALLY_GROUPS: Final = ("what", "family", "area")
SAME: Final = (*ITEM_GROUPS, "written", "link")
"""By what two items may be one thing: their fields, what is written on them, where they are shown."""
_UNCHOSEN: Final = tuple(one.name for one in SELECTION if one.name != "parts")

OF: Final = Parameter("of", "word", "Items documented, or counts that others published", default="items", choices=("items", "counts"))
WHAT: Final = Parameter("what", "word", "Only counts of this, as the source names it")
SOURCE: Final = Parameter("source", "word", "Only what comes from this document (its id)")


def shares(engine: Engine, given: Mapping[str, Any]) -> Fed:
    """A row for each item or count with its group. Raises Invalid for a group that these have not."""
    told: list[str] = []
    of = given["of"]
    by, known = given["by"] or ("country" if of == "items" else "what"), ITEM_GROUPS if of == "items" else TALLY_GROUPS
    wrong = [(name, word) for name, word in (("by", by),) if word not in known]
    wrong += [("same", word) for word in given["same"] or () if word not in SAME or of != "items"]
    if wrong:
        raise Invalid("shares cannot be taken so", [
            Problem(f"{of} have no such group", "They have: " + ", ".join(SAME if name == "same" else known), name, word)
            for name, word in wrong])
    if of == "counts":
        rows = _tallies(engine, given, told)
        table = [{by: row[by] or "", "count": _number(row["count"])} for row in rows]
        return fed({"table": table, "column": by, "count": "count"}, told, [row["tally"] for row in rows])
    rows = _items(engine, given, told)
    same = tuple(dict.fromkeys(given["same"] or ()))
    more = {name: _joined(ask(engine, **_chosen(given))) for name, ask in (
        ("written", things.written), ("link", things.shown_at)) if name in same}
    table = []
    for row in rows:
        line = {name: _cell(row, name) for name in (by, *same) if name not in more}
        line |= {name: texts.get(row["item"], "") for name, texts in more.items()}
        table.append(line)
    inputs: dict[str, Any] = {"table": table, "column": by}
    if same:
        inputs["same"] = same
    if given["pieces"] == "yes":
        rows, table = _pieces(rows, table, told)
        inputs |= {"table": table, "count": "pieces"}
    else:
        groups = sum(row["pieces"] is not None for row in rows)
        if groups:
            told.append(f"{plural(groups, 'of them is a counted group', 'of them are counted groups')}, each counted as one; --pieces yes counts their pieces.")
    return fed(inputs, told, [row["item"] for row in rows], _sites(rows))


def burst(engine: Engine, given: Mapping[str, Any]) -> Fed:
    """A row for each item, or each published count, with its period and place."""
    told: list[str] = []
    rough: Counter[str] = Counter()
    sites: tuple[str, ...] = ()
    if given["of"] == "counts":
        rows = _tallies(engine, given, told)
        table = [{"day": _period(row["period"], row["period_from"], row["period_to"], rough), "place": row["area"] or "",
                  "count": _number(row["count"])} for row in rows]
        kinds = {row["what"] for row in rows}
        if len(kinds) > 1:
            told.append(f"{plural(len(kinds), 'kind is', 'kinds are')} counted together; --what keeps to one.")
        inputs: dict[str, Any] = {"table": table, "day": "day", "count": "count"}
        records = [row["tally"] for row in rows]
    else:
        rows = _items(engine, given, told)
        table = [{"day": _period(row["found"], row["found_from"], row["found_to"], rough),
                  "place": row["site_name"] or row["site"] or ""} for row in rows]
        inputs = {"table": table, "day": "day"}
        records, sites = [row["item"] for row in rows], _sites(rows)
    told += [f"{plural(count, f'of them has {what}', f'of them have {what}')}." for what, count in sorted(rough.items())]
    if any(row["place"] for row in table):
        inputs["place"] = "place"
    told.append("The date is that of the recovery or the period counted, as it was recorded.")
    return fed(inputs, told, records, sites)


def _chosen(given: Mapping[str, Any]) -> dict[str, Any]:
    return {one.name: given.get(one.name) for one in SELECTION}


def _items(engine: Engine, given: Mapping[str, Any], told: list[str]) -> Rows:
    rows = things.ask(engine, **_chosen(given))
    if given.get("source"):
        rows = [row for row in rows if row["source"] == given["source"]]
    told.append(f"{plural(len(rows), 'item')}" + (" chosen." if any(given.get(name) for name in _UNCHOSEN) else "."))
    parents = {row["parent"] for row in rows}
    wholes = sum(row["item"] in parents for row in rows)
    if wholes:
        told.append(f"{plural(wholes, 'of them holds', 'of them hold')} others that are counted too; --family or --parts keeps to one sort.")
    return rows


def _tallies(engine: Engine, given: Mapping[str, Any], told: list[str]) -> Rows:
    """Published counts without those that are sums of others. Raises Invalid where items are chosen among counts."""
    wrong = [name for name in _UNCHOSEN if given.get(name) and name not in ("family", "since", "until")]
    if wrong:
        raise Invalid("published counts are of no item", [
            Problem("counts have no such field", "Choose by --what, --family, --source, --since or --until.", name, given[name])
            for name in wrong])
    every = things.tallies(engine)
    rows = [row for row in every if all(not given.get(name) or row[name] == given[name] for name in ("what", "family", "source"))]
    rows = [row for row in rows if not given.get("since") or (row["period_to"] or "9999") >= given["since"]]
    rows = [row for row in rows if not given.get("until") or (row["period_from"] or "0000") <= given["until"]]
    sums = sum(bool(row["total"]) for row in rows)
    rows = [row for row in rows if not row["total"]]
    sources = {row["source"] for row in rows}
    told.append(f"{plural(len(rows), 'published count')} from {plural(len(sources), 'source')}" + (
        ", which may have counted the same things; --source keeps to one." if len(sources) > 1 else "."))
    if sums:
        told.append(f"{sums:,} left out: sums of other counts.")
    told.append("What a source left empty is no count: it is not counted, and no nought.")
    return rows


def _pieces(rows: Rows, table: list[dict[str, str]], told: list[str]) -> tuple[Rows, list[dict[str, str]]]:
    """Each item with its pieces; groups in other units are left out."""
    kept: Rows = []
    lines: list[dict[str, str]] = []
    for row, line in zip(rows, table, strict=True):
        if row["pieces"] is None or row["unit"] in (None, "piece"):
            kept.append(row)
            lines.append({**line, "pieces": _number(1 if row["pieces"] is None else row["pieces"])})
    if len(kept) < len(rows):
        told.append(f"{len(rows) - len(kept):,} left out: groups not counted in pieces.")
    return kept, lines


def _period(text: str | None, first: str | None, last: str | None, rough: Counter[str]) -> str:
    """A day, month or year where the date lies in one; empty, and counted, where not."""
    if text is None:
        rough["no date"] += 1
        return ""
    if first and last:
        for size in (10, 7, 4):
            if first[:size] == last[:size]:
                return first[:size]
    rough["a date that is wider than a year"] += 1
    return ""


def _cell(row: Mapping[str, Any], name: str) -> str:
    value = row["site_name"] or row["site"] if name == "site" else row[name]
    return COUNTRY.show(value) if name == "country" and value else str(value or "")


def _joined(rows: Rows) -> dict[str, str]:
    """All texts of each item as one."""
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["item"], []).append(row["text"])
    return {item: "\n".join(texts) for item, texts in found.items()}


def _number(value: Any) -> str:
    return "" if value is None else str(int(value)) if float(value).is_integer() else str(value)


def _sites(rows: Rows) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row["site"] for row in rows if row["site"]))


FEEDS: Final = (
    Feed("shares.by", "The items chosen, or published counts without their sums, by a group of theirs.", (
        *SELECTION, OF, Parameter(
            "by", "word", "The group; of counts " + ", ".join(TALLY_GROUPS),
            choices=tuple(dict.fromkeys((*ITEM_GROUPS, *TALLY_GROUPS)))),
        Parameter("same", "words", "By what two items are one thing: " + ", ".join(SAME)),
        Parameter("pieces", "word", "Counted groups count as many as they have", default="no", choices=("no", "yes")), WHAT, SOURCE),
        shares, instead=("same",)),
    Feed("counts.burst", "The items chosen by the day they were found, or published counts by their period.",
         (*SELECTION, OF, WHAT, SOURCE), burst),
)
