"""The receipt of an act of custody: one page to be signed, that pins the log.

It shows every field that a chain of custody record is asked for (ISO/IEC 27037:2012), also
those nobody filled in; the thing's markings as they look; two lines to sign on; and the QR
code of :mod:`headstamp.publish.witness`. Long texts are cut so that it stays one page, and
the cut is said: a receipt of two sheets gets lost by halves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from headstamp.errors import Invalid
from headstamp.publish import wording
from headstamp.publish.fixed_words import all_words, fixed_words
from headstamp.publish.qr import qr_svg
from headstamp.publish.witness import Witness
from headstamp.store.reader import Reader
from headstamp.store.shown import Event, Shown

LANGUAGES = ("en", "fr", "es", "ar", "ru")
MARKINGS, MARKING_LETTERS, LETTERS = 10, 120, 240
DENSITIES = 4
_TWO_SIDES = ("handed_over", "returned", "collected", "stored", "taken_out")
_HAD = ("disposed", "missing")
How = Literal["said", "marking", "digest", "code"]

# Field and the word for it; those with a star are printed even where nothing was filled in.
_FIELDS = (
    ("held_on", "when*"), ("from_party", "gives*"), ("to_party", "receives*"), ("place", "where*"),
    ("kept_in", "kept_in"), ("purpose", "purpose*"), ("authority", "authority*"),
    ("quantity", "quantity"), ("condition", "condition*"), ("seals_found", "seals_found"),
    ("seal_state", "seal_state"), ("seals_set", "seals_set"), ("seal_reason", "seal_reason"),
    ("change_made", "change_made"), ("change_reason", "change_reason"), ("documents", "papers"),
    ("remark", "remark"),
)

_HOW: dict[str, How] = {"seals_found": "marking", "seals_set": "marking", "held_on": "code"}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the receipt: its title, its values, how they are set; no value: not said."""

    title: str
    values: tuple[str, ...]
    how: How = "said"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the page shows."""

    language: str
    words: Mapping[str, str]
    act: str
    record: Shown
    about: Shown
    event: Event
    rows: tuple[Row, ...]
    markings: tuple[str, ...]
    markings_left: int
    signs: tuple[str, str]
    cautions: tuple[str, ...]
    clearance: str
    witness: Witness
    size: int
    key: str
    origin: str


def words_of(language: str) -> dict[str, str]:
    """The words of a receipt in a language. Raises Invalid for one that is not there."""
    return {**all_words("receipt")["en"], **fixed_words("receipt", "a receipt", language)}


def gather(
    reader: Reader, record: Shown, witness: Witness, *, size: int, key: str, origin: str,
    language: str = "en",
) -> Receipt:
    """What the receipt of an act of custody says. Raises Invalid where the record is no act."""
    words = words_of(language)
    act = record.get("act")
    if record.kind != "custody" or not act:
        raise Invalid(f"{record.id} is no act of custody: a receipt is of a hand-over, a seal, "
                      "a place in the store, a return")
    about = reader.get(record.get("item"))
    names = reader.labels([
        *(record.get(n) for n in ("from_party", "to_party") if record.get(n)),
        *record.get("documents", ()),
    ])
    marked = reader.referring(about.id, kind="marking", field="item", limit=200)
    texts = [str(one.get("text")) for one in marked if one.get("text")]
    event = next(e for e in reversed(reader.history(record.id)) if e.version == record.version)
    signs = (("sign_giver", "sign_receiver") if act in _TWO_SIDES else ("sign_done", "sign_witness"))
    asked = [str(value) for value, _ in reader.count("document", "caution")[1] if value]
    return Receipt(
        language, words, words[f"act_{act}"], record, about, event,
        (*_about(about, words), *_rows(record, names, words)),
        tuple(_cut(text, MARKING_LETTERS) for text in texts[:MARKINGS]),
        max(0, len(texts) - MARKINGS), (words[signs[0]], words[signs[1]]),
        tuple(wording.once(sorted(asked, key=lambda text: (-len(text), text)))), reader.clearance,
        witness, size, key, origin,
    )


def _about(about: Shown, words: Mapping[str, str]) -> list[Row]:
    rows = [Row(words["about"], (_cut(about.label),))]
    if about.kind == "document" and about.get("digest"):
        rows.append(Row(words["digest"], (str(about.get("digest")),), "digest"))
    return rows


def _rows(record: Shown, names: Mapping[str, str], words: Mapping[str, str]) -> list[Row]:
    rows = []
    act = str(record.get("act"))
    for name, title in _FIELDS:
        if name in ("from_party", "to_party") and act not in _TWO_SIDES:
            # Nobody gives or receives: one party has it, or had it last.
            title = "hands*" if (name == "from_party") == (act in _HAD) else "hands"
        values = _values(record, name, names, words)
        if values or title.endswith("*"):
            rows.append(Row(words[title.rstrip("*")], values, _HOW.get(name, "said")))
    return rows


def _values(
    record: Shown, name: str, names: Mapping[str, str], words: Mapping[str, str]
) -> tuple[str, ...]:
    value = record.get(name)
    if value in (None, "", (), []):
        return ()
    if name in ("from_party", "to_party"):
        return (_cut(names[value]),) if value in names else ()
    if name == "documents":
        return tuple(_cut(names[one], 80) for one in value[:4] if one in names)
    if name == "seal_state":
        return (words[f"seal_{value}"],)
    if name in ("seals_found", "seals_set"):
        return tuple(_cut(str(one), 60) for one in value[:12])
    if name == "held_on":
        return (str(value),)  # as written, with its zone
    text = _cut(wording.shown("custody", name, value))
    return (text if not text.endswith("…") else f"{text} ({words['cut']})",)


def _cut(text: str, most: int = LETTERS) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _template(name: str) -> str:
    return files("headstamp.publish").joinpath(f"templates/{name}").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(loader=FunctionLoader(_template), autoescape=True,
                              undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(mark=wording.marking, said=_isolated)
    return environment


def _isolated(text: str) -> Markup:
    """Somebody's words, shut off from a page of either direction, plain ASCII too.

    The direction is written out: the printer does not find it by itself.
    """
    if wording.runs_right_to_left(text):
        return Markup('<bdi dir="rtl" class="own">{}</bdi>').format(wording.said(text))
    return Markup('<bdi dir="ltr" class="own">{}</bdi>').format(text)


def render(receipt: Receipt, density: int = 0) -> str:
    """The receipt as one HTML page that needs nothing else; ``density`` 0 (roomy) to 3."""
    words: Mapping[str, str] = receipt.words
    text = receipt.witness.text()
    drawn = qr_svg(text, f"{words['receipt']} {receipt.record.id}",
                   f"{words['log']}: {receipt.witness.index}", side=300)
    return _environment().get_template("receipt.html").render(
        this=receipt, words=words, rtl=receipt.language == "ar",
        density=density, tier=words["tier"].format(tier=receipt.clearance),
        style=Markup(_template("receipt.css")),  # noqa: S704  (ours)
        qr=Markup(drawn),  # noqa: S704  (squares, escaped where they are drawn)
    )

