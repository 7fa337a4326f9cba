"""``find`` says where the compiled search is missing, and answers the same."""

from __future__ import annotations

import pytest

from headstamp.markings import core
from tests.cli.conftest import Run, Small


def test_a_search_without_the_compiled_core_says_so(
    run: Run, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = run("find", "VQG100EGQ14?9", "--case", small.folder, "--json")
    monkeypatch.setattr(core, "_compiled", None)
    monkeypatch.delenv("HEADSTAMP_MARKINGS", raising=False)
    core._named.cache_clear()
    try:
        told = run("find", "VQG100EGQ14?9", "--case", small.folder, "--json")
    finally:
        core._named.cache_clear()
    assert told.json == wanted.json and told.json["hits"]
    assert "install a C compiler" in told.err
