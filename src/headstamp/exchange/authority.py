"""Time-stamping authorities: which ones a person has chosen to ask, and by which certificates they are known.

None is built in. Whoever asks one tells it that somebody at this address stamps something
now, and shows whoever watches the line the same: that is a person's decision, not a
program's. A file of them is written once, in TOML, and lies with its certificates::

    [[authority]]
    name = "Ministry of Justice"
    url = "https://stamp.example.org/tsa"
    certificates = "ministry.pem"
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from headstamp.errors import Invalid, Missing, Problem, Unreadable
from headstamp.exchange.time_stamp import certificates_of

_KEYS = {"name", "url", "certificates"}
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Authority:
    """One authority. ``url`` is empty where it is asked by carrying files; ``certificates`` in PEM."""

    name: str
    url: str = ""
    certificates: str = ""

    def __post_init__(self) -> None:
        if not self.name or self.name != " ".join(self.name.split()) or not self.name.isprintable():
            raise Invalid(f"the name of an authority is one line of text, not {self.name!r}")
        if len(self.name) > 200:
            raise Invalid("the name of an authority has at most 200 characters")
        if self.url:
            _check_url(self.url)


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or not url.isascii() or not url.isprintable() or " " in url:
        raise Invalid(f"{url!r} is no address of a time-stamping authority: it begins with http:// "
                      "or https:// and names a host")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Invalid("the address of an authority holds no password and no fragment")


def authorities_of(
    named: Sequence[str], certificates: Sequence[str], file: Path | None
) -> list[Authority]:
    """The authorities of a file, and those that were named besides.

    ``named`` are ``NAME=URL``, or ``NAME`` alone for one that is asked by carrying files;
    ``certificates`` are ``NAME=FILE``. Raises Invalid with every problem, Missing, Unreadable.
    """
    found = {one.name: one for one in (read_authorities(file) if file is not None else [])}
    for told in named:
        name, _, url = told.partition("=")
        found[name] = replace(found.get(name, Authority(name)), url=url or _url(found, name))
    for told in certificates:
        name, gap, path = told.partition("=")
        if not gap or name not in found:
            raise Invalid(f"certificates are given as NAME=FILE, for an authority that is named; "
                          f"not as {told!r}")
        found[name] = replace(found[name], certificates=certificates_of(_read(Path(path))))
    return list(found.values())


def _url(found: dict[str, Authority], name: str) -> str:
    return found[name].url if name in found else ""


def read_authorities(file: Path) -> list[Authority]:
    """The authorities in a TOML file. Raises Invalid with every problem, Missing, Unreadable."""
    try:
        told = tomllib.loads(_read(file).decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Unreadable(f"{file} is no TOML: {error}") from error
    rows = told.get("authority")
    if not isinstance(rows, list) or set(told) != {"authority"}:
        raise Invalid(f"{file} holds blocks [[authority]] and nothing else")
    problems: list[Problem] = []
    found: dict[str, Authority] = {}
    for number, row in enumerate(rows, 1):
        try:
            one = _authority(row, file.parent)
            if one.name in found:
                raise Invalid(f"{one.name} stands there twice")
            found[one.name] = one
        except (Invalid, Missing, Unreadable) as error:
            problems.append(Problem(error.message, file=file.name, row=number))
    if problems:
        raise Invalid("the file of time-stamping authorities is wrong", problems)
    return list(found.values())


def _authority(row: Any, folder: Path) -> Authority:
    if not isinstance(row, dict) or not all(isinstance(value, str) for value in row.values()):
        raise Invalid("an authority has a name, a url and certificates, each a text")
    strange = sorted(row.keys() - _KEYS)
    if strange or "name" not in row:
        raise Invalid(f"an authority has {', '.join(sorted(_KEYS))}; not {', '.join(strange) or 'no name'}")
    held = row.get("certificates", "")
    return Authority(row["name"], row.get("url", ""),
                     certificates_of(_read(folder / held)) if held else "")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise Missing(f"there is no file {path}") from error
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > _MOST_BYTES:
        raise Unreadable(f"{path} has more than {_MOST_BYTES} bytes")
    return data
