"""One Parquet file from outside, read and nothing else reachable from it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from headstamp.engine.parquet import read_parquet
from headstamp.errors import Unreadable


def test_rows_come_in_file_order_and_once(tmp_path: Path) -> None:
    path = tmp_path / "finds.parquet"
    duckdb.execute(
        f"COPY (SELECT range AS n, 'XK' || range AS serial FROM range(9000)) TO '{path}' "
        "(FORMAT parquet, ROW_GROUP_SIZE 2048)"
    )
    opened = read_parquet(path)
    assert (opened.columns, opened.row_count) == (["n", "serial"], 9000)
    assert list(opened.rows) == [(n, f"XK{n}") for n in range(9000)]
    assert list(opened.rows) == []


def test_what_is_no_parquet_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "finds.parquet"
    for data in (b"", b"PAR1", b"PAR1" * 9, b"a,b\n1,2\n"):
        path.write_bytes(data)
        with pytest.raises(Unreadable, match=r"finds\.parquet cannot be read as Parquet"):
            read_parquet(path)
    with pytest.raises(Unreadable):
        read_parquet(tmp_path / "nothing.parquet")
