"""Controlled lists as data files, each with its source and licence.

A list is a TOML file in ``vocab/data``::

    title = "Families of item"
    source = "..."            # where the words come from
    licence = "..."
    open = false              # true: a word outside the list is kept as seen
    [[terms]]
    code = "arm"
    label = "arm"
    note = "what it covers"
    synonyms = ["weapon", "arme"]

or, for long tables, a CSV ``code,label,note,synonyms`` (synonyms parted by
``|``) beside a ``.toml`` that holds title, source and licence. A very long
table may be packed: ``<name>.csv.gz``. A list may carry a ``note`` that says
what it must not be used for; it is shown wherever the list is. Where a licence asks
that its text travel with the data, it lies in ``vocab/licences/<name>.txt``.
"""

from __future__ import annotations

import csv
import gzip
import io
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from headstamp.errors import Missing


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a list: the code that is stored, the label that is shown."""

    code: str
    label: str
    note: str = ""
    synonyms: tuple[str, ...] = ()


def fold(text: str) -> str:
    """The form in which words are compared: no case, accents or punctuation.

    >>> fold("Côte d'Ivoire")
    'cote d ivoire'
    """
    plain = unicodedata.normalize("NFKD", text)
    kept = "".join(
        " " if not c.isalnum() else c for c in plain if not unicodedata.combining(c)
    )
    return " ".join(kept.casefold().split())


def _word(text: str) -> str:
    # A sign such as the euro's folds to nothing; it stands for itself alone.
    return fold(text) or text.strip()


@dataclass(frozen=True)
class Vocabulary:
    """A controlled list: its terms in order, its source, and whether it is open."""

    name: str
    title: str
    source: str
    licence: str
    open: bool
    terms: tuple[Term, ...]
    note: str = ""
    _by_word: dict[str, Term] = field(default_factory=dict, repr=False, compare=False)
    _by_code: dict[str, Term] = field(default_factory=dict, repr=False, compare=False)

    def __iter__(self) -> Iterator[Term]:
        return iter(self.terms)

    def __len__(self) -> int:
        return len(self.terms)

    def get(self, code: str) -> Term | None:
        """The term with exactly this code, or None."""
        return self._by_code.get(code)

    def find(self, text: str) -> Term | None:
        """The term this text names by code, label or synonym (case and accents ignored)."""
        return self._by_code.get(text) or self._by_word.get(_word(text))

    def label(self, code: str) -> str:
        """The label of a code; the code itself where the list does not know it."""
        term = self._by_code.get(code)
        return term.label if term else code


def _split(text: str | None) -> tuple[str, ...]:
    return tuple(part for part in (text or "").split("|") if part)


def _rows(table: Traversable) -> Iterator[Term]:
    packed = table.read_bytes()
    plain = gzip.decompress(packed) if table.name.endswith(".gz") else packed
    for row in csv.DictReader(io.StringIO(plain.decode("utf-8"), newline="")):
        yield Term(row["code"], row["label"], row.get("note") or "", _split(row.get("synonyms")))


@cache
def vocabulary(name: str) -> Vocabulary:
    """The list of that name (``vocab/data/<name>.toml``). Raises Missing if there is none."""
    folder = files(__package__).joinpath("data")
    head = folder.joinpath(f"{name}.toml")
    if not head.is_file():
        raise Missing(f"there is no vocabulary called {name!r}")
    data = tomllib.loads(head.read_text(encoding="utf-8"))
    tables = [folder.joinpath(f"{name}{ending}") for ending in (".csv", ".csv.gz")]
    table = next((t for t in tables if t.is_file()), None)
    terms = tuple(_rows(table)) if table is not None else tuple(
        Term(t["code"], t.get("label", t["code"]), t.get("note", ""), tuple(t.get("synonyms", ())))
        for t in data["terms"]
    )
    by_code = {term.code: term for term in terms}
    by_word: dict[str, Term] = {}
    # Codes and labels win over synonyms, earlier terms over later ones.
    for words in (lambda t: (t.code, t.label), lambda t: t.synonyms):
        for term in terms:
            for word in words(term):
                by_word.setdefault(_word(word), term)
    return Vocabulary(
        name, data["title"], data["source"], data["licence"], bool(data.get("open", False)),
        terms, str(data.get("note", "")), by_word, by_code,
    )


def names() -> list[str]:
    """The names of all lists, sorted."""
    folder = files(__package__).joinpath("data")
    return sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml"))
