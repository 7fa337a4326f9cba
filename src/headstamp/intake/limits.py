"""How much of a stranger's file we are ready to take, and how to say no.

A file of finds may come from anybody. Everything a hostile or broken file can
make grow (its size, what it unpacks to, its columns, one cell, the pixels of
a photograph) has a limit here, and every refusal names the limit it met, so
that somebody with a large but honest file knows which one to raise: for a
program or a server by the environment, for one call by its argument::

    HEADSTAMP_LIMITS="rows=500000000 columns=20000" headstamp import finds.csv
    open_table("finds.csv", limits=Limits(rows=500_000_000))

The numbers are generous for real work: the largest published list we know of
has under 2 million rows and 60 columns. What a parser may take of memory and
time grows with the file: a picture of 249 kB that wants 700 MB is an attack,
one of 30 MB may be a photograph. All are told in ``docs/limits.md``.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, fields

from headstamp.errors import Invalid, Problem, Unreadable

_MIB = 1024 * 1024
_GIB = 1024 * _MIB
_VARIABLE = "HEADSTAMP_LIMITS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one file may cost. All sizes in bytes, characters or counts as named.

    ``file_bytes``            size on disk.
    ``unpacked_bytes``        what a gz or zip may unpack to, in all.
    ``unpacked_ratio``        how many times larger than packed; looked at after the first
                              ``ratio_free_bytes``, since short repetitive files pack well.
    ``zip_entries``           members of a workbook's zip container.
    ``rows``, ``columns``     of one table.
    ``cell_characters``       of one cell.
    ``row_characters``        of one row of a text table, all its cells together; also how far
                              a quote that is never closed is followed.
    ``reread_characters``     how much text may be read again after quotes that were never closed.
    ``sheets``                of one workbook.
    ``image_pixels``          width times height, looked at before anything is decoded.
    ``pdf_pages``             pages of a PDF document that may be looked at, from its first.
    ``parser_memory_bytes``   address space of the separate process that parses pictures, PDF,
                              workbooks and Parquet, for a small file; it gets
                              ``parser_memory_per_byte`` for each byte of the file where that is
                              more, and never more than ``parser_memory_most_bytes``.
    ``parser_cpu_seconds``    processor time of that process, for a small file;
                              ``parser_cpu_seconds_per_mib`` are added for each whole MiB of it,
                              up to ``parser_cpu_most_seconds``.
    ``parser_silent_seconds`` how long that process may give no answer.
    """

    file_bytes: int = 16 * _GIB
    unpacked_bytes: int = 64 * _GIB
    unpacked_ratio: int = 200
    ratio_free_bytes: int = 16 * _MIB
    zip_entries: int = 2_000
    workbook_bytes: int = 2 * _GIB
    rows: int = 200_000_000
    columns: int = 16_384
    cell_characters: int = 1_000_000
    row_characters: int = 4_000_000
    reread_characters: int = 64_000_000
    sheets: int = 500
    image_pixels: int = 250_000_000
    pdf_pages: int = 2_000
    parser_memory_bytes: int = 448 * _MIB
    parser_memory_per_byte: int = 40
    parser_memory_most_bytes: int = 1 * _GIB
    parser_cpu_seconds: int = 8
    parser_cpu_seconds_per_mib: int = 5
    parser_cpu_most_seconds: int = 3_600
    parser_silent_seconds: int = 60

    def parser_memory(self, size: int) -> int:
        """Bytes of address space for parsing a file of ``size`` bytes."""
        wanted = min(self.parser_memory_most_bytes, self.parser_memory_per_byte * size)
        return max(self.parser_memory_bytes, wanted)

    def parser_seconds(self, size: int) -> int:
        """Seconds of processor time for parsing a file of ``size`` bytes."""
        more = self.parser_cpu_seconds_per_mib * (size // _MIB)
        return max(
            self.parser_cpu_seconds,
            min(self.parser_cpu_most_seconds, self.parser_cpu_seconds + more),
        )


def limits_from(text: str) -> Limits:
    """The limits with those changed that ``text`` names, as ``rows=500000000 columns=20000``.

    Raises Invalid naming every part that is none.

    >>> limits_from("rows=7, columns=9").rows
    7
    """
    names = {field.name for field in fields(Limits)}
    given: dict[str, int] = {}
    problems = []
    for part in re.split(r"[\s,;]+", text.strip()) if text.strip() else []:
        name, _, number = part.partition("=")
        if name not in names:
            known = "The limits are " + ", ".join(sorted(names))
            problems.append(Problem("there is no such limit", known, _VARIABLE, part))
        elif not (number.isascii() and number.isdigit() and int(number)):
            advice = f"Write {name}= and a whole number over 0, without blanks"
            problems.append(Problem("a limit is a whole number", advice, _VARIABLE, part))
        else:
            given[name] = int(number)
    if problems:
        raise Invalid(f"{_VARIABLE} does not say which limits are meant", problems)
    return Limits(**given)


LIMITS = limits_from(os.environ.get(_VARIABLE, ""))
"""What holds where nothing else is said. Read from the environment once, when first needed."""


def advice_to_raise(limit: str) -> str:
    """One sentence saying how to raise ``limit``, for every message that names it."""
    return (
        f"If the file is honest, raise the limit `{limit}` (in {_VARIABLE}, see docs/limits.md) "
        "and read it again"
    )


def over_limit(file: str, limit: str, allowed: int, what: str) -> Unreadable:
    """The refusal of a whole file: ``what`` says what was met, in a few words."""
    return Unreadable(
        f"{file} was not read: {what}, more than the limit `{limit}` of {allowed:,} allows. "
        f"{advice_to_raise(limit)}.",
        [Problem(f"over the limit `{limit}` ({allowed:,})", advice_to_raise(limit), file=file)],
    )
