"""What share of the finds each group has: makers' countries, kinds, places. With all repeats, and without.

The intervals hold for all groups at once (Goodman 1965), so that one may look for the largest. They tell what
chance does to counts, and nothing of how finds came to be looked at: recovered things are no random sample of what
is in use, and that is said with every answer. What is not known stays a group of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from headstamp.analysis.column_names import known as named_so
from headstamp.analysis.counts.by_counts import Counted, in_columns, in_rows
from headstamp.analysis.counts.interval import goodman
from headstamp.analysis.measure import Diagnostic, Input, Measure, Model, Result
from headstamp.analysis.plot import Plot, Point, Series
from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural

NAME, VERSION = "shares.by", 1
QUESTION: Final = "What share of these rows does each group have?"
LEAST: Final = 5
MOST_GROUPS: Final = 1_000
MANY_REPEATS: Final = 0.02
MANY_UNKNOWN: Final = 0.1
NOT_KNOWN: Final = "(not known)"
_SHOWN: Final = 30
_DRAWN: Final = 20

NO_SAMPLE: Final = (
    "These are what was recovered, documented and told of, not a random sample: a share here is no share of what is "
    "in use, made or sold."
)
ASSUMPTIONS: Final = (
    "Each row is one thing, and its group is read right.",
    "For the intervals: rows come independently of each other from one mixture. They hold for all groups at once.",
)
REFUSES: Final = (
    f"Fewer than {LEAST} with a known group; more than {MOST_GROUPS:,} groups; a column of counts that is the sum of others.")
SOURCES: Final = (
    "Goodman 1965, On simultaneous confidence intervals for multinomial proportions, Technometrics 7:247",
    "Wilson 1927, Journal of the American Statistical Association 22:209",
)
UNKNOWN: Final = ("", "unk", "unknown", "unspecified", "(unspecified)", "n/a", "?", "-")


def shares(
    table: Sequence[Mapping[str, str]], column: str = "", same: Sequence[str] = (), unknown: Sequence[str] = UNKNOWN,
    nameless: str = "each", group: str = "", count: str = "", columns: Sequence[str] = (), level: float = 0.95,
) -> Result:
    """The share of each group of ``column``; the estimate is that of ``group``, or of the largest.

    ``count`` names a column of how many a row stands for. In place of ``column``, ``columns`` names those that each
    hold the counts of one group. An empty count is not counted: it adds nothing, and is no nought.

    ``same`` names the columns by which two rows are the same thing: each such thing is then counted once, and the
    count of all rows stands beside it. ``unknown`` are the words for what is not known. ``nameless`` rows lack one of
    these columns: "each" is a thing by itself, or alike ones are counted "once".
    Raises Invalid for columns and groups that are not there.
    """
    table = named_so(table, (column, count, *(one.strip() for one in (*same, *columns))))
    _checked(table, column, same, count, columns, level)
    words = {word.strip().casefold() for word in unknown} | {""}
    found: Counted = in_columns(table, columns) if columns else in_rows(table, column, count)
    table, column = found.table, column or "group"
    groups = [NOT_KNOWN if cell.casefold() in words else cell for cell in found.groups]
    once, lacking = _once(table, groups, same, words, nameless == "each")
    counts: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for n in once:
        counts[groups[n]] += found.sizes[n]
    for n, name in enumerate(groups):
        every[name] += found.sizes[n]
    known = sum(counts.values()) - counts[NOT_KNOWN]
    shared: dict[str, Any] = {
        "method": NAME, "version": VERSION, "question": QUESTION, "level": level, "unit": "share of rows",
        "assumptions": ASSUMPTIONS, "sources": SOURCES,
    }
    told = [*_looked_at(table, counts, len(groups), len(once), lacking, same), *found.told]
    warnings = (NO_SAMPLE, *(one.words for one in told if one.good is False))
    shared |= {"diagnostics": tuple(told), "warnings": warnings}
    if known < LEAST:
        return Result(**shared, refused=True, reason=f"{known} rows have a known group; at least {LEAST} are needed.")
    if len(counts) > MOST_GROUPS:
        return Result(**shared, refused=True, reason=(
            f"{column!r} has {plural(len(counts), 'group')}, more than {MOST_GROUPS:,}: these are names, not groups."))
    if found.sums:
        return Result(**shared, refused=True, reason=(
            "; ".join(found.sums) + ". What is a sum of others would be counted twice: leave it out of the columns."))
    lines, all_lines = _lines(counts, level), _lines(every, level)
    named = next((line for line in lines if line["group"] == group), None) if group else next(
        line for line in lines if line["group"] != NOT_KNOWN)
    if named is None:
        raise Invalid("there is no such group", [Problem("no row has it", "It has: " + ", ".join(
            str(line["group"]) for line in lines[:20]), "group", group)])
    models = [Model(str(line["group"]), line["share"], line["low"], line["high"], words=f"{plural(line['count'], 'row')}")
              for line in lines[:_SHOWN]]
    if same:
        models += [Model(f"{line['group']}, all rows", line["share"], line["low"], line["high"],
                         words=f"{plural(line['count'], 'row')}, repeats counted") for line in all_lines[:_SHOWN]]
    things = "different things" if same else "things counted" if count or columns else "rows"
    whole = sum(counts.values())
    return Result(
        **shared, estimate=named["share"], low=named["low"], high=named["high"], models=tuple(models),
        more={"column": column, "group": named["group"], "rows": len(groups), "different": len(once), "same": list(same),
              "groups": lines, "groups_all_rows": all_lines if same else lines, "known": known, "counted": whole,
              "not_counted": found.empty},
        text=(f"{named['group']} has {named['count']:,} of {whole:,} {things}: {named['share']:.1%} ({level:.0%}, for all "
              f"{plural(len(lines), 'group')} at once: {named['low']:.1%} to {named['high']:.1%}). {NO_SAMPLE}"),
    )


def _checked(
    table: Sequence[Mapping[str, str]], column: str, same: Sequence[str], count: str, columns: Sequence[str], level: float,
) -> None:
    asked = (("column", column), ("count", count), *(("same", one.strip()) for one in same),
             *(("columns", one.strip()) for one in columns))
    problems = [
        Problem("there is no such column", "It has: " + ", ".join(table[0]), where, name)
        for where, name in asked if name and table and name not in table[0]]
    if bool(column) == bool(columns):
        problems.append(Problem(
            "one column of groups, or columns that each hold one", "Give --column or --columns." + (
                f" It has: {', '.join(table[0])}" if table else ""), "column"))
    if columns and (count or same):
        problems.append(Problem("columns that each hold a count need no other", "Leave --count and --same out.", "columns"))
    if not 0.5 <= level < 1:
        problems.append(Problem("a level lies from 0.5 to below 1", "0.95 is usual.", "level", str(level)))
    if problems:
        raise Invalid("no shares can be told so", problems)


def _once(
    table: Sequence[Mapping[str, str]], groups: Sequence[str], same: Sequence[str], unknown: set[str], apart: bool
) -> tuple[list[int], int]:
    """The first row of each thing, and how many rows do not tell which thing they are.

    The group is part of what a thing is: rows that differ in it are two. A row that lacks one of the
    columns may be a thing by itself (``apart``): that it repeats another is not known.
    """
    if not same:
        return list(range(len(groups))), 0
    seen: dict[tuple[str, ...], int] = {}
    nameless = 0
    for n, row in enumerate(table):
        cells = tuple((row.get(name.strip()) or "").strip().casefold() for name in same)
        lacking = any(cell in unknown for cell in cells)
        nameless += lacking
        seen.setdefault((groups[n], *cells, str(n) if lacking and apart else ""), n)
    return list(seen.values()), nameless


def _looked_at(
    table: Sequence[Mapping[str, str]], counts: Counter[str], rows: int, different: int, nameless: int,
    same: Sequence[str],
) -> list[Diagnostic]:
    told = [Diagnostic("rows", rows, None, f"{plural(rows, 'row')}")]
    if same:
        share = 1 - different / rows if rows else 0.0
        told.append(Diagnostic("repeats", share, share <= MANY_REPEATS, (
            f"{rows - different:,} of {plural(rows, 'row repeats', 'rows repeat')} another in {', '.join(same)}; counted once here, and all beside it.")))
        if nameless:
            # Where most rows cannot repeat another, the different things are the rows once more.
            told.append(Diagnostic("nameless", nameless / rows, None if 2 * nameless <= rows else False, (
                f"{plural(nameless, 'row lacks', 'rows lack')} one of these columns: whether they repeat another is not known.")))
    else:
        alike = rows - len({tuple(sorted(row.items())) for row in table})
        told.append(Diagnostic("repeats", alike / rows if rows else 0.0, None, (
            f"{plural(alike, 'row is', 'rows are')} alike in every column. Name with --same by which columns two rows are one thing.")))
    if counts[NOT_KNOWN]:
        whole = sum(counts.values())
        share = counts[NOT_KNOWN] / whole
        told.append(Diagnostic("not known", share, share <= MANY_UNKNOWN, (
            f"The group of {counts[NOT_KNOWN]:,} of {whole:,} is not known; they stay a group of their own.")))
    return told


def _lines(counts: Counter[str], level: float) -> list[dict[str, Any]]:
    """Groups by falling count, with their intervals."""
    ordered = sorted(((name, count) for name, count in counts.items() if count), key=lambda one: (-one[1], one[0]))
    whole = sum(count for _, count in ordered)
    return [{"group": name, "count": count, "share": count / whole, "low": low, "high": high}
            for (name, count), (low, high) in zip(
                ordered, goodman([count for _, count in ordered], level), strict=True)]


def _plots(result: Result) -> tuple[Plot, ...]:
    """The share of each group, with repeated rows and without."""
    groups = result.more.get("groups")
    if not groups:
        return ()

    def points(some: Sequence[Mapping[str, Any]]) -> tuple[Point, ...]:
        return tuple((one["group"], one["share"], one["low"], one["high"]) for one in some[:_DRAWN])

    names = [one["group"] for one in groups[:_DRAWN]]
    series = [Series("each thing once" if result.more["same"] else "share", "intervals", points(groups))]
    if result.more["same"]:
        every = [one for one in result.more["groups_all_rows"] if one["group"] in names]
        series.append(Series("all rows", "intervals", points(every)))
    left = len(groups) - len(names)
    title = f"Share of the {len(names)} largest of {plural(len(groups), 'group')}" if left else "Share of each group"
    return (Plot("shares", title, str(result.more["column"]), "share", tuple(series), words=NO_SAMPLE),)


MEASURE: Final = Measure(
    NAME, VERSION, QUESTION,
    (
        Input("table", "table", "A row for each thing", needed=True),
        Input("column", "word", "The column of the group", default=""),
        Input("same", "words", "Columns by which two rows are one thing", default=()),
        Input("unknown", "words", "Words for a group that is not known", default=UNKNOWN),
        Input("nameless", "word", "Rows that lack such a column: counted each, or alike ones once", default="each",
              choices=("each", "once")),
        Input("group", "word", "The group asked for; the largest where none is", default=""),
        Input("count", "word", "The column of how many a row stands for, if not one", default=""),
        Input("columns", "words", "Or columns that each hold the counts of one group", default=()),
        Input("level", "number", "The level of the intervals, for all groups at once", default=0.95),
    ),
    ASSUMPTIONS, REFUSES, SOURCES, shares, _plots,
)
