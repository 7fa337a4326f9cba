"""Write what follows from the declarations: schema.json and docs/reference.

``python scripts/reference.py`` writes the files, ``--check`` only tells which
are stale. ``make docs`` calls it; tests/test_reference.py fails on a stale file.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from typer.core import TyperOption

from headstamp import errors
from headstamp.cli.app import command
from headstamp.kinds.code import CodeKind
from headstamp.kinds.tier import TIERS
from headstamp.records import TYPES, Fact, RecordType
from headstamp.records.schema import schema
from headstamp.records.spec import struct_facts
from headstamp.schemes import describe
from headstamp.store.policy import field_rules
from headstamp.vocab import names, vocabulary

ROOT = Path(__file__).resolve().parent.parent
MADE = "<!-- Made by `make docs` from the declarations. Do not edit. -->\n\n"
LONG_LIST = 150
TIER_BY_RANK = dict(enumerate(TIERS))


def files() -> dict[str, str]:
    """Every generated file: its path from the root, and what must stand in it."""
    return {
        "src/headstamp/records/schema.json":
            json.dumps(schema(), indent=1, ensure_ascii=False) + "\n",
        "docs/reference/records.md": MADE + "\n".join(records()),
        "docs/reference/vocabularies.md": MADE + "\n".join(vocabularies()),
        "docs/reference/schemes.md": MADE + "\n".join(schemes()),
        "docs/reference/command-line.md": MADE + "\n".join(command_line()),
        "docs/reference/errors.md": MADE + "\n".join(error_classes()),
    }


def stale() -> list[str]:
    """The generated files that are not what they must be."""
    return [
        path for path, content in files().items()
        if not (ROOT / path).is_file() or (ROOT / path).read_text("utf-8") != content
    ]


def cell(text: object) -> str:
    """A text inside a table cell."""
    return str(text).replace("|", "\\|").replace("\n", " ").replace("<", "&lt;").replace("*", "\\*")


def code(text: object) -> str:
    """A text as code inside a table cell; empty where there is none."""
    shown = str(text).replace("|", "\\|")
    fence = "``" if "`" in shown else "`"
    return f"{fence}{shown}{fence}" if shown else ""


def plain(text: str) -> str:
    """A docstring's code marks as Markdown's."""
    return re.sub(r":\w+:`~?([^`]*)`", r"`\1`", text).replace("``", "`")


def table(heads: Sequence[str], rows: Iterator[Sequence[str]] | list[Sequence[str]]) -> Iterator[str]:
    """The lines of a Markdown table and an empty one."""
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""


def records() -> Iterator[str]:
    """docs/reference/records.md"""
    yield "# Records"
    yield ""
    yield (
        "Each kind of record is declared once, in a module of `src/headstamp/records`. A field "
        "marked `*` must be given. *Column* is the name by which tables, `--where`, `--by` and "
        "`--set` know it. A record is shown to whoever has its tier; *needs* names the clearance "
        "that a field asks for beyond that, and what is shown below it. A column marked `f` "
        "is a facet: lists are narrowed by it, and counts by it take no time. *Also* are the "
        "names under which a table of finds may hold the field."
    )
    yield ""
    yield "JSON Schema: `src/headstamp/records/schema.json`, or `headstamp schema`."
    yield ""
    for type_ in TYPES:
        yield from record(type_)
    yield "## Values of several parts"
    yield ""
    structs = {f.struct.__name__: f.struct for t in TYPES for f in t.facts if f.struct}
    for name in sorted(structs):
        yield f"### {name}"
        yield ""
        yield plain(inspect.cleandoc(structs[name].__doc__ or ""))
        yield ""
        yield from table(("part", "holds", "example"), [
            (code(p.name) + ("\\*" if p.required else ""), holds(p), example(p))
            for p in struct_facts(structs[name])
        ])


def record(type_: RecordType) -> Iterator[str]:
    """One kind of record."""
    yield f"## {type_.name}"
    yield ""
    yield plain(type_.doc)
    yield ""
    yield f"In the log: `{type_.tag}`. Ids begin with `{type_.prefix}-`. In addresses: `{type_.slug}`."
    if type_.owners:
        yield ("Belongs to: " + ", ".join(f"`{owner}`" for owner in type_.owners)
               + " (shown only to whoever may see these).")
    if type_.when:
        yield f"Stands in time by: `{type_.when}`."
    yield ""
    rules = field_rules(type_.name)

    def needs(fact: Fact) -> str:
        rule = rules.get(fact.name)
        if rule is None:
            return ""
        below = "hidden" if rule.how == "hide" else "coarsened"
        return f"{TIER_BY_RANK[rule.rank]}, below: {below}"

    yield from table(("field", "title", "holds", "column", "needs", "example", "also"), [
        (
            code(fact.name) + ("\\*" if fact.required else ""), cell(fact.title), holds(fact),
            "<br>".join(code(c.name) for c in fact.columns if not c.derived)
            + (" f" if fact.facet else ""),
            needs(fact), example(fact), cell(", ".join(fact.also)),
        )
        for fact in type_.facts
    ])


def holds(fact: Fact) -> str:
    """What a field holds, with a way to its list or its parts."""
    if fact.struct is not None:
        name = fact.struct.__name__
        one = f"[{name.lower()}](#{name.lower()})"
    elif isinstance(fact.kind, CodeKind):
        list_name = fact.kind.vocabulary.name
        one = f"a word of [{list_name}](vocabularies.md#{list_name})"
    elif fact.ref is not None:
        one = "reference to " + (" or ".join(code(prefix) for prefix in fact.ref) or "any record")
    else:
        one = cell(fact.kind.title) if fact.kind else ""
    return f"several: {one}" if fact.many else one


def example(fact: Fact) -> str:
    """An example of a field's value; none for free text and references."""
    if fact.kind is None or fact.ref is not None or fact.kind.name in ("line", "prose"):
        return ""
    return code(fact.kind.example)


