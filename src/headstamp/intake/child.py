"""The process that parses what should not be parsed in ours; see ``limited``.

It is started once, without our environment, loads what reads pictures and
workbooks, and then waits. For a file it makes a copy of itself that gives up
its rights (``confine``), parses the file and answers. For most kinds of files
the copy then ends. A copy that reads photographs takes the next one too, since
there are thousands of them, until it has had its share or one of them has made
it stumble: that one is its last. An answer is lines of JSON, first what the
file is, then batches of records, then null.
"""

from __future__ import annotations

import gc
import os
import resource
import socket
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import orjson

from headstamp.errors import HeadstampError, Missing, Problem
from headstamp.intake import confine
from headstamp.intake.handed import Handed
from headstamp.intake.limited import ALL_TOLD, LENGTH, OUT_OF_MEMORY
from headstamp.intake.limits import Limits, advice_to_raise
from headstamp.intake.source import Record

_BATCH_ROWS = 1_000
_BATCH_CHARACTERS = 1 << 18


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


def _answers(task: str, file: Handed, limits: Limits, wishes: dict[str, Any]) -> Iterator[Any]:
    if task == "photo":
        from headstamp.intake.picture import answer

        yield answer(file, limits, **wishes)
        return
    if task == "pdf":
        from headstamp.intake import pdf_page

        yield pdf_page.answer(file, limits, **wishes)
        return
    if task == "machine":
        from headstamp.intake.machine import read

        yield read.answer(file, limits, **wishes)
        return
    if task == "parquet":
        from headstamp.intake.parquet import read_parquet_table

        about, records = read_parquet_table(file, limits)
    else:
        from headstamp.intake.workbook import read_workbook

        about, records = read_workbook(file, limits, wishes.get("sheet"))
    yield about
    yield from _batches(records, about.get("columns"), limits)
    yield about  # once more: notes may have come up on the way


def _refused(error: HeadstampError) -> dict[str, Any]:
    return {
        "refused": error.message,
        "problems": [asdict(problem) for problem in error.problems],
        "missing": isinstance(error, Missing),
    }


def _answer(job: dict[str, Any], handle: int, into: int) -> bool:
    """Do one job on the file open as ``handle``; whether nothing at all was wrong with it."""
    good = True
    with os.fdopen(into, "wb", buffering=1 << 16) as out:
        try:
            file, limits = Handed.at(handle, job["name"]), Limits(**job["limits"])
            for said in _answers(job["task"], file, limits, job["wishes"]):
                out.write(orjson.dumps(said) + b"\n")
                good = good and not (isinstance(said, dict) and said.get("cut"))
            out.write(b"null\n")
        except HeadstampError as error:
            out.write(orjson.dumps(_refused(error)) + b"\n")
            good = False
    os.close(handle)
    return good


def _serve(channel: socket.socket, job: dict[str, Any], handles: list[int]) -> int:
    """The life of a copy: from its first job to its end, whose code is returned."""
    if job["task"] == "machine":
        from headstamp.intake.machine import read

        read.prepare()
    held = confine.confine(
        job["memory"], job["seconds"], most=tuple(job["most"]), programs=job["task"] == "machine"
    )
    if job["task"] == "holding":
        os.write(handles[1], orjson.dumps(held) + b"\nnull\n")
        return 0
    for _ in range(job["files"] - 1):
        if not _answer(job, *handles):
            return 0
        used = resource.getrusage(resource.RUSAGE_SELF)
        os.write(channel.fileno(), _end(0, used, os.getpid()))
        taken = _take(channel)
        if taken is None or not taken[0]:
            return ALL_TOLD
        job, handles = taken
        confine.widen(job["memory"], job["seconds"])
    _answer(job, *handles)
    return 0


def _end(code: int, used: resource.struct_rusage, copy: int) -> bytes:
    kilobytes = used.ru_maxrss // (1024 if sys.platform == "darwin" else 1)
    return orjson.dumps([code, kilobytes, used.ru_utime + used.ru_stime, copy]) + b"\n"


def _warm() -> None:
    """Loads what most files need, so that no file waits for it. None of it may start a thread:
    a copy of a process with threads may stand still for good."""
    import pillow_heif
    import python_calamine  # noqa: F401
    from PIL import AvifImagePlugin, Image

    import headstamp.intake.pdf_page
    import headstamp.intake.picture
    import headstamp.intake.workbook  # noqa: F401

    Image.init()
    pillow_heif.register_heif_opener()
    assert AvifImagePlugin.SUPPORTED in (True, False)
    gc.freeze()  # what is here now is shared with every copy


def _take(channel: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """The next job and its two descriptors, an empty one where a copy should end; None where
    there is nobody left to work for."""
    head, handles, _, _ = socket.recv_fds(channel, LENGTH, 2, socket.MSG_WAITALL)
    if len(head) < LENGTH:
        return None
    if not any(head):
        return {}, []
    left, parts = int.from_bytes(head, "big"), []
    while left:
        part = channel.recv(left)
        if not part:
            return None
        parts.append(part)
        left -= len(part)
    for handle in handles:
        os.set_inheritable(handle, False)
    return orjson.loads(b"".join(parts)), handles


def main() -> int:
    """Do the jobs that come over standard input, which is a socket, until it is closed."""
    channel = socket.socket(fileno=os.dup(0))
    quiet = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):  # whatever a parser prints must not get anywhere
        os.dup2(quiet, standard)
    _warm()
    while (taken := _take(channel)) is not None:
        job, handles = taken
        if not job:
            continue  # that copy has ended already
        copy = os.fork()
        if copy == 0:
            code = 1
            try:
                code = _serve(channel, job, handles)
            except MemoryError:
                code = OUT_OF_MEMORY  # nothing here can be relied on any more
            except BrokenPipeError:
                code = 0  # nobody listens any more
            finally:
                os._exit(code)
        for handle in handles:
            os.close(handle)
        _, status, used = os.wait4(copy, 0)
        code = os.waitstatus_to_exitcode(status)
        if code != ALL_TOLD:
            channel.sendall(_end(code, used, copy))
    return 0


if __name__ == "__main__":
    sys.exit(main())
