"""The exported folder: whole, faithful to damage, refused where something is in its place."""

from __future__ import annotations

import ast
import io
import os
import shutil
import sqlite3
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from headstamp import check
from headstamp.actions.cases import check_case
from headstamp.actions.evidence.export_log import (
    export_log,
    prove_growth,
    prove_record,
    verifier_source,
    write_proof,
)
from headstamp.errors import Conflicting, HeadstampError, Invalid, Missing
from headstamp.evidence import verify
from headstamp.evidence.note import Verifier
from headstamp.evidence.tile import tile_path
from headstamp.records import Document, Note, Site
from headstamp.store.case import Case
from headstamp.store.new_key import replace_key
from tests.conftest import new_case
from tests.effort import EFFORT
from tests.shared import ROOT

SOURCE = ROOT / "src" / "headstamp"
VERIFIER = SOURCE / "evidence" / "verify.py"


def _fill(case: Case, many: int = 300) -> Site:
    site = Site.build(name="Mill, CANARY-VALUE")
    with case.change(actor="a", reason="first") as change:
        change.put(site)
        kept = change.file(b"an original")
        change.put(Document.build(title="d", digest=kept.digest))
    with case.change(actor="a", reason="more") as change:
        change.put_many([Note.build(about=site.id, text=f"n{n}", tier="sealed" if n % 5 == 0 else "partner")
                         for n in range(many)])
    return site


def test_a_folder_in_both_stores(case: Case, tmp_path: Path) -> None:
    _fill(case)
    done = export_log(case, tmp_path / "out" / "log", clearance="restricted")
    assert (done.entries, done.withheld, done.originals, done.missing) == (302, 60, 1, ())
    report = check.check_folder(tmp_path / "out" / "log", case.verifier, [case.checkpoint()])
    assert report.findings == []
    assert (report.entries, report.withheld, report.originals) == (302, 60, 1)
    everything = b"".join(p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file())
    assert b"CANARY-VALUE" not in everything
    export_log(case, tmp_path / "shown", clearance="restricted", records=True, originals=False)
    assert b"CANARY-VALUE" in (tmp_path / "shown" / "disclosed.jsonl").read_bytes()
    assert not (tmp_path / "shown" / "originals").exists()
    report = check.check_folder(tmp_path / "shown", case.verifier)
    assert (report.findings, report.originals_left_out) == ([], 1)
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".")) == []


def test_nothing_is_written_over(tmp_path: Path) -> None:
    with Case.create(tmp_path / "case") as case:
        (tmp_path / "empty").mkdir()
        assert export_log(case, tmp_path / "empty", clearance="public").entries == 0
        (tmp_path / "file").write_text("x")
        (tmp_path / "link").symlink_to(tmp_path / "nowhere")
        for there in ("empty", "file", "link", "case"):
            with pytest.raises(Conflicting):
                export_log(case, tmp_path / there, clearance="public")
        assert check.check_folder(tmp_path / "empty", case.verifier).findings == []


DAMAGE = (
    "UPDATE log SET entry = replace(entry, 'first', 'frist') WHERE seq = 1",
    "UPDATE log SET entry = (SELECT entry FROM log WHERE seq = 9) WHERE seq = 8",
    "UPDATE log SET entry = x'7b7d' WHERE seq = 4",
    "UPDATE log SET entry = zeroblob(70000) WHERE seq = 4",
    "DELETE FROM log WHERE seq = 301",
    "DELETE FROM log WHERE seq = 7",
    "UPDATE tile SET hashes = zeroblob(8192) WHERE level = 0",
    "UPDATE tile SET hashes = zeroblob(10) WHERE level = 0",
    "DELETE FROM tile",
    "UPDATE edge SET hashes = zeroblob(32) WHERE level = 1",
    "DELETE FROM edge",
    "DELETE FROM checkpoint WHERE size = 302",
    "UPDATE checkpoint SET note = replace(note, '302', '301') WHERE size = 302",
    "UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE size = 0) WHERE size = 2",
    "DELETE FROM checkpoint",
    "UPDATE version SET seed = zeroblob(16) WHERE kind = 'document'",
    "UPDATE version SET body = replace(body, 'title', 'titel') WHERE kind = 'document'",
    "UPDATE version SET body = x'00' WHERE kind = 'document'",
)