def vocabularies() -> Iterator[str]:
    """docs/reference/vocabularies.md"""
    yield "# Vocabularies"
    yield ""
    yield ("Controlled lists, each a file in `src/headstamp/vocab/data`. A code is stored, its "
           "label shown; a label or synonym in a table is understood. An *open* list keeps a word "
           "it does not know as seen; a closed one refuses it.")
    yield ""
    for name in names():
        words = vocabulary(name)
        yield f"## {name}"
        yield ""
        sort = "Open" if words.open else "Closed"
        yield f"{words.title}. {sort}, {len(words)} words. Source: {words.source} Licence: {words.licence}"
        yield ""
        if words.note:
            yield f"> {words.note}"
            yield ""
        if len(words) > LONG_LIST:
            yield f"Too long for this page: `src/headstamp/vocab/data/{name}.*`."
            yield ""
            continue
        yield from table(("code", "label", "note", "also"), [
            (code(t.code), cell(t.label), cell(t.note), cell(", ".join(t.synonyms))) for t in words
        ])


def schemes() -> Iterator[str]:
    """docs/reference/schemes.md"""
    yield "# Schemes"
    yield ""
    yield ("Identifier and marking schemes that headstamp can read, each a module of "
           "`src/headstamp/schemes`. A marking of no known scheme is not an error, and a failed "
           "check makes a reading doubtful, never the marking wrong.")
    yield ""
    yield from table(("scheme", "what it is", "example", "source"), [
        (code(name), cell(title), code(shown), cell(source))
        for name, title, source, shown in sorted(describe())
    ])


