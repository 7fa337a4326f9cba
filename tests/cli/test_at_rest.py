"""Whatever is done with an encrypted case, nothing of it is ever written where it can be read.

Every command and every page of the program is taken from its own declarations, so a new one
cannot be forgotten, and run on a case that has a canary in every text (figure C6). What the
program writes is watched call by call (``written``), so what was written and taken away again is
seen too, and with it every moment at which the program might have been killed; then every byte
that is left is looked through (``canaries``). What a person asks to be written goes to one
folder, which is the only one that may be read.

``make test`` does what other libraries write or parse; ``make soak`` all of it, and kills.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from headstamp.analysis.measures import MEASURES
from headstamp.records import TYPES
from headstamp.store.case import Case
from headstamp.store.cipher_lock import read_lock
from headstamp.web.routes import ACTS, pages
from tests.cli import whole_day
from tests.cli.encrypted_street import encrypted_street, finds, picture
from tests.cli.test_encrypted import Browser
from tests.cli.written import OPTIONS, in_the_open, written
from tests.durability.stage import need_strace
from tests.effort import EFFORT
from tests.shared import ROOT
from tests.store.canaries import canary, in_files

pytestmark = pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="needs files in memory")
long = pytest.mark.skipif(EFFORT == 1, reason="make soak runs every command and page")
MEMORY = Path("/dev/shm")


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case, made once."""
    folder = tmp_path_factory.mktemp("street") / "case"
    assert encrypted_street(folder) > 100
    return folder


@pytest.fixture
def root(street: Path, tmp_path: Path) -> Path:
    """A laptop with a copy of the case."""
    shutil.copytree(street, tmp_path / "case")
    for name in ("outside", "home/tmp", "trace"):
        (tmp_path / name).mkdir(parents=True)
    whole_day.prepare(tmp_path)
    return tmp_path


def surroundings(root: Path, passphrase: str = "passphrase") -> dict[str, str]:
    """The environment of whoever sits there: everything a program may write to is beneath ``root``."""
    home = root / "home"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HEADSTAMP_")}
    return clean | {
        "HOME": str(home), "TMPDIR": str(home / "tmp"), "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_CONFIG_HOME": str(home / "config"), "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"), "PYTHONPATH": str(ROOT / "src"),
        "PYTHONDONTWRITEBYTECODE": "1", "HEADSTAMP_CASE": str(root / "case"), "HEADSTAMP_ACTOR": canary(197),
        "HEADSTAMP_CLEARANCE": "sealed", "HEADSTAMP_PASSPHRASE_FILE": str(root / "outside" / passphrase),
        "HEADSTAMP_NEW_PASSPHRASE_FILE": str(root / "outside" / "new"),
    }


def watched(root: Path) -> list[str]:
    need_strace(root)
    return ["strace", *OPTIONS, "-o", str(root / "trace" / "calls")]


def found(root: Path, since: float) -> dict[str, set[str]]:
    """What lies open in any file that is left."""
    left = [one for one in MEMORY.glob(".*") if one.stat().st_mtime >= since] if MEMORY.is_dir() else []
    folders = [one for one in root.iterdir() if one.is_dir() and one.name not in ("outside", "trace")]
    return in_files(*folders, *left)


def the_day(root: Path, *words: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [*watched(root), sys.executable, whole_day.__file__, str(root), *words], cwd=root / "home",
        env=surroundings(root), capture_output=True, text=True, check=False, timeout=3600)
    assert done.returncode == 0, done.stderr[-3000:]
    told = [json.loads(line) for line in done.stdout.splitlines()]
    for one in told:
        assert one["code"] in (0, *whole_day.EXPECTED.get(one["command"], ())), one
    return told


