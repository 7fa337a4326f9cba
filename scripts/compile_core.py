"""Compile the search core of the markings index: ``_core.c`` to ``_core.abi3.so``.

One C file and two headers, one call of the C compiler: no build system is worth
its configuration here. The module keeps to CPython's limited API, so one file
serves every CPython from 3.11 on; kernels for wider vectors carry their own
``target`` attribute and are chosen when the module is loaded, so that no
``-march`` ties the file to one machine.

    python scripts/compile_core.py          compile if absent or of other sources
    python scripts/compile_core.py --force  compile anew
    python scripts/compile_core.py --check  compile nothing; exit 1 where it has to be
    python scripts/compile_core.py --sanitize FOLDER
                                            into FOLDER, with checks of memory and arithmetic

HEADSTAMP_COMPILE says what happens where it cannot be compiled: ``1`` makes that
an error, ``0`` leaves the compiled core out altogether; without it the fallback
in numpy serves, and that is said. CC names the compiler, CFLAGS adds to its
arguments; ``CI=true`` makes each of its warnings an error. The digest of the sources
stands in the compiled file, which is how a stale one is known.

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

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path("src/headstamp/markings")
SOURCES = ("_core.c", "_kernels.h", "_score.h")
COMPILED = "_core.abi3.so"

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


def source_digest(root: Path = ROOT) -> str:
    """The SHA-256 of the sources and of this script, which has the flags."""
    told = hashlib.sha256()
    for path in (*(root / FOLDER / name for name in SOURCES), Path(__file__)):
        told.update(path.read_bytes())
    return told.hexdigest()


def is_fresh(root: Path = ROOT) -> bool:
    """Whether the compiled core is there and of the present sources."""
    path = root / FOLDER / COMPILED
    return path.is_file() and source_digest(root).encode() in path.read_bytes()


def is_as_wished(root: Path = ROOT) -> bool:
    """Whether nothing is left to do: it is fresh, or it is absent and is not wanted."""
    return is_fresh(root) if wish() != "0" else not (root / FOLDER / COMPILED).exists()


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


def command(root: Path, into: Path, *, sanitize: bool = False) -> list[str]:
    """The one call of the compiler that makes ``into``."""
    if sys.implementation.name != "cpython" or sysconfig.get_config_var("Py_GIL_DISABLED"):
        raise CannotCompile("this Python does not load modules of CPython's stable interface")
    if sys.platform == "win32":
        raise CannotCompile("the core is written for gcc and clang")
    return [
        *compiler(),
        *(SANITIZE if sanitize else FLAGS),
        *(["-Werror"] if os.environ.get("CI") == "true" else []),
        *shlex.split(os.environ.get("CFLAGS", "")),
        *(["-bundle", "-undefined", "dynamic_lookup"] if sys.platform == "darwin" else ["-shared"]),
        f"-I{include_folder()}",
        f'-DHEADSTAMP_SOURCE="{source_digest(root)}"',
        str(root / FOLDER / SOURCES[0]),
        "-o",
        str(into),
    ]


def compile_core(root: Path = ROOT, folder: Path | None = None, *, sanitize: bool = False) -> Path:
    """Compile into a folder (by default where the package lies); the file made.

    The file is put in place by one rename: a process that has the old one
    loaded keeps it. Raises :class:`CannotCompile`, with what the compiler said.
    """
    into = (folder or root / FOLDER) / COMPILED
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".compile-", dir=into.parent) as scratch:
        made = Path(scratch) / COMPILED
        call = command(root, made, sanitize=sanitize)
        try:
            done = subprocess.run(call, capture_output=True, text=True, check=False)
        except OSError as problem:
            raise CannotCompile(f"{call[0]} does not start: {problem}") from problem
        if done.returncode:
            raise CannotCompile(f"{shlex.join(call)}\n{done.stdout}{done.stderr}".rstrip())
        sys.stderr.write(done.stderr)
        made.replace(into)
    return into


def provide(root: Path = ROOT, folder: Path | None = None) -> Path | None:
    """Compile as HEADSTAMP_COMPILE asks; ``None``, said on stderr, where there is no compiled core.

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
        if folder is None:
            (root / FOLDER / COMPILED).unlink(missing_ok=True)
        print(
            "headstamp: installed without its compiled search: markings are searched in numpy, "
            f"with the same answers and more slowly. The reason: {problem}",
            file=sys.stderr,
        )
        return None


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compile nothing, exit 1 if stale")
    parser.add_argument("--force", action="store_true", help="compile whatever is there")
    parser.add_argument("--sanitize", type=Path, metavar="FOLDER", help="with sanitizers, there")
    args = parser.parse_args()
    try:
        if args.sanitize:
            print(compile_core(folder=args.sanitize, sanitize=True))
        elif args.check:
            return 0 if is_as_wished() else 1
        elif args.force or not is_as_wished():
            provide()
    except CannotCompile as problem:
        print(f"headstamp: the search core is not compiled: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
