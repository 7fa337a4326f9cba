"""Items of a case on several lists, for ``scale.lists``: who of several missions, teams or sources saw the same piece.

Two records are of one piece where their serial numbers are the same, separators and script aside, and
their makes do not differ. Without a whole number nobody can tell whether a piece was met before: such items are
left out and counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from headstamp.actions.measures.feeds.feed import Fed, Feed, fed
from headstamp.actions.measures.feeds.serials import SELECTED, read_serials
from headstamp.analysis.scale.lists_table import MOST_LISTS
from headstamp.engine.engine import Engine
from headstamp.engine.question import Parameter
from headstamp.engine.questions import serials as question
from headstamp.engine.questions.lists import names
from headstamp.engine.selection import SELECTION
from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural
from headstamp.markings.normalise import plain_key

_MOST_SHOWN: Final = 20
Piece = tuple[str, str]


def lists(engine: Engine, given: Mapping[str, Any]) -> Fed:
    """A row for each combination of lists with how many pieces are on exactly these.

    Raises Invalid naming the lists with their counts where there are more than can be weighed, or no such one.
    """
    by = given.get("by") or "mission"
    rows = question.ask(engine, **{name: given.get(name) for name in SELECTED})
    texts, left = read_serials(rows)
    where = {row["item"]: row[by] for row in rows}
    makes = {row["item"]: (row["make"] or "").strip().casefold() for row in rows}
    nowhere = sum(1 for item in texts if not where[item])
    pieces = _pieces({item: text for item, text in texts.items() if where[item]}, makes)
    called = names(engine, by)
    on: dict[Piece, set[str]] = {}
    for item, piece in pieces.items():
        on.setdefault(piece, set()).add(where[item])
    sizes = Counter(one for of in on.values() for one in of)
    if not sizes:
        raise Invalid(f"of no item that can be seen are both a whole serial number and a {by} on record", [Problem(
            f"{plural(len(texts), 'item')} with a whole number, {nowhere:,} of no {by}",
            "Names of teams are seen from a higher clearance on." if by == "team" else "Ask it of another selection.", "by", by)])
    wanted = _wanted(sizes, called, given.get("lists") or (), by)
    cells: Counter[frozenset[str]] = Counter()
    records = []
    for item, piece in pieces.items():
        if on[piece] & set(wanted):
            records.append(item)
    for of in on.values():
        cells[frozenset(of & set(wanted))] += 1
    title = {one: called.get(one, one) for one in wanted}
    title = {one: text if list(title.values()).count(text) == 1 else f"{text} ({one})" for one, text in title.items()}
    table = [{**{title[one]: "1" if one in of else "0" for one in wanted}, "count": str(count)}
             for of, count in sorted(cells.items(), key=lambda pair: sorted(pair[0])) if of]
    told = [f"{plural(sum(count for of, count in cells.items() if of), 'piece')} by their serial numbers, on {plural(len(wanted), 'list')}: "
            + "; ".join(f"{title[one]} ({sizes[one]:,})" for one in wanted) + "."]
    told += [f"{count:,} left out: {why}, so that nobody can tell whether it was met before." for why, count in sorted(left.items())]
    if nowhere:
        told.append(f"{nowhere:,} left out: of no {by}.")
    twice = len(records) - sum(len(of & set(wanted)) for of in on.values())
    if twice:
        told.append(f"{plural(twice, 'record is', 'records are')} of a piece that is on the same list already; it counts there once.")
    told.append("The same number of one make is one piece; where numbers were cut anew or are used twice, that is wrong.")
    return fed({"cells": table}, told, records)


def _pieces(texts: Mapping[str, str], makes: Mapping[str, str]) -> dict[str, Piece]:
    """Of each item the piece it is: the key of its serial, with its make; no make joins the only one there is."""
    keys = {item: plain_key(text) for item, text in texts.items()}
    known: dict[str, set[str]] = {}
    for item, key in keys.items():
        if makes[item]:
            known.setdefault(key, set()).add(makes[item])
    return {item: (key, makes[item] or (next(iter(known[key])) if len(known.get(key, ())) == 1 else ""))
            for item, key in keys.items() if key}


def _wanted(sizes: Mapping[str, int], called: Mapping[str, str], chosen: tuple[str, ...], by: str) -> list[str]:
    ordered = sorted(sizes, key=lambda one: (-sizes[one], one))
    if not chosen:
        if len(ordered) > MOST_LISTS:
            raise Invalid(f"{plural(len(ordered), 'list')}, and at most {MOST_LISTS} can be weighed against each other", [
                Problem(f"{plural(sizes[one], 'piece')}", "Name those wanted: --lists A,B,C", "lists", called.get(one, one))
                for one in ordered[:_MOST_SHOWN]])
        return sorted(ordered)
    by_name = {called.get(one, one).casefold(): one for one in ordered}
    found = [one if one in sizes else by_name.get(one.casefold(), "") for one in chosen]
    if not all(found):
        raise Invalid(f"there is no such {by} among them", [
            Problem(f"no {by} of these items", "There are: " + ", ".join(
                f"{called.get(one, one)} ({sizes[one]:,})" for one in ordered[:_MOST_SHOWN]), "lists", word)
            for word, one in zip(chosen, found, strict=True) if not one])
    return list(dict.fromkeys(found))


FEED: Final = Feed(
    "scale.lists",
    "The items chosen that have a whole serial number, by which missions, teams or sources recorded them.",
    (*SELECTION,
     Parameter("by", "word", "Whose lists: of missions, of teams, or of source documents", default="mission",
               choices=("mission", "team", "source")),
     Parameter("lists", "words", "Only these lists, by name or id")),
    lists)
