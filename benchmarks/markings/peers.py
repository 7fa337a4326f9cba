"""What one would otherwise search markings with, given our plain keys for nothing.

Each peer is built over the plain keys and answers a plain key with at most ten pairs of
position and score, best first (the higher the better). ``?`` stays in what is asked: an edit
distance counts it as one edit. Brackets become ``?`` and ``*`` goes, since none knows them.
"""

from __future__ import annotations

import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol

import psycopg
import tantivy
from rapidfuzz import process
from rapidfuzz.distance import OSA, Levenshtein

from benchmarks.markings.weighted import distances
from headstamp.markings.normalise import plain_key

Answer = list[tuple[int, float]]
_BRACKETS = re.compile(r"\[[^\]]*\]")


def asked_of_peers(query: str) -> str:
    """The plain key of a query, in what every peer understands."""
    return _BRACKETS.sub("?", plain_key(query)).replace("*", "")


class Peer(Protocol):
    """A way to search; ``bytes`` is its index on disk (0: there is none)."""

    name: str
    bytes: int

    def find(self, key: str) -> Answer:
        """At most ten (position, score), best first."""

    def close(self) -> None:
        """End what was started and remove what was written."""


class Tantivy:
    """Fuzzy term query of distance 2, 100 hits, ordered by OSA distance.

    ``tuned``: one thread and a large heap, hence one segment (each segment costs a walk of
    its own), and positions from a column instead of stored documents. Otherwise as its
    documentation shows it.
    """

    def __init__(self, plain: Sequence[str], *, tuned: bool = False) -> None:
        self.name = "tantivy, one segment" if tuned else "tantivy fuzzy 2, OSA"
        self._folder = Path(tempfile.mkdtemp(prefix="headstamp-bench-tantivy-"))
        self._plain, self._tuned = plain, tuned
        builder = tantivy.SchemaBuilder()
        if tuned:
            builder.add_text_field("text", tokenizer_name="raw", index_option="basic")
            builder.add_unsigned_field("position", fast=True)
        else:
            builder.add_text_field("text", stored=True, tokenizer_name="raw")
            builder.add_unsigned_field("position", stored=True)
        self._schema = builder.build()
        index = tantivy.Index(self._schema, path=str(self._folder))
        writer = index.writer(heap_size=1_500_000_000, num_threads=1) if tuned else index.writer()
        for position, text in enumerate(plain):
            document = tantivy.Document()
            document.add_text("text", text)
            document.add_unsigned("position", position)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()
        self.bytes = sum(path.stat().st_size for path in self._folder.iterdir())

    def candidates(self, key: str, limit: int) -> list[tuple[int, str]]:
        """Positions and keys within two edits, in no order."""
        query = tantivy.Query.fuzzy_term_query(
            self._schema, "text", key, distance=2, transposition_cost_one=True
        )
        found = [address for _, address in self._searcher.search(query, limit).hits]
        if self._tuned:
            positions = self._searcher.fast_field_values("position", found) if found else []
            return [(int(at), self._plain[int(at)]) for at in positions if at is not None]
        documents = [self._searcher.doc(address) for address in found]
        return [(document["position"][0], document["text"][0]) for document in documents]

    def find(self, key: str) -> Answer:
        scored = [
            (at, 1.0 - OSA.distance(key, text) / max(len(key), len(text), 1))
            for at, text in self.candidates(key, 100)
        ]
        return sorted(scored, key=lambda pair: -pair[1])[:10]

    def close(self) -> None:
        shutil.rmtree(self._folder)


class Expert:
    """500 hits of a tantivy index, ordered by the weighted distance."""

    name = "expert: tantivy 500, weighted"

    def __init__(self, under: Tantivy) -> None:
        self._under, self.bytes = under, under.bytes

    def find(self, key: str) -> Answer:
        found = self._under.candidates(key, 500)
        cost = distances(key, [text for _, text in found])
        return [(found[n][0], -float(cost[n])) for n in cost.argsort(kind="stable")[:10]]

    def close(self) -> None:
        """The index belongs to the other."""


