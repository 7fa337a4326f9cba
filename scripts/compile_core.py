"""Compile what headstamp has in C: the search of markings and the walks over the graph of supply.

For each of the two one C file, its headers and one call of the C compiler: no build
system is worth its configuration here. The modules keep to CPython's limited API, so one
file each serves every CPython from 3.11 on; kernels for wider vectors carry their own
``target`` attribute and are chosen when the module is loaded, so that no
``-march`` ties a file to one machine.

    python scripts/compile_core.py          compile if absent or of other sources
    python scripts/compile_core.py --force  compile anew
    python scripts/compile_core.py --check  compile nothing; exit 1 where it has to be
    python scripts/compile_core.py --sanitize FOLDER
                                            into FOLDER, with checks of memory and arithmetic

HEADSTAMP_COMPILE says what happens where it cannot be compiled: ``1`` makes that
an error, ``0`` leaves the compiled parts out altogether; without it the fallbacks
in Python serve, and that is said. Both are compiled or neither is. CC names the compiler, CFLAGS adds to its
arguments; ``CI=true`` makes each of its warnings an error. The digest of its sources
stands in each compiled file, which is how a stale one is known.

Standard library only: ``hatch_build.py`` runs this before anything is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent



class Part(NamedTuple):
    """Something compiled: its folder, its sources (the first is given to the compiler), the file made."""

    folder: Path
    sources: tuple[str, ...]
    compiled: str


MARKINGS = Part(
    Path("src/headstamp/markings"), ("_core.c", "_kernels.h", "_score.h"), "_core.abi3.so"
)
GRAPH = Part(Path("src/headstamp/tracing"), ("_graph.c",), "_graph.abi3.so")
PARTS = (MARKINGS, GRAPH)

FLAGS = ("-std=gnu11", "-O3", "-fPIC", "-Wall", "-Wextra")
SANITIZE = (
    "-std=gnu11", "-O1", "-g", "-fPIC", "-Wall", "-Wextra", "-fno-omit-frame-pointer",
    "-fsanitize=address,undefined", "-fno-sanitize-recover=all",
)  # fmt: skip


class CannotCompile(Exception):
    """There is no compiled core here, and this is why."""


def wish() -> str:
    """What HEADSTAMP_COMPILE asks for: ``"0"``, ``"1"``, or ``""`` for as it may be."""
    told = os.environ.get("HEADSTAMP_COMPILE", "")
    if told not in ("", "0", "1"):
        raise SystemExit(f"HEADSTAMP_COMPILE is 0, 1 or absent, not {told!r}")
    return told


def source_digest(part: Part, root: Path = ROOT) -> str:
    """The SHA-256 of a part's sources and of this script, which has the flags."""
    told = hashlib.sha256()
    for path in (*(root / part.folder / name for name in part.sources), Path(__file__)):
        told.update(path.read_bytes())
    return told.hexdigest()


def is_fresh(root: Path = ROOT) -> bool:
    """Whether all that is compiled is there and of the present sources."""
    return all(_is_fresh(part, root) for part in PARTS)


def _is_fresh(part: Part, root: Path) -> bool:
    path = root / part.folder / part.compiled
    return path.is_file() and source_digest(part, root).encode() in path.read_bytes()


def is_as_wished(root: Path = ROOT) -> bool:
    """Whether nothing is left to do: all is fresh, or nothing is there and it is not wanted."""
    if wish() != "0":
        return is_fresh(root)
    return not any((root / part.folder / part.compiled).exists() for part in PARTS)


def compiler() -> list[str]:
    """The command of the C compiler: CC, what Python was built with, or what there is."""
    for told in (os.environ.get("CC"), sysconfig.get_config_var("CC"), "cc", "gcc", "clang"):
        command = shlex.split(told or "")
        if command and shutil.which(command[0]):
            return command
    raise CannotCompile("there is no C compiler (Debian: apt-get install gcc libc6-dev)")


