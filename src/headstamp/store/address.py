"""A case's address as a person gives it: a folder, or a PostgreSQL database with a folder beside it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sqlalchemy.exc import ArgumentError

from headstamp.errors import Invalid
from headstamp.store.backend import Backend
from headstamp.store.cipher import Keys
from headstamp.store.postgres import Postgres
from headstamp.store.sqlite import Sqlite

CASE_FILE = "case.sqlite"
_SCHEMES = ("postgresql://", "postgres://", "postgresql+psycopg://")
_PASSWORD = re.compile(r"(?<=://)([^:/@]*):[^/]*@")


def without_password(where: str) -> str:
    """The address as it may be shown: an address gets into logs and onto screens.

    >>> without_password("postgresql://anna:secret@db/finds?folder=f"), without_password("a:b@c")
    ('postgresql://anna@db/finds?folder=f', 'a:b@c')
    """
    shown = _PASSWORD.sub(r"\1@", where)
    return re.sub(r"([?&])password=[^&]*&?", r"\1", shown).rstrip("?&") if "://" in shown else shown


def backend_of(where: str, folder: Path | None, keys: Keys | None = None) -> tuple[Path, Backend]:
    """The folder and the engine that a case's address means. Raises Invalid for any other address.

    ``postgresql://.../name?folder=DIR`` names the folder of originals beside a
    database; without it HEADSTAMP_FOLDER is used, else ``./name-case``. ``keys`` are those of
    an encrypted case.
    """
    if where.startswith(_SCHEMES):
        if keys is not None:
            raise Invalid("an encrypted case is a folder: a database server would have it in the "
                          "open. Encrypt the server's own disk instead")
        try:
            parts = urlsplit(where)
            query = dict(parse_qsl(parts.query))
            named = query.pop("folder", None) or os.environ.get("HEADSTAMP_FOLDER")
            url = urlunsplit(parts._replace(scheme="postgresql", query=urlencode(query)))
            if not parts.path.strip("/"):
                raise ValueError("no database is named")
            backend = Postgres(url)
        except (ValueError, ArgumentError) as error:
            raise Invalid(f"{without_password(where)} is no address of a database ({error}); "
                          "write postgresql://USER@HOST/NAME?folder=DIR") from error
        return folder or Path(named or Path.cwd() / f"{parts.path.strip('/')}-case"), backend
    if re.match(r"[A-Za-z][\w+.-]*://", where):
        raise Invalid(f"a case is a folder or a postgresql:// address, not {without_password(where)}")
    place = folder or Path(where)
    return place, Sqlite(place / CASE_FILE, keys)