@pytest.mark.parametrize("sql", DAMAGE)
def test_a_damaged_log_is_not_mended_on_its_way_out(tmp_path: Path, sql: str) -> None:
    """What `headstamp verify` finds in the log, checkers find in the folder, or there is none."""
    with Case.create(tmp_path / "case") as case:
        _fill(case)
        kept = case.checkpoint()
        with sqlite3.connect(case.folder / "case.sqlite") as raw:
            assert raw.execute(sql.replace("replace(entry", "replace(CAST(entry AS text)")
                               .replace("replace(body", "replace(CAST(body AS text)")
                               .replace("'frist')", "'frist')")).rowcount >= 1
            raw.execute("UPDATE log SET entry = CAST(entry AS blob)")
            raw.execute("UPDATE version SET body = CAST(body AS blob)")
        assert check_case(case) != []
        try:
            export_log(case, tmp_path / "log", clearance="sealed", records=True)
        except HeadstampError:
            assert not (tmp_path / "log").exists()
            return
        assert check.check_folder(tmp_path / "log", case.verifier, [kept]).findings != []


def test_any_flipped_bit_of_the_stored_log_shows_in_the_case_and_in_the_folder(tmp_path: Path) -> None:
    random = Random(11)
    with Case.create(tmp_path / "case") as case:
        _fill(case)
        kept = case.checkpoint()
    for number in range(20 * min(EFFORT, 10)):
        folder = tmp_path / f"case{number}"
        shutil.copytree(tmp_path / "case", folder)
        with sqlite3.connect(folder / "case.sqlite") as raw:
            raw.text_factory = bytes
            table, column = random.choice((("log", "entry"), ("tile", "hashes"), ("edge", "hashes"),
                                           ("checkpoint", "note")))
            rows = raw.execute(f"SELECT rowid, {column} FROM {table} WHERE length({column}) > 0").fetchall()
            row, held = random.choice(rows)
            data = bytearray(held)
            data[random.randrange(len(data))] ^= 1 << random.randrange(8)
            kind = "text" if column == "note" else "blob"
            raw.execute(f"UPDATE {table} SET {column} = CAST(? AS {kind}) WHERE rowid = ?", (bytes(data), row))
        with Case.open(folder) as case:
            assert check_case(case) != [], (number, table)
            try:
                export_log(case, tmp_path / "log", clearance="sealed")
            except HeadstampError:
                continue
            assert check.check_folder(tmp_path / "log", case.verifier, [kept]).findings != [], number
            shutil.rmtree(tmp_path / "log")
        shutil.rmtree(folder)


def test_a_lost_or_changed_original_shows(tmp_path: Path) -> None:
    with Case.create(tmp_path / "case") as case:
        _fill(case)
        path = case.vault.path(sha256(b"an original").hexdigest())
        path.chmod(0o644)
        path.write_bytes(b"another one")
        export_log(case, tmp_path / "changed", clearance="sealed")
        path.unlink()
        assert export_log(case, tmp_path / "lost", clearance="sealed").missing == (path.name,)
        found = [{f.what for f in check.check_folder(tmp_path / name, case.verifier).findings}
                 for name in ("changed", "lost")]
        assert found[0] == {"original_changed"}
        assert found[1] == {"original_missing", "count_wrong"}


def test_proofs_of_records_and_of_growth(case: Case, tmp_path: Path) -> None:
    older = case.checkpoint_note()
    site = _fill(case, 5)
    first = case.checkpoint_note()
    with case.change(actor="b", reason="corrected") as change:
        change.put(site.model_copy(update={"name": "Mill"}))
    keys = case.verifier
    for version, reason in ((None, "corrected"), (1, "first"), (2, "corrected")):
        proof = prove_record(case, site.id, clearance="restricted", version=version)
        assert reason in check.check_proof(proof.text(), keys)
    with pytest.raises(Invalid):
        prove_record(case, site.id, clearance="restricted", version=3)
    with pytest.raises(Missing):
        prove_record(case, site.id, clearance="public")
    growth = prove_growth(case, first)
    from headstamp.evidence.checkpoint import open_checkpoint

    assert "begins with" in check.check_proof(growth.text(), keys, [open_checkpoint(first, [keys])])
    with pytest.raises(Invalid):
        prove_growth(case, older)  # of no entries nothing is proven
    write_proof(growth.text(), tmp_path / "p")
    with pytest.raises(Conflicting):
        write_proof(growth.text(), tmp_path / "p")


