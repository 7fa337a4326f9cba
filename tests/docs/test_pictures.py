"""Every file and command of ``docs/pictures.md``, in order; and what it says of the drawings."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.actions.tracing.supply_pictures import LAYERS
from headstamp.publish.network_groups import MOST_NAMED
from headstamp.publish.sankey import MOST
from headstamp.publish.status_marks import LOOKS
from tests.docs.walk import page_text, walk


def test_the_page_does_what_it_says(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert walk("pictures.md", tmp_path, capfd, monkeypatch) >= 3
    assert (tmp_path / "chain.svg").read_bytes().startswith(b"<svg")


def test_the_numbers_and_shapes_are_those_of_the_code() -> None:
    page = page_text("pictures.md")
    assert MOST == 12 and "twelve largest classes" in page
    assert f"the {MOST_NAMED} parties" in page
    assert {one.shape for one in LOOKS.values()} == {"circle", "diamond", "square", "hexagon"}
    assert all(one.shape in page for one in LOOKS.values())
    assert "Five layers" in page and len(LAYERS) == 5
