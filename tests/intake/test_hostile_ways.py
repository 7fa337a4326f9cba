"""The hostile files through every way in by which somebody else's file is read: told by name and reason, within limits.

Import has a test of its own (``test_hostile``), which takes more of them. `make test` takes
every fifteenth file, `make soak` all. One process does it all, as the pages' server would:
what one file leaves behind must not help the next.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.effort import EFFORT
from tests.intake.hostile import OUTSIDE, hostile_files
from tests.intake.test_hostile import MOST_KILOBYTES, MOST_SECONDS, around
from tests.shared import ROOT

_WAYS = """
import io, json, shutil, sys, time
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from starlette.testclient import TestClient
from headstamp.actions.cases import make_case
from headstamp.actions.settings import Settings
from headstamp.check import main as check
from headstamp.cli.edge import main
from headstamp.engine.snapshot import take_snapshot
from headstamp.intake import limited
from headstamp.records import Document, Item, Party, TraceRequest
from headstamp.store.case import Case
from headstamp.web.app import create_app

place = Path(sys.argv[1])
case = make_case(place / "case")
with case.change(actor="a", reason="r") as change:
    kept = change.file(b"an original")
    change.put_many([Item.build(id="item-aaaa", make="x", tag="T1"), Party.build(id="party-aaaa", name="P"),
        Document.build(id="doc-aaaa", title="t", digest=kept.digest),
        TraceRequest.build(id="trace-aaaa", title="t", status="sent", sent_on="2024-01-01", items=["item-aaaa"])])
take_snapshot(case, "sealed", place / "snapshot")
told = json.loads((place / "snapshot/snapshot.json").read_text())
browser = TestClient(create_app(Settings(case.where, "t", "sealed"), case=case), base_url="http://localhost",
                     raise_server_exceptions=False, follow_redirects=False)

def snapshot(path):
    # Digests are no fence: who gives a false file gives its digest with it.
    folder = place / "given"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(place / "snapshot", folder)
    shutil.copy(path, folder / "item.parquet")
    return ["ask", "--sql", "SELECT * FROM item", "--snapshot", folder, "--unchecked"]

def note(path):
    folder = place / "given"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(place / "snapshot", folder)
    shutil.copy(path, folder / "snapshot.json")
    return ["measure", "shares.by", "--by", "make", "--snapshot", folder]

def backup(path):
    folder = place / "backup"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "states" / "20200101T000000Z-1").mkdir(parents=True)
    shutil.copy(path, folder / "states" / "20200101T000000Z-1" / "manifest.json")
    return ["restore", folder, place / "restored"]

COMMANDS = {
    "photographs": lambda p: ["import", p.parent, "--dry-run"],
    "take": lambda p: ["take", p], "restore": backup, "reference list": lambda p: ["reference", "import", p],
    "official list": lambda p: ["lists", "add", p, "--date", "2024-01-01"], "parties": lambda p: ["party", "import", p],
    "annex": lambda p: ["desk", "answers", p, "--request", "trace-aaaa"],
    "card": lambda p: ["device", "add", p, "--title", "t"], "invitation": lambda p: ["sync", p.read_bytes()[:4000].decode("latin-1").replace(chr(0), "")],
    "list of readings": lambda p: ["find", "--file", p], "table of a measure": lambda p: ["measure", "shares.by", "--table", p],
    "checkpoint": lambda p: ["verify", "--against", p], "time stamp": lambda p: ["stamp", "--reply", p],
    "authorities": lambda p: ["stamp", "--authorities", p, "--list"], "mapping": lambda p: ["import", place / "good.csv", "--map", p],
    "derivative": lambda p: ["derive", "doc-aaaa", p, "--what", "x", "--reason", "r"],
    "snapshot": snapshot, "note of a snapshot": note,
}
(place / "good.csv").write_text("serial\\nx\\n")

def asked(words):
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([*map(str, words), "--case", str(place / "case"), "--actor", "t"])
    out.flush()
    return code, out.buffer.getvalue().decode("utf-8", "replace") + err.getvalue()

def upload(path):
    page = browser.get("/import").text
    token = page.partition('name="token" value="')[2].partition('"')[0]
    answer = browser.post("/import", data={"token": token}, files={"files": (path.name, path.read_bytes())},
                          headers={"origin": "http://localhost"})
    said = browser.get(answer.headers["location"]) if answer.status_code == 303 else answer
    return answer.status_code, said.status_code, said.text

most = 0
def parsed():
    global most
    most = max(most, limited.KEEPERS.latest.kilobytes)
    return limited.KEEPERS.latest.seconds

print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    path, one = Path(json.loads(line)), {}
    for way, words in COMMANDS.items():
        began, limited.KEEPERS.latest = time.process_time(), limited.End(0)
        code, said = asked(words(path))
        one[way] = [code, said[:1500], time.process_time() - began + parsed()]
    began = time.process_time()
    done = upload(path)
    one["upload"] = [done[0], done[2][:200] if done[1] >= 500 else "", time.process_time() - began]

    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()) as err, suppress(SystemExit):
        one["check"] = [check([str(path)]), err.getvalue()[:500], 0.0]
    print(json.dumps(one), flush=True)
own = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
print(json.dumps({"own": own, "child": most, "whole": main(["verify", "--case", str(place / "case")])}))
"""
_NEVER = (1, 70)
"""A fault of ours, and what a crash gives."""


@pytest.mark.slow
def test_every_way_in_refuses_or_takes_them_unharmed(tmp_path: Path) -> None:
    given = tmp_path / "given"
    home = tmp_path / "home"
    work = tmp_path / "work"
    for folder in (given, home, work):
        folder.mkdir()
    files = hostile_files()[:: 1 if EFFORT > 1 else 15]
    for number, one in enumerate(files):
        (given / str(number)).mkdir()
        (given / str(number) / one.name).write_bytes(one.data)
    before = around(tmp_path, work)
    done = subprocess.run(
        [sys.executable, "-c", _WAYS, str(work)],
        input="\n".join(json.dumps(str(given / str(n) / one.name)) for n, one in enumerate(files)),
        capture_output=True, text=True, timeout=7_200, check=False, cwd=home,
        env={**os.environ, "HOME": str(home), "TMPDIR": str(home),
             "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])},
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(lines) == len(files) + 2
    became: Counter[str] = Counter()
    wrong = []
    slowest = (0.0, "", "")
    for one, ways in zip(files, lines[1:-1], strict=True):
        for way, (code, said, seconds) in ways.items():
            slowest = max(slowest, (seconds, way, one.name))
            became["taken" if code in (0, 303) else "refused"] += 1
            if code in _NEVER or "Traceback" in said or (way == "upload" and (code >= 500 or said)):
                wrong.append((one.name, way, code, said[-700:]))
            elif code and way in ("take", "parties", "annex", "reference list", "official list", "card",
                                  "list of readings") and one.name not in said:
                wrong.append((one.name, way, code, f"file not named: {said[:300]}"))
    print(f"{len(files)} files by {len(lines[1])} ways: {dict(became)}; slowest {slowest}; {lines[-1]}")
    for each in wrong[:40]:
        print(each)
    assert wrong == []
    assert lines[-1]["whole"] == 0
    assert slowest[0] < MOST_SECONDS, slowest
    assert max(lines[-1]["own"], lines[-1]["child"]) < MOST_KILOBYTES, lines[-1]
    assert around(tmp_path, work) == before
    for place in (Path("/tmp"), tmp_path, work, home):
        assert not list(place.glob(f"*{OUTSIDE}*"))
