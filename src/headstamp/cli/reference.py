"""``kinds`` and ``schema``: what records there are and what they hold, from the declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line, print_json, table

if TYPE_CHECKING:
    from headstamp.records import RecordType

app = typer.Typer(rich_markup_mode="rich")

OneKind = Annotated[
    str | None, typer.Argument(metavar="KIND", help="Only this kind of record.",
                               show_default=False),
]


@app.command()
@with_session
def kinds(session: Session, kind: OneKind = None) -> None:
    """Name the kinds of record and their fields, as --where, --by, --set and tables use them."""
    from headstamp.records import TYPES, kind_named

    types = [kind_named(kind)] if kind else list(TYPES)
    document = {"kinds": [_described(type_) for type_ in types]}

    def words() -> None:
        if kind is None:
            table(("kind", "what it is"), [(t.name, t.doc.split("\n\n")[0].replace("\n", " "))
                                           for t in types])
            return
        line(types[0].doc, lines=True)
        line()
        table(("field", "title", "holds", "must be given"), [
            (f["name"], f["title"], f["holds"], "yes" if f["required"] else "")
            for f in document["kinds"][0]["fields"]
        ])

    session.show(document, words)


@app.command()
@with_session
def schema(session: Session, kind: OneKind = None) -> None:
    """Print the JSON Schema (draft 2020-12) of all records, or of one kind."""
    from headstamp.records.schema import schema as schema_of

    print_json(schema_of(kind))


def _described(type_: RecordType) -> dict[str, Any]:
    fields = []
    for fact in type_.facts:
        for column in fact.columns:
            if column.derived:
                continue
            part = next((p for p in fact.parts if p.name == column.part), None)
            title = f"{fact.title}: {part.title}" if part else fact.title
            kind = column.kind.title if column.kind else fact.struct.__name__ if fact.struct else ""
            fields.append({
                "name": column.name, "title": title,
                "holds": f"several: {kind}" if fact.many else kind,
                "required": fact.required and (part is None or part.required),
                "example": column.kind.example if column.kind else "",
            })
    return {"name": type_.name, "plural": type_.plural, "prefix": type_.prefix,
            "doc": type_.doc, "fields": fields}
