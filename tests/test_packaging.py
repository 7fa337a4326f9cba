"""What users get is whole, pinned, licensed, and says nothing of where it was made."""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.unpacking import unpack

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))

# In pieces, because this file is searched too.
REGISTRY_HOSTS = [
    "".join(pieces).encode()
    for pieces in (
        ("py", "pi.org"),
        ("python", "hosted.org"),
        ("npm", "js.org"),
        ("npm", "js.com"),
        ("deb.", "debian.org"),
        ("security.", "debian.org"),
        ("crates", ".io"),
        ("repo.maven", ".apache.org"),
    )
]
MACHINE_PATH = re.compile(
    rb"(?<![\w.:-])/(?:"
    + rb"|".join([rb"wo" + rb"rk", rb"ro" + rb"ot", rb"ho" + rb"me/\w+"])
    + rb")/"
)


def tracked(under: str = ".") -> list[Path]:
    """The files git keeps below a folder; skips where this is no checkout."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    told = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", under],
        cwd=ROOT, check=True, capture_output=True,
    ).stdout  # fmt: skip
    paths = [ROOT / name.decode() for name in told.split(b"\0") if name]
    return [path for path in paths if path.is_file()]


def name_of(requirement: str) -> str:
    """The normalised name of a requirement: ``psycopg[binary]>=3`` is ``psycopg``."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement, maxsplit=1)[0]).lower()


def pins(path: Path) -> dict[str, str]:
    """Package and version of every pin in a requirements file."""
    found = re.findall(r"^([\w.-]+)==([^\s;\\]+)", path.read_text("utf-8"), re.MULTILINE)
    return {name_of(name): version for name, version in found}


def script(name: str) -> ModuleType:
    """A script of ours as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / f"scripts/{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def frontend() -> ModuleType:
    return script("frontend")


@pytest.fixture(scope="module")
def compiling() -> ModuleType:
    """What compiles the C sources; skips where nothing can."""
    module = script("compile_core")
    try:
        module.command(module.MARKINGS, ROOT, Path("x"))
    except module.CannotCompile as problem:
        pytest.skip(f"nothing is compiled here: {problem}")
    return module


def build(
    root: Path, into: Path, *targets: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Build wheel and source archive of a folder, or one of them."""
    return subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(into), *targets],
        cwd=root, capture_output=True, text=True, check=False, env={**os.environ, **environment},
    )  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, frontend: ModuleType) -> Path:
    """A folder with the wheel and the source archive of this checkout."""
    if not frontend.is_fresh(ROOT):
        pytest.fail("the front-end files are absent or out of date: run `make setup`")
    folder = tmp_path_factory.mktemp("dist")
    done = build(ROOT, folder, HEADSTAMP_COMPILE="")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Iterator[zipfile.ZipFile]:
    (path,) = built.glob("*.whl")
    with zipfile.ZipFile(path) as opened:
        yield opened


def test_no_file_names_a_registry_or_a_folder_of_some_machine() -> None:
    wrong = []
    for path in tracked():
        content = path.read_bytes()
        told = [host.decode() for host in REGISTRY_HOSTS if host in content]
        told += [match.decode() for match in MACHINE_PATH.findall(content)]
        if told:
            wrong.append(f"{path.relative_to(ROOT)}: {', '.join(sorted(set(told)))}")
    assert not wrong, "\n".join(wrong)


def test_the_search_for_machine_paths_finds_one() -> None:
    assert MACHINE_PATH.search(b"see /wo" + b"rk/x") and MACHINE_PATH.search(b'"/ro' + b'ot/x"')
    assert not MACHINE_PATH.search(b"https://example.org/wo" + b"rk/x")


def test_the_npm_lock_has_integrity_and_no_addresses_of_packages() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    for name, told in packages.items():
        assert "resolved" not in told, name
        assert not name or told["integrity"].startswith("sha512-"), name


