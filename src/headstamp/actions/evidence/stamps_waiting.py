"""Requests for time stamps that no authority has answered yet: one file for each checkpoint and authority.

They lie in the case's folder, in ``stamps/waiting``, and are written whole and durably
before anybody is asked: what could not be stamped in the field is not forgotten in the
office. They hold a checkpoint, its hash and a random number: nothing of what the case says.
A file names the authority, never its address: which addresses are asked is for the person
who asks to say, not for a folder that may come from elsewhere. In an encrypted case they lie
there encrypted, for the authority may tell in which country a team is at work; one that an
older headstamp left there in the open is read as well.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from headstamp.errors import HeadstampError, Unreadable
from headstamp.exchange.time_stamp import Request
from headstamp.store.case import Case
from headstamp.store.disk import sync_folder, told

FOLDER = "stamps/waiting"
_FORM = "headstamp-stamp-waiting/1"
_SEALED_NAME = 64  # hexadecimal digits
_MOST_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """One request: for which authority and checkpoint, since when, and why it has no answer yet."""

    authority: str
    checkpoint: str
    request: Request
    since: str
    problem: str = ""

    @property
    def size(self) -> int:
        """The number of entries that the checkpoint names."""
        return int(self.checkpoint.split("\n")[1])

    @property
    def name(self) -> str:
        """The name of its file: the same checkpoint and authority give the same."""
        digest = sha256(f"{self.authority}\0{self.checkpoint}".encode()).hexdigest()[:10]
        return f"{self.size:09}-{file_word(self.authority)}-{digest}.json"

    def as_dict(self) -> dict[str, object]:
        """The same as plain JSON values."""
        return {"authority": self.authority, "size": self.size, "since": self.since,
                "problem": self.problem}


def file_word(text: str) -> str:
    """A text as part of a file's name.

    >>> file_word("Ministry of Justice"), file_word("Минюст")
    ('ministry-of-justice', 'authority')
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40] or "authority"


def folder_of(case: Case) -> Path:
    """Where the requests of a case wait."""
    return case.folder / FOLDER


def all_waiting(case: Case) -> list[Waiting]:
    """The requests that wait, by size and authority. Raises Unreadable for a damaged file."""
    folder = folder_of(case)
    if not folder.is_dir():
        return []
    with told(folder):
        found = [(str(path), path.name, _within(path)) for path in folder.glob("*.json")]
        if case.working.sealed:
            names = case.working.names(FOLDER)
            for path in folder.iterdir():
                if len(path.name) == _SEALED_NAME and path not in {
                    case.working.place(FOLDER, name) for name in names
                }:
                    raise Unreadable(_damaged(path))
            found += [(str(case.working.place(FOLDER, name)), name, case.working.read(FOLDER, name) or b"")
                      for name in names]
    return sorted((_read(*one) for one in found), key=lambda one: (one.size, one.authority))


def keep_waiting(case: Case, waiting: Waiting) -> None:
    """Writes a request down, durably, in place of the same one. Raises Unavailable."""
    folder = folder_of(case)
    with told(folder):
        if not folder.is_dir():
            folder.mkdir(mode=0o700, parents=True)
            sync_folder(folder.parent)
            sync_folder(folder.parent.parent)
        case.working.write(FOLDER, waiting.name, orjson.dumps({
            "form": _FORM, "authority": waiting.authority, "checkpoint": waiting.checkpoint,
            "request": b64encode(waiting.request.der).decode("ascii"), "since": waiting.since,
            "problem": waiting.problem,
        }, option=orjson.OPT_INDENT_2))
        sync_folder(folder)


def no_longer(case: Case, waiting: Waiting) -> None:
    """Takes a request away whose answer is on file. Raises Unavailable."""
    folder = folder_of(case)
    with told(folder):
        case.working.remove(FOLDER, waiting.name)
        (folder / waiting.name).unlink(missing_ok=True)  # of an older headstamp
        sync_folder(folder)


def _within(path: Path) -> bytes:
    return path.read_bytes() if path.stat().st_size <= _MOST_BYTES else b""


def _damaged(path: Path | str) -> str:
    return (f"{path} is damaged: delete it, the next headstamp stamp asks for the latest checkpoint anew")


def _read(where: str, name: str, data: bytes) -> Waiting:
    damaged = _damaged(where)
    try:
        values: Any = orjson.loads(data)
        if not isinstance(values, dict) or values.pop("form", None) != _FORM:
            raise Unreadable(damaged)
        request = Request.read(b64decode(values.pop("request"), validate=True))
        waiting = Waiting(request=request, **values)
        fits = sha256(waiting.checkpoint.encode("utf-8")).digest() == request.digest
        if not fits or waiting.name != name:
            raise Unreadable(damaged)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise Unreadable(damaged) from error
    except HeadstampError as error:
        raise Unreadable(damaged) from error
    return waiting
