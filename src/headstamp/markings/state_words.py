"""What a clerk's words say where a marking should stand: removed, defaced, absent, not recorded.

These are four facts, and none of them is an empty cell: a scraped serial speaks of somebody
who had a reason, an absent one of a maker who never marked, an unrecorded one of the clerk
alone. Clerks write them in free words ("Removido por ação mecânica (raspado)"), which this
module reads by the list ``vocab/data/marking_state_words.toml``:

1. The cell is folded (no case, accents, punctuation) and cut into words. A cell with a digit
   is a marking, never a state.
2. The longest phrases of the list are taken first. **Every** word must be known, and one must
   be more than a filler: a marking is never taken for a state because one of its words is one.
3. A word for one state is stronger than a word that leaves it open: ``indeterminado`` alone is
   not settled, ``indeterminado (raspado)`` is removed. A fact of the marking (removed, defaced,
   absent) is stronger than one of its reading (illegible, not recorded).
4. ``partly`` makes of removed: defaced, for something is left.
5. Where the strongest words still name several states the answer is ``unsettled``, with the
   states that fit. Nobody is asked to guess: the words stay on the marking as written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from headstamp.vocab import fold, vocabulary

UNSETTLED = "unsettled"
LONGEST = 120
"""A longer cell is a remark."""

# What each class of words leaves open, and how much weaker it is than a plain fact.
_STATES: dict[str, tuple[str, ...]] = {
    "removed": ("removed",),
    "defaced": ("defaced",),
    "absent": ("absent",),
    "partial": ("partial",),
    "not_recorded": ("not_recorded",),
    "removed_or_defaced": ("removed", "defaced"),
    "removed_or_absent": ("removed", "absent"),
    "absent_or_not_recorded": ("absent", "not_recorded"),
    "not_read": ("partial", "removed", "defaced", "absent"),
    "elsewhere": (),
}
_STRENGTH = {"removed": 3, "defaced": 3, "absent": 3, "partial": 2, "not_recorded": 2,
             "elsewhere": 0}
_FILLER = "beside"
_DASHES = frozenset({"-", "--", "---", "–", "—", "/", "."})
_ONLY_X = re.compile(r"x{3,}")


@dataclass(frozen=True, slots=True)
class StateWord:
    """What a cell's words say of its marking.

    ``state`` is a code of the list ``marking_state``; it is ``unsettled`` where ``states``
    (the codes that fit) are not exactly one. ``because`` are the phrases found, each with the
    class of words it belongs to; ``why`` says it in a line.
    """

    written: str
    state: str
    states: tuple[str, ...]
    because: tuple[tuple[str, str], ...]

    @property
    def why(self) -> str:
        """How the words were understood, in words."""
        classes = vocabulary("marking_state_words")
        told = "; ".join(f"{phrase!r}: {classes.label(of)}" for phrase, of in self.because)
        if self.state != UNSETTLED:
            return told
        labels = vocabulary("marking_state")
        fits = " or ".join(labels.label(state) for state in self.states)
        return f"{told}; not settled: {fits or 'the words send to another field'}"


@dataclass(slots=True)
class _Node:
    """A word's followers in the phrases of the list; ``of`` where a phrase ends here.

    ``filler``: it also stands among the words that change nothing, so that it tells something
    only as a whole cell (``n/a``, but ``na face direita``).
    """

    exact: dict[str, _Node]
    begins: dict[str, _Node]
    of: str = ""
    filler: bool = False


def _branch(node: _Node, word: str) -> _Node:
    star = word.endswith("*")
    table = node.begins if star else node.exact
    return table.setdefault(fold(word.rstrip("*")), _Node({}, {}))


@cache
def _phrases() -> _Node:
    root = _Node({}, {})
    for term in vocabulary("marking_state_words"):
        for phrase in term.synonyms:
            node = root
            for word in phrase.split():
                node = _branch(node, word)
            node.filler = node.filler or term.code == _FILLER
            if node.of in ("", term.code):
                node.of = term.code
            elif not node.filler:
                raise AssertionError(f"the phrase {phrase!r} stands under {node.of} and {term.code}")
    return root


def _longest(words: list[str], at: int) -> tuple[int, str]:
    """The end of the longest phrase that begins at this word, and its class; (at, "") for none."""
    best, of = at, ""
    open_: list[tuple[_Node, int]] = [(_phrases(), at)]
    while open_:
        node, place = open_.pop()
        if node.of and place > best:
            best, of = place, _FILLER if node.filler and place - at < len(words) else node.of
        if place >= len(words):
            continue
        word = words[place]
        if word in node.exact:
            open_.append((node.exact[word], place + 1))
        open_ += [(after, place + 1) for stem, after in node.begins.items()
                  if word.startswith(stem)]
    return best, of


def _understood(words: list[str]) -> list[tuple[str, str]] | None:
    """The phrases of a cell with their classes; None where a word is not known."""
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(words):
        end, of = _longest(words, at)
        if not of:
            return None
        found.append((" ".join(words[at:end]), of))
        at = end
    return found


def _settled(classes: list[str], partly: bool) -> tuple[str, ...]:
    """The states that the strongest words leave."""
    strongest = max(_STRENGTH.get(of, 1) for of in classes)
    some = [_STATES[of] for of in classes if _STRENGTH.get(of, 1) == strongest]
    both = set(some[0]).intersection(*some[1:]) or set().union(*some)
    if partly and "removed" in both:
        both = (both - {"removed"}) | {"defaced"}
    return tuple(term.code for term in vocabulary("marking_state") if term.code in both)


@lru_cache(maxsize=16_384)
def marking_state_of(cell: str) -> StateWord | None:
    """What a cell says of its marking's state; None where it is no such words (it is a text).

    >>> [marking_state_of(c).state for c in ("RASPADO", "parcialmente raspado", "Não possui.")]
    ['removed', 'defaced', 'absent']
    >>> marking_state_of("Não aparente").states
    ('removed', 'absent')
    >>> marking_state_of("não aparente, sem vestígios de ter sido removido").state
    'absent'
    >>> marking_state_of("AB 1234") is marking_state_of("removed 12") is None
    True
    """
    plain = cell.strip()
    if plain in _DASHES:
        return StateWord(cell, "not_recorded", ("not_recorded",), ((plain, "not_recorded"),))
    if not plain or len(plain) > LONGEST or "?" in plain or any(c.isdecimal() for c in plain):
        return None
    words = fold(plain).split()
    if len(words) == 1 and _ONLY_X.fullmatch(words[0]):
        words = ["xxx"]
    found = _understood(words) if words else None
    if found is None:
        return None
    telling = [(phrase, of) for phrase, of in found if of != _FILLER]
    classes = [of for _, of in telling if of != "partly"]
    if not classes:
        return None
    states = _settled(classes, partly=len(classes) < len(telling))
    state = states[0] if len(states) == 1 else UNSETTLED
    return StateWord(cell, state, states, tuple(telling))
