"""What is made from the declarations is fresh: schema.json and docs/reference."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    """scripts/reference.py, as a module."""
    spec = importlib.util.spec_from_file_location("reference", ROOT / "scripts/reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["reference"] = module
    spec.loader.exec_module(module)
    return module


def test_nothing_generated_is_stale(reference: ModuleType) -> None:
    assert reference.stale() == [], "run: make docs"


def test_a_stale_file_is_told(
    reference: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(reference, "ROOT", tmp_path)
    assert reference.main(["--check"]) == 1
    assert "schema.json is stale" in capsys.readouterr().err
    assert reference.main([]) == 0
    assert reference.main(["--check"]) == 0
    (tmp_path / "docs/reference/errors.md").write_text("old")
    assert reference.stale() == ["docs/reference/errors.md"]


def test_links_between_the_pages_lead_somewhere(reference: ModuleType) -> None:
    pages = {path.rpartition("/")[2]: text for path, text in reference.files().items()}
    anchors = {
        name: set(re.findall(r"^#+ (\S+)$", text, re.M)) | set(re.findall(r"^### (\w+)$", text, re.M))
        for name, text in pages.items()
    }
    for name, text in pages.items():
        if not name.endswith(".md"):
            continue
        for page, anchor in re.findall(r"\]\((\w[\w-]*\.md)?#?([\w-]*)\)", text):
            target = page or name
            assert target in pages
            assert not anchor or anchor in {a.lower() for a in anchors[target]}, (name, anchor)


def test_tables_are_whole(reference: ModuleType) -> None:
    for path, text in reference.files().items():
        width = 0
        for line in text.splitlines() if path.endswith(".md") else ():
            if not line.startswith("|"):
                width = 0
                continue
            cells = len(re.findall(r"(?<!\\)\|", line))
            width = width or cells
            assert cells == width, f"{path}: {line}"