def check_open(root: Path, since: float, *, asked_for: bool = True) -> None:
    # It saw the writing: the case's own, and what a command was asked to write readable.
    names = written(root / "trace" / "calls")
    assert str(root / "case" / "case.sqlite-wal") in names
    assert asked_for == any(name.startswith(str(root / "outside")) for name in names)
    opened = {path: forms for path, forms in in_the_open(names, root / "outside")
              if not path.startswith(f"{MEMORY}/.")}  # a bundle's folder in memory: see found()
    assert opened == {}
    assert found(root, since) == {}


class _Nothing:
    """Stands for ids where only the words of commands are wanted."""

    def __init__(self) -> None:
        self.all = {kind.name: [self] * 3 for kind in TYPES}
        self.supplied = self.id = "none"

    def one(self, kind: str, **wanted: object) -> str:
        return "none"

    def word(self, given: str) -> str:
        return "none"


def _no_exchange(case: Path, other: Path) -> Generator[whole_day.Step, str, None]:
    yield ("sync",)


def test_no_command_and_no_measure_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "outside").mkdir()
    monkeypatch.setattr(whole_day, "_sync", _no_exchange)
    known = set(whole_day.leaves())
    named, steps = set[tuple[str, ...]](), whole_day.day(tmp_path, _Nothing())  # type: ignore[arg-type]
    step = next(steps)
    while True:
        named.add(whole_day.named(step, known))
        try:
            step = steps.send(whole_day.STUB)
        except StopIteration:
            break
    left_out = {(name,) for name in whole_day.OTHER_WAYS}
    recorded = {path for path in known if path[0] == "record"}  # the same form of each kind
    assert known - named - left_out - recorded == set()
    assert {path[1] for path in recorded & named}
    assert set(whole_day.MEASURED) == {one.name for one in MEASURES}


@pytest.mark.slow
def test_what_other_libraries_write_or_parse_leaves_nothing(root: Path) -> None:
    since = time.time() - 1
    told = the_day(root, "--least")
    assert len(told) == 11
    check_open(root, since)


@long
def test_every_command_and_every_page_leaves_nothing(root: Path) -> None:
    since = time.time() - 1
    told = the_day(root)
    assert len({one["command"] for one in told}) >= len(set(whole_day.leaves())) - 40
    check_open(root, since)
    shutil.rmtree(root / "trace")
    (root / "trace").mkdir()
    with serving(root) as (browser, ids):
        every_page(browser, ids)
        every_form(browser, ids, root)
    check_open(root, since, asked_for=False)  # a page hands out; it writes nothing outside


