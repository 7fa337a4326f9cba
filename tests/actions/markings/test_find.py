"""The search box: a marking is found however many others are as badly worn."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.actions.intake.file import import_file
from headstamp.actions.markings.find import find
from headstamp.store.case import Case


@pytest.mark.parametrize(("worn", "asked"), [
    ("36?257", "369257"), ("AB-??3-4", "AB1234"), ("*9921", "KT 9921"), ("36?257", "36 92 57"),
])
def test_one_worn_marking_among_many(case: Case, tmp_path: Path, worn: str, asked: str) -> None:
    others = [f"{n:04d}?{'CDEFGHJK'[n % 8]}{n % 7}{end}" for end in "QR" for n in range(210)]
    others.insert(419, worn)
    path = tmp_path / "worn.csv"
    path.write_text("serial\n" + "\n".join(others), "utf-8")
    import_file(case, path, kind="item", actor="A")
    hits = find(case, asked, clearance="partner")
    assert hits and hits[0].text == worn, [hit.text for hit in hits]


@pytest.mark.parametrize("asked", ["100%", "a_b", "A\\1", "A\x011", "O'1", "x" * 200])
def test_signs_that_mean_something_to_a_database(case: Case, tmp_path: Path, asked: str) -> None:
    path = tmp_path / "worn.csv"
    path.write_text("serial\nA%?1\nB_?2\nC\\?3\n", "utf-8")
    import_file(case, path, kind="item", actor="A")
    assert isinstance(find(case, asked, clearance="partner"), list)
