"""How much of a stranger's file we are ready to take, and how to say no.

A file of finds may come from anybody. Everything a hostile or broken file can
make grow (its size, what it unpacks to, its columns, one cell, the pixels of
a photograph) has a limit here, and every refusal names the limit it met, so
that somebody with a large but honest file knows which one to raise::

    open_table("finds.csv", limits=Limits(rows=500_000_000))

The numbers are generous for real work: the largest published list we know of
has under 2 million rows and 60 columns.
"""

from __future__ import annotations

from dataclasses import dataclass

from headstamp.errors import Problem, Unreadable

_MIB = 1024 * 1024
_GIB = 1024 * _MIB


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
    ``parser_memory_bytes``   address space of the separate process that reads workbooks, Parquet
                              and phone picture formats.
    ``parser_silent_seconds`` how long that process may give no row.
    ``parser_cpu_seconds``    processor time that process may take in all.
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
    parser_memory_bytes: int = 1 * _GIB
    parser_silent_seconds: int = 60
    parser_cpu_seconds: int = 3_600


LIMITS = Limits()


def advice_to_raise(limit: str) -> str:
    """One sentence saying how to raise ``limit``, for every message that names it."""
    return f"If the file is honest, raise the limit `{limit}` and read it again"


def over_limit(file: str, limit: str, allowed: int, what: str) -> Unreadable:
    """The refusal of a whole file: ``what`` says what was met, in a few words."""
    return Unreadable(
        f"{file} was not read: {what}, more than the limit `{limit}` of {allowed:,} allows. "
        f"{advice_to_raise(limit)}.",
        [Problem(f"over the limit `{limit}` ({allowed:,})", advice_to_raise(limit), file=file)],
    )
