"""What a letter names, found among the records of a case: items by tag, parties by name.

Only what is meant without doubt is found. A name that two records bear, or none, is handed
back with the reason, so that it can be kept as written and told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from headstamp.kinds.identity import is_record_id
from headstamp.store.reader import Reader


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Something named that is no one record of this case: what, as written, and why."""

    what: str
    text: str
    why: str

    @property
    def words(self) -> str:
        """One line for people."""
        return f"{self.what} {self.text}: {self.why}"

    def as_dict(self) -> dict[str, str]:
        """As plain JSON values."""
        return {"what": self.what, "text": self.text, "why": self.why}


def items_named(reader: Reader, words: Iterable[str]) -> tuple[list[str], list[Unmatched]]:
    """The items that these ids or tags name, each once, and what names none."""
    found: dict[str, None] = {}
    left: list[Unmatched] = []
    for word in dict.fromkeys(one.strip() for one in words if one.strip()):
        if is_record_id(word):
            seen = reader.many([word]).get(word)
            ids = [word] if seen is not None and seen.kind == "item" else []
        else:
            ids = [one.id for one in reader.list("item", {"tag": word}, limit=3).rows]
        if len(ids) == 1:
            found[ids[0]] = None
        else:
            left.append(Unmatched("item", word, "no item of this case is called so" if not ids
                                  else "several items of this case are called so"))
    return list(found), left


def party_named(reader: Reader, word: str) -> tuple[str, str]:
    """The party of that id or name, and why there is none: ("", reason)."""
    word = word.strip()
    if is_record_id(word) and word.startswith("party-"):
        seen = reader.many([word]).get(word)
        return (seen.id, "") if seen is not None else ("", "no party of this case has that id")
    rows = reader.list("party", {"name": word}, limit=3).rows
    if len(rows) == 1:
        return rows[0].id, ""
    return "", "several parties of this case have that name" if rows else "not known here yet"
