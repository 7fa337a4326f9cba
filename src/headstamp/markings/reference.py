"""What a code may stand for: every entry of the reference library that answers to it, with why.

A code as read (``1?``, ``ppu``, ``10``) is compared with the codes of the library in four ways,
strict to loose: as written; another way of writing it (case, separators, digits, alphabet);
with places that were not read; by characters that are mistaken for each other. What is known
of the find (when it was made, country, maker, what kind of marking it is) then narrows the
answer: an entry that does not fit is **set aside with its reason, never dropped**, for the find
may be dated wrongly, the library be incomplete, or the mark be a copy.

Two makers that both fit are both shown: nothing here ever chooses between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from headstamp.kinds.date import PARTIAL_DATE, bounds
from headstamp.markings.maker_name import same_maker
from headstamp.markings.normalise import Keys, keys
from headstamp.markings.unread import RUN, can_agree, has_unread, known, tokens
from headstamp.vocab import fold, vocabulary

CAUTION = "A mark is not proof: copies and refurbished arms exist."
"""What is said beside every answer, once."""

How = Literal["as written", "another way of writing", "begins with it", "with unread places",
              "look-alike characters", "by its sign"]
_ORDER: dict[How, int] = {
    "as written": 0, "another way of writing": 1, "begins with it": 1, "with unread places": 2,
    "by its sign": 3, "look-alike characters": 3,
}
# Codes of these kinds stand at the beginning of a longer number.
_BEGINS = frozenset({"vehicle_maker_code", "part_maker_code"})
_VIN = 17
# Former states (ISO 3166-3) and those that followed them: Soviet arms are found as Russian ones.
_FOLLOWED: dict[str, tuple[str, ...]] = {
    "SUHH": ("RU", "UA", "BY", "AM", "AZ", "EE", "GE", "KZ", "KG", "LV", "LT", "MD", "TJ", "TM", "UZ"),
    "YUCS": ("RS", "HR", "BA", "SI", "MK", "ME", "XK", "CSXX"), "CSXX": ("RS", "ME", "XK"),
    "CSHH": ("CZ", "SK"), "DDDE": ("DE",), "VDVN": ("VN",), "YDYE": ("YE",), "ZRCD": ("CD",),
    "RHZW": ("ZW",), "BUMM": ("MM",), "BYAA": ("BY",), "DYBJ": ("BJ",), "HVBF": ("BF",),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the library as a reader sees it: the fields of a ``reference`` record."""

    id: str
    kind: str = "unknown"
    code: str = ""
    symbol: str = ""
    maker: str = ""
    seat: str = ""
    country: str = ""
    used_from: str = ""
    used_to: str = ""
    family: str = ""
    products: str = ""
    meaning: str = ""
    cited: str = ""
    doubt: str = ""
    grade: str = ""
    source: str = ""
    photograph: str = ""

    @property
    def period(self) -> str:
        """When it was used, as shown; empty where nothing is known."""
        if not (self.used_from or self.used_to):
            return ""
        if "/" in self.used_from + self.used_to:
            return " to ".join(PARTIAL_DATE.show(d) for d in (self.used_from, self.used_to) if d)
        return PARTIAL_DATE.show(f"{self.used_from or '..'}/{self.used_to or '..'}")

    @property
    def stands_for(self) -> str:
        """The maker, or what else it means; the country where the source says no more."""
        return self.maker or self.meaning or vocabulary("countries").label(self.country)


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the find besides the marking; empty where nothing is.

    ``kinds`` are the kinds of reference marking it can be, ``made_on`` a partial date (EDTF),
    ``country`` an ISO 3166 code, ``maker`` a name.
    """

    kinds: tuple[str, ...] = ()
    made_on: str = ""
    country: str = ""
    maker: str = ""
    family: str = ""


ANY = Context()
"""Nothing is known of the find."""


@dataclass(frozen=True, slots=True)
class Possible:
    """One entry that answers: how its code was found, what speaks for it, what against it."""

    entry: Entry
    asked: str
    how: How
    why: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """All that the library says of a code. ``more`` entries that fit are not listed."""

    asked: str
    possible: tuple[Possible, ...] = ()
    set_aside: tuple[Possible, ...] = ()
    more: int = 0

    @property
    def makers(self) -> tuple[str, ...]:
        """The makers that fit, each once, best first."""
        return tuple(dict.fromkeys(p.entry.maker for p in self.possible if p.entry.maker))

    @property
    def countries(self) -> tuple[str, ...]:
        """The countries of the entries that fit, each once."""
        return tuple(dict.fromkeys(p.entry.country for p in self.possible if p.entry.country))

    @property
    def sentence(self) -> str:
        """The answer in one sentence, as much as it is worth."""
        if not self.possible:
            if self.set_aside:
                return ("Nothing in the library fits what is known of this find; what was set "
                        "aside is listed with its reasons.")
            return "Not in the library. That says nothing of who made it."
        makers = self.makers
        parts = dict.fromkeys(p.asked for p in self.possible)
        if len(parts) > 1:
            # The elements of a headstamp are no alternatives to one another.
            each = [(part, tuple(dict.fromkeys(
                p.entry.stands_for for p in self.possible if p.asked == part))) for part in parts]
            told = "; ".join(f"{part}: {_either(names, 0)}" for part, names in each)
            return f"Its parts may stand for: {told}" + (f"; and {self.more} more." if self.more else ".")
        if not makers:
            meant = tuple(dict.fromkeys(p.entry.stands_for for p in self.possible))
            return f"May stand for: {_either(meant, self.more)}."
        if len(makers) == 1 and not self.more:
            return (f"The library has one maker that fits: {makers[0]}. Another that it does not "
                    "know may have used the same.")
        return f"{len(makers)} makers are possible: {_either(makers, self.more)}."


def _either(names: Sequence[str], more: int) -> str:
    shown = list(names[:6])
    rest = len(names) - len(shown) + more
    if rest:
        return ", ".join(shown) + f" and {rest} more"
    return " or ".join(shown) if len(shown) < 3 else ", ".join(shown[:-1]) + " or " + shown[-1]


@dataclass(slots=True)
class Library:
    """The reference library, ready to be asked. Build it once and ask it often."""

    entries: tuple[Entry, ...]
    _by_raw: dict[str, list[int]] = field(default_factory=dict)
    _by_plain: dict[str, list[int]] = field(default_factory=dict)
    _by_folded: dict[str, list[int]] = field(default_factory=dict)
    _by_length: dict[int, list[int]] = field(default_factory=dict)
    _unread: list[int] = field(default_factory=list)
    _begins: dict[str, list[int]] = field(default_factory=dict)
    _signs: dict[str, set[int]] = field(default_factory=dict)
    _keys: dict[int, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def build(cls, entries: Iterable[Entry]) -> Library:
        """A library of these entries."""
        library = cls(tuple(entries))
        for number, entry in enumerate(library.entries):
            library._take(number, entry)
        return library

    def __len__(self) -> int:
        return len(self.entries)

    def _take(self, number: int, entry: Entry) -> None:
        for word in fold(entry.symbol).split():
            self._signs.setdefault(word, set()).add(number)
        if not entry.code:
            return
        made = keys(entry.code)
        self._keys[number] = (made.plain, made.folded)
        self._by_raw.setdefault(entry.code, []).append(number)
        if has_unread(made.plain):
            self._unread.append(number)
            return
        # A code of signs alone ("★") has no key; it is found as written.
        if made.plain:
            self._by_plain.setdefault(made.plain, []).append(number)
            self._by_folded.setdefault(made.folded, []).append(number)
            self._by_length.setdefault(len(made.plain), []).append(number)
            if entry.kind in _BEGINS:
                self._begins.setdefault(made.plain, []).append(number)

    def find(self, code: str, context: Context = ANY, limit: int = 50) -> Answer:
        """Everything that answers to a code, best first. ``code`` may hold ``?``, ``*``, ``[8B]``."""
        return self.find_any([(code, "")], context, limit)

    def find_any(
        self, codes: Sequence[tuple[str, str]], context: Context = ANY, limit: int = 50,
    ) -> Answer:
        """Everything that answers to any of these (code, where it stands in the marking)."""
        found: dict[int, Possible] = {}
        for code, where in codes:
            for number, how, why in self._matches(code.strip()):
                if number not in found and _answers(self.entries[number], how, context):
                    told = (*((where,) if where else ()), *why)
                    found[number] = Possible(self.entries[number], code, how, told)
        fits: list[Possible] = []
        aside: list[Possible] = []
        for one in found.values():
            judged = judge(one, context)
            (aside if judged.against else fits).append(judged)
        fits.sort(key=_rank)
        aside.sort(key=_rank)
        return Answer(codes[0][0] if codes else "", tuple(fits[:limit]), tuple(aside[:limit]),
                      max(0, len(fits) - limit))

    def _matches(self, code: str) -> Iterable[tuple[int, How, tuple[str, ...]]]:
        asked = keys(code)
        for number in self._by_raw.get(code, ()):
            yield number, "as written", ()
        if not asked.plain:
            return
        if has_unread(asked.plain):
            yield from self._agreeing(asked)
        else:
            for number in self._by_plain.get(asked.plain, ()):
                yield number, "another way of writing", self._written(number, asked)
            for number in self._beginning(asked.plain):
                yield number, "begins with it", (f"the number begins with {self.entries[number].code}",)
            for number in self._unread:
                if can_agree(tokens(asked.plain), tokens(self._keys[number][0])):
                    yield number, "with unread places", ("the library's own copy has unread places",)
            for number in self._by_folded.get(asked.folded, ()):
                yield number, "look-alike characters", (
                    f"{code} may be a misreading of {self.entries[number].code}",)
        yield from ((number, "by its sign", ("its sign is described so",))
                    for number in self._by_sign(code))

    def _agreeing(self, asked: Keys) -> Iterable[tuple[int, How, tuple[str, ...]]]:
        plain, folded = tokens(asked.plain), tokens(asked.folded)
        if not known(plain):
            return
        some: Iterable[int] = (
            list(self._keys) if RUN in plain
            else [*self._by_length.get(len(plain), ()), *self._unread]
        )
        for number in some:
            if can_agree(plain, tokens(self._keys[number][0])):
                yield (number, "with unread places",
                       (f"{asked.raw} can be {self.entries[number].code}",))
            elif can_agree(folded, tokens(self._keys[number][1])):
                yield (number, "look-alike characters",
                       (f"{asked.raw} can be {self.entries[number].code}, one character taken for "
                        "another",))

    def _beginning(self, plain: str) -> Iterable[int]:
        for end in range(2, min(len(plain), 9)):
            for number in self._begins.get(plain[:end], ()):
                if self.entries[number].kind != "vehicle_maker_code" or len(plain) == _VIN:
                    yield number

    def _by_sign(self, text: str) -> Iterable[int]:
        words = fold(text).split()
        # One word of two letters is a code, not the description of a sign.
        if not words or len("".join(words)) < 4:
            return []
        return sorted(set.intersection(*(self._signs.get(word, set()) for word in words)))

    def _written(self, number: int, asked: Keys) -> tuple[str, ...]:
        entry = self.entries[number]
        rules = dict.fromkeys(
            step.rule for step in (*asked.applied, *keys(entry.code).applied)
            if step.rule not in ("lookalike", "o_to_zero", "embedded_letters_out")
        )
        told = [f"written {entry.code} in the library"]
        if "script_twins" in rules:
            told.append("a letter of the same shape in another alphabet: it may be another mark")
        return tuple(told)



def _answers(entry: Entry, how: How, context: Context) -> bool:
    """Whether an entry answers to what is like its code: a vehicle's two letters are in everything."""
    if entry.kind != "vehicle_maker_code" or how == "begins with it" or entry.kind in context.kinds:
        return True
    return how == "as written" and len(entry.code) > 2


