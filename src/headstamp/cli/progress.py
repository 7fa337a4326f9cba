"""A progress bar on standard error, with rate and time left; nothing where that is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Told = Callable[[str, int, int | None], None]


@contextmanager
def progress() -> Iterator[Told]:
    """Yields ``told(step, done, all)``; ``all`` is None where nobody knows it yet.

    A new step begins a new bar; the earlier ones stay to be read.
    """
    if not sys.stderr.isatty():
        yield lambda step, done, total: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskID,
        TextColumn,
        TimeRemainingColumn,
    )

    class Rate(TextColumn):
        """Units a second, once that is known."""

        def render(self, task):  # type: ignore[no-untyped-def]
            from rich.text import Text

            return Text(f"{task.speed:,.0f}/s" if task.speed else "")

    bars: dict[str, TaskID] = {}
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(""),
        TimeRemainingColumn(), console=Console(file=sys.stderr), refresh_per_second=4,
    ) as drawn:

        def told(step: str, done: int, total: int | None) -> None:
            if step not in bars:
                bars[step] = drawn.add_task(step.replace("[", r"\["), total=total)
            drawn.update(bars[step], completed=done, total=total)

        yield told
