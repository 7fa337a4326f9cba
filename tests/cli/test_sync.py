"""``headstamp sync``, as two people type it beside each other."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.shared import ROOT


def begun(folder: Path, *words: str) -> subprocess.Popen[str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith("HEADSTAMP_")}
    return subprocess.Popen(
        [sys.executable, "-m", "headstamp", *words, "--case", str(folder)], cwd=ROOT,
        env={**env, "HEADSTAMP_ACTOR": folder.name}, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)


def done(folder: Path, *words: str) -> dict[str, object]:
    process = begun(folder, *words, "--json")
    out, wrong = process.communicate(timeout=60)
    assert process.returncode == 0, (out, wrong)
    found: dict[str, object] = json.loads(out)
    return found


def test_two_people_exchange(tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    for folder in (a, b):
        assert begun(folder, "init", str(folder)).wait(60) == 0
        done(folder, "record", "item", "--tag", folder.name, "--reason", "found")
    host = begun(a, "sync", "--pair", "--title", "Headquarters", "--host", "127.0.0.1",
                 "--minutes", "1", "--json")
    assert host.stderr is not None
    invitation = next(word for line in host.stderr if (word := line.strip()).startswith("headstamp-sync:"))
    guest = done(b, "sync", invitation, "--pair", "--title", "Laptop")
    out, wrong = host.communicate(timeout=60)
    assert host.returncode == 0, wrong
    told = json.loads(out)
    assert (told["title"], told["sent"], guest["title"], guest["sent"]) == (
        "Laptop", True, "Headquarters", True)
    for folder in (a, b):
        assert done(folder, "list", "item")["total"] == 2
        assert begun(folder, "verify").wait(60) == 0
    assert re.fullmatch(r"bndl-\w+", told["taken"]["bundle"])


def test_nobody_came(tmp_path: Path) -> None:
    assert begun(tmp_path, "init", str(tmp_path / "a")).wait(60) == 0
    host = begun(tmp_path / "a", "sync", "--minutes", "0.01", "--host", "127.0.0.1")
    _, wrong = host.communicate(timeout=60)
    assert host.returncode == 7
    assert "nobody came" in wrong and "█" in wrong


def test_what_is_no_invitation(tmp_path: Path) -> None:
    assert begun(tmp_path, "init", str(tmp_path / "a")).wait(60) == 0
    host = begun(tmp_path / "a", "sync", "hello")
    assert "no invitation" in host.communicate(timeout=60)[1]
    assert host.returncode == 2
