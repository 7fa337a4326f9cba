"""A PostgreSQL server of one's own, which syncs what it writes and may be killed and stopped at will.

That of ``scripts/test.sh`` does neither: it runs without fsync, and all tests share it.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.lacking import lacks


def _programs() -> Path:
    """The folder of initdb and pg_ctl; skips by name where there is none."""
    found = [one for one in Path("/usr/lib/postgresql").glob("*/bin") if (one / "initdb").exists()]
    if found:
        return max(found, key=lambda one: int(one.parent.name))
    initdb = shutil.which("initdb")
    if initdb is None:
        lacks("PostgreSQL")
    return Path(initdb).parent


class Cluster:
    """One server on a free port of the loopback address, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        self._bin = _programs()
        self._secret = secrets.token_hex(8)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        given = folder / "secret"
        given.write_text(self._secret + "\n")
        # PostgreSQL refuses to run as root.
        self._as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as:
            owner = pwd.getpwnam("postgres")
            for one in (folder, given):
                os.chown(one, owner.pw_uid, owner.pw_gid)
        self._do("initdb", "-D", self.folder / "data", "-U", "headstamp", f"--pwfile={given}",
                 "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")

    @property
    def url(self) -> str:
        return f"postgresql://headstamp:{self._secret}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        self._ctl("-w", "-t", "120", "-l", self.log, "-o",
                  f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories=''"
                  " -c max_connections=40", "start")

    def stop_at_once(self) -> None:
        """Without a last checkpoint, as a power cut would: the next start recovers from its log."""
        self._ctl("-m", "immediate", "-w", "stop")

    def say(self, *statements: str) -> list[tuple[object, ...]]:
        """The rows of the last of these statements."""
        rows: list[tuple[object, ...]] = []
        with psycopg.connect(self.url, autocommit=True) as conn:
            for statement in statements:
                cursor = conn.execute(statement.encode())
                rows = cursor.fetchall() if cursor.description else []
        return rows

    def backends(self) -> list[int]:
        """The processes that serve somebody else than this question, those at work first."""
        return [int(str(pid)) for (pid,) in self.say(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
            " AND pid <> pg_backend_pid() ORDER BY state <> 'idle' DESC, random()")]

    def kill(self, pid: int) -> None:
        """kill -9: the server takes down all others too, and recovers."""
        os.kill(pid, signal.SIGKILL)

    def _ctl(self, *words: object) -> None:
        self._do("pg_ctl", "-D", self.folder / "data", *words)

    def _do(self, program: str, *words: object) -> None:
        done = subprocess.run([*self._as, str(self._bin / program), *map(str, words)], cwd="/",
                              stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, text=True, check=False)
        assert done.returncode == 0, (program, self.log.read_text() if self.log.exists() else done.stdout)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A server that runs; gone at the end. Its folder is where another user can get at it."""
    folder = Path(tempfile.mkdtemp(prefix="headstamp-postgres."))
    one = None
    try:
        one = Cluster(folder)
        one.start()
        yield one
    finally:
        if one is not None and (folder / "data" / "postmaster.pid").exists():
            one.stop_at_once()
        shutil.rmtree(folder)