def test_front_end_versions_are_exact() -> None:
    told = json.loads((ROOT / "package.json").read_text("utf-8"))
    for name, version in {**told["dependencies"], **told["devDependencies"]}.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_every_requirement_is_pinned_with_a_hash_and_no_address(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "://" not in text
    logical = text.replace("\\\n", " ").splitlines()
    lines = [line for line in logical if line.strip() and not line.lstrip().startswith("#")]
    assert lines
    for line in lines:
        assert re.match(r"[\w.-]+==\S+", line), line
        assert "--hash=sha256:" in line, line


def test_the_pins_cover_what_is_declared_and_tests_run_on_what_users_get() -> None:
    run, dev = pins(ROOT / "requirements/run.txt"), pins(ROOT / "requirements/dev.txt")
    assert {name_of(needed) for needed in PROJECT["dependencies"]} <= set(run)
    assert run.items() <= dev.items()


def test_every_third_party_import_is_declared() -> None:
    extras = PROJECT.get("optional-dependencies", {}).values()
    declared = {name_of(n) for needed in (PROJECT["dependencies"], *extras) for n in needed}
    owners = importlib.metadata.packages_distributions()
    undeclared = {}
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules = [node.module]
            else:
                continue
            for top in {module.partition(".")[0] for module in modules}:
                if top in sys.stdlib_module_names or top == "headstamp":
                    continue
                if not declared & {name_of(owner) for owner in owners.get(top, ())}:
                    undeclared[top] = str(path.relative_to(ROOT))
    assert not undeclared


def test_no_dependency_is_under_a_licence_ours_cannot_be_combined_with() -> None:
    wrong = []
    for name in pins(ROOT / "requirements/run.txt"):
        try:
            told = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # for another platform
        classifiers = [c for c in told.get_all("Classifier") or [] if c.startswith("License")]
        words = " ".join([*(told.get_all("License-Expression") or []), *classifiers])
        if not words.strip():
            words = " ".join(told.get_all("License") or [])[:200]
        # Offered under a choice, the choice counts (pyphen: GPL, LGPL or MPL).
        free = re.search(r"MIT|BSD|Apache|MPL|Mozilla|LGPL|Lesser|ISC|PSF|Python|Unlicense", words)
        if not free and re.search(r"GPL|General Public", words):
            wrong.append(f"{name}: {words.strip()}")
    assert not wrong


def test_the_licence_and_the_version_are_the_declared_ones() -> None:
    assert PROJECT["license"] == "Apache-2.0"
    assert "Version 2.0, January 2004" in (ROOT / "LICENSE").read_text("utf-8")
    assert importlib.metadata.version("headstamp") == PROJECT["version"]
    assert f"## {PROJECT['version']}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_commands_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"`?\bmake ([a-z]+)`?", (ROOT / "README.md").read_text("utf-8")):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_wheel_carries_every_file_of_the_package(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    source = {path.relative_to(ROOT / "src").as_posix() for path in tracked("src/headstamp")}
    assert source - names == set()
    assert any(re.fullmatch(r"headstamp/vocab/data/.+\.toml", name) for name in names)
    assert "headstamp/py.typed" in names
    outside = {n for n in names if not re.match(r"headstamp/|headstamp-[\d.]+\.dist-info/", n)}
    assert not outside


def test_the_wheel_carries_the_front_end_and_its_licences(
    wheel: zipfile.ZipFile, frontend: ModuleType
) -> None:
    names = set(wheel.namelist())
    vendor = "headstamp/web/static/vendor/"
    told = wheel.read(vendor + "VENDOR.txt").decode()
    for package, (_, files) in frontend.WANTED.items():
        assert f"{vendor}licences/{package.lstrip('@').replace('/', '-')}.txt" in names
        for file in files:
            assert vendor + Path(file).name in names
            assert f"  {Path(file).name}\n" in told
    for package, papers in frontend.INSIDE.items():
        for paper in papers:
            assert f"{vendor}licences/{package}-{Path(paper).name.removesuffix('.txt')}.txt" in names
    assert not any("axe" in name or "node_modules" in name for name in names)


def test_the_wheel_has_the_command_and_the_licence(wheel: zipfile.ZipFile) -> None:
    info = f"headstamp-{PROJECT['version']}.dist-info"
    assert b"headstamp = headstamp.cli:main" in wheel.read(f"{info}/entry_points.txt")
    assert b"headstamp-check = headstamp.check:main" in wheel.read(f"{info}/entry_points.txt")
    assert {f"{info}/licenses/LICENSE", f"{info}/licenses/NOTICE"} <= set(wheel.namelist())


@pytest.fixture(scope="module")
def unpacked(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source archive, unpacked."""
    folder = tmp_path_factory.mktemp("unpacked")
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        unpack(archive, folder)
    (root,) = folder.iterdir()
    return root


def test_a_build_from_the_source_archive_needs_no_node(
    unpacked: Path, frontend: ModuleType
) -> None:
    assert frontend.is_fresh(unpacked)
    assert (unpacked / "LICENSE").is_file() and (unpacked / "NOTICE").is_file()


# --- the compiled search ---------------------------------------------------------


def test_the_wheel_has_the_compiled_search_for_every_python_of_this_platform(
    built: Path, wheel: zipfile.ZipFile, compiling: ModuleType
) -> None:
    (path,) = built.glob("*.whl")
    assert re.fullmatch(r"headstamp-[\d.]+-cp311-abi3-\w+\.whl", path.name)
    told = wheel.read(f"headstamp-{PROJECT['version']}.dist-info/WHEEL").decode()
    assert "Root-Is-Purelib: false" in told and "Tag: cp311-abi3-" in told
    compiled = [name for name in wheel.namelist() if name.endswith((".so", ".pyd", ".dylib"))]
    wanted = {
        (part.folder.relative_to("src") / part.compiled).as_posix(): part
        for part in compiling.PARTS
    }
    assert set(compiled) == set(wanted)
    for name, part in wanted.items():
        assert compiling.source_digest(part, ROOT).encode() in wheel.read(name)
        assert not MACHINE_PATH.findall(wheel.read(name))


def test_the_source_archive_has_what_is_compiled_and_nothing_compiled(unpacked: Path) -> None:
    compiling = script("compile_core")
    for part in compiling.PARTS:
        for name in part.sources:
            assert (unpacked / part.folder / name).is_file(), name
    assert (unpacked / "scripts/compile_core.py").is_file()
    assert not list(unpacked.rglob("*.so"))


FINDS = """
import sys
sys.path.insert(0, sys.argv[1])
from headstamp.markings import core
from headstamp.markings.asked import ask
from headstamp.markings.channel import Channel
from headstamp.markings.segment import build_segment
assert core.__file__.startswith(sys.argv[1]), core.__file__
made = build_segment(["AB 0012", "XY 9"])
found, total = core.Core(made).search(ask("AB0O12", Channel.default()).pattern(1), 5)
print(total, made.text_of(made.entries_of(int(found[0]))[0][0]), core.description(), sep="\\n")
from headstamp.tracing import graph_core
from headstamp.tracing.graph import Graph
from headstamp.tracing.graph_edges import Edges
print(graph_core.kernel(), *Graph.made(Edges.of([(7, 0, 1, 5, 5, 0)]), 2).paths_to([1]))
"""


def test_without_a_compiler_the_wheel_is_for_any_machine_and_searches_in_numpy(
    unpacked: Path, tmp_path: Path
) -> None:
    done = build(unpacked, tmp_path, "-t", "wheel", CC="false", HEADSTAMP_COMPILE="")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "installed without its compiled search" in done.stderr
    (path,) = tmp_path.glob("*.whl")
    assert path.name.endswith("-py3-none-any.whl")
    with zipfile.ZipFile(path) as opened:
        opened.extractall(tmp_path / "there")
    told = subprocess.run(
        [sys.executable, "-c", FINDS, str(tmp_path / "there")],
        capture_output=True, text=True, check=True, cwd=tmp_path,
        env={k: v for k, v in os.environ.items()
             if k not in ("HEADSTAMP_MARKINGS", "HEADSTAMP_GRAPH")},
    ).stdout.splitlines()  # fmt: skip
    assert told[:2] == ["1", "AB 0012"]
    assert "the compiled part is not installed" in told[2]
    assert told[3] == "python Path(transfers=(7,), parties=(0, 1))"


def test_a_compiled_search_that_is_asked_for_and_cannot_be_had_is_an_error(
    unpacked: Path, tmp_path: Path
) -> None:
    done = build(unpacked, tmp_path, "-t", "wheel", CC="false", HEADSTAMP_COMPILE="1")
    assert done.returncode != 0 and "CannotCompile" in done.stderr
    assert not list(tmp_path.glob("*.whl"))


def test_a_compiled_search_that_is_not_wanted_is_left_out_and_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compiling: ModuleType
) -> None:
    for part in compiling.PARTS:
        shutil.copytree(ROOT / part.folder, tmp_path / part.folder,
                        ignore=shutil.ignore_patterns("*.so"))
    files = [tmp_path / part.folder / part.compiled for part in compiling.PARTS]
    monkeypatch.setenv("HEADSTAMP_COMPILE", "1")
    assert not compiling.is_as_wished(tmp_path)
    assert compiling.provide(tmp_path) == files
    assert compiling.is_fresh(tmp_path) and compiling.is_as_wished(tmp_path)
    for part in compiling.PARTS:
        source = tmp_path / part.folder / part.sources[-1]
        before = source.read_text()
        source.write_text(before + "/* changed */\n")
        assert not compiling.is_fresh(tmp_path), "of other sources"
        source.write_text(before)
    assert compiling.is_fresh(tmp_path)
    monkeypatch.setenv("HEADSTAMP_COMPILE", "0")
    assert not compiling.is_as_wished(tmp_path)
    assert compiling.provide(tmp_path) == []
    assert not any(path.exists() for path in files) and compiling.is_as_wished(tmp_path)
    monkeypatch.setenv("HEADSTAMP_COMPILE", "yes")
    with pytest.raises(SystemExit, match="HEADSTAMP_COMPILE"):
        compiling.provide(tmp_path)


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_what_is_compiled_compiles_without_a_warning(
    compiler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compiling: ModuleType
) -> None:
    if not shutil.which(compiler):
        pytest.skip(f"no {compiler} here")
    monkeypatch.setenv("CC", compiler)
    monkeypatch.setenv("CI", "true")  # Each warning is an error.
    monkeypatch.setenv("CFLAGS", "-Wshadow -Wvla -Wcast-qual -Wstrict-prototypes -Wundef")
    assert all(path.is_file() for path in compiling.compile_core(ROOT, tmp_path))


@pytest.mark.parametrize("name", ["markings.core", "tracing.graph_core"])
def test_what_is_compiled_and_in_use_is_of_the_present_sources(
    name: str, compiling: ModuleType
) -> None:
    compiled = importlib.import_module(f"headstamp.{name}")._compiled
    if compiled is None:
        pytest.skip(f"{name} is not compiled here")
    part = compiling.MARKINGS if name.startswith("markings") else compiling.GRAPH
    assert compiled.source == compiling.source_digest(part, ROOT), \
        "run `make setup`, or scripts/compile_core.py"


def test_the_notice_names_whatever_is_carried(frontend: ModuleType) -> None:
    notice = (ROOT / "NOTICE").read_text("utf-8")
    for package in frontend.WANTED:
        assert package in notice
    for path in sorted((ROOT / "src/headstamp/vocab/data").glob("*.toml")):
        about = tomllib.loads(path.read_text("utf-8"))
        assert about["licence"] == "Apache-2.0" or path.stem in notice, path.stem
    assert "Defence Intelligence of Ukraine (GUR)" in notice
