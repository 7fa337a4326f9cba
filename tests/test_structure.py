"""The rooms keep their order, every module says what it is, and the map is true."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "headstamp"
MODULES = sorted(SOURCE.rglob("*.py"))
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
DRIVERS = {"duckdb", "psycopg", "sqlalchemy", "sqlcipher3", "sqlite3"}
LONGEST = 450
# What one command needs must not be loaded by another.
HEAVY = ("duckdb", "jinja2", "starlette", "uvicorn", "weasyprint", "openpyxl", "PIL", "babel")


def name_of(path: Path) -> str:
    """A module's path from ``src/headstamp``, for the name of a test."""
    return str(path.relative_to(SOURCE))


@cache
def graph() -> grimp.ImportGraph:
    """Who imports whom, external packages too; imports for types only are left out."""
    return grimp.build_graph(
        "headstamp", include_external_packages=True, exclude_type_checking_imports=True,
        cache_dir=None,
    )


def test_import_contracts_hold() -> None:
    told = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"], cwd=ROOT,
        capture_output=True, text=True, check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr


def test_the_contract_names_every_room() -> None:
    rooms = next(c for c in LINTER["contracts"] if c["id"] == "rooms")
    named = set(re.findall(r"\w+", " ".join(rooms["layers"])))
    there = {p.stem for p in SOURCE.glob("*.py")} | {p.parent.name for p in SOURCE.glob("*/__init__.py")}
    assert named == there - {"__init__"}
    assert rooms["exhaustive"] is True


def test_no_module_imports_itself_by_way_of_others() -> None:
    imports = graph()
    ours = {m for m in imports.modules if m.startswith("headstamp")}
    # By plain reachability: the graph is small.
    reach = {m: imports.find_downstream_modules(m) & ours for m in ours}
    cycles = {m for m in ours if m in reach[m] or any(m in reach[n] for n in reach[m])}
    assert cycles == set()


def test_only_the_store_and_the_engine_know_a_driver() -> None:
    imports = graph()
    knows = {
        importer
        for driver in DRIVERS & imports.modules
        for importer in imports.find_modules_that_directly_import(driver)
    }
    assert knows
    assert {m for m in knows if m.split(".")[1] not in ("store", "engine")} == set()


def test_evidence_stands_alone() -> None:
    imports = graph()
    for module in imports.modules:
        if module == "headstamp.evidence" or module.startswith("headstamp.evidence."):
            for used in imports.find_modules_directly_imported_by(module):
                room = used.split(".")
                assert room[0] != "headstamp" or room[1] in ("evidence", "errors"), (module, used)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree), f"{path}: no module docstring"
    nameless = list(undocumented(tree))
    assert nameless == [], f"{path}: no docstring on {', '.join(nameless)}"


def undocumented(tree: ast.Module) -> Iterator[str]:
    """Public functions and classes at the top of a module that say nothing of themselves."""
    for node in tree.body:
        if (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and not node.name.startswith("_") and not ast.get_docstring(node)
        ):
            yield node.name


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module_is_of_a_size_to_be_read(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") <= LONGEST, f"{path} is too long: give it a second module"
    assert not re.search(r"\b(TODO|FIXME|XXX)\b(?!\w)", text), f"{path} is not finished"


def test_broad_handlers_only_at_the_edges() -> None:
    broad = {
        name_of(path)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or any(
            isinstance(n, ast.Name) and n.id == "Exception" for n in ast.walk(node.type)
        ))
        and not any(isinstance(n, ast.Raise) for n in ast.walk(node))
    }
    assert broad <= {"cli/edge.py", "web/faults.py", "web/app.py"}


def test_the_map_names_only_what_is_there() -> None:
    for page in (ROOT / "docs").rglob("*.md"):
        for named in re.findall(r"`((?:src|docs|tests|scripts|benchmarks|requirements)/[\w./-]+)`",
                                page.read_text("utf-8")):
            assert (ROOT / named).exists(), f"{page.name} names {named}, which is not there"


def test_tests_mirror_the_rooms() -> None:
    rooms = {p.parent.name for p in SOURCE.glob("*/__init__.py")}
    for folder in (ROOT / "tests").iterdir():
        if folder.is_dir() and (folder / "__init__.py").exists():
            assert folder.name in rooms | {"browser", "docs", "durability"}, f"tests/{folder.name} mirrors no room"


@pytest.mark.parametrize("command", ["app", "look", "find", "case", "record", "reference"])
def test_a_command_loads_only_what_it_needs(command: str) -> None:
    program = (
        "import sys; from headstamp.cli.app import COMMANDS, command; "
        f"import importlib; importlib.import_module('headstamp.cli.{command}'); command(); "
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_every_module_can_be_imported_by_itself() -> None:
    for path in MODULES:
        if path.name != "__main__.py":
            parts = path.relative_to(SOURCE.parent).with_suffix("").parts
            importlib.import_module(".".join(parts).removesuffix(".__init__"))
