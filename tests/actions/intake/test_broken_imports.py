"""Broken files imported into one case: refused or told row by row, never a traceback.

All two hundred are read by ``tests/intake/test_broken.py``; every third of them that
is not large is imported here, through mapping, writing and the problems file.
"""

from __future__ import annotations

from pathlib import Path

from headstamp.actions.cases import check_case, make_case
from headstamp.actions.intake.file import import_file
from headstamp.errors import HeadstampError
from tests.intake.broken import broken_files

LARGE = 1_500_000


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_broken_files_are_refused_or_told_and_harm_nothing(tmp_path: Path) -> None:
    files = [
        (path, kind) for path, kind in broken_files(_made(tmp_path / "files"))
        if path.stat().st_size < LARGE
    ][::3]
    assert len(files) >= 60
    with make_case(tmp_path / "case") as case:
        refused = taken = told = 0
        for path, kind in files:
            try:
                result = import_file(case, path, actor="test", index=False)
            except HeadstampError as error:
                refused += 1
                assert str(error).strip(), kind
                continue
            assert result.read == result.accepted + result.unchanged + result.refused, kind
            taken += 1
            if result.refused:
                told += 1
                assert result.problems is not None and result.problems.is_file(), kind
                assert "advice" in result.problems.read_text("utf-8-sig").split("\n", 1)[0], kind
        assert refused >= 15 and told >= 3, (refused, taken, told)
        assert check_case(case) == []
