"""The server says where it answers, answers, and says what to do where its port is taken."""

from __future__ import annotations

import re
import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.web.sample import a_case

_PROGRAM = """
import sys
from headstamp.actions.settings import Settings
from headstamp.errors import HeadstampError
from headstamp.web.serve import serve
try:
    serve(Settings(sys.argv[1], "t"), port=int(sys.argv[2]), announce=lambda a: print(a, flush=True))
except HeadstampError as error:
    print(error.code, error.message)
"""


def test_it_announces_answers_and_stops(tmp_path: Path) -> None:
    a_case(tmp_path / "case").close()
    command = [sys.executable, "-c", _PROGRAM, str(tmp_path / "case")]
    with subprocess.Popen([*command, "0"], stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            address = server.stdout.readline().strip()
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address)
            with urllib.request.urlopen(f"{address}api/items", timeout=20) as answer:
                assert b"item-aaaa" in answer.read()
            port = address.rstrip("/").rpartition(":")[2]
            second = subprocess.run([*command, port], capture_output=True, text=True, timeout=60)
            assert second.stdout.startswith("unavailable")
            assert "--port" in second.stdout
        finally:
            server.terminate()
        assert server.wait(timeout=20) is not None


def test_there_is_no_server_without_a_case(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _PROGRAM, str(tmp_path / "nothing"), "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith("missing")
