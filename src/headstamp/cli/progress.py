"""A progress bar on standard error, with rate and time left; nothing where that is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

Told = Callable[[str, int, int | None], None]
ShareTold = Callable[[int, float, float], None]


@contextmanager
def progress() -> Iterator[Told]:
    """Yields ``told(step, done, all)``; ``all`` is None as long as nobody knows it.

    A new step begins a new bar; the earlier ones stay to be read.
    """
    if not sys.stderr.isatty():
        yield lambda step, done, total: None
        return
    bars: dict[str, TaskID] = {}
    with _drawn("{task.fields[figures]}") as drawn:

        def told(step: str, done: int, total: int | None) -> None:
            if step not in bars:
                bars[step] = drawn.add_task(_plain(step), total=total, figures="")
            speed = drawn.tasks[bars[step]].speed
            figures = f"{done:,}" + (f" of {total:,}" if total is not None else "")
            drawn.update(bars[step], completed=done, total=total,
                         figures=figures + (f", {speed:,.0f}/s" if speed else ""))

        yield told


@contextmanager
def share(name: str) -> Iterator[ShareTold]:
    """Yields ``told(rows, share, rows a second)`` for a file whose number of rows nobody knows."""
    if not sys.stderr.isatty():
        yield lambda rows, part, rate: None
        return
    with _drawn("{task.fields[rows]:,} rows, {task.fields[rate]:,.0f}/s") as drawn:
        bar = drawn.add_task(_plain(name), total=1.0, rows=0, rate=0.0)

        def told(rows: int, part: float, rate: float) -> None:
            drawn.update(bar, completed=part, rows=rows, rate=rate)

        yield told


def _drawn(figures: str) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn(figures), TimeRemainingColumn(),
        console=Console(file=sys.stderr), refresh_per_second=4,
        # Else rich would carry what belongs on standard output over to standard error.
        redirect_stdout=False, redirect_stderr=False,
    )


def _plain(text: str) -> str:
    return text.replace("[", r"\[")
