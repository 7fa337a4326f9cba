"""The child process that parses what should not be parsed in ours; see ``process``.

Reads one job as JSON from standard input, sets its own limits, and answers in
lines of JSON: first what the file is, then batches of records, then null.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from headstamp.errors import HeadstampError, Missing, Problem
from headstamp.intake.limits import Limits, advice_to_raise
from headstamp.intake.process import OUT_OF_MEMORY
from headstamp.intake.source import Record

_BATCH_ROWS = 1_000
_BATCH_CHARACTERS = 1 << 18


def _confine(limits: Limits) -> None:
    """Limits the operating system keeps for us; nothing to be had on systems without them."""
    try:
        import resource
    except ImportError:
        return
    memory, seconds = limits.parser_memory_bytes, limits.parser_cpu_seconds
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _checked(record: Record, columns: list[str] | None, limits: Limits) -> Record | dict[str, Any]:
    """``record``, or the problem that keeps it from being one."""
    for place, cell in enumerate(record):
        if "\x00" in cell or len(cell) > limits.cell_characters:
            field = columns[place] if columns else f"column {place + 1}"
            if "\x00" in cell:
                problem = Problem("the cell holds a NUL, which no text may", "", field)
            else:
                limit, most = "cell_characters", limits.cell_characters
                rule = f"longer than the limit `{limit}` of {most:,} characters"
                problem = Problem(rule, advice_to_raise(limit), field)
            return asdict(problem)
    return record


def _batches(
    records: Iterator[Record | Problem], columns: list[str] | None, limits: Limits
) -> Iterator[list[Record | dict[str, Any]]]:
    batch: list[Record | dict[str, Any]] = []
    size = 0
    for record in records:
        if isinstance(record, Problem):
            batch.append(asdict(record))
            continue
        length = sum(map(len, record))
        if length > limits.cell_characters or "\x00" in "".join(record):
            batch.append(_checked(record, columns, limits))
        else:
            batch.append(record)
        size += length + len(record)
        if len(batch) >= _BATCH_ROWS or size >= _BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _answers(job: dict[str, Any], limits: Limits) -> Iterator[Any]:
    path = Path(job["path"])
    task = job["task"]
    if task == "photo":
        from headstamp.intake.picture import answer

        yield answer(path, limits, **job["wishes"])
        return
    if task == "machine":
        from headstamp.intake.machine import read

        yield read.answer(path, limits, **job["wishes"])
        return
    if task == "parquet":
        from headstamp.intake.parquet import read_parquet_table

        about, records = read_parquet_table(path, limits)
    else:
        from headstamp.intake.workbook import read_workbook

        about, records = read_workbook(path, limits, job["wishes"].get("sheet"))
    yield about
    yield from _batches(records, about.get("columns"), limits)
    yield about  # once more: notes may have come up on the way


def _refused(error: HeadstampError) -> dict[str, Any]:
    return {
        "refused": error.message,
        "problems": [asdict(problem) for problem in error.problems],
        "missing": isinstance(error, Missing),
    }


def main() -> int:
    """Do the one job on standard input."""
    job = orjson.loads(sys.stdin.buffer.read())
    limits = Limits(**job["limits"])
    _confine(limits)
    out = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
    os.dup2(2, 1)  # whatever a parser prints must not get among the answers
    try:
        for answer in _answers(job, limits):
            out.write(orjson.dumps(answer) + b"\n")
        out.write(b"null\n")
    except HeadstampError as error:
        out.write(orjson.dumps(_refused(error)) + b"\n")
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # nothing here can be relied on any more
    out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
