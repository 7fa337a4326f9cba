"""The process of ``stage``: loads the product, then forks a child for each run.

    python -m tests.durability.child      asked and answered in JSON lines
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import signal
import sys
import traceback

import headstamp.actions
import headstamp.cli
import headstamp.evidence
import headstamp.intake
import headstamp.publish
import headstamp.store

_ROOMS = (headstamp.actions, headstamp.cli, headstamp.evidence, headstamp.intake, headstamp.store,
          headstamp.publish)


def main() -> None:
    for room in _ROOMS:
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if not module.name.endswith(".serve"):
                importlib.import_module(module.name)
    importlib.import_module("tests.durability.work")
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        if "wait" in asked:
            _, status = os.waitpid(asked["wait"], 0)
            answer = {"code": os.waitstatus_to_exitcode(status)}
        else:
            pid = os.fork()
            if pid == 0:
                _run(asked)
            answer = {"pid": pid}
        print(json.dumps(answer), flush=True)


def _run(asked: dict[str, object]) -> None:
    code = 70
    try:
        handle = os.open(str(asked["out"]), os.O_WRONLY | os.O_APPEND)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        words = asked["words"]
        assert isinstance(words, list)
        if asked["stopped"]:
            os.kill(os.getpid(), signal.SIGSTOP)
        if words[0] == "work":
            from tests.durability.work import work

            code = work(*words[1:])
        else:
            from headstamp.cli.edge import main as command

            code = command(words)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