def _rank(one: Possible) -> tuple[int, int, str, str, str]:
    return (_ORDER[one.how], len(one.against) * 10 - len(one.why), one.entry.grade or "G",
            one.entry.maker, one.entry.id)


def judge(one: Possible, context: Context) -> Possible:
    """An entry with what the context says for it and against it."""
    entry = one.entry
    why, against = list(one.why), []
    if context.kinds and entry.kind not in (*context.kinds, "other", "unknown"):
        label = vocabulary("reference_kind").label
        against.append(f"the library has it as: {label(entry.kind)}")
    if context.made_on:
        _period(entry, context.made_on, why, against)
    if context.country and entry.country:
        _country(entry.country, context.country, why, against)
    if context.maker and entry.maker:
        if same_maker(entry.maker, context.maker):
            why.append(f"the maker is given as {context.maker}")
        else:
            against.append(f"the maker is given as {context.maker}")
    if context.family and entry.family and "unknown" not in (context.family, entry.family):
        label = vocabulary("item_family").label
        if context.family == entry.family:
            why.append(f"known on things of the family {label(entry.family)}")
        else:
            against.append(f"known on things of the family {label(entry.family)}, "
                           f"this is {label(context.family)}")
    return Possible(entry, one.asked, one.how, tuple(why), tuple(against))


