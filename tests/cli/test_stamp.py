"""``stamp`` and ``witness``: asked, waiting, by file, noted; in words and as JSON, with their exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run, Small
from tests.exchange.tsa import Tsa, nobody, serving


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Tsa:
    return Tsa.make(tmp_path_factory.mktemp("tsa") / "one")


def test_nobody_is_asked_who_is_not_named(run: Run, small: Small) -> None:
    told = run("stamp", "--case", small.folder, "--json")
    assert (told.code, told.json["error"]) == (2, "invalid")
    assert "none is asked unless you name one" in told.json["message"]
    assert not (small.folder / "stamps").exists()
    for url in ("file:///etc/passwd", "ftp://x/", "x"):
        assert run("stamp", "--authority", f"A={url}", "--case", small.folder).code == 2
    assert run("stamp", "--request", "a", "--list", "--case", small.folder).code == 2


def test_asked_waiting_and_got(
    run: Run, small: Small, tsa: Tsa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "authorities.toml"
    with serving(tsa.answer) as served:
        file.write_text(f"""
[[authority]]
name = "Here"
url = "{served.url}"
certificates = "{tsa.ca}"
[[authority]]
name = "Down"
url = "{nobody()}"
certificates = "{tsa.ca}"
""")
        monkeypatch.setenv("HEADSTAMP_AUTHORITIES", str(file))
        told = run("stamp", "--case", small.folder, "--json")
        assert told.code == 7
        (got,), (waits,) = told.json["got"], told.json["waiting"]
        assert (got["authority"], got["size"], got["not_checked"]) == ("Here", 7, "")
        assert (waits["authority"], waits["size"]) == ("Down", 7) and "refused" in waits["problem"]
        words = run("stamp", "--case", small.folder)
        assert words.code == 7 and "Here: has stamped all" in words.out and "Waiting" in words.out
        done = run("stamp", "--authority", f"Down={served.url}", "--case", small.folder)
        assert done.code == 0 and "Down: 7 entries, stamped at" in done.out
    listed = run("stamp", "--list", "--case", small.folder, "--json").json
    assert listed["waiting"] == []
    assert [(one["holder"], one["standing"]) for one in listed["witnesses"]] == [
        ("Here", "good"), ("Down", "good")]
    assert "time stamp\tHere" in run("stamp", "--list", "--case", small.folder).out
    assert run("stamp", "--list", "--case", small.folder, "--clearance", "public", "--json"
               ).json["witnesses"] == []
    fine = run("verify", "--case", small.folder, "--json")
    assert (fine.code, fine.json["not_checked"]) == (0, [])


def test_by_file(run: Run, small: Small, tsa: Tsa, tmp_path: Path) -> None:
    asked, reply = tmp_path / "q.tsq", tmp_path / "r.tsr"
    wrote = run("stamp", "--request", asked, "--authority", "Court", "--case", small.folder, "--json")
    assert wrote.code == 0 and wrote.json["size"] == 7
    assert "Court" in run("stamp", "--list", "--case", small.folder).out
    reply.write_bytes(tsa.answer(asked.read_bytes()))
    assert run("stamp", "--reply", tmp_path / "nowhere", "--case", small.folder).code == 3
    taken = run("stamp", "--reply", reply, "--case", small.folder)
    assert taken.code == 0 and "kept, but not checked by this program: use openssl" in taken.out
    told = run("verify", "--case", small.folder)
    assert told.code == 0 and "use openssl" in told.out
    assert len(run("verify", "--case", small.folder, "--json").json["not_checked"]) == 1
    assert run("stamp", "--reply", reply, "--case", small.folder).code == 3
    assert run("stamp", "--request", asked, "--authority", "Court", "--case", small.folder).code == 5


def test_witness(run: Run, small: Small, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    made = run("witness", "Registry of the court", "-o", kept, "--at", "2026-11-21T20:42:36Z",
               "--case", small.folder, "--json")
    assert made.code == 0, made.out
    assert kept.read_text("utf-8") == made.json["checkpoint"] and made.json["size"] == 7
    assert run("witness", "X", "-o", kept, "--case", small.folder).code == 5
    paper = run("witness", "Safe 3", "--paper", "--checkpoint", kept, "--case", small.folder)
    assert paper.code == 0 and made.json["checkpoint"] in paper.out and made.json["key"] in paper.out
    rows = run("list", "witness", "--case", small.folder, "--json").json["records"]
    assert {(row["holder"], row["witness_kind"], row["size"]) for row in rows} == {
        ("Registry of the court", "person", 7), ("Safe 3", "paper", 7)}
    assert run("verify", "--case", small.folder, "--against", kept).code == 0
    kept.write_text("hello")
    assert run("witness", "X", "--checkpoint", kept, "--case", small.folder).code == 2
    assert run("witness", "X", "--at", "yesterday", "--case", small.folder).code == 2
    assert run("witness", "--case", small.folder).code == 2
