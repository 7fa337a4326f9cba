"""An alert's extract on one sheet of paper, and in 480 letters for a radio or a telephone.

Both are made of the same :class:`~headstamp.publish.alert_extract.Extract`. The text is cut at
the ends of what it lists, never inside a marking; whom to tell is never cut.
"""

from __future__ import annotations

import base64
import re
from functools import cache
from importlib.resources import files
from typing import Final

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from headstamp.publish import wording
from headstamp.publish.alert_extract import CONTACTS, Extract
from headstamp.publish.letter_run import Line
from headstamp.publish.lettered import plain
from headstamp.publish.qr import qr_svg

DENSITIES: Final = 5
MOST_LETTERS: Final = 480
"""Three text messages of 160 letters."""

_CONTACT_LETTERS: Final = 90
_LTR_ISOLATE, _FIRST_ISOLATE, _POP = "\u2066", "\u2068", "\u2069"
_RTL_LETTER = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


def _template(name: str) -> str:
    return files("headstamp.publish").joinpath(f"templates/{name}").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(loader=FunctionLoader(_template), autoescape=True,
                              undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(mark=wording.marking, own=isolated, line=_line, prose=_prose,
                               picture=_picture, first_upper=_first_upper)
    return environment


def isolated(text: str) -> Markup:
    """Somebody's words, shut off from a page of either direction; the direction is written out."""
    if wording.runs_right_to_left(text):
        return Markup('<bdi dir="rtl" class="own">{}</bdi>').format(wording.said(text))
    return Markup('<bdi dir="ltr" class="own">{}</bdi>').format(wording.in_order(text))


def _prose(text: str) -> Markup:
    """Somebody's words as blocks, each in its own direction, written out."""
    return Markup("").join(
        Markup('<p class="said" dir="{}">{}</p>').format(
            "rtl" if wording.runs_right_to_left(one) else "ltr",
            wording.said(one) if wording.runs_right_to_left(one) else wording.in_order(one))
        for one in text.split("\n") if one.strip())


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _line(line: Line) -> Markup:
    return Markup("").join(
        Markup("{}").format(run.text) if run.how == "own" else isolated(run.text) for run in line)


def _picture(jpeg: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii")


def render(extract: Extract, density: int = 0) -> str:
    """The extract as one HTML page that needs nothing else; ``density`` 0 (roomy) to 4."""
    words = extract.words
    drawn = qr_svg(extract.witness.text(), f"{words['alert']} {extract.number}",
                   f"{words['log']}: {extract.witness.index}", side=300)
    return _environment().get_template("alert.html").render(
        this=extract, words=words, density=density,
        contact_lines=(*extract.contact.contact, *extract.contact.address)[:CONTACTS],
        tier=words["tier"].format(tier=words[f"tier_{extract.tier}"]),
        style=Markup(_template("alert.css")),  # noqa: S704  (ours)
        qr=Markup(drawn),  # noqa: S704  (squares, escaped where they are drawn)
    )


def in_letters(extract: Extract, most: int = MOST_LETTERS) -> str:
    """The extract as plain text of at most ``most`` letters, for a radio or a telephone.

    What it looks like, where it was seen, what is not known, whom to tell; the number by which
    the page is found. Foreign text is isolated with the characters of Unicode for it.
    """
    words = extract.words
    head = f"{words['alert']} {extract.number}"
    head += f" ({extract.state})" if extract.state else f" ({extract.dated})" if extract.dated else ""
    contact = [extract.contact.name, *extract.contact.contact][:3]
    told = ", ".join(_shut(_short(one, _CONTACT_LETTERS), extract.rtl) for one in contact if one)
    tail = f"{words['report']}{words['colon']}{told or '________'}"
    looks = [*(f"{one.word} {_shut(one.value, extract.rtl)}" for one in extract.features),
             *(_shut(one, extract.rtl) for one in extract.marks)]
    if extract.looks_like:
        looks.insert(0, _shut(extract.looks_like, extract.rtl))
    where = _plain(extract.here, extract.rtl)
    seen = [f"{words['last']} {words['comma'].join((extract.last_day, where)) if where else extract.last_day}"
            if extract.last_day else where]
    seen += [f"{words[name]} {told_}" for name, told_ in (
        ("first", extract.first_day), ("known", _plain(extract.known, extract.rtl))) if told_]
    unknown = [_shut(one.rstrip("."), extract.rtl) for one in (extract.not_known, extract.unknown[0]) if one]
    # What must be said wherever these records are shown is said here too, in short.
    head = "\n".join((head, *(_shut(_short(one, 60), extract.rtl) for one in extract.cautions[:1])))
    lists = [("", [_shut(extract.title, extract.rtl)]), (words["looks"], looks), (words["seen"], [one for one in seen if one]),
             (words["unknown"], unknown)]
    return _fitted(head, lists, tail, words["colon"], words["semicolon"], most)


def _plain(line: Line, rtl: bool) -> str:
    return "".join(run.text if run.how == "own" else _shut(run.text, rtl) for run in line)


def _shut(text: str, rtl: bool) -> str:
    """A text on one line; isolated where it runs another way than what stands around it."""
    clean = " ".join(plain(text).split())
    if _RTL_LETTER.search(clean):  # behind an Arabic letter the parts of 07-85 would change places
        clean = wording.PARTED.sub(lambda found: f"{_LTR_ISOLATE}{found[0]}{_POP}", clean)
    other = wording.runs_right_to_left(clean) != rtl
    return f"{_FIRST_ISOLATE}{clean}{_POP}" if other and clean else clean


def _short(text: str, most: int) -> str:
    """A text cut at a blank; an isolate that was opened is closed again."""
    if len(text) <= most:
        return text
    room = max(1, most - 3)  # for the sign of the cut and for what is closed behind it
    cut = text[:room].rsplit(" ", 1)[0] if " " in text[:room].strip() else text[:room]
    cut = cut.rstrip(" ;,.،؛")
    open_ = sum(cut.count(one) for one in (_FIRST_ISOLATE, _LTR_ISOLATE)) - cut.count(_POP)
    return f"{cut}…{_POP * open_}"


def _fitted(
    head: str, lists: list[tuple[str, list[str]]], tail: str, colon: str, semicolon: str, most: int
) -> str:
    """The lines put together; while they are too long, the longest list loses its last part."""
    left: dict[str, bool] = {}
    while True:
        lines = [head]
        for title, parts in lists:
            if parts:
                told = semicolon.join(parts)
                told += " …" if title in left and not told.rstrip(_POP).endswith("…") else ""
                lines.append(f"{title}{colon}{told}" if title else told)
        text = "\n".join((*lines, tail))
        if len(text) <= most:
            return text
        at = max(range(len(lists)), key=lambda number: sum(map(len, lists[number][1])))
        # What is never known goes first: it stands on the page.
        title, parts = lists[-1] if len(lists[-1][1]) > 1 else lists[at]
        if len(parts) > 1:
            parts.pop()
            left[title] = True
        elif parts and len(parts[0]) > 24:
            parts[0] = _short(parts[0], max(20, len(parts[0]) - (len(text) - most)))
        elif parts:
            parts.pop()
        else:
            return f"{head}\n{tail}"[:most]
