"""Whatever is in a file: our own errors or Problems, in bounded time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.intake.broken import broken_files
from tests.shared import ROOT

_SWEEP = """
import json, resource, sys
from pathlib import Path
from headstamp.errors import HeadstampError, Problem
from headstamp.intake.table import open_table

def told(path):
    rows, problems = 0, []
    try:
        with open_table(path) as table:
            for row in table.rows():
                if isinstance(row, Problem):
                    problems.append(row)
                else:
                    rows += 1
                    assert len(row.cells) == len(table.columns)
            "".join(table.notes).encode(), "".join(table.columns).encode()
            assert 0 <= table.progress() <= 1
    except HeadstampError as error:
        json.dumps(error.as_dict()).encode()
        return {"refused": str(error), "code": error.code, "rows": rows}
    assert all(problem.row and problem.file and str(problem).encode() for problem in problems)
    return {"rows": rows, "problems": [str(problem) for problem in problems[:3]]}

for line in sys.stdin:
    print(json.dumps({"path": line.strip(), **told(Path(line.strip()))}), flush=True)
# Of this process by its own memory: getrusage would count what the one that started it had.
status = Path("/proc/self/status").read_text()
own = int(status.split("VmHWM:")[1].split()[0])
children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({"kilobytes": max(own, children)}))
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """What became of each broken file, by its kind, read one after the other in a fresh process."""
    files = broken_files(tmp_path_factory.mktemp("broken"))
    assert len(files) >= 200
    done = subprocess.run(
        [sys.executable, "-c", _SWEEP],
        input="\n".join(str(path) for path, _ in files),
        capture_output=True,
        text=True,
        timeout=600,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) == len(files) + 1
    kinds = [kind for _, kind in files]
    return {**dict(zip(kinds, told, strict=False)), "memory": told[-1]}


def test_memory_stays_small(outcomes: dict[str, dict[str, object]]) -> None:
    assert int(str(outcomes["memory"]["kilobytes"])) < 512 * 1024


def test_refusals_name_the_limit(outcomes: dict[str, dict[str, object]]) -> None:
    for kind, limit in {
        "wide-header": "columns",
        "huge-line-only": "row_characters",
        "gz-bomb": "unpacked_ratio",
        "gz-bomb-of-rows": "unpacked_ratio",
        "overlapping-bomb": "unpacked_ratio",
        "bomb-in-sheet": "unpacked_ratio",
        "bomb-in-strings": "unpacked_ratio",
        "many-members": "zip_entries",
        "many-sheets": "sheets",
        "far-cell": "parser_memory_bytes",
        "jsonl-many-names": "columns",
    }.items():
        assert f"`{limit}`" in str(outcomes[kind]["refused"]), kind


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("empty", "is empty"),
        ("blank", "is empty"),
        ("all-nul", "is empty"),
        ("nul-in-header", "header"),
        ("control-characters", "neither text"),
        ("pdf", "a PDF document"),
        ("jpeg", "a JPEG picture"),
        ("web-page", "web page"),
        ("json-object", None),
        ("json-pretty", "JSON but no table"),
        ("gz-of-gz", "unpack it first"),
        ("path-outside", "outside it"),
        ("path-absolute", "outside it"),
        ("path-drive", "outside it"),
        ("entities-in-sheet", "XML entities"),
        ("entities-in-book", "XML entities"),
        ("entities-utf16", "XML entities"),
        ("external-entity", "XML entities"),
        ("ods-entities", "XML entities"),
        ("locked-member", "password"),
        ("overlapping-members", "lie over one another"),
        ("plain-zip", "no workbook"),
        ("word-document", "not a spreadsheet"),
        ("impossible-cell", "break off"),
        ("deep-formula", "which no sheet has"),
    ],
)
def test_refusals_say_why(
    outcomes: dict[str, dict[str, object]], kind: str, words: str | None
) -> None:
    if words is None:
        assert "refused" not in outcomes[kind]
    else:
        assert words in str(outcomes[kind]["refused"])


@pytest.mark.parametrize(
    ("kind", "rows", "words"),
    [
        ("ragged-long", 40, "the row has 4 cells, the header 3"),
        ("nul-in-cell", 80, "NUL"),
        ("huge-cell", 1, "cell_characters"),
        ("huge-quoted-cell", 1, "cell_characters"),
        ("huge-line", 1, "row_characters"),
        ("unclosed-quote", 40, "row 1: a quote opened in this row is never closed"),
        ("unclosed-quote-last", 40, "row 41: a quote opened in this row is never closed"),
        ("unclosed-quote-large", 400_000, "row 1: a quote opened in this row is never closed"),
        ("latin-in-utf8", 30, "row 31"),
        ("lone-surrogate", 30, "not utf-8"),
        ("gz-cut", None, "breaks off"),
        ("gz-bad-sum", None, "checksum"),
        ("json-cut", 98, "never closed"),
        ("json-tail", 1, "follows the end"),
        ("jsonl-deep", 1, "nested too deep"),
        ("jsonl-huge-line", 2, "row_characters"),
        ("formula-unstored", 1, "result is not stored"),
        ("formula-all-unstored", 0, "result is not stored"),
        ("odd-formula", 0, "result is not stored"),
    ],
)
def test_bad_rows_are_problems_and_the_others_are_read(
    outcomes: dict[str, dict[str, object]], kind: str, rows: int | None, words: str
) -> None:
    found = outcomes[kind]
    assert words in str(found["problems"])
    assert rows is None or found["rows"] == rows


def test_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, second = broken_files(tmp_path / "a"), broken_files(tmp_path / "b")
    assert [(p.name, kind) for p, kind in first] == [(p.name, kind) for p, kind in second]
    mangled = [(p, q) for (p, _), (q, _) in zip(first, second, strict=True) if "random" in p.name]
    assert mangled
    assert all(p.read_bytes() == q.read_bytes() for p, q in mangled)
