"""One case and one client for all tests of the pages that only look."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from headstamp.actions.settings import Settings
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.web.sample import a_case

BASE = "http://127.0.0.1:8765"


@pytest.fixture(scope="session")
def shared_case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """A sample case that no test may change."""
    case = a_case(tmp_path_factory.mktemp("web") / "case")
    yield case
    case.close()


@pytest.fixture(scope="session")
def client(shared_case: Case) -> TestClient:
    """A browser looking at the sample case."""
    settings = Settings(shared_case.where, "tester")
    app = create_app(settings, case=shared_case)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False)
