"""PostgreSQL's processes are killed, its server is stopped at once: nothing acknowledged is lost.

And a server that loses what it acknowledged when the power goes is refused.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from headstamp.actions.cases import check_case, index_case
from headstamp.actions.keeping.backups import back_up, restore_case
from headstamp.actions.settings import Settings
from headstamp.cli import main
from headstamp.errors import HeadstampError, Unavailable
from headstamp.kinds.identity import derived_id
from headstamp.records import Document, Item, Marking
from headstamp.store.case import Case
from headstamp.store.postgres import TRIAL
from headstamp.web.desk import Desk
from tests.durability.cluster import Cluster, cluster
from tests.effort import counted
from tests.store.kept import live

KILLS = counted(10, 100)
STOPS = counted(3, 20)
WRITERS, SIZE = 3, 20

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    with cluster() as one:
        yield one


class Writers:
    """Threads that record, one change after the other; what did not get through is done again."""

    def __init__(self, url: str, folder: Path) -> None:
        self.acknowledged: list[str] = []
        self.told: list[str] = []
        self.odd: list[BaseException] = []
        self.tries: list[int] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(url, folder, f"w{number}"))
                         for number in range(WRITERS)]

    def __enter__(self) -> Writers:
        for one in self._threads:
            one.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        for one in self._threads:
            one.join()

    def _write(self, url: str, folder: Path, worker: str) -> None:
        try:
            with Case.open(url, folder=folder) as case:
                number = 0
                while not self._stop.is_set():
                    if self._got_through(case, f"{worker}-{number}"):
                        number += 1
        except BaseException as error:
            self.odd.append(error)

    def _got_through(self, case: Case, name: str) -> bool:
        try:
            with case.change(actor="w", reason=name) as change:
                kept = change.file(b"original of %s" % name.encode())
                items = items_of(name)
                change.put_many([
                    Document.build(id=derived_id("doc", name), title=name, digest=kept.digest), *items,
                    *(Marking.build(id=derived_id("mark", one.id), item=one.id, text="AB 12") for one in items),
                ])
        except HeadstampError as error:
            self.told.append(str(error))
            time.sleep(0.01)
            return False
        self.acknowledged.append(name)
        return True


def items_of(name: str) -> list[Item]:
    return [Item.build(id=derived_id("item", name, str(n)), make=name) for n in range(SIZE)]


def all_there(case: Case, names: list[str]) -> None:
    reader = case.read()
    for name in names:
        assert len(reader.many([one.id for one in items_of(name)])) == SIZE, name
        assert reader.original(reader.get(derived_id("doc", name)).get("digest"))[0].is_file(), name
    totals = reader.totals()
    assert totals["item"] == totals["marking"] == SIZE * totals["document"]  # none half saved


def until_it_answers(server: Cluster) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            server.say("SELECT 1")
            return
        except psycopg.OperationalError:
            assert time.monotonic() < deadline, server.log.read_text()
            time.sleep(0.05)


def new_database(server: Cluster, name: str) -> str:
    until_it_answers(server)
    server.say(f"CREATE DATABASE {name}")
    return server.url.rpartition("/")[0] + f"/{name}"


def until_more(writers: Writers, so_far: int) -> None:
    """Until something was acknowledged since: whoever was thrown out got back in by itself."""
    deadline = time.monotonic() + 120
    while len(writers.acknowledged) <= so_far:
        assert not writers.odd and time.monotonic() < deadline, (writers.odd, writers.told[-3:])
        time.sleep(0.01)


def test_backends_that_are_killed_lose_nothing_acknowledged(server: Cluster, tmp_path: Path) -> None:
    """Every second one asked to go (pg_terminate_backend), every second one by kill -9."""
    draw = random.Random(4)
    url = new_database(server, "killed")
    Case.create(url, folder=tmp_path / "case").close()
    done = 0
    with Writers(url, tmp_path / "case") as writers:
        while done < KILLS:
            until_more(writers, len(writers.acknowledged))
            time.sleep(draw.uniform(0, 0.1))
            with suppress(psycopg.OperationalError, ProcessLookupError, IndexError):
                pid = server.backends()[0]
                if done % 2:
                    server.kill(pid)
                else:
                    assert server.say(f"SELECT pg_terminate_backend({pid})") == [(True,)]
                done += 1
        until_it_answers(server)
        until_more(writers, len(writers.acknowledged))
    proven(url, tmp_path / "case", writers, KILLS)


def test_a_server_stopped_at_once_loses_nothing_acknowledged(server: Cluster, tmp_path: Path) -> None:
    draw = random.Random(5)
    url = new_database(server, "stopped")
    Case.create(url, folder=tmp_path / "case").close()
    with Writers(url, tmp_path / "case") as writers:
        for _ in range(STOPS):
            until_more(writers, len(writers.acknowledged))
            time.sleep(draw.uniform(0, 0.3))
            server.stop_at_once()
            server.start()
        until_more(writers, len(writers.acknowledged))
    proven(url, tmp_path / "case", writers, STOPS)


def proven(url: str, folder: Path, writers: Writers, times: int) -> None:
    assert writers.odd == []
    with Case.open(url, folder=folder) as case:
        all_there(case, writers.acknowledged)
        assert check_case(case) == []
        index_case(case)
        with case.change(actor="a", reason="goes on") as change:
            change.put(Item.build({}))
        assert check_case(case) == []
    assert len(writers.acknowledged) > times
    # Each in words, and none a second time after the server was back.
    assert writers.told and all("database" in one for one in writers.told)
    print(f"{times} times, {len(writers.acknowledged)} acknowledged, 0 lost; "
          f"{len(writers.told)} changes refused and done again")


def test_readers_of_a_restarted_server_need_not_know_of_it(server: Cluster, tmp_path: Path) -> None:
    url = new_database(server, "read")
    with Case.create(url, folder=tmp_path / "case") as case:
        live(case)
        with case.read().snapshot() as reader, case.read().snapshot() as another:
            assert reader.totals() == another.totals()  # two connections in the pool
        server.stop_at_once()
        server.start()
        for _ in range(3):
            assert case.read().totals()
        with case.change(actor="a", reason="goes on") as change:
            change.put(Item.build({}))


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
def test_a_server_that_loses_data_is_refused(
    server: Cluster, tmp_path: Path, setting: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No case is made, moved or put back into it, no page served, nothing recorded; it can be read and backed up."""
    url = new_database(server, f"with_{setting}_off")
    empty = new_database(server, f"empty_{setting}")
    folder = tmp_path / "case"
    with Case.create(url, folder=folder) as case:
        live(case)
    try:
        server.say(f"ALTER SYSTEM SET {setting} = off", "SELECT pg_reload_conf()", "SELECT pg_sleep(0.5)")
        assert server.say(f"SHOW {setting}") == [("off",)]
        with Case.open(url, folder=folder) as case:
            root = case.checkpoint()
            assert case.backend.unsafe_settings() == [setting]
            with pytest.raises(Unavailable, match=setting), case.change(actor="a", reason="r") as change:
                change.put(Item.build({}))
            assert check_case(case) == [] and case.checkpoint() == root
        with pytest.raises(Unavailable, match=TRIAL):
            Desk(Settings(case=url, folder=folder))
        back_up(url, tmp_path / "bk", folder=folder)
        restore_case(tmp_path / "bk", str(tmp_path / "back"))
        with pytest.raises(Unavailable, match=setting):
            restore_case(tmp_path / "bk", empty, folder=tmp_path / "into")
        monkeypatch.setenv("HEADSTAMP_FOLDER", str(tmp_path / "made"))
        assert main(["--case", empty, "init"]) == 7
        assert f"set {setting} = on" in capsys.readouterr().err
        assert not (tmp_path / "into").exists()
        # Said by whoever keeps the server, where he switched it off.
        server.say(f"ALTER DATABASE empty_{setting} SET {TRIAL} = on")
        assert main(["--case", empty, "init"]) == 0
    finally:
        server.say(f"ALTER SYSTEM RESET {setting}", "SELECT pg_reload_conf()", "SELECT pg_sleep(0.5)")
    with Case.open(url, folder=folder) as case:
        assert check_case(case) == []


def test_commits_wait_for_the_disk_whatever_is_usual_on_the_server(server: Cluster, tmp_path: Path) -> None:
    url = new_database(server, "hasty")
    server.say("ALTER DATABASE hasty SET synchronous_commit = off")
    with Case.create(url, folder=tmp_path / "case") as case:
        with case.backend.reading() as conn:
            assert case.backend.tuples(conn, "SHOW synchronous_commit") == [("off",)]
        with case.backend.writing() as conn:
            assert case.backend.tuples(conn, "SHOW synchronous_commit") == [("on",)]
