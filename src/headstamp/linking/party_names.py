"""A party's name, read for comparison: its words, legal form, script, Latin spelling, consonants.

The name as written is kept; everything else here is derived from it and serves to find names
that may be of one party. What weakens a key is said beside it (``doubt``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from headstamp.linking.latin import DOUBTS, latin_shown, latin_word, script_of, skeletons
from headstamp.linking.legal_form import (
    legal_forms,
    part,
    part_unspaced,
    plain_word,
    undotted,
    words_of,
)

_UNSPACED = ("Han", "Japanese", "Hangul")


@dataclass(frozen=True, slots=True)
class PartyName:
    """One name, read.

    ``words`` are its words in its own script without the legal form (no case, no accents);
    ``form`` is the form as written and ``form_kind`` its class; ``unit`` what follows a form
    inside the name: a branch or department. ``latin`` spells the whole name in Latin, empty
    where it is in Latin already; ``latin_words`` are the words without form, small.
    ``skeletons`` are the consonants (see ``latin``). ``former`` are other names that the text
    itself tells of ("formerly known as ...").
    """

    written: str
    script: str
    words: tuple[str, ...]
    form: str
    form_kind: str
    unit: tuple[str, ...]
    latin: str
    latin_words: tuple[str, ...]
    skeletons: frozenset[str]
    doubt: str
    former: tuple[str, ...]

    @property
    def squeezed(self) -> str:
        """The Latin words as one, for names that lists write with and without spaces."""
        return "".join(self.latin_words)

    def as_dict(self) -> dict[str, Any]:
        """What a reader is shown of it, as plain JSON values."""
        return {
            "written": self.written, "script": self.script, "latin": self.latin,
            "legal_form": self.form, "legal_form_kind": self.form_kind, "unit": " ".join(self.unit),
            "former": list(self.former), "doubt": self.doubt,
        }


@lru_cache(maxsize=65_536)
def read_name(written: str, person: bool = False) -> PartyName:
    """Reads a name. A person's name has no legal form.

    >>> one = read_name("ООО «Рога и Копыта»")
    >>> one.form, one.form_kind, one.latin_words, one.latin
    ('ООО', 'limited', ('roga', 'i', 'kopyta'), 'OOO Roga I Kopyta')
    >>> read_name("ABB Oy, Drives Service").unit
    ('drives', 'service')
    >>> read_name("Metso Flow Control Oy (formerly known as Metso Automation Oy)").former
    ('Metso Automation Oy',)
    """
    text, former = written, tuple[str, ...]()
    if not person:
        text, former = _parted_former(written)
    words = words_of(text if person else undotted(text))
    script = script_of(text)
    form: list[str] = []
    kind, unit = "", tuple[str, ...]()
    core = list(words)
    if not person and script in _UNSPACED and words:
        core, form, kind = _unspaced(words)
    elif not person and words:
        found = part(words)
        core = [words[at] for at in found.core]
        form = [words[at] for at in sorted(found.form)]
        kind, unit = found.kind, _latin(tuple(words[at] for at in found.unit))
    joining = legal_forms().joining
    core = [one for one in core if plain_word(one) not in joining] or core
    own = tuple(map(plain_word, core))
    latin_words = _latin(tuple(core))
    return PartyName(
        written, script, own, " ".join(form), kind, unit,
        "" if script in ("Latin", "") else _spelled(words), latin_words, skeletons(latin_words),
        DOUBTS.get(script, ""), former,
    )


def _parted_former(written: str) -> tuple[str, tuple[str, ...]]:
    """The name, and the other names that it says it had."""
    first, *rest = legal_forms().former.split(written)
    if not rest or not words_of(first):
        return written, ()
    others = tuple(one.strip(" ,;()[]/") for one in rest)
    return first.rstrip(" ,;(["), tuple(one for one in others if words_of(one))


def _unspaced(words: list[str]) -> tuple[list[str], list[str], str]:
    core, forms, kinds = [], [], []
    for word in words:
        rest, form, kind = part_unspaced(word)
        core.append(rest)
        if form:
            forms.append(form)
            kinds.append(kind)
    return core, forms, kinds[0] if kinds else ""


def _latin(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words in Latin letters; a word that has no Latin spelling is left out."""
    return tuple(part for word in words for part in latin_word(plain_case(word)).split())


def plain_case(word: str) -> str:
    """A word in small letters, its marks kept: й is not и where it is spelled in Latin."""
    return word if word.isascii() and word.islower() else word.lower()


def _spelled(words: list[str]) -> str:
    """All words in Latin letters with a capital each, those of capitals alone in capitals."""
    shown = []
    for word in words:
        latin = latin_shown(plain_case(word))
        shown.append(latin.upper() if len(word) > 1 and word.isupper() else latin.title())
    return " ".join(one for one in shown if one)
