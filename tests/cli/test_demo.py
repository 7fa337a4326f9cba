"""``demo`` and ``serve``: what is handed to the rooms below, and what is said."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from headstamp.actions.settings import Settings
from headstamp.demo.run import Demo
from tests.cli.conftest import Run, Small


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Any]:
    """Records what is asked of the demonstration and of the server, which do nothing."""
    made: list[Any] = []

    def run(name: str, folder: Path | None, *, told: Any, say: Callable[[str], None]) -> Demo:
        made.append((name, folder))
        told("importing", 1, None)
        told("importing", 2, 4)
        say("all is well")
        return Demo(name, folder or tmp_path, {"item": 3}, 7, (tmp_path / "report.html",), ("C",))

    def serve(
        settings: Settings, host: str, port: int, announce: Callable[[str], None], *_: object,
        **__: object,
    ) -> None:
        made.append((settings, host, port))
        announce(f"http://{host}:{port}/")

    monkeypatch.setattr("headstamp.demo.run.run", run)
    monkeypatch.setattr("headstamp.web.serve.serve", serve)
    return made


def test_demo(run: Run, calls: list[Any], tmp_path: Path) -> None:
    told = run("demo", "--no-serve", "--json")
    assert (told.code, calls) == (0, [("components", None)])
    assert (told.json["entries"], told.json["counts"], told.json["said"]) == (7, {"item": 3}, ["C"])
    assert told.err == "all is well\n"
    calls.clear()
    told = run("demo", "street", "--dir", tmp_path / "s", "--port", 0)
    assert calls[0] == ("street", tmp_path / "s")
    settings, host, _ = calls[1]
    assert (settings.case, settings.clearance, host) == (str(tmp_path / "s"), "restricted", "127.0.0.1")
    assert "all is well\n" in told.out
    assert "http://127.0.0.1:" in told.out
    assert run("demo", "nonsense").code == 2


def test_serve_hands_on_the_settings(run: Run, calls: list[Any], small: Small) -> None:
    told = run("serve", "--case", small.folder, "--clearance", "public", "--actor", "Eve", "--json")
    assert told.json == {"address": "http://127.0.0.1:8765/"}
    assert calls == [(Settings(str(small.folder), "Eve", "public", None), "127.0.0.1", 8765)]
    assert run("serve").code == 2
    assert run("serve", "--port", "99999", "--case", small.folder).code == 2


def test_pages_are_served(small: Small) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "headstamp", "serve", "--port", "0", "--case", str(small.folder)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={k: v for k, v in os.environ.items() if not k.startswith("HEADSTAMP_")},
    ) as process:
        try:
            assert process.stderr is not None
            words = process.stderr.readline().split()
            assert words[0] == "serving", words
            with urllib.request.urlopen(words[1]) as answer:
                assert answer.status == 200
        finally:
            process.terminate()


@pytest.mark.parametrize("command", ["count item", "verify"])
def test_on_a_terminal(small: Small, command: str) -> None:
    """Bars go to standard error, and only there; the answer stays whole on standard output."""
    pty = pytest.importorskip("pty", reason="no terminals on this system")
    master, slave = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "headstamp", *command.split(), "--json", "--case", str(small.folder)],
            stdout=subprocess.PIPE, stderr=slave, text=True, check=False, timeout=60,
            env={**os.environ, "TERM": "xterm"},
        )
    finally:
        os.close(slave)
        os.close(master)
    assert done.returncode == 0
    assert done.stdout.startswith("{")
    assert done.stdout.endswith("}\n")
    assert "\x1b" not in done.stdout
