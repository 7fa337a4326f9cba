"""The standing words of a trace letter: shipped in five languages, each of them changeable.

A folder of changed templates holds any of ``en.toml`` ... (sentences; only those that are
changed), ``sender.toml`` (who writes), ``letter.html`` and ``letter.css`` (how the PDF looks).
A language of one's own is a whole file by another name, such as ``uk.toml``. What cannot be
used is refused with file and line: a letter with a hole in it must not go out.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import Any

from headstamp.errors import Invalid, Missing, Problem, Unavailable

LANGUAGES = ("en", "fr", "es", "ar", "ru")
SHIPPED = (*(f"{language}.toml" for language in LANGUAGES), "sender.toml", "letter.html", "letter.css")
_SENDER = {"name": str, "address": list, "contact": list, "signatory": str, "place": str}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})?")
_LARGEST = 1_000_000

Word = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: name, lines of address and contact, who signs, and where. Empty where not said."""

    name: str = ""
    address: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()
    signatory: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language, by section and key."""

    language: str
    told: Mapping[str, Mapping[str, Word]]

    @property
    def rtl(self) -> bool:
        """Whether it runs from right to left."""
        return self.told["language"]["direction"] == "rtl"

    def __getitem__(self, name: str) -> str:
        """A sentence or word by ``section.key``."""
        section, _, key = name.partition(".")
        told = self.told[section][key]
        return told if isinstance(told, str) else " ".join(told)

    def each(self, name: str) -> tuple[str, ...]:
        """Several sentences by ``section.key``."""
        section, _, key = name.partition(".")
        told = self.told[section][key]
        return (told,) if isinstance(told, str) else told

    def code(self, section: str, code: str | None) -> str:
        """The word for a code; for one that has none, the code itself as words."""
        if not code:
            return ""
        told = self.told[section].get(code)
        return told if isinstance(told, str) else code.replace("_", " ")


Place = Callable[[str], Path | None]
"""Where templates are: a path that reads as the one of a name, None where there is none."""


@dataclass(frozen=True, slots=True)
class Templates:
    """Everything a letter is made with: words, sender, and the look of the PDF.

    ``changed`` are the files that took the place of shipped ones.
    """

    words: Words
    sender: Sender
    html: str
    css: str
    html_file: str = "letter.html"
    changed: tuple[str, ...] = field(default=())


def shipped(name: str) -> str:
    """The text of a template as it comes with headstamp."""
    return files("headstamp.publish").joinpath(f"letters/{name}").read_text(encoding="utf-8")


def is_template(name: str) -> bool:
    """Whether a file of this name is one of a letter's."""
    stem, dot, kind = name.partition(".")
    return name in SHIPPED or (dot + kind == ".toml" and _LANGUAGE.fullmatch(stem) is not None)


def in_folder(folder: Path) -> Place:
    """A folder as a place of templates."""
    return lambda name: path if (path := folder / name).is_file() else None


def load(language: str, *given: Path | Place | None) -> Templates:
    """The templates of a language; what a folder or place has goes before what a later one has.

    Raises Missing for a language of which there are no words, Invalid naming file and line
    for a template that cannot be used, Unavailable where one cannot be read.
    """
    places = [in_folder(one) if isinstance(one, Path) else one for one in given if one is not None]
    if not _LANGUAGE.fullmatch(language):
        raise Missing(_no_language(language))
    problems: list[Problem] = []
    changed: list[str] = []
    told = _words(language, places, problems, changed)
    sender = _sender(language, places, problems, changed)
    html, html_file = _text("letter.html", places, changed)
    css, _ = _text("letter.css", places, changed)
    if problems:
        raise Invalid("the templates of the letter cannot be used", problems)
    return Templates(Words(language, told), sender, html, css, html_file, tuple(changed))


def _no_language(language: str) -> str:
    return (f"there are no words for letters in {language!r}. There are: {', '.join(LANGUAGES)}. For another "
            f"language write {language}.toml (headstamp request templates DIR writes the shipped ones out)")


def _words(
    language: str, places: Sequence[Place], problems: list[Problem], changed: list[str]
) -> Mapping[str, Mapping[str, Word]]:
    base = _shipped_words("en")
    told = dict(_shipped_words(language)) if language in LANGUAGES else {}
    own = [path for place in reversed(places) if (path := place(f"{language}.toml")) is not None]
    if not told and not own:
        raise Missing(_no_language(language))
    for path in own:  # the nearest last, so that it wins
        text = _read(path)
        for section, words in _checked(path, text, base, problems).items():
            told[section] = {**told.get(section, {}), **words}
        changed.append(str(path))
    if own and not problems:
        problems.extend(_holes(str(own[-1]), told, base))
    return told


@cache
def _shipped_words(language: str) -> Mapping[str, Mapping[str, Word]]:
    found = tomllib.loads(shipped(f"{language}.toml"))
    return {section: {key: _word(one) for key, one in words.items()} for section, words in found.items()}


def _word(one: Any) -> Word:
    return tuple(one) if isinstance(one, list) else str(one)