def test_proofs_across_a_change_of_the_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Case.create(tmp_path / "case") as case:
        site = _fill(case, 5)
        old = tmp_path / "old"
        old.write_text(case.checkpoint_note(), "utf-8")
        first = case.verifier.text()
        replace_key(case, actor="B", reason="r")
        growth, record = tmp_path / "growth", tmp_path / "record"
        write_proof(prove_growth(case, old.read_text("utf-8")).text(), growth)
        write_proof(prove_record(case, site.id, clearance="sealed").text(), record)
        export_log(case, tmp_path / "log", clearance="sealed")
        newest = case.verifier.text()
    keys = tmp_path / "log" / "keys.jsonl"

    def run(*arguments: object) -> int:
        return check.main([str(one) for one in arguments])

    # The newest key alone opens a proof; one that is older needs the changes between.
    assert run(record, "--key", newest) == 0
    assert run(record, "--key", first) == 9
    for key in (first, newest):
        assert run(record, "--key", key, "--keys", keys) == 0
        assert run(growth, "--key", key, "--keys", keys, "--against", old) == 0
    assert "was replaced at size 7" in capsys.readouterr().out
    assert run(growth, "--key", newest, "--against", old) == 9
    assert run(tmp_path / "log", "--key", newest, "--keys", keys) == 2
    keys.write_text("[]\n", "utf-8")
    assert run(record, "--key", first, "--keys", keys) == 6
    assert run(tmp_path / "log", "--key", newest) == 9


def test_the_program_says_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*arguments: object) -> tuple[int, str]:
        code = check.main([str(one) for one in arguments])
        return code, capsys.readouterr().out

    with Case.create(tmp_path / "case") as case:
        site = _fill(case, 5)
        old = tmp_path / "old"
        old.write_text(case.checkpoint_note(), "utf-8")
        export_log(case, tmp_path / "old-log", clearance="sealed")
        with case.change(actor="b\x1b[2J", reason="x\u202e") as change:
            change.put(site.model_copy(update={"name": "Mill"}))
        export_log(case, tmp_path / "log", clearance="sealed")
        new = tmp_path / "new"
        new.write_text(case.checkpoint_note(), "utf-8")
        write_proof(prove_record(case, site.id, clearance="sealed").text(), tmp_path / "p")
        key, pub = case.verifier.text(), case.folder / "keys" / "device.pub"
    code, told = run(tmp_path / "log", "--key", pub, "--against", old)
    assert code == 0 and "Nothing is wrong" in told and "key came with" not in told
    code, told = run(tmp_path / "log")
    assert code == 0 and "key came with the folder" in told
    code, told = run(tmp_path / "old-log", "--against", new)
    assert code == 9 and "log_shorter_than_checkpoint" in told
    code, told = run(tmp_path / "p", "--key", key)
    assert code == 0 and "\x1b" not in told and "\u202e" not in told and "\\x1b[2J" in told
    assert run(tmp_path / "p")[0] == 2
    assert run(tmp_path / "nothing", "--key", key)[0] == 3
    assert run(tmp_path / "log", "--key", "nonsense")[0] == 2
    assert run(tmp_path / "log", "--key", key, "--against", tmp_path / "p")[0] == 9
    other = Verifier.of("headstamp.local/other", bytes(range(32))).text()
    code, told = run(tmp_path / "log", "--key", other)
    assert code == 9 and "statement_wrong" in told
    (tmp_path / "log" / "log.json").write_text("{}\n")
    assert run(tmp_path / "log")[0] == 9
    assert run(tmp_path / "log", "--key", key)[0] == 9


def test_a_statement_of_a_giant_log_is_refused_at_once(tmp_path: Path) -> None:
    with Case.create(tmp_path / "case") as case:
        _fill(case, 5)
        export_log(case, tmp_path / "log", clearance="sealed")
        path = tmp_path / "log" / "log.json"
        path.write_text(path.read_text().replace('"entries":7', '"entries":9007199254740991'))
        assert {"file_missing", "count_wrong"} <= {
            f.what for f in check.check_folder(tmp_path / "log", case.verifier).findings}
        assert tile_path(0, 0, 7) == "tile/0/000.p/7"


# --- what outsiders read and run --------------------------------------------------------


def test_an_outsider_can_read_all_that_the_checker_runs_in_an_hour() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import sys, headstamp.check as c; "
         "print(*sorted(m.__file__ for n, m in sys.modules.items() if n.split('.')[0] == 'headstamp'))"],
        capture_output=True, text=True, check=True,
    ).stdout.split()
    names = {str(Path(name).relative_to(SOURCE)) for name in told}
    assert {name for name in names if not name.startswith("evidence/")} == {
        "__init__.py", "check.py", "errors.py"}
    assert "evidence/verify.py" not in names
    lines = sum(Path(name).read_text("utf-8").count("\n") for name in told)
    # A third of them is empty or words: 35 lines of code a minute.
    assert lines <= 3200, lines


def test_the_verifier_is_short_old_and_alone() -> None:
    text = VERIFIER.read_text("utf-8")
    assert text.count("\n") <= 300
    assert max(map(len, text.splitlines())) <= 100
    assert verifier_source() == VERIFIER.read_bytes()
    tree = ast.parse(text, feature_version=(3, 8))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported == {"argparse", "binascii", "datetime", "hashlib", "json", "os", "pathlib", "re"}
    # Those who were handed a folder can compare.
    page = (ROOT / "docs" / "evidence-format.md").read_text("utf-8")
    assert sha256(VERIFIER.read_bytes()).hexdigest() in page, "tell its new SHA-256 in the page"


