"""A reference marking: what a code or sign stands for, as one source says it.

The library of these is how ``PPU`` or ``10`` becomes a name. Each entry is one source's claim,
with its period and its doubt, and never more than that: the same code was given to several
plants, in several states, one after the other or at once, and one sign was copied by others.
So there may be any number of entries for one code, and none replaces another.

A maker here is a name as the source writes it. ``party`` says that somebody took it to be a
party of this case. The country is that of the time: a round of 1953 was made in a state that
is gone. ``used_from`` and ``used_to`` are as exact as the source; an empty end is not known.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

from headstamp.kinds.code import CodeKind
from headstamp.kinds.country import Country
from headstamp.kinds.date import PartialDate, bounds
from headstamp.kinds.identity import RefKind
from headstamp.kinds.kind import Unfit
from headstamp.kinds.tags import Script
from headstamp.kinds.text import Line, Prose, Verbatim
from headstamp.records.record import Record, fact


class Reference(Record):
    """A code or sign of the marking reference library, and what one source says it stands for."""

    NAME: ClassVar[str] = "reference"
    PLURAL: ClassVar[str] = "references"
    PREFIX: ClassVar[str] = "ref"
    WHEN: ClassVar[str] = "used_from"

    reference_kind: Annotated[str, CodeKind("reference_kind")] = fact(
        "Kind", "unknown", facet=True,
        also=("kind of mark", "mark kind", "type of mark", "mark type", "kind of marking", "type",
              "type de marque", "tipo de marca", "вид клейма", "тип клейма", "نوع العلامة"),
    )
    code: Verbatim | None = fact(
        "Code or text, as it is written", text=True,
        also=("mark", "marking", "headstamp", "head stamp", "stamp", "letters", "factory code",
              "code usine", "código", "codigo", "marca", "marquage", "код", "клеймо", "маркировка",
              "обозначение", "маркування", "الرمز", "العلامة"),
    )
    script: Script | None = fact("Script of the code")
    symbol: Line | None = fact(
        "What it looks like, where it cannot be typed", text=True,
        also=("sign", "logo", "emblem", "description of symbol", "symbol description", "device",
              "symbole", "símbolo", "символ", "знак", "رسم"),
    )
    maker: Line | None = fact(
        "Whose it is, as the source names it", text=True, facet=True,
        also=("manufacturer", "make", "company", "factory", "plant", "works", "importer",
              "proof house", "name of maker", "fabricant", "usine", "fabricante", "fábrica",
              "изготовитель", "производитель", "завод", "виробник", "الصانع", "المصنع"),
    )
    party: Annotated[str, RefKind("party")] | None = fact("That maker, as a party of this case")
    seat: Line | None = fact(
        "Town or works, as the source names it", text=True,
        also=("town", "city", "location", "ville", "lieu", "ciudad", "cidade", "lugar", "город",
              "місто", "المدينة"),
    )
    country: Country | None = fact(
        "Country of the time", facet=True,
        also=("state", "country of make", "country of origin", "origin", "nation", "pays", "país",
              "pais", "страна", "країна", "البلد", "بلد المنشأ"),
    )
    used_from: PartialDate | None = fact(
        "Used from", also=("from", "since", "start", "first year", "year from", "begin", "de",
                           "depuis", "desde", "с", "от", "з", "من"),
    )
    used_to: PartialDate | None = fact(
        "Used to", also=("to", "until", "till", "end", "last year", "year to", "à", "jusqu'à",
                         "hasta", "até", "по", "до", "إلى"),
    )
    family: Annotated[str, CodeKind("item_family")] | None = fact(
        "On things of this family", facet=True, also=("item family", "category", "class"),
    )
    products: Line | None = fact(
        "On what it is put", text=True,
        also=("product", "scope", "product scope", "used on", "goods", "produits", "productos",
              "produtos", "продукция", "продукція", "المنتجات"),
    )
    meaning: Line | None = fact(
        "What it stands for, where that is no maker", text=True,
        also=("means", "stands for", "sense", "signification", "significado", "значение",
              "значення", "المعنى"),
    )
    cited: Line | None = fact(
        "Where the list has it from (book and page, link)", text=True,
        also=("source", "cited source", "reference", "citation", "literature", "page", "quelle",
              "fuente", "fonte", "источник", "джерело", "المصدر"),
    )
    photograph: Annotated[str, RefKind("photo")] | None = fact("Picture")
    doubt: Prose | None = fact(
        "Doubt, in words", text=True,
        also=("doubts", "uncertainty", "caveat", "confidence", "doute", "duda", "dúvida",
              "сомнение", "сумнів", "شك"),
    )

    def rules(self) -> Iterable[Unfit]:
        if self.code is None and self.symbol is None:
            yield Unfit(
                "a reference marking has a code or a sign",
                "Give the code as it is written, or say what the sign looks like.",
            )
        if self.maker is None and self.country is None and self.meaning is None:
            yield Unfit(
                "this says nothing of what the marking stands for",
                "Give a maker, a country or a meaning.",
            )
        if self.used_from is not None and self.used_to is not None:
            first, last = bounds(self.used_from)[0], bounds(self.used_to)[1]
            if first and last and last < first:
                yield Unfit("the use ends before it begins", "Swap the two dates.")

    def label(self) -> str:
        what = self.code or self.symbol or self.id
        who = self.maker or self.meaning or self.country
        return f"{what}: {who}" if who else what