def _read(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Unavailable(f"{path} cannot be read: {error.strerror}") from error
    if len(raw) > _LARGEST:
        raise Invalid(f"{path} is larger than {_LARGEST:,} bytes; it is no template of a letter")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Invalid("the templates of the letter cannot be used", [Problem(
            "this is not UTF-8", "Save the file as UTF-8.", file=_at(path, line))]) from error


def _at(path: Path | str, line: int) -> str:
    return f"{path}, line {line}"


def _toml(path: Path, text: str, problems: list[Problem]) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        problems.append(Problem(f"this is not TOML: {str(error).partition(' (at')[0]}",
                                "Compare with the shipped file.", file=_at(path, line)))
        return {}


def _checked(
    path: Path, text: str, base: Mapping[str, Mapping[str, Word]], problems: list[Problem]
) -> Mapping[str, Mapping[str, Word]]:
    found: dict[str, dict[str, Word]] = {}
    for section, words in _toml(path, text, problems).items():
        if section not in base or not isinstance(words, Mapping):
            problems.append(Problem(
                f"there is no section {section!r}", "The sections are: " + ", ".join(base),
                file=_at(path, _line(text, section))))
            continue
        for key, told in words.items():
            line = _line(text, key, section)
            wrong = _wrong(section, key, told, base)
            if wrong:
                problems.append(Problem(wrong[0], wrong[1], f"{section}.{key}", file=_at(path, line)))
            else:
                found.setdefault(section, {})[key] = _word(told)
    return found


def _wrong(
    section: str, key: str, told: Any, base: Mapping[str, Mapping[str, Word]]
) -> tuple[str, str] | None:
    """What is wrong with a word and what to do; None where it fits."""
    meant = base[section].get(key)
    if meant is None:
        return f"there is no {key!r} in the section {section!r}", "Take it out, or mend its spelling."
    many = isinstance(meant, tuple)
    if many and not (isinstance(told, list) and told and all(isinstance(one, str) for one in told)):
        return "this is a list of sentences", 'Write ["One?", "Another?"].'
    if not many and not isinstance(told, str):
        return "this is a text", "Put it in quotation marks."
    if section == "language" and key == "direction" and told not in ("ltr", "rtl"):
        return "a language runs ltr or rtl", "Write direction = \"ltr\" or \"rtl\"."
    allowed = {name for one in (meant if many else (str(meant),)) for name in _names(one)}
    try:
        used = {name for one in (told if many else (told,)) for name in _names(one)}
    except ValueError as error:
        return f"its braces do not close: {error}", "A brace that is meant as one is written twice: {{."
    if used - allowed:
        may = ", ".join("{" + name + "}" for name in sorted(allowed)) or "none"
        return (f"{{{sorted(used - allowed)[0]}}} is nothing that is filled in here",
                f"What is filled in here: {may}.")
    return None


def _names(sentence: str) -> Iterator[str]:
    for _, name, spec, conversion in Formatter().parse(sentence):
        if name is not None:
            if spec or conversion or not name.isidentifier():
                raise ValueError(f"{{{name}}} is no plain name")
            yield name


def _line(text: str, key: str, section: str = "") -> int:
    """The line of a key (of a section's head without one), 1 where it is not found."""
    here = ""
    for number, line in enumerate(text.split("\n"), 1):
        head = re.match(r"\s*\[\s*[\"']?([^\]\"']+?)[\"']?\s*\]", line)
        if head:
            here = head[1]
            if not section and here.partition(".")[0] == key:
                return number
        elif here == section and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return number
    return 1


def _holes(
    file: str, told: Mapping[str, Mapping[str, Word]], base: Mapping[str, Mapping[str, Word]]
) -> Iterator[Problem]:
    for section, words in base.items():
        for key in words:
            if key not in told.get(section, {}):
                yield Problem("this sentence is missing", "A language of your own needs every one; "
                              "begin with a copy of en.toml.", f"{section}.{key}", file=file)


def _sender(
    language: str, places: Sequence[Place], problems: list[Problem], changed: list[str]
) -> Sender:
    told: dict[str, Any] = {}
    for place in reversed(places):
        path = place("sender.toml")
        if path is None:
            continue
        text = _read(path)
        found = _toml(path, text, problems)
        for section in ("", *(s for s in found if isinstance(found[s], Mapping))):
            values = found[section] if section else {
                k: v for k, v in found.items() if not isinstance(v, Mapping)}
            for key, value in values.items():
                kind = _SENDER.get(key)
                fits = kind is not None and isinstance(value, kind) and (
                    kind is str or all(isinstance(one, str) for one in value))
                if not fits:
                    problems.append(Problem(
                        f"{key!r} is nothing that a sender has so",
                        "name, signatory and place are texts; address and contact lists of texts.",
                        key, file=_at(path, _line(text, key, section))))
                elif section in ("", language):
                    told[key] = tuple(value) if kind is list else value
        changed.append(str(path))
    return Sender(**{key: value for key, value in told.items() if value})


def _text(name: str, places: Sequence[Place], changed: list[str]) -> tuple[str, str]:
    for place in places:
        path = place(name)
        if path is not None:
            changed.append(str(path))
            return _read(path), str(path)
    return shipped(name), name