def include_folder() -> Path:
    """The folder of Python.h."""
    folder = Path(sysconfig.get_path("include"))
    if not (folder / "Python.h").is_file():
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise CannotCompile(
            f"Python's headers are not in {folder} (Debian: apt-get install libpython{version}-dev)"
        )
    return folder


def command(part: Part, root: Path, into: Path, *, sanitize: bool = False) -> list[str]:
    """The one call of the compiler that makes ``into``."""
    if sys.implementation.name != "cpython" or sysconfig.get_config_var("Py_GIL_DISABLED"):
        raise CannotCompile("this Python does not load modules of CPython's stable interface")
    if sys.platform == "win32":
        raise CannotCompile("it is written for gcc and clang")
    return [
        *compiler(),
        *(SANITIZE if sanitize else FLAGS),
        *(["-Werror"] if os.environ.get("CI") == "true" else []),
        *shlex.split(os.environ.get("CFLAGS", "")),
        *(["-bundle", "-undefined", "dynamic_lookup"] if sys.platform == "darwin" else ["-shared"]),
        f"-I{include_folder()}",
        f'-DHEADSTAMP_SOURCE="{source_digest(part, root)}"',
        str(root / part.folder / part.sources[0]),
        "-o",
        str(into),
    ]


def compile_part(
    part: Part, root: Path = ROOT, folder: Path | None = None, *, sanitize: bool = False
) -> Path:
    """Compile into a folder (by default where the package lies); the file made.

    The file is put in place by one rename: a process that has the old one
    loaded keeps it. Raises :class:`CannotCompile`, with what the compiler said.
    """
    into = (folder or root / part.folder) / part.compiled
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".compile-", dir=into.parent) as scratch:
        made = Path(scratch) / part.compiled
        call = command(part, root, made, sanitize=sanitize)
        try:
            done = subprocess.run(call, capture_output=True, text=True, check=False)
        except OSError as problem:
            raise CannotCompile(f"{call[0]} does not start: {problem}") from problem
        if done.returncode:
            raise CannotCompile(f"{shlex.join(call)}\n{done.stdout}{done.stderr}".rstrip())
        sys.stderr.write(done.stderr)
        made.replace(into)
    return into


def compile_core(
    root: Path = ROOT, folder: Path | None = None, *, sanitize: bool = False
) -> list[Path]:
    """Compile every part; the files made, in the order of :data:`PARTS`."""
    return [compile_part(part, root, folder, sanitize=sanitize) for part in PARTS]


def provide(root: Path = ROOT, folder: Path | None = None) -> list[Path]:
    """Compile as HEADSTAMP_COMPILE asks; empty, said on stderr, where nothing is compiled.

    What then lies in the package from an earlier time is taken away: it may be
    of other sources. Raises :class:`CannotCompile` where it is asked for and fails.
    """
    asked = wish()
    try:
        if asked == "0":
            raise CannotCompile("HEADSTAMP_COMPILE is 0")
        return compile_core(root, folder)
    except CannotCompile as problem:
        if asked == "1":
            raise
        for part in PARTS:
            (folder or root / part.folder).joinpath(part.compiled).unlink(missing_ok=True)
        print(
            "headstamp: installed without its compiled search: markings are searched in numpy and "
            "chains of supply walked in Python, with the same answers and more slowly. "
            f"The reason: {problem}",
            file=sys.stderr,
        )
        return []


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compile nothing, exit 1 if stale")
    parser.add_argument("--force", action="store_true", help="compile whatever is there")
    parser.add_argument("--sanitize", type=Path, metavar="FOLDER", help="with sanitizers, there")
    args = parser.parse_args()
    try:
        if args.sanitize:
            print(*compile_core(folder=args.sanitize, sanitize=True), sep="\n")
        elif args.check:
            return 0 if is_as_wished() else 1
        elif args.force or not is_as_wished():
            provide()
    except CannotCompile as problem:
        print(f"headstamp: the compiled search is missing: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
