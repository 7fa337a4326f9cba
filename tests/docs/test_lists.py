"""Every file and command of ``docs/lists.md``, in order; and that it names every kind of question."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.vocab import vocabulary
from tests.docs.walk import page_text, walk


def test_the_page_does_what_it_says(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert walk("lists.md", tmp_path, capfd, monkeypatch) >= 3


def test_the_page_names_every_kind_of_question() -> None:
    text = page_text("lists.md")
    assert {term.code for term in vocabulary("flag_kind") if f"`{term.code}`" not in text} == set()
