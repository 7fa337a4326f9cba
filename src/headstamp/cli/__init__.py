"""The command line: parse, call one action or one reader, show.

One module a group of commands, each loaded only when it is asked for, so that
``headstamp count`` never waits for a PDF writer. What every command has in
common stands in ``session`` (which case, who, what may be seen), ``show``
(JSON or a table), ``progress`` and ``edge`` (errors to exit codes).
"""

from __future__ import annotations

from headstamp.cli.edge import main

__all__ = ["main"]
