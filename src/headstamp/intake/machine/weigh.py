"""What several readers' answers for one line are worth: proposals with scores and doubts.

Readers of text are sure of much that is wrong. RapidOCR reads ``6Ж40`` as
``6K40`` and calls that 99 % sure; tesseract reads ١٢٠ as ``1١``. So no
reader's own number is passed on. A text is relied on where two readers of
different making agree on it and the readers of the other scripts make nothing
of the line; otherwise every text with something to say for it is a proposal,
each with the doubt in words, and none of them scores over 0.5.

The limits below were set on 1,700 drawn lines (half Cyrillic, half Latin; six
faces; blurred, noisy, slanted), on which no Cyrillic line came back as a
Latin reading without a doubt. Drawn lines are kinder than stamped steel: there
more is doubtful, which is as it should be.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from headstamp.intake.machine import script
from headstamp.intake.machine.candidate import Candidate
from headstamp.intake.machine.parts import LANGUAGES
from headstamp.intake.machine.proposal import Proposal, Region

BEST, SLIGHT, DOUBTFUL, POOR = 0.95, 0.7, 0.5, 0.3

# A reader counts as agreeing only when it is itself as sure as this.
_RAPID_SURE, _TESSERACT_SURE = 0.9, 0.8
# From here on a Cyrillic letter that Latin has not speaks against a Latin reading.
_CYRILLIC_HEARD, _CYRILLIC_GIVEN, _ARABIC_GIVEN, _GIVEN = 0.3, 0.2, 0.6, 0.3
_FAR_LESS_SURE, _MORE_SEEN = 0.4, 0.6

ONE_READER = "only one reader knows this script, so nothing confirms it"
DISAGREE = "the readers do not agree on this line"
TWINS = ("each of these letters looks the same in Latin and Cyrillic: the picture cannot tell "
         "which script it is")
MAYBE_CYRILLIC = "it may be Cyrillic; Latin readers take Cyrillic letters for Latin ones"
MAYBE_LATIN = "it may be Latin; a Cyrillic reader takes Latin letters for Cyrillic ones"
NO_CYRILLIC = ("no reader of Cyrillic is installed here, so a Cyrillic marking would be read as "
               "Latin: apt-get install tesseract-ocr tesseract-ocr-rus")
DIGITS_LIKE = "Arabic-Indic or Persian digits can look like this"
DIGITS_UNREAD = ("machines misread Arabic-Indic and Persian digits, their number too: they are "
                 "given as *, to be read by a person")
SIGNS = "0 may be the letter O, and 3, 4, 6 the Cyrillic letters З, Ч, б"
ENDS = "one of the readers sees further signs at its ends"
MORE = "another reader sees more here, in a script that this one does not know"
UPSIDE = "it reads upside down as well"


@dataclass(slots=True)
class _Text:
    """A text under consideration, with those who gave it."""

    text: str
    form: str
    cap: float
    readers: list[str]
    sure: float
    doubts: list[str] = field(default_factory=list)
    as_read: str = ""

    def doubt(self, words: str, cap: float = DOUBTFUL) -> None:
        if words not in self.doubts:
            self.doubts.append(words)
        self.cap = min(self.cap, cap)


def proposals(
    upright: Sequence[Candidate], turned: Sequence[Candidate], region: Region,
    languages: Collection[str],
) -> list[Proposal]:
    """The proposals for a line, the better first; ``languages`` are those that were asked."""
    texts, way = _weighed(upright, languages), _standing(upright)
    other, over = _weighed(turned, languages), _standing(turned)
    if over > way + 0.15:
        texts, other, way, over = other, texts, over, way
    if over > 0.8 and texts and other:
        # Whole either way up: nobody can tell from the letters alone.
        for one in [*texts, *other]:
            one.doubt(UPSIDE)
        texts = [*texts, *(one for one in other if one.text not in {t.text for t in texts})]
    return _made(texts, region)


def _standing(candidates: Iterable[Candidate]) -> float:
    """How much speaks for a line being this way up."""
    return max((one.sure for one in candidates if len(script.compact(one.text)) > 1), default=0.0)


def _weighed(candidates: Sequence[Candidate], languages: Collection[str]) -> list[_Text]:
    by = {one.language: one for one in candidates}
    texts = _latin(by, languages)
    agreed = any(len(one.readers) > 1 for one in texts)
    texts += _cyrillic(by, texts)
    texts += _arabic(by, agreed)
    _contrast(texts)
    return _distinct(texts)


def _latin(by: dict[str, Candidate], languages: Collection[str]) -> list[_Text]:
    """What the readers of Latin and Chinese make of it, and how far that holds."""
    known = {name: one for name, one in by.items() if not script.foreign_to_latin(one.text)}
    rapid, english, chinese = known.get("rapid"), known.get("eng"), known.get("chi_sim")
    russian = by.get("rus")
    first = rapid or english
    if first is None:
        return _lone_chinese(chinese)
    form = script.main_script(first.text)
    second = chinese if form in ("Hani", "Jpan") else english
    if rapid is None or second is None or not _same(rapid, second):
        given = [one for one in (rapid, second) if one is not None and one.sure >= _GIVEN]
        texts = [_Text(one.text, script.main_script(one.text), DOUBTFUL, [one.reader], one.sure)
                 for one in given]
        for one in texts:
            one.doubt(DISAGREE if len(given) > 1 else ONE_READER)
    else:
        same = script.compact(rapid.text) == script.compact(second.text)
        # Blanks tesseract sets better; of signs at the ends RapidOCR invents fewer.
        one = _Text(second.text if same else rapid.text, form, BEST,
                    [rapid.reader, second.reader], min(rapid.sure, second.sure, second.letters))
        if not same:
            one.doubt(ENDS, SLIGHT)
        if rapid.sure < _RAPID_SURE or min(second.sure, second.letters) < _TESSERACT_SURE:
            one.doubt("the readers agree, but are not sure of it")
        texts = [one]
    for one in texts:
        _question(one, russian, languages)
    return texts


def _same(one: Candidate, other: Candidate) -> bool:
    """Whether two readers give the same text, or the same but for signs at its ends."""
    inner = script.core(one.text)
    return script.compact(one.text) == script.compact(other.text) or (
        len(inner) > 2 and inner == script.core(other.text)
    )


def _lone_chinese(chinese: Candidate | None) -> list[_Text]:
    if chinese is None or script.main_script(chinese.text) != "Hani" or chinese.sure < 0.6:
        return []
    one = _Text(chinese.text, "Hani", DOUBTFUL, [chinese.reader], chinese.sure)
    one.doubt(ONE_READER)
    return [one]


def _question(one: _Text, russian: Candidate | None, languages: Collection[str]) -> None:
    """Could a line in another script look like this to readers who do not know that script?"""
    heard = (
        russian is not None and script.own_cyrillic(russian.text)
        and russian.letters >= max(
            _CYRILLIC_HEARD, one.sure - _FAR_LESS_SURE if one.form == "Latn" else 0.0
        )
    )
    if one.form == "":
        if russian is not None and script.compact(russian.text) != script.compact(one.text):
            one.doubt(DISAGREE)
        elif any(sign in one.text for sign in "0346"):
            one.doubt(SIGNS, SLIGHT)
    elif script.only_twins(one.text):
        one.doubt(TWINS)
    elif heard:
        one.doubt(MAYBE_CYRILLIC)
    elif one.form == "Grek":
        one.doubt("only one reader knows Greek; capitals look the same in Latin and Cyrillic")
    if "rus" not in languages:
        one.doubt(NO_CYRILLIC)
    if script.like_arabic_digits(one.text):
        one.doubt(DIGITS_LIKE, SLIGHT if len(one.readers) > 1 else POOR)


def _cyrillic(by: dict[str, Candidate], latin: Sequence[_Text]) -> list[_Text]:
    """The Cyrillic reading, where it could be one."""
    russian = by.get("rus")
    if russian is None or script.main_script(russian.text) != "Cyrl":
        return []
    own = script.own_cyrillic(russian.text)
    sure_latin = any(one.cap > DOUBTFUL for one in latin if one.form)
    if sure_latin or min(russian.sure, russian.letters) < _CYRILLIC_GIVEN:
        return []
    one = _Text(russian.text, "Cyrl", DOUBTFUL, [russian.reader], russian.sure)
    one.doubt(ONE_READER if own else TWINS)
    return [one]


def _arabic(by: dict[str, Candidate], agreed: bool) -> list[_Text]:
    """Arabic and Persian readings, their digits never taken from a machine.

    None where two readers ``agreed`` on another script: letters of metal and frames
    pass for Arabic easily, while no two readers agree on Arabic as Latin.
    """
    if agreed:
        return []
    texts: list[_Text] = []
    for name in ("ara", "fas"):
        given = by.get(name)
        if given is None:
            continue
        letters = script.scripts(given.text).get("Arab", 0)
        foreign = any(c.isdigit() and not c.isascii() for c in given.text)
        if given.sure < _ARABIC_GIVEN or not (foreign or (letters > 1 and
                                                          given.letters >= _ARABIC_GIVEN)):
            continue
        unread = script.digits_unread(given.text)
        one = _Text(unread, "Arab", DOUBTFUL, [given.reader], given.sure)
        one.doubt(f"read as {LANGUAGES[name]} by one reader; nothing confirms it")
        if unread != given.text:
            one.as_read = given.text
            one.doubt(DIGITS_UNREAD, POOR)
        texts.append(one)
    return texts


def _contrast(texts: Sequence[_Text]) -> None:
    """Where scripts stand against each other every one of them is in doubt."""
    forms = {one.form for one in texts}
    for one in texts:
        if one.form == "Latn" and "Cyrl" in forms:
            one.doubt(MAYBE_CYRILLIC)
        if one.form == "Cyrl" and "Latn" in forms:
            one.doubt(MAYBE_LATIN)
        if one.form != "Arab" and "Arab" in forms:
            one.doubt("it may be Arabic or Persian", POOR)
        inner = script.core(one.text)
        if any(
            other.sure >= _MORE_SEEN and other.form not in ("", one.form)
            and inner != script.core(other.text) and inner in script.core(other.text)
            for other in texts
        ):
            one.doubt(MORE, POOR)


def _distinct(texts: Sequence[_Text]) -> list[_Text]:
    kept: list[_Text] = []
    for one in texts:
        same = next((k for k in kept if k.text == one.text and k.form == one.form), None)
        if same is None:
            kept.append(one)
        else:
            same.readers += [name for name in one.readers if name not in same.readers]
            for words in one.doubts:
                same.doubt(words)
    return kept


def _made(texts: Sequence[_Text], region: Region) -> list[Proposal]:
    found = [
        Proposal(
            text=one.text, score=round(one.cap * min(1.0, one.sure), 2), method="ocr",
            reader=" and ".join(one.readers), region=region, form=one.form,
            doubts=tuple(one.doubts), as_read=one.as_read,
            basis="two readers of different making agree" if len(one.readers) > 1
            else "one reader",
            others=tuple(other.text for other in texts if other.text != one.text),
        )
        for one in texts
    ]
    return sorted(found, key=lambda one: (-one.score, one.text))
