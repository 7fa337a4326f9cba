"""The lists that come with headstamp, as entries the checks can ask; nothing need be imported.

Each says its version, its day where its source states one, and what its source warns of. A list
of the same name that was brought into a case takes the place of the one here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from headstamp.tracing.check_list import Entry
from headstamp.vocab import Term, Vocabulary, vocabulary


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A list that comes with headstamp. ``dated`` is empty where its source states no day."""

    name: str
    version: str
    dated: str
    kind: str
    vocabulary: str

    @property
    def words(self) -> Vocabulary:
        """The list itself, with source, licence and note."""
        return vocabulary(self.vocabulary)


BUILT_IN: tuple[BuiltIn, ...] = (
    BuiltIn("Common High Priority List", "February 2024", "2024-02", "high_priority", "common_high_priority"),
    BuiltIn("Dual-use list, categories", "Regulation (EU) 2021/821, Annex I", "2021-05-20", "control_list",
            "dual_use_categories"),
    BuiltIn("Munitions list, categories", "ML1 to ML22", "", "control_list", "munitions_list"),
    BuiltIn("Regulation (EU) 2019/1148, Annexes I and II", "consolidated text", "2019-07-11",
            "regulated_substance", "regulated_substances"),
    BuiltIn("Sanctions programmes", "f33cff2", "", "sanctions_programme", "sanctions_programmes"),
)


@cache
def entries_of(name: str) -> tuple[Entry, ...]:
    """The entries of the built-in list of that name."""
    one = next(one for one in BUILT_IN if one.name == name)
    return tuple(_entries(one))


def _entries(one: BuiltIn) -> Iterator[Entry]:
    words = one.words
    if one.vocabulary == "dual_use_categories":
        yield from _dual_use(one, words)
        return
    for term in words:
        if one.kind == "sanctions_programme":
            yield _programme(one, words, term)
        else:
            yield Entry(
                f"{one.vocabulary}:{term.code}", one.name, one.version, one.dated, one.kind, term.code,
                term.label, goods=(term.code,), source=words.source, caution=words.note, note=term.note,
            )


def _dual_use(one: BuiltIn, words: Vocabulary) -> Iterator[Entry]:
    """One entry for each category (a figure) and group (a letter), as 3A: all that stands below it."""
    for category in (term for term in words if term.code.isdigit()):
        for group in (term for term in words if term.code.isalpha()):
            code = category.code + group.code
            yield Entry(
                f"{one.vocabulary}:{code}", one.name, one.version, one.dated, one.kind, code,
                f"{category.label}: {group.label}", goods=(code,), source=words.source, caution=words.note,
            )


def _programme(one: BuiltIn, words: Vocabulary, term: Term) -> Entry:
    """A sanctions programme: the vocabulary keeps what is said of it in its note."""
    said = dict(part.partition(": ")[::2] for part in term.note.split("; "))
    return Entry(
        f"{one.vocabulary}:{term.code}", one.name, one.version, one.dated, one.kind, term.code, term.label,
        countries=tuple(said.get("territories", "").split()), arms=said.get("arms measure") == "yes",
        issuer=said.get("issuer", ""), source=words.source, caution=words.note,
    )
