"""``export-log`` and ``proof`` as a person calls them, and what others then run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Run, Small


def test_a_log_is_exported_and_checked_by_others(run: Run, small: Small, tmp_path: Path) -> None:
    folder = tmp_path / "log"
    told = run("export-log", folder, "--case", small.folder, "--json").json
    assert told["folder"] == str(folder)
    assert told["entries"] > 0 and told["missing"] == []
    key = told["key"]
    for program in ([sys.executable, "-m", "headstamp.check"], [sys.executable, "-I", folder / "verify.py"]):
        done = subprocess.run([*program, folder, "--key", key], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done
        assert "Nothing is wrong" in done.stdout
    again = run("export-log", folder, "--case", small.folder)
    assert again.code == 5 and "is there already" in again.err
    words = run("export-log", tmp_path / "other", "--records", "--without-originals",
                "--clearance", "sealed", "--case", small.folder)
    assert words.code == 0 and key in words.out and "0 originals" in words.out


def test_proofs_are_printed_or_written(run: Run, small: Small, tmp_path: Path) -> None:
    record = run("list", "item", "--case", small.folder, "--json").json["records"][0]["id"]
    printed = run("proof", record, "--case", small.folder)
    assert printed.code == 0 and printed.out.startswith("c2sp.org/tlog-proof@v1\nextra ")
    path = tmp_path / "proof"
    told = run("proof", record, "-o", path, "--case", small.folder, "--json").json
    assert path.read_text("utf-8") == told["proof"] == printed.out
    done = subprocess.run([sys.executable, "-m", "headstamp.check", path, "--key", told["key"]],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0 and record in done.stdout
    kept = tmp_path / "kept"
    kept.write_text(run("checkpoint", "--case", small.folder).out, "utf-8")
    growth = run("proof", "--since", kept, "--case", small.folder)
    assert growth.code == 0 and growth.out.startswith("old ")
    assert run("proof", "--case", small.folder).code == 2
    assert run("proof", record, "--since", kept, "--case", small.folder).code == 2
    assert run("proof", record, "--version", 9, "--case", small.folder).code == 2
    assert run("proof", "item-none", "--case", small.folder).code == 3
    assert run("proof", "--since", tmp_path / "nothing", "--case", small.folder).code == 3
