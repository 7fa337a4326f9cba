"""The example notebook runs from its first cell to its last, as a kernel runs it, on the teaching case."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell

from headstamp.actions.cases import index_case
from headstamp.demo.fill import fill
from headstamp.store.case import Case

NOTEBOOK = Path(__file__).parents[2] / "examples" / "measures.ipynb"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    """What each cell shows, by its last line, as the formats a notebook would choose from."""
    folder = tmp_path_factory.mktemp("notebook")
    with Case.create(folder / "street") as case:
        fill(case)
        index_case(case)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)  # where the case is called as the notebook calls it
        patch.delenv("HEADSTAMP_CASE", raising=False)
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        shell = InteractiveShell()
        found = {}
        for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
            if cell.cell_type == "code":
                done = shell.run_cell(cell.source)
                done.raise_error()
                found[cell.source.splitlines()[-1]] = shell.display_formatter.format(done.result)[0]
        yield found


def test_it_is_valid_and_kept_without_outputs() -> None:
    found = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(found)
    assert all(not cell.outputs and cell.execution_count is None
               for cell in found.cells if cell.cell_type == "code")


def test_its_numbers_are_the_known_ones(shown: dict[str, dict[str, Any]]) -> None:
    assert "16.5" in shown["answer.frame()"]["text/plain"] and "<table" in shown["answer.frame()"]["text/html"]
    assert "731" in shown["whole.frame()"]["text/plain"]
    assert shown["refused.result.refused, refused.result.reason"]["text/plain"].startswith("(True,")
    assert "item-" in shown['numbers.frame("records").head()']["text/plain"]


def test_its_drawings_are_pictures(shown: dict[str, dict[str, Any]]) -> None:
    for line in ("answer.drawing()", "sites.drawing()"):
        assert shown[line]["image/svg+xml"].startswith("<svg")
