"""The classes of the yearly tables on illicit arms: from a family and the words of a type to one of them.

The classes stand in a data file (``iafq_classes.toml``), and another may be given in its place: what a
country counts as what is its own to say. Words are looked for whole, whatever their case, accents and
plural; of several the longest wins, and where two classes have equally long ones the type stays unmapped. Nothing is
guessed from a model's name.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from headstamp.errors import Invalid, Missing, Problem, Unreadable

FILE: Final = "iafq_classes.toml"
GROUPS: Final = ("arms", "ammunition", "parts", "outside")
MANNERS: Final = ("seized", "found", "surrendered", "not_told", "other", "not_held")
UNMAPPED: Final = "unmapped"
"""The class of a type whose words are in no class, or in two alike."""
NOT_TOLD: Final = "kind_not_told"
OUTSIDE: Final = "outside"
_WORD: Final = re.compile(r"[^\W_]+")
Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Class:
    """One class of a table: what it is called, and the group (table) it stands in."""

    code: str
    label: str
    group: str


@dataclass(frozen=True)
class Classes:
    """The whole mapping. ``digest`` is the SHA-256 of the file it was read from."""

    edition: str
    sources: tuple[str, ...]
    manners: Mapping[str, str]
    families: Mapping[str, str]
    classes: tuple[Class, ...]
    phrases: Mapping[Phrase, tuple[str, ...]]
    digest: str

    def of_group(self, group: str) -> tuple[Class, ...]:
        """The classes of a table in their order; where types may be unmapped, that class last."""
        told = tuple(one for one in self.classes if one.group == group)
        return (*told, Class(UNMAPPED, "Types that the mapping does not know", group)) if group != OUTSIDE else told

    def manner(self, word: str | None) -> str:
        """The class of a manner of recovery."""
        return self.manners.get(word or "", "not_told")

    def of(self, family: str, words: str | None) -> tuple[str, str]:
        """The group and class of an item by its family and the words of its type.

        The group is ``outside`` where the questionnaire does not ask for such a thing.
        """
        group = self.families.get(family)
        if group is None:
            return OUTSIDE, ""
        named = {one.code: one for one in self.classes}
        found = [named[code] for code in self._named(words or "")]
        out = next((one for one in found if one.group == OUTSIDE), None)
        if out is not None and group != "ammunition":
            return OUTSIDE, out.code
        if group == "ammunition":
            return group, next(one.code for one in self.classes if one.group == group)
        fitting = [one for one in found if one.group == group or (group == "any" and one.group == "arms")]
        if group == "any":
            # Of a thing of unknown family only what its type says makes it an arm.
            told = [one for one in fitting if one.code != NOT_TOLD]
            return ("arms", told[0].code) if len(told) == 1 else (OUTSIDE, "")
        if len(fitting) == 1:
            return group, fitting[0].code
        if group == "arms" and not _key(words or ""):
            return group, NOT_TOLD
        return group, UNMAPPED

    def _named(self, words: str) -> list[str]:
        """The classes named by these words: those of the longest phrases in them, and all that are outside."""
        key = _key(words)
        found: dict[int, set[str]] = {}
        outside = {one.code for one in self.classes if one.group == OUTSIDE}
        out: set[str] = set()
        general = False
        for first in range(len(key)):
            for last in range(len(key), first, -1):
                for code in self.phrases.get(key[first:last], ()):
                    if code in outside:
                        out.add(code)
                    elif code == NOT_TOLD:  # "arm" says less than any other word beside it
                        general = True
                    else:
                        found.setdefault(last - first, set()).add(code)
        best = found[max(found)] if found else {NOT_TOLD} if general else set()
        return [*sorted(out), *sorted(best)]


def read_classes(path: Path | None = None) -> Classes:
    """The mapping of the program, or of a file. Raises Missing, Unreadable, Invalid with all faults."""
    return _default() if path is None else _read(_bytes(path), path.name)


@cache
def _default() -> Classes:
    return _read(files(__package__).joinpath(FILE).read_bytes(), FILE)


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise Missing(f"there is no file {path}")
    return path.read_bytes()


def _read(content: bytes, name: str) -> Classes:
    try:
        told = tomllib.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Unreadable(f"{name} is no TOML in UTF-8: {error}") from error
    problems = _faults(told)
    if problems:
        raise Invalid(f"{name} is no mapping to the classes of the tables", problems)
    phrases: dict[Phrase, list[str]] = {}
    for one in told["classes"]:
        for word in one["words"]:
            phrases.setdefault(_key(word), []).append(one["code"])
    return Classes(
        told["edition"], tuple(told["sources"]),
        {word: manner for manner, some in told["manners"].items() for word in some}, told["families"],
        tuple(Class(one["code"], one["label"], one["group"]) for one in told["classes"]),
        {phrase: tuple(dict.fromkeys(codes)) for phrase, codes in phrases.items()}, sha256(content).hexdigest())


def _faults(told: Mapping[str, Any]) -> list[Problem]:
    problems: list[Problem] = []
    for name, kind in (("edition", str), ("sources", list), ("manners", dict), ("families", dict), ("classes", list)):
        if not isinstance(told.get(name), kind):
            problems.append(Problem("this must be there", "See iafq_classes.toml of the program.", name))
    if problems:
        return problems
    for name, some in told["manners"].items():
        if name not in MANNERS or not isinstance(some, list):
            problems.append(Problem("no class of manner", "One of: " + ", ".join(MANNERS), "manners", str(name)))
    for name, group in told["families"].items():
        if group not in (*GROUPS, "any"):
            problems.append(Problem("no table", "One of: " + ", ".join((*GROUPS, "any")), f"families.{name}", str(group)))
    codes: set[str] = set()
    for at, one in enumerate(told["classes"], 1):
        if not isinstance(one, dict) or not all(isinstance(one.get(key), str) for key in ("code", "label", "group")) \
                or one["group"] not in GROUPS or not isinstance(one.get("words"), list) \
                or not all(isinstance(word, str) and _key(word) for word in one["words"]):
            problems.append(Problem("not a class", "It has code, label, group and words.", "classes", str(one)[:80], at))
            continue
        if one["code"] in codes | {UNMAPPED}:
            problems.append(Problem("this code is taken", "Give each class its own.", "classes", one["code"], at))
        codes.add(one["code"])
    if not problems and not {one["group"] for one in told["classes"]} >= set(GROUPS[:3]):
        problems.append(Problem("a table has no class", "Each of arms, ammunition and parts has one.", "classes"))
    if not problems and NOT_TOLD not in codes:
        problems.append(Problem("the class of what is not told is missing", f"Its code is {NOT_TOLD}.", "classes"))
    return problems


@lru_cache(maxsize=8192)
def _key(text: str) -> Phrase:
    """The words of a text, bare: no case, no accents, no plural of English."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return tuple(word[:-1] if len(word) > 3 and word.isascii() and word.endswith("s") and not word.endswith("ss") else word
                 for word in _WORD.findall(bare))
