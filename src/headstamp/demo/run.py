"""Making a demonstration case from end to end: records, check of the log, report.

The same call made again opens the case that is there and goes on where it
stopped. Serving is the command line's business, since this room lies below the
pages.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from headstamp.actions.cases import check_case, index_case, make_case, open_case
from headstamp.actions.intake.file import import_file
from headstamp.actions.markings.parts import read_parts
from headstamp.actions.report import write_report
from headstamp.demo.fill import fill
from headstamp.demo.teaching import BASIS, id_of
from headstamp.demo.warn import warn
from headstamp.errors import Conflicting, Invalid, Missing, Tampered, Unavailable
from headstamp.records import kind_named
from headstamp.store.case import Case

NAMES = ("components", "street")
ACTOR = "demo"
CLEARANCE = "restricted"
# Weapons come before the parts that name them.
COMPONENT_FILES = (
    "weapons.csv", "manufacturers.csv", "components.csv.gz", "teardowns.csv", "supply_chain_edges.csv",
)
_PORTS_TRIED = 50

Told = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class Demo:
    """What was made: where the case lies, how many records it shows, its log and its reports."""

    name: str
    folder: Path
    counts: dict[str, int]
    entries: int
    reports: tuple[Path, ...]
    said: tuple[str, ...]


def run(
    name: str = "components", folder: Path | None = None, *, told: Told | None = None,
    say: Callable[[str], None] = print,
) -> Demo:
    """Makes the demonstration case ``name`` in ``folder`` (default ``./demo-case-<name>``).

    ``told(step, done, all)`` follows the work; ``say`` is given each line for the
    reader. Raises Invalid for an unknown name, Conflicting where the folder holds
    another case, and Tampered where the check of the log finds anything.
    """
    if name not in NAMES:
        raise Invalid(f"there is no demonstration case {name!r}; there are: {', '.join(NAMES)}")
    where = folder or Path(f"demo-case-{name}")
    tell = told or (lambda step, done, total: None)
    with _case(name, where, say) as case:
        if name == "street":
            fill(case, told=tell)
            warn(case, say=say)
        else:
            _import_components(case, tell, say)
        index_case(case)
        entries = _checked(case, tell)
        reports = _reports(case, tell, say)
        reader = case.read(CLEARANCE)
        counts = {kind: n for kind, n in reader.totals().items() if n}
        said = _cautions(case)
    done = Demo(name, where, counts, entries, reports, said)
    for line in _summary(done):
        say(line)
    return done


def free_port(host: str, port: int) -> int:
    """The port, or the next one that nobody listens on. Raises Unavailable where all are taken."""
    for candidate in range(port, min(port + _PORTS_TRIED, 65_536)):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
            except OSError:
                continue
            return candidate
    raise Unavailable(f"no port from {port} on is free at {host}; give another with --port")


def _case(name: str, where: Path, say: Callable[[str], None]) -> Case:
    """The demonstration case in that folder, made where there is none."""
    try:
        case = open_case(where)
    except Missing:
        return make_case(where)
    reader = case.read("sealed")
    if any(reader.totals().values()) and not _is_demo(case, name):
        case.close()
        raise Conflicting(
            f"the folder {where} holds another case than the demonstration {name!r}; "
            f"give an empty folder with --dir"
        )
    say(f"{where} holds this demonstration case already; going on with it")
    return case


def _is_demo(case: Case, name: str) -> bool:
    reader = case.read("sealed")
    if name == "street":
        return bool(reader.many([id_of("doc", BASIS)]))
    return any(
        reader.list("document", {"original_name": file}, limit=1).rows for file in COMPONENT_FILES
    )


def _import_components(case: Case, tell: Told, say: Callable[[str], None]) -> None:
    home = files("headstamp.demo").joinpath("components")
    for file in COMPONENT_FILES:
        step = f"importing {file}"

        def told(rows: int, share: float, rate: float, step: str = step) -> None:
            tell(step, rows, max(rows, round(rows / share)) if share > 0 else None)

        with as_file(home.joinpath(file)) as path:
            done = import_file(case, path, actor=ACTOR, reason="demonstration", told=told,
                               index=False)
        if done.refused:
            say(f"{file}: {done.refused:,} of {done.read:,} rows were refused; see {done.problems}")
    read_parts(case, actor=ACTOR, clearance=CLEARANCE, told=tell)


def _checked(case: Case, tell: Told) -> int:
    findings = check_case(case, told=tell)
    if findings:
        raise Tampered("the log does not agree with the records: " + "; ".join(
            f"{one.what} {one.id} {one.detail}".strip() for one in findings[:10]
        ))
    return case.checkpoint().size


def _reports(case: Case, tell: Told, say: Callable[[str], None]) -> tuple[Path, ...]:
    """Both forms of the report; without the PDF, and saying so, where its library is absent."""
    made = []
    for form in ("html", "pdf"):
        path = case.folder / f"report.{form}"

        def told(what: str, done: int, total: int, name: str = path.name) -> None:
            tell(name, done, total)

        try:
            write_report(case, path, clearance=CLEARANCE, told=told)
        except Unavailable as error:
            if form == "html":
                raise
            say(f"no PDF was written: {error.message}")
            continue
        made.append(path)
    return tuple(made)


def _cautions(case: Case) -> tuple[str, ...]:
    """What must be said wherever these records are shown: cautions, then credits."""
    documents = list(case.read(CLEARANCE).stream("document"))
    lines = [str(d.get(part)) for part in ("caution", "credit") for d in documents if d.get(part)]
    return tuple(dict.fromkeys(lines))


def _summary(done: Demo) -> list[str]:
    counts = ", ".join(
        f"{n:,} {kind_named(kind).plural.replace('_', ' ')}" for kind, n in done.counts.items()
    )
    return [
        *done.said,
        f"case           {done.folder}",
        f"records        {counts}",
        f"log checked:   {done.entries:,} entries, nothing wrong",
        *(f"report         {path}" for path in done.reports),
    ]
