"""A snapshot where only a cluster can read it: hdfs://, s3a://, file:///shared... It is Spark's to ask.

``snapshot.json`` is read through Spark, and so are the digests: every part is read and hashed where the
cluster's workers are, and only the digests come back. A part has to fit into the memory of a
worker, and Spark reads none of more than 2 GiB so; ``headstamp snapshot`` writes far smaller ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from headstamp.engine.note import NOTE, PARTS, Table, digest_of_parts, read_note
from headstamp.errors import Missing, Tampered, Unavailable
from headstamp.records import kind_named

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_NOT_THERE: Final = "PATH_NOT_FOUND"


@dataclass(frozen=True)
class Remote:
    """A snapshot at an address; ``checkpoint`` is the signed note of the state it holds."""

    url: str
    checkpoint: str
    clearance: str
    tables: Mapping[str, Table] = field(repr=False)

    def path(self, kind: str) -> str:
        """The address of a kind's file or folder. Raises Invalid where there is no such kind."""
        name = kind_named(kind).name
        if name not in self.tables:
            raise Missing(f"this snapshot holds no {name}")
        return f"{self.url}/{name}.parquet"

    def columns(self, kind: str) -> dict[str, str]:
        """None are known before Spark looks."""
        return {}


def open_remote(session: SparkSession, url: str, *, check: bool = True) -> Remote:
    """Opens a snapshot at an address. Raises Missing, Unreadable, Unavailable, or Tampered where a table
    is not its own.

    Without ``check`` nothing but ``snapshot.json`` is read: whoever leaves it out vouches for the address.
    """
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    place = url.rstrip("/")
    try:
        lines = session.read.text(f"{place}/{NOTE}", wholetext=True).collect()
        checkpoint, clearance, tables = read_note(lines[0][0].encode() if lines else b"", f"{place}/{NOTE}")
        opened = Remote(place, checkpoint, clearance, tables)
        wrong = [name for name, table in tables.items()
                 if check and _digest(session, opened, name, table) != table.sha256]
    except PySparkException as error:
        if error.getCondition() == _NOT_THERE:
            raise Missing(f"there is no snapshot at {url}, or not all of it") from error
        raise Unavailable(f"Spark cannot read {url}: {str(error)[:600]}") from error
    except Py4JError as error:
        raise Unavailable(f"Spark cannot read {url}: {str(error)[:600]}") from error
    if wrong:
        raise Tampered(f"tables of the snapshot at {url} were changed: {', '.join(wrong)}")
    return opened


def _digest(session: SparkSession, opened: Remote, name: str, table: Table) -> str:
    reader = session.read.format("binaryFile")
    if table.parts:
        reader = reader.option("pathGlobFilter", PARTS)
    found = reader.load(opened.path(name)).selectExpr("path", "sha2(content, 256) AS digest").collect()
    if not table.parts:
        return str(found[0]["digest"]) if len(found) == 1 else ""
    return digest_of_parts((str(row["path"]).rsplit("/", 1)[-1], str(row["digest"])) for row in found)
