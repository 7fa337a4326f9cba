"""An empty list says how to begin: on the page and on the command line, for every kind, and not under a filter."""

from __future__ import annotations

from pathlib import Path

from starlette.testclient import TestClient

from headstamp.actions.settings import Settings
from headstamp.records import TYPES
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.cli.conftest import Run
from tests.web.conftest import BASE


def test_it_says_how_to_begin(run: Run, tmp_path: Path) -> None:
    with Case.create(tmp_path / "case") as case:
        pages = TestClient(create_app(Settings(case.where, "tester", "restricted"), case=case), base_url=BASE)
        for kind in TYPES:
            page = pages.get(f"/{kind.slug}").text
            if "There is nothing here" in page:  # some kinds have a page of their own
                assert (f'<a href="/{kind.slug}/new">Record the first</a>' in page) == kind.cls.BY_HAND, kind.name
                assert kind.cls.BY_HAND or "They come of" in page
        page = pages.get("/sites").text
        assert "There is nothing here" in page and '<a href="/import">import</a>' in page
    at = ("--case", str(tmp_path / "case"))
    assert "To record the first: headstamp record site (" in run("list", "sites", *at).err
    assert "They come of what is done" in run("list", "erasures", *at).err
    assert "To record" not in run("list", "sites", "--where", "name=x", *at).err
    assert "To record" not in run("list", "sites", *at, "--json").err