@long
@pytest.mark.parametrize("after", [round(1.7**n, 1) for n in range(1, 9)])
def test_killed_at_any_moment_it_leaves_nothing(root: Path, after: float) -> None:
    since = time.time() - 1
    process = subprocess.Popen(
        [sys.executable, whole_day.__file__, str(root)], cwd=root / "home", env=surroundings(root),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    time.sleep(after)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    time.sleep(1)  # what cleans up after it needs a moment
    assert found(root, since) == {}


class serving:
    """The pages, watched; a browser, and an id of each kind; killed at the end."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __enter__(self) -> tuple[Browser, dict[str, str]]:
        root = self.root
        self.log = (root / "home" / "log.txt").open("w")
        self.process = subprocess.Popen(
            [*watched(root), sys.executable, "-m", "headstamp", "serve", "--port", "0", "--json"],
            cwd=root / "home", env=surroundings(root, "new"), stdout=subprocess.PIPE, stderr=self.log,
            text=True, start_new_session=True)
        assert self.process.stdout is not None
        told = "".join(iter(self.process.stdout.readline, "}\n"))
        ids = {}
        with Case.open(root / "case", keys=read_lock(root / "case").unlock(whole_day.NEW)) as case:
            reader = case.read("sealed")
            for kind in TYPES:
                ids[kind.slug] = reader.list(kind.name, {}, limit=1).rows[0].id
            ids["digest"] = next(str(one.get("digest")) for one in reader.stream("photograph") if one.get("digest"))
        return Browser(str(json.loads(told + "}")["address"])), ids

    def __exit__(self, *given: object) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.log.close()


_OF = {"custody": "items", "erase": "items", "conflicts": "items"}


def address(path: str, ids: dict[str, str]) -> str:
    """A declared path with something there for each of its parts."""
    slug = path.strip("/").removeprefix("api/").split("/")[0]
    parts = {"digest": ids["digest"], "n": "1", "number:int": "0", "seq:int": "3", "size:int": "3",
             "path:path": "0/000", "plot": "0", "id": ids.get(_OF.get(slug, slug), "0123456789abcdef"),
             "name": "counts.burst" if "/measures/" in path else "tallies"}
    return re.sub(r"\{([^}]+)\}", lambda found: parts[found[1]], path)


def every_page(browser: Browser, ids: dict[str, str]) -> None:
    good = 0
    asked = [path for page in pages() for path in (page.path, page.api) if path]
    asked += [act.path for act in ACTS if "GET" in act.methods]
    for path in asked:
        status, _ = browser.get(address(path, ids))
        assert status < 500, path
        good += status == 200
    assert good > 0.9 * len(asked)


def every_form(browser: Browser, ids: dict[str, str], root: Path) -> None:
    token = browser.token("/items")
    typed = {name: canary(number) for number, name in enumerate(
        ("reason", "text", "make", "title", "remark", "name", "why", "caption", "sentence"), 1)}
    for act in ACTS:
        if "POST" in act.methods:
            status, _, _ = browser.post(address(act.path, ids), token=token, **typed)
            assert status < 500, act.path
    # Larger than what a server would put aside on the disk.
    sent = {f"{canary(90)}.csv": finds(list(range(200)) * 200).encode(), f"{canary(91)}.jpg": picture(
        canary(92), "LOT 4711", 2400)}
    assert sum(map(len, sent.values())) > 3 << 20
    _, at, _ = browser.send("/import", token, sent)
    _, at, _ = browser.post(urlsplit(at).path, token=token, do="import", **{"as": "item"})
    job = urlsplit(at).path
    assert browser.job(job)["state"] == "done"
    assert browser.get(f"{job}/problems/0")[0] == 200
    for path, field in (("/report", {"form": "pdf"}), ("/verify", {})):
        _, at, _ = browser.post(path, token=token, **field)
        assert browser.job(urlsplit(at).path)["state"] == "done"
    browser.send("/exchange/take", token, {"b.age": (root / "outside" / "bundle.age").read_bytes()}, field="file")
    browser.post("/lock", token=token)
    for _ in range(100):
        if browser.get("/items")[0] == 423:
            break
        time.sleep(0.1)
    assert browser.get("/static/nothing.js")[0] == 404
    for _ in range(10):  # the process that is being replaced still answers, and takes what it opened along
        status, _, _ = browser.post("/unlock", passphrase=whole_day.NEW, next="/items")
        if status == 200:
            break
        time.sleep(3)
    assert status == 200


def test_the_watch_sees_what_is_gone_again(tmp_path: Path) -> None:
    """The watch itself: a file written and taken away, a name, a mapped file; not what is in memory."""
    (tmp_path / "trace").mkdir()
    words = f"""
import mmap, os, threading
def gone():
    with open("gone", "wb") as stream: stream.write(b"a " + {canary(1)!r}.encode())
    os.unlink("gone")
threading.Thread(target=gone).start()
os.mkdir({canary(2)!r})
with open("mapped", "w+b") as stream:
    stream.truncate(4096); mmap.mmap(stream.fileno(), 4096)[:3] = b"abc"
os.write(os.memfd_create("held"), {canary(3)!r}.encode())
with open("fine", "wb") as stream: stream.write(b"nothing")
"""
    subprocess.run([*watched(tmp_path), sys.executable, "-c", words], cwd=tmp_path, check=True)
    names = written(tmp_path / "trace" / "calls")
    assert {Path(path).name for path, _ in in_the_open(names)} == {"gone", canary(2), "mapped"}
    assert any(path.endswith("/fine") for path in names)
