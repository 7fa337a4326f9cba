"""Showing an answer: one JSON document, a table for a terminal, or lines for a pipe.

What was found on the ground is shown in a terminal, which obeys control
characters; they are written out visibly, so that no marking can move the
cursor or turn the order of the text around.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

# Bidirectional marks, embeddings, overrides and isolates (Unicode UAX #9).
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def print_json(document: Any) -> None:
    """One JSON document on standard output, in UTF-8 whatever the locale."""
    try:
        text = orjson.dumps(document, option=orjson.OPT_INDENT_2)
    except TypeError:
        # A file name or an argument that is no Unicode: its bytes are kept as escapes.
        text = json.dumps(document, indent=2).encode("ascii")
    sys.stdout.flush()
    left = memoryview(text + b"\n")
    # Where Python runs unbuffered, one write may take only a part of it.
    while left:
        left = left[sys.stdout.buffer.write(left) :]
    sys.stdout.flush()


def safe(text: object, *, lines: bool = False) -> str:
    """Text with its control and turning characters written out, as ``\\x1b``.

    >>> safe("AB\\x1b[2J7"), safe("07\\u202e85")
    ('AB\\\\x1b[2J7', '07\\\\u202e85')
    """
    plain = str(text)
    if plain.isascii() and plain.isprintable():
        return plain
    return "".join(
        one if (one == "\n" and lines) or not _unsafe(one)
        else one.encode("unicode_escape").decode("ascii")
        for one in plain
    )


def _unsafe(one: str) -> bool:
    return unicodedata.category(one) in ("Cc", "Cs") or one in _TURNING


def line(text: object = "", *, lines: bool = False) -> None:
    """One line of words on standard output."""
    sys.stdout.write(safe(text, lines=lines) + "\n")


def note(text: object) -> None:
    """One line on standard error: what a person wants to know and a program does not."""
    sys.stdout.flush()  # so that the two stand in the order in which they were said
    sys.stderr.write(safe(text, lines=True) + "\n")


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table: drawn on a terminal, else lines with tabs between, the heads first."""
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        drawn = Table(box=None, pad_edge=False, header_style="bold")
        for head in heads:
            drawn.add_column(head, overflow="fold")
        for row in rows:
            drawn.add_row(*(Text(safe("" if cell is None else cell)) for cell in row))
        Console(file=sys.stdout).print(drawn)
        return
    line_of = "\t".join
    sys.stdout.write(line_of(heads) + "\n")
    for row in rows:
        sys.stdout.write(line_of(safe("" if cell is None else cell) for cell in row) + "\n")