def command_line() -> Iterator[str]:
    """docs/reference/command-line.md"""
    root = command()
    yield "# Command line"
    yield ""
    yield plain(root.help)
    yield ""
    yield ("Progress goes to standard error and is silent where that is no terminal. On a terminal "
           "an answer is a table; in a pipe it is lines with tabs between, the names first.")
    yield ""
    yield "## With every command"
    yield ""
    yield "Before or after the command's name; what stands after it wins."
    yield ""
    yield from options(root, everywhere=True)
    yield "## Exit codes"
    yield ""
    rows = [("0", "done"), ("1", "unexpected: a fault of headstamp")]
    rows += [
        (str(c.exit_code), f"{c.code}: {cell(plain(inspect.cleandoc(c.__doc__ or '')))}")
        for c in classes()
    ]
    rows += [("130", "interrupted (Ctrl-C)"), ("141", "whoever read the output has stopped")]
    yield from table(("code", "meaning"), rows)
    yield "A command line that cannot be understood is *invalid* too (2)."
    yield ""
    for name in root.list_commands(None):
        yield from one_command(name, root.get_command(None, name))


def one_command(name: str, of: Any) -> Iterator[str]:
    """One command: how it is called, what it does, its options; a group's own come after it."""
    kinds = name == "record"
    yield f"## headstamp {name}"
    yield ""
    arguments = [p for p in of.params if not isinstance(p, TyperOption)]
    called = ["headstamp", *name.split()]
    for one in arguments:
        shown = (one.metavar or one.name.upper()) + ("..." if one.nargs == -1 else "")
        called.append(shown if one.required else f"[{shown}]")
    if hasattr(of, "list_commands"):
        # The kinds' own options are the columns in records.md.
        called.append("KIND" if kinds else "COMMAND")
    yield f"    {' '.join(called)} [options]"
    yield ""
    yield plain(of.help)
    yield ""
    for one in arguments:
        if one.help:
            yield f"- `{one.metavar or one.name.upper()}`: {one.help}"
    if any(one.help for one in arguments):
        yield ""
    yield from options(of, everywhere=False)
    if kinds:
        yield ("The options of a kind are its columns in [records](records.md), with hyphens: "
               "`--place-country`. Every kind has `--set FIELD=VALUE` and `--reason TEXT`, which "
               "must be given.")
        yield ""
    elif hasattr(of, "list_commands"):
        for inner in of.list_commands(None):
            yield from one_command(f"{name} {inner}", of.get_command(None, inner))


def options(of: Any, *, everywhere: bool) -> Iterator[str]:
    """The options of a command: those that go with every command, or its own."""
    found = [
        p for p in of.params
        if isinstance(p, TyperOption) and (p.rich_help_panel is not None) == everywhere
        and not p.hidden
    ]
    if found:
        yield from table(("option", "meaning"), [
            (
                code(" ".join([", ".join([*p.opts, *p.secondary_opts]),
                               "" if p.is_flag else p.metavar or p.name.upper()]).strip()),
                cell(p.help or "") + ("" if p.is_flag or not given(p) else f" Default: {given(p)}."),
            )
            for p in found
        ])


def given(option: Any) -> str:
    """The default of an option; empty where there is none to tell."""
    value = option.default
    return "" if value in (None, "", [], ()) else str(getattr(value, "value", value))


def classes() -> list[type[errors.HeadstampError]]:
    """The classes of error, by exit code."""
    return sorted(errors.HeadstampError.__subclasses__(), key=lambda c: c.exit_code)


def error_classes() -> Iterator[str]:
    """docs/reference/errors.md"""
    yield "# Errors"
    yield ""
    yield ("Few classes, each with a code that stays. With `--json` and in the API an error is "
           '`{"error": CODE, "message": TEXT, "problems": [...]}`; each problem has `rule` and '
           "`advice`, and where they are known `file`, `row`, `field` and `value`.")
    yield ""
    yield from table(("code", "class", "exit code", "HTTP status", "what it means, what to do"), [
        (code(c.code), code(c.__name__), str(c.exit_code), str(c.http_status),
         cell(plain(inspect.cleandoc(c.__doc__ or ""))))
        for c in classes()
    ])


def main(arguments: list[str]) -> int:
    """Writes the stale files, or with ``--check`` names them; 1 where a check finds any."""
    wrong = stale()
    if "--check" in arguments:
        for path in wrong:
            print(f"{path} is stale: run make docs", file=sys.stderr)
        return 1 if wrong else 0
    for path, content in files().items():
        if path in wrong:
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_text(content, encoding="utf-8")
            print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
