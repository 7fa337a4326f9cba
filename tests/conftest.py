"""Cases to try things on: one in SQLite, one in PostgreSQL, each fresh for its test.

HEADSTAMP_TEST_POSTGRES names a server (and a user who may create databases);
``scripts/test.sh`` starts one. Without it the tests on PostgreSQL are skipped, by name.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from headstamp.store.case import Case
from headstamp.store.passphrase import FILE
from tests import effort
from tests.store.encrypted import encrypted_case, passphrase_file

effort.soak()

STORES = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgres", id="postgres", marks=pytest.mark.postgres),
]

EVERY_STORE = [*STORES, pytest.param("encrypted", id="encrypted")]
"""For what every store must keep to, an encrypted case too."""

NewCase = Callable[[str], Case]


def server() -> str:
    """The PostgreSQL server for tests; skips where none is named."""
    url = os.environ.get("HEADSTAMP_TEST_POSTGRES")
    if not url:
        pytest.skip("HEADSTAMP_TEST_POSTGRES names no PostgreSQL server")
    return url


@contextmanager
def database() -> Iterator[str]:
    """The URL of a new, empty database, dropped afterwards."""
    import psycopg

    url = server()
    name = f"headstamp_test_{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def new_case(store: str, folder: Path) -> Iterator[Case]:
    """A new case in this folder, in that store."""
    if store == "sqlite":
        with Case.create(folder) as case:
            yield case
        return
    if store == "encrypted":
        with pytest.MonkeyPatch.context() as environment, encrypted_case(folder) as case:
            environment.setenv(FILE, str(passphrase_file(folder.parent)))
            yield case
        return
    with database() as url, Case.create(url, folder=folder) as case:
        yield case


@pytest.fixture(params=EVERY_STORE)
def every_case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    """An empty case, once in each store and once encrypted."""
    with new_case(request.param, tmp_path / "case") as made:
        yield made


@pytest.fixture(params=EVERY_STORE, scope="module")
def every_shared_case(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Case]:
    """A case for all tests of a module; once in each store and once encrypted."""
    with new_case(request.param, tmp_path_factory.mktemp("every") / "case") as made:
        yield made


@pytest.fixture(params=STORES)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    """An empty case, once in each store."""
    with new_case(request.param, tmp_path / "case") as made:
        yield made


@pytest.fixture(params=STORES, scope="module")
def shared_case(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Case]:
    """A case for all tests of a module, which read it or only add to it; once in each store."""
    with new_case(request.param, tmp_path_factory.mktemp("shared") / "case") as made:
        yield made


@pytest.fixture
def sqlite_case(tmp_path: Path) -> Iterator[Case]:
    """An empty case in SQLite, for what does not depend on the store."""
    with new_case("sqlite", tmp_path / "case") as made:
        yield made
