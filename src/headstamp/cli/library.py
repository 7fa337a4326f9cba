"""``reference``: the marking reference library: whose code this is, and lists of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from headstamp.cli.progress import share
from headstamp.cli.session import (
    ActorOption,
    CaseOption,
    ClearanceOption,
    JsonOption,
    Session,
    with_session,
)
from headstamp.cli.show import line, note, table
from headstamp.errors import Invalid

if TYPE_CHECKING:
    from headstamp.actions.intake.result import ImportResult
    from headstamp.markings.reference import Answer, Possible


class Library(TyperGroup):
    """The commands here, and ``add``, whose options follow from the record's declaration."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, in the order of the work."""
        return ["find", "list", "add", "import", "shipped"]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name; None where there is none."""
        if cmd_name != "add":
            return super().get_command(ctx, cmd_name)
        from headstamp.cli.record import command_for
        from headstamp.records import kind_named

        return command_for(kind_named("reference"), "add")


app = typer.Typer(rich_markup_mode="rich")
_group = typer.Typer(cls=Library, rich_markup_mode="rich", subcommand_metavar="COMMAND ...")

KindOption = Annotated[
    str, typer.Option("--kind", metavar="KIND", help="Only this kind: makers_mark, factory_code, "
                      "headstamp_element, import_mark, proof_mark...", show_default=False),
]


@_group.callback()
def reference(
    ctx: typer.Context, case: CaseOption = None, actor: ActorOption = None,
    clearance: ClearanceOption = None, json: JsonOption = False,
) -> None:
    """Look up whose mark, code or headstamp element this may be, and keep the lists for it.

    The library is part of the case: entries by hand, one's own lists, and what
    comes with headstamp (see `headstamp reference shipped`). An answer names all
    that is possible; a mark is not proof.
    """
    ctx.obj = Session(case, actor, clearance, json).over(ctx.obj)


app.add_typer(_group, name="reference")


@_group.command()
@with_session
def find(
    session: Session,
    code: Annotated[str, typer.Argument(
        metavar="CODE", help="As it is read, unread characters as ?; or a whole headstamp, or words "
                             "that describe a sign.")],
    year: Annotated[str, typer.Option("--year", metavar="DATE", show_default=False,
                                      help="When the thing was made: 1953, 195X, 1950/1955.")] = "",
    country: Annotated[str, typer.Option("--country", metavar="COUNTRY", show_default=False,
                                         help="Country of make, by code or name.")] = "",
    maker: Annotated[str, typer.Option("--maker", metavar="NAME", show_default=False,
                                       help="The maker, as somebody gave it.")] = "",
    kind: KindOption = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 50,
) -> None:
    """Say what a code may stand for: all makers that fit, and what was set aside and why."""
    from headstamp.actions.markings.reference import answer_dict, look_up
    from headstamp.kinds.country import COUNTRY
    from headstamp.markings.reference import Context

    kinds = (_kind(kind),) if kind else ()
    context = Context(kinds=kinds, made_on=year.strip(), maker=maker.strip(),
                      country=COUNTRY.clean(country) if country.strip() else "")
    with session.open() as case, case.read(session.settings().clearance).snapshot() as reader:
        answer = look_up(case, reader, code, context, limit)
    session.show(answer_dict(answer), lambda: _words(answer))


@_group.command("list")
@with_session
def list_(
    session: Session,
    kind: KindOption = "",
    country: Annotated[str, typer.Option("--country", metavar="COUNTRY", show_default=False,
                                         help="Only of this country.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="At most so many.")] = 50,
    offset: Annotated[int, typer.Option(min=0, help="Leave out so many first.")] = 0,
) -> None:
    """List the entries of the library, latest first."""
    where = {name: value for name, value in
             (("reference_kind", _kind(kind) if kind else ""), ("country", country)) if value}
    with session.reader() as reader:
        page = reader.list("reference", where, limit=limit, offset=offset)
    document = {"total": page.total, "offset": page.offset, "limit": limit,
                "records": [{**shown.as_dict(), "label": shown.label} for shown in page.rows]}

    def words() -> None:
        names = ("code", "symbol", "maker", "country", "used_from", "used_to", "meaning", "doubt")
        table(("id", "kind", *names), [
            (one.id, one.get("reference_kind"), *(one.get(name) for name in names))
            for one in page.rows
        ])

    session.show(document, words)


@_group.command()
@with_session
def shipped(session: Session) -> None:
    """Name the lists that come with headstamp, with their licences."""
    from headstamp.intake.reference_list import shipped_lists

    rows = [
        {"name": one.name, "title": one.mapping.title, "rows": one.rows,
         "licence": one.mapping.document.get("licence", ""),
         "credit": one.mapping.document.get("credit", "")}
        for one in shipped_lists()
    ]
    heads = ("name", "title", "rows", "licence", "credit")
    session.show({"lists": rows},
                 lambda: table(heads, [tuple(row[head] for head in heads) for row in rows]))


@_group.command("import")
@with_session
def import_(
    session: Session,
    file: Annotated[Path | None, typer.Argument(
        metavar="FILE", show_default=False,
        help="Your list: CSV, TSV, XLSX, ODS, JSON lines, Parquet.")] = None,
    shipped: Annotated[str, typer.Option(
        "--shipped", metavar="NAME", show_default=False,
        help="Instead of a file: a list that comes with headstamp.")] = "",
    name: Annotated[str, typer.Option(
        metavar="NAME", show_default=False, help="The list's name, the same for each of its issues "
        "(else the file's name).")] = "",
    version: Annotated[str, typer.Option(metavar="WORDS", help="This issue's number.",
                                         show_default=False)] = "",
    dated: Annotated[str, typer.Option(metavar="DATE", help="This issue's date.",
                                       show_default=False)] = "",
    credit: Annotated[str, typer.Option(metavar="WORDS", help="Whom to credit.",
                                        show_default=False)] = "",
    licence: Annotated[str, typer.Option(metavar="WORDS", help="The list's licence.",
                                         show_default=False)] = "",
    link: Annotated[str, typer.Option(metavar="URL", help="Where it is published.",
                                      show_default=False)] = "",
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", show_default=False,
                                      help="What entries are whose row does not say.")] = "",
    grade: Annotated[str, typer.Option(metavar="GRADE", show_default=False,
                                       help="How good the list is as a source, such as B2.")] = "",
    mapping: Annotated[Path | None, typer.Option(
        "--map", metavar="MAP.toml", help="Which column goes into which field, exactly.")] = None,
    pictures: Annotated[Path | None, typer.Option(
        metavar="FOLDER", help="Where the files lie that a column of pictures names.")] = None,
    tier: Annotated[str | None, typer.Option(metavar="TIER", help="Who may see the entries, where "
                                             "the list does not say.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, write nothing in the "
                                          "case.")] = False,
) -> None:
    """Bring a list into the library. The same list again changes nothing.

    Columns are matched to fields by their names, in several languages. A row
    that is not accepted is kept with its reasons in a problems file.
    """
    from headstamp.actions.markings.reference import import_list, import_shipped

    if (file is None) == (not shipped):
        raise Invalid("give the file of your list, or --shipped NAME")
    actor = session.settings().actor
    with session.open() as case, share(file.name if file else shipped) as told:
        if file is None:
            result = import_shipped(case, shipped, actor=actor, dry_run=dry_run, told=told)
        else:
            result = import_list(
                case, file, actor=actor, name=name, version=version, dated=dated, credit=credit,
                licence=licence, link=link, kind=_kind(kind) if kind else "", grade=grade, tier=tier,
                mapping=mapping, pictures=pictures, dry_run=dry_run, told=told,
            )
            if not session.json:
                for column, field in result.matches:
                    note(f"  {column} -> {field}")
    document = {**result.as_dict(), "document": result.document_id, "list": result.mapping_name}
    session.show(document, lambda: _result(result, dry_run))


def _kind(word: str) -> str:
    from headstamp.vocab import vocabulary

    term = vocabulary("reference_kind").find(word)
    if term is None:
        known = ", ".join(one.code for one in vocabulary("reference_kind"))
        raise Invalid(f"--kind: {word!r} is no kind of reference marking; there are: {known}")
    return term.code


def _words(answer: Answer) -> None:
    from headstamp.markings.reference import CAUTION

    line(answer.sentence)
    line(CAUTION)
    for heading, some in (("possible", answer.possible), ("set aside", answer.set_aside)):
        if some:
            line()
            table((heading, "maker", "country", "used", "kind", "how found", "why", "doubt", "id"),
                  [_row(one) for one in some])
    if answer.more:
        line(f"and {answer.more:,} more that fit")


def _row(one: Possible) -> tuple[str, ...]:
    entry = one.entry
    return (entry.code or entry.symbol, entry.maker or entry.meaning, entry.country, entry.period,
            entry.kind, one.how, "; ".join((*one.against, *one.why)), entry.doubt, entry.id)


def _result(result: ImportResult, dry_run: bool) -> None:
    sums = ", ".join(f"{getattr(result, name):,} {name}"
                     for name in ("read", "accepted", "unchanged", "refused"))
    line(f"{result.mapping_name}: {sums}" + (" (nothing was written)" if dry_run else ""))
    for warning in result.warnings:
        line(f"  {warning}")
    if result.problems:
        line(f"  mend these rows and import the file again: {result.problems}")
