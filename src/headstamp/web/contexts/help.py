"""Pages that say how to use the pages."""

from __future__ import annotations

from dataclasses import dataclass

from headstamp.store.reader import Reader
from headstamp.web.page import Context, Params

KEYS: tuple[tuple[str, str], ...] = (
    ("/", "go to the search box"),
    ("j", "next row of a list"),
    ("k", "row before"),
    ("Enter", "open the row"),
    ("n", "next page of a list"),
    ("p", "page before"),
    ("e", "correct the record that is shown"),
    ("Esc", "leave the search box, close the menu"),
    ("?", "this page"),
)


@dataclass(frozen=True)
class KeysContext(Context):
    """The keys and what they do."""

    keys: tuple[tuple[str, str], ...] = KEYS


def keys_context(reader: Reader, params: Params) -> KeysContext:
    """The keys."""
    return KeysContext()
