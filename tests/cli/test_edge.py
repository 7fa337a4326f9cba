"""The edge: where options stand, what goes to which stream, and the code at the end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from headstamp.cli import app, edge
from headstamp.cli.show import safe
from headstamp.errors import Refused, Tampered, Unavailable
from headstamp.records import Item
from headstamp.store.case import Case
from tests.cli.conftest import Run, Small, call_apart


def test_options_before_and_after(run: Run, small: Small, tmp_path: Path) -> None:
    for arguments in (
        ["--case", small.folder, "--json", "count", "item"],
        ["count", "--case", small.folder, "item", "--json"],
        ["--json", "count", "item", "--case", small.folder],
        ["--case", tmp_path / "nowhere", "count", "item", "--case", small.folder, "--json"],
    ):
        assert run(*arguments).json["total"] == 3
    for arguments in (["--clearance", "sealed", "count", "item"],
                      ["count", "item", "--clearance", "sealed"],
                      ["--clearance", "public", "count", "item", "--clearance", "sealed"]):
        assert run(*arguments, "--case", small.folder).out == "4\n"
    for arguments in (["--case", small.folder, "record", "item"],
                      ["record", "--case", small.folder, "item"],
                      ["record", "item", "--case", small.folder]):
        assert run(*arguments, "--reason", "x").code == 0


def test_the_environment_names_the_case(
    run: Run, small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADSTAMP_CASE", str(small.folder))
    assert run("count", "item").out == "3\n"
    assert run("count", "item", "--case", tmp_path / "nowhere").code == 3
    monkeypatch.setenv("HEADSTAMP_CLEARANCE", "sealed")
    assert run("count", "item").out == "4\n"
    monkeypatch.setenv("HEADSTAMP_CLEARANCE", "nonsense")
    assert run("count", "item").code == 2
    assert run("count", "item", "--clearance", "partner").code in (0, 2)


def test_no_case_no_command_no_sense(run: Run) -> None:
    told = run("count", "item", "--json")
    assert (told.code, told.json["error"]) == (2, "invalid")
    for arguments in (["nonsense"], ["count"], ["count", "item", "--nonsense"], ["list", "item", "--limit", "x"],
                      ["list", "item", "--limit", "0"], ["--nonsense"]):
        told = run(*arguments, "--json")
        assert (told.code, told.json["error"]) == (2, "invalid"), arguments
        assert set(told.json) == {"error", "message", "problems"}
        assert told.err == ""
        words = run(*arguments)
        assert (words.code, words.out) == (2, "")
        assert words.err
    assert run("--json").code == 2
    assert run().code == 0
    assert "count" in run().out


def test_a_mistyped_command_is_guessed(run: Run) -> None:
    assert "'verify'" in run("verfiy").err


def test_a_word_after_two_hyphens_is_no_option(run: Run, small: Small) -> None:
    told = run("find", "--case", small.folder, "--", "--json")
    assert told.code == 0
    assert "{" not in told.out


@pytest.mark.parametrize(("error", "code"), [(Refused, 4), (Unavailable, 7), (Tampered, 9)])
def test_each_error_has_its_code(
    run: Run, small: Small, monkeypatch: pytest.MonkeyPatch, error: type[Exception], code: int
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error("it cannot be done")

    monkeypatch.setattr("headstamp.actions.cases.open_case", fails)
    told = run("count", "item", "--case", small.folder, "--json")
    assert (told.code, told.json["message"]) == (code, "it cannot be done")
    assert run("count", "item", "--case", small.folder).err == "headstamp: it cannot be done\n"


def test_the_unexpected_is_told_without_a_traceback(
    run: Run, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("headstamp.actions.cases.open_case", breaks)
    told = run("count", "item", "--case", small.folder)
    assert (told.code, told.out) == (1, "")
    assert "ZeroDivisionError" in told.err
    assert "Traceback" not in told.err
    assert run("count", "item", "--case", small.folder, "--json").json["error"] == "unexpected"
    monkeypatch.setenv("HEADSTAMP_DEBUG", "1")
    assert "Traceback" in run("count", "item", "--case", small.folder).err


def test_interrupted(run: Run, small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupts(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("headstamp.actions.cases.open_case", interrupts)
    assert run("count", "item", "--case", small.folder).code == edge.INTERRUPTED


def test_apart(small: Small) -> None:
    told = call_apart("list", "item", "--json", HEADSTAMP_CASE=str(small.folder))
    assert (told.code, told.err, told.json["total"]) == (0, "", 3)
    told = call_apart("verify", "--json", "--case", small.folder)
    assert (told.code, told.err, told.json["ok"]) == (0, "", True)
    told = call_apart("--version")
    assert (told.code, told.out) == (0, "headstamp 0.1.0\n")
    told = call_apart("show", "item-0000aaaa", "--json", "--case", small.folder)
    assert (told.code, told.json["error"]) == (3, "missing")


def test_a_locale_without_our_letters_and_a_reader_that_stops(tmp_path: Path) -> None:
    with Case.create(tmp_path / "case") as case, case.change(actor="A", reason="b") as change:
        change.put_many([Item.build({"make": f"Ärmel {n} مصنع"}) for n in range(3000)])
    told = call_apart("list", "item", "--limit", 1, "--case", tmp_path / "case",
                      LC_ALL="C", PYTHONIOENCODING="ascii:strict", PYTHONUTF8="0")
    assert told.code == 0, told.err
    assert "\\xc4rmel" in told.out
    for form in ([], ["--json"]):
        with subprocess.Popen(
            [sys.executable, "-m", "headstamp", "list", "item", "--limit", "3000", *form,
             "--case", str(tmp_path / "case")],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ),
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.read(10)
            process.stdout.close()
            assert process.stderr.read() == b""
            assert process.wait() == edge.PIPE_CLOSED


def test_what_is_shown_cannot_drive_the_terminal(run: Run, tmp_path: Path) -> None:
    with Case.create(tmp_path / "case") as case, case.change(actor="A", reason="b") as change:
        change.put(Item.build({"tag": "x\u202e12\u001b]0;evil\u0007", "remark": "a\u009b2Jb\nc\td"}))
    for arguments in (["list", "item"], ["find", "x"], ["count", "item", "--by", "tag"]):
        out = run(*arguments, "--case", tmp_path / "case").out
        assert not set(out) & {"\u202e", "\u001b", "\u0007", "\u009b"}
    assert safe("07-85 م") == "07-85 م"


def test_names_that_are_no_unicode(run: Run) -> None:
    odd = os.fsdecode(b"no-\xff-case")
    for arguments in (["count", "item", "--case", odd], ["count", odd, "--case", odd]):
        assert run(*arguments).code in (2, 3)
        assert run(*arguments, "--json").json["error"] in ("missing", "invalid")


@pytest.mark.parametrize("arguments", [["count", "item"], ["list", "item"], ["find", "Altera"],
                                       ["verify"], ["kinds"]])
def test_a_question_loads_no_writer_of_pages(small: Small, arguments: list[str]) -> None:
    heavy = ("duckdb", "jinja2", "starlette", "uvicorn", "weasyprint", "openpyxl", "PIL", "babel")
    program = (f"import sys; from headstamp.cli import main; main({arguments!r}); "
               f"print([m for m in {heavy!r} if m in sys.modules])")
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True,
                          env={**os.environ, "HEADSTAMP_CASE": str(small.folder)})
    assert told.stdout.splitlines()[-1] == "[]"


def test_a_command_is_loaded_alone() -> None:
    program = ("import sys; from headstamp.cli import main; main(['--version']); "
               "print(sorted(m for m in sys.modules if m.startswith('headstamp')))")
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = told.stdout.splitlines()[1]
    assert "headstamp.records" not in loaded
    assert "headstamp.store" not in loaded
    assert set(app.COMMANDS.values()) >= {"case", "look"}