def _pythons() -> list[str]:
    """The Pythons of this machine, one of each version."""
    found = {}
    roots = [Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"]
    names = [str(p) for root in roots if root.is_dir() for p in root.glob("*/bin/python")]
    names += [path for minor in range(8, 20) if (path := shutil.which(f"python3.{minor}"))]
    for name in (*names, sys.executable):
        told = subprocess.run([name, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
                              capture_output=True, text=True, check=False).stdout.strip()
        if told and tuple(map(int, told.split("."))) >= (3, 8):
            found[told] = name
    return [found[version] for version in sorted(found)]


def test_the_verifier_runs_on_every_python_here(tmp_path: Path) -> None:
    with new_case("sqlite", tmp_path / "case") as case:
        _fill(case)
        export_log(case, tmp_path / "log", clearance="restricted")
        key = case.verifier.text()
    # -I: nothing of this checkout can be imported. Where it lies in the package, it has neighbours
    # with names such as base64, and must not take them for the standard library's.
    runs = [[python, "-I", "verify.py", ".", "--key", key] for python in _pythons()]
    runs.append([_pythons()[-1], "-B", str(VERIFIER), ".", "--key", key])
    for run in runs:
        done = subprocess.run(run, cwd=tmp_path / "log", capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), (run, done)
        assert "Nothing is wrong: 302 entries, of them 60 withheld" in done.stdout
    assert [p.name for p in (tmp_path / "log").iterdir() if p.name == "__pycache__"] == []


def test_what_could_not_be_checked_is_not_called_wrong(tmp_path: Path) -> None:
    """Exit code 9 speaks against who made the folder; a wrong call does not."""
    with new_case("sqlite", tmp_path / "case") as case:
        _fill(case)
        export_log(case, tmp_path / "log", clearance="restricted")
    (tmp_path / "no key").write_bytes(b"\xff\xfe")
    folder = str(tmp_path / "log")
    for arguments in ([str(tmp_path / "nowhere")], [folder, "--against", str(tmp_path / "nowhere")],
                      [folder, "--key", "nonsense"], [folder, "--key", str(tmp_path / "no key")]):
        assert check.main(arguments) in (2, 3, 6)
        with pytest.raises(SystemExit) as ended:
            verify.main(arguments)
        assert ended.value.code == 2


def test_what_is_told_of_strange_letters_can_be_shown_on_any_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with new_case("sqlite", tmp_path / "case") as case:
        _fill(case)
        export_log(case, tmp_path / "log", clearance="restricted")
    (tmp_path / "log" / "tile" / "Хранитель\x1b[31m").write_bytes(b"x")
    for main in (check.main, verify.main):
        raw = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, "ascii"))
        assert main([str(tmp_path / "log")]) == 9
        sys.stdout.flush()
        assert b"\\u0425" in raw.getvalue() and b"\x1b" not in raw.getvalue()


def test_what_is_one_is_not_told_as_several(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Case.create(tmp_path / "case") as case:
        with case.change(actor="a", reason="r") as change:
            change.put_many([Site.build({"name": "Mill"}), Site.build({"name": "Hut", "tier": "sealed"})])
        export_log(case, tmp_path / "log", clearance="restricted")
    assert check.main([str(tmp_path / "log")]) == 0
    assert ("what is in 1 withheld entry, of which only the hash is here, and in 0 originals that are not here"
            in capsys.readouterr().out)
    (tmp_path / "log" / "originals").mkdir(exist_ok=True)
    (tmp_path / "log" / "originals" / "stranger").write_text("x", "utf-8")
    assert check.main([str(tmp_path / "log")]) == 9
    assert capsys.readouterr().out.endswith("\n1 finding.\n")


def test_what_was_not_checked_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with new_case("sqlite", tmp_path / "case") as case:
        _fill(case)
        export_log(case, tmp_path / "log", clearance="restricted")
        (tmp_path / "kept").write_text(case.checkpoint_note(), "utf-8")
    (tmp_path / "log" / "timestamps").mkdir()
    assert check.main([str(tmp_path / "log")]) == 0
    said = capsys.readouterr().out
    assert said.count("Not checked: ") == 4 and "written anew" in said and "60 withheld" in said
    assert check.main([str(tmp_path / "log"), "--against", str(tmp_path / "kept")]) == 0
    said = capsys.readouterr().out
    assert "written anew" not in said and "time stamps" in said and "is true" in said