class Rapidfuzz:
    """Every key compared, Levenshtein distance of at most 4."""

    name = "rapidfuzz extract"
    bytes = 0

    def __init__(self, plain: Sequence[str]) -> None:
        # Strings that lie scattered in memory slow it 2.5 times: they are made anew in order.
        self._plain = "\n".join(plain).split("\n")

    def find(self, key: str) -> Answer:
        found = process.extract(
            key, self._plain, scorer=Levenshtein.distance, score_cutoff=4, limit=10, processor=None
        )
        return [
            (at, 1.0 - cost / max(len(key), len(text), 1)) for text, cost, at in found
        ]

    def close(self) -> None:
        self._plain = []


class Trigrams:
    """PostgreSQL with pg_trgm: a GIN index, similarity of at least 0.3, a cluster of its own."""

    name = "PostgreSQL pg_trgm GIN"

    def __init__(self, plain: Sequence[str]) -> None:
        self._server = Server()
        self._db = psycopg.connect(self._server.url, autocommit=True, prepare_threshold=0)
        run = self._db.execute
        run("CREATE EXTENSION pg_trgm")
        run("CREATE TABLE marking (id integer, plain text)")
        with self._db.cursor() as cursor, cursor.copy("COPY marking FROM STDIN") as copy:
            for at, text in enumerate(plain):
                copy.write_row((at, text))
        run("CREATE INDEX trigrams ON marking USING gin (plain gin_trgm_ops)")
        run("VACUUM ANALYZE marking")
        found = run("SELECT pg_relation_size('trigrams')").fetchone()
        self.bytes = int(found[0]) if found else 0

    def find(self, key: str) -> Answer:
        found = self._db.execute(
            "SELECT id, similarity(plain, %(key)s) AS near FROM marking"
            " WHERE plain %% %(key)s ORDER BY near DESC LIMIT 10", {"key": key},
        )
        return [(int(at), float(near)) for at, near in found]

    def close(self) -> None:
        self._db.close()
        self._server.close()


class Server:
    """A PostgreSQL of our own on a free port of the loopback address, gone when closed."""

    def __init__(self) -> None:
        self._programs = _newest_postgres()
        self._folder = Path(tempfile.mkdtemp(prefix="headstamp-bench-postgres-"))
        secret = secrets.token_hex(16)
        (self._folder / "secret").write_text(secret + "\n", encoding="ascii")
        self._as: list[str] = []
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            account = pwd.getpwnam("postgres")
            for path in (self._folder, self._folder / "secret"):
                os.chown(path, account.pw_uid, account.pw_gid)
            self._as = ["runuser", "-u", "postgres", "--"]
        data = str(self._folder / "data")
        self._run(
            "initdb", "-D", data, "-U", "headstamp", f"--pwfile={self._folder / 'secret'}",
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
        )
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        settings = {
            "listen_addresses": "127.0.0.1", "port": port, "fsync": "off", "jit": "off",
            "shared_buffers": "1536MB", "maintenance_work_mem": "1GB", "work_mem": "64MB",
            "max_parallel_workers_per_gather": 0, "max_parallel_maintenance_workers": 0,
            "unix_socket_directories": "''", "max_wal_size": "4GB",
        }
        told = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self._run(
            "pg_ctl", "-D", data, "-w", "-t", "60", "-l", str(self._folder / "server.log"),
            "-o", told, "start",
        )
        self.url = f"postgresql://headstamp:{secret}@127.0.0.1:{port}/postgres"

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [*self._as, str(self._programs / program), *arguments], cwd="/", check=True,
            stdout=subprocess.DEVNULL,
        )

    def close(self) -> None:
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self._folder)

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _newest_postgres() -> Path:
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)
    )
    if installed:
        return installed[-1]
    found = shutil.which("initdb")
    if found is None:
        raise RuntimeError("no PostgreSQL here: make setup installs it")
    return Path(found).parent