def _period(entry: Entry, made_on: str, why: list[str], against: list[str]) -> None:
    if not entry.period:
        return
    first = bounds(entry.used_from)[0] if entry.used_from else None
    last = bounds(entry.used_to)[1] if entry.used_to else None
    made_first, made_last = bounds(made_on)
    apart = (first and made_last and made_last < first) or (last and made_first and made_first > last)
    told = f"used {entry.period}"
    asked = PARTIAL_DATE.show(made_on)
    if not apart:
        why.append(f"{told}: fits {asked}")
    elif set("?~%X") & set(entry.used_from + entry.used_to + made_on):
        # An uncertain end proves nothing: it is said, and sets nothing aside.
        why.append(f"{told}: not {asked}, but the dates are uncertain")
    else:
        against.append(f"{told}, and this was made {asked}")


def _country(of: str, asked: str, why: list[str], against: list[str]) -> None:
    label = vocabulary("countries").label
    if of == asked:
        why.append(f"the country is given as {label(asked)}")
    elif asked in _FOLLOWED.get(of, ()):
        why.append(f"{label(asked)} is one of the states that followed {label(of)}")
    elif of in _FOLLOWED.get(asked, ()):
        why.append(f"{label(of)} was part of {label(asked)}")
    else:
        against.append(f"{label(of)}, and the country is given as {label(asked)}")


@dataclass(frozen=True, slots=True)
class KnownTo:
    """Whether the library knows a code as a maker's.

    ``answer``: ``yes``; ``perhaps`` (only by unread places or look-alikes); ``others`` (it knows
    the code, of others alone); ``not_in_library``. None of them proves anything.
    """

    answer: Literal["yes", "perhaps", "others", "not_in_library"]
    entries: tuple[Entry, ...]
    others: tuple[Entry, ...]


def known_to(library: Library, code: str, maker: str) -> KnownTo:
    """Is this code known to be this maker's? With the entries that say so, and those of others."""
    answer = library.find(code, limit=1000)
    own = [p for p in answer.possible if p.entry.maker and same_maker(p.entry.maker, maker)]
    others = tuple(p.entry for p in answer.possible if p not in own)
    sure = [p for p in own if _ORDER[p.how] < _ORDER["with unread places"]]
    if sure:
        return KnownTo("yes", tuple(p.entry for p in sure), others)
    if own:
        return KnownTo("perhaps", tuple(p.entry for p in own), others)
    return KnownTo("others" if others else "not_in_library", (), others)
