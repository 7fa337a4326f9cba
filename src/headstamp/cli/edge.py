"""The edge: errors become one exit code and words, or one JSON document; nothing else does.

Exit codes: 0 done; 1 unexpected; 2 invalid, or a command that cannot be
understood; 3 missing; 4 refused; 5 conflicting; 6 unreadable; 7 unavailable;
9 tampered; 130 interrupted; 141 whoever read our output has stopped.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import typer

from headstamp.cli import shut_in
from headstamp.cli.show import note, print_json
from headstamp.errors import HeadstampError

INTERRUPTED, PIPE_CLOSED = 130, 141
_REPORT = ("This is a fault of headstamp, not yours. Nothing half-done was kept. Please report "
           "it with the version (headstamp --version) and what you did; the whole story is "
           "shown with HEADSTAMP_DEBUG=1. Look through it first: it may name things of your case.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code. Never raises."""
    shut_in.OWN_PROCESS = arguments is None
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in given[: given.index("--")] if "--" in given else "--json" in given
    for stream in (sys.stdout, sys.stderr):
        # A locale that cannot write a letter shows it escaped instead of failing.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _run(given, as_json)
        sys.stdout.flush()
    except BrokenPipeError:
        _close_output()
        return PIPE_CLOSED
    if code == PIPE_CLOSED:
        _close_output()
    return code


def _run(given: list[str], as_json: bool) -> int:
    from headstamp.cli.app import command

    try:
        done = command().main(args=given, prog_name="headstamp", standalone_mode=False)
        return done if isinstance(done, int) else 0
    except HeadstampError as error:
        return _told(error.as_dict(), str(error), error.exit_code, as_json)
    except typer.TyperException as error:
        return _misunderstood(error, as_json)
    except (KeyboardInterrupt, typer.Abort):
        note("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except SystemExit as asked:
        return asked.code if isinstance(asked.code, int) else 1
    except Exception as error:  # noqa: BLE001 - the one broad handler of this edge
        if os.environ.get("HEADSTAMP_DEBUG"):
            traceback.print_exc()
        words = f"something unexpected went wrong ({type(error).__name__}: {str(error)[:300]})"
        told = {"error": "unexpected", "message": f"{words}. {_REPORT}", "problems": []}
        return _told(told, f"{words}.\n{_REPORT}", 1, as_json)


def _told(document: dict[str, Any], words: str, code: int, as_json: bool) -> int:
    if as_json:
        print_json(document)
    else:
        note(f"headstamp: {words}")
    return code


def _misunderstood(error: typer.TyperException, as_json: bool) -> int:
    """A command line that cannot be understood (exit code 2)."""
    message = error.format_message()
    if as_json:
        print_json({"error": "invalid", "message": message, "problems": []})
    else:
        from typer import rich_utils

        rich_utils.rich_format_error(error)  # type: ignore[arg-type]
    return int(error.exit_code)


def _close_output() -> None:
    """Lets the interpreter end quietly although nobody reads any more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
