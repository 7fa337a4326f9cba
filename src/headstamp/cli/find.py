"""``find``: the one search box, on the command line; with ``--file``, a whole list at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from headstamp.cli.progress import progress
from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line, note, table
from headstamp.errors import Invalid
from headstamp.kinds.counted import plural

if TYPE_CHECKING:
    from headstamp.actions.markings.find import Hit
    from headstamp.actions.markings.find_file import ListResult

app = typer.Typer(rich_markup_mode="rich")
_NEARBY = 10
_SHOWN_ROWS = 200
_BESIDE = "What is known beside the marking"
_HOW = "How it was made and read"
_LIST = "A whole list"
SIGNS = {"same": " ", "look-alike": "~", "unread": "?", "other": "x", "missing": "-", "added": "+",
          "swapped": "%", "cut": "<", "extra": ">", "run": "*"}


def _beside(help_: str) -> Any:
    return typer.Option(metavar="TEXT", rich_help_panel=_BESIDE, show_default=False, help=help_)


@app.command()
@with_session
def find(
    session: Session,
    text: Annotated[str, typer.Argument(
        metavar="TEXT", help="A marking, a part of one (unread characters as ?, any number "
                             "as *, one of two as [8B], \"exact\" in quotes), or words.",
        show_default=False)] = "",
    limit: Annotated[int, typer.Option(
        min=0, max=1000, show_default=False,
        help="At most so many hits: 20, or 3 for each row of a list.")] = 0,
    state: Annotated[str, typer.Option(
        "--state", metavar="WORD", show_default=False,
        help="Only markings in this state: removed, defaced, absent, not_recorded, or a clerk's "
             "word for it, such as raspado. TEXT may then be left out.")] = "",
    maker: Annotated[str, _beside("Who made it.")] = "",
    model: Annotated[str, _beside("The model.")] = "",
    calibre: Annotated[str, _beside("The calibre.")] = "",
    family: Annotated[str, _beside("The family of item, as in: headstamp list items.")] = "",
    country: Annotated[str, _beside("Country of make, as two letters.")] = "",
    year: Annotated[str, _beside("Year of make; one more or less is taken to agree.")] = "",
    technique: Annotated[str, typer.Option(
        metavar="WORD", rich_help_panel=_HOW, show_default=False,
        help="stamped, dot_peen, engraved, printed_label, painted_stencil, cast ...: decides which "
             "characters are taken for which.")] = "",
    reader: Annotated[str, typer.Option(
        metavar="WORD", rich_help_panel=_HOW, show_default=False,
        help="Who read it: person, ocr, or copied from a paper.")] = "",
    file: Annotated[Path | None, typer.Option(
        "--file", metavar="LIST", rich_help_panel=_LIST, show_default=False,
        help="Look for every row of a list: CSV, XLSX, ODS, JSON or plain text, one a line.")] = None,
    column: Annotated[str, typer.Option(
        metavar="NAME", rich_help_panel=_LIST, show_default=False,
        help="The column that holds the markings, where its name does not tell.")] = "",
    out: Annotated[Path | None, typer.Option(
        metavar="FILE", rich_help_panel=_LIST, show_default=False,
        help="Write the result beside the list's own columns: .xlsx, .csv or .json.")] = None,
) -> None:
    """Find markings by a good or a bad reading, and records by their words; best first."""
    from headstamp.actions.markings.find import find as find_in
    from headstamp.markings import core

    if not core.compiled():
        note(f"Note: {core.description()}.")
    context = {"maker": maker, "model": model, "calibre": calibre, "family": family,
               "country": country, "year": year}
    context = {name: value for name, value in context.items() if value}
    if file is not None:
        if text or state:
            raise Invalid("a list is searched for by itself: leave TEXT and --state out")
        _list(session, file, column, out, limit or 3, context, technique, reader)
        return
    if out is not None or column:
        raise Invalid("--out and --column go with --file")
    with session.open() as case:
        hits = find_in(
            case, text, clearance=session.settings().clearance, limit=limit or 20,
            context=context, technique=technique, reader=reader, state=state, nearby=_NEARBY,
        )
    session.show({"hits": [hit.as_dict() for hit in hits]}, lambda: _words(hits))


def _words(hits: list[Hit]) -> None:
    """Markings each with their characters lined up, then what was found by words, as a table."""
    from headstamp.actions.markings.find import how_likely

    found = [hit for hit in hits if hit.marking is not None]
    for hit in found:
        line(f"{_share(hit.score)}  {hit.text}  ({hit.kind} {hit.id}; {how_likely(hit.score)})")
        for one in lined_up(hit):
            line(f"      {one}")
        line(f"      {hit.why}")
        for one in hit.nearby:
            line(f"      {one}")
    others = [hit for hit in hits if hit.marking is None]
    if others or not found:
        table(("score", "kind", "id", "label", "text", "why"), [
            (f"{hit.score:.2f}", hit.kind, hit.id, hit.label, hit.text, hit.why) for hit in others
        ])


def _share(probability: float) -> str:
    """A probability as per cent; never 100 or 0 where it is not."""
    if 0.9995 <= probability < 1:
        return ">99.9 %"
    if 0 < probability < 0.0005:
        return "<0.1 %"
    return f"{probability:.1%}".replace("%", " %")


def lined_up(hit: Hit) -> list[str]:
    """What was asked over what stands there, with signs below where they differ."""
    if hit.marking is None:
        return []
    pairs = hit.marking.explain().pairs
    if not pairs or all(pair.kind == "same" for pair in pairs):
        return []
    asked, seen, signs = [], [], []
    for pair in pairs:
        above, below = _place(pair.asked), _place(pair.seen)
        width = max(len(above), len(below))
        asked.append(above.ljust(width, "·"))
        seen.append(below.ljust(width, "·"))
        signs.append(SIGNS[pair.kind] * width)
    lines = [f"asked  {''.join(asked)}", f"seen   {''.join(seen)}"]
    marks = "".join(signs).rstrip()
    told = [f"{SIGNS[kind]} {kind}" for kind in SIGNS if kind != "same"
            and any(pair.kind == kind for pair in pairs)]
    return [*lines, f"       {marks}   ({', '.join(told)})"]


def _place(text: str) -> str:
    return text if len(text) < 2 or text.isalnum() else f"[{text}]"


def _list(
    session: Session, file: Path, column: str, out: Path | None, limit: int,
    context: dict[str, str], technique: str, reader: str,
) -> None:
    from headstamp.actions.markings.find_file import find_list, form_of, save_list

    if out is not None:
        form_of(out)  # refused before the work, not after
    with session.open() as case, progress() as told:
        result = find_list(
            case, file, clearance=session.settings().clearance, column=column, limit=limit,
            context=context, technique=technique, reader=reader,
            told=lambda done, total: told("rows", done, total),
        )
    if out is not None:
        save_list(result, out)
    document = {"file": str(file), **result.as_dict()}
    if out is not None:
        document = {name: value for name, value in document.items() if name != "results"}
        document["out"] = str(out)
    session.show(document, lambda: _list_words(result, out))


def _list_words(result: ListResult, out: Path | None) -> None:
    from headstamp.actions.markings.find_file import told_of

    rows = [row for row in result.rows if row.problem is None]
    if out is None:
        table(("row", "asked", "probability", "found", "record", "item", "why"), [
            (told[0], told[1], "" if told[3] is None else f"{told[3]:.3f}", told[5], told[6],
             told[7], told[9])
            for row in rows[:_SHOWN_ROWS] for told in told_of(row)
        ])
        if len(rows) > _SHOWN_ROWS:
            note(f"the first {_SHOWN_ROWS:,} of {plural(len(rows), 'row is', 'rows are')} shown; "
                 "write all of them to a file with --out result.xlsx")
    note(f"{plural(len(result.rows), 'row')}, searched for by column {result.column!r}: "
         f"{result.answered:,} with a hit, {len(result.problems):,} could not be searched for"
         + (f"; written to {out}" if out is not None else ""))
    for row in result.problems[:20]:
        note(f"  {row.problem}")
    if len(result.problems) > 20:
        note(f"  and {len(result.problems) - 20:,} more")
