"""An item: one thing documented, or a counted homogeneous group of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

from headstamp.kinds.code import CodeKind
from headstamp.kinds.country import Country
from headstamp.kinds.date import PartialDate
from headstamp.kinds.identity import RefKind
from headstamp.kinds.kind import Unfit
from headstamp.kinds.quantity import Quantity
from headstamp.kinds.text import Line, Prose
from headstamp.records.record import Record, fact


class Item(Record):
    """One weapon, round, component, package or good, or a counted homogeneous group.

    What is printed or stamped on it stands in its markings, never here: ``make``
    and ``model`` are what the person who documented it took it to be.
    """

    NAME: ClassVar[str] = "item"
    PLURAL: ClassVar[str] = "items"
    PREFIX: ClassVar[str] = "item"
    WHEN: ClassVar[str] = "recovered_on"
    # A part of a sealed item is sealed with it.
    OWNERS: ClassVar[tuple[str, ...]] = ("parent", "recovery")

    tag: Line | None = fact(
        "Tag", also=("tag no", "item tag", "item no", "item number", "exhibit", "exhibit no",
                     "evidence no", "étiquette", "etiqueta", "бирка", "رقم"), text=True,
    )
    family: Annotated[str, CodeKind("item_family")] = fact(
        "Family", "unknown", also=("category", "class", "record family", "catégorie", "categoria",
                                   "categoría", "категория", "الفئة"), facet=True,
    )
    item_type: Line | None = fact(
        "Type", also=("type", "item", "description", "object", "weapon type",
                     "weapon category", "weaponcategory", "tipo", "тип",
                      "النوع"), facet=True, text=True,
    )
    make: Line | None = fact(
        "Make", also=("manufacturer", "maker", "brand", "marque", "fabricant", "marca",
                      "fabricante", "производитель", "виробник", "الصانع"), facet=True, text=True,
    )
    model: Line | None = fact(
        "Model", also=("modèle", "modelo", "модель", "الطراز", "designation"), text=True,
    )
    calibre: Line | None = fact(
        "Calibre", also=("caliber", "cal", "calibro", "calibre nominal", "калибр", "калібр", "العيار"),
        text=True,
    )
    maker: Annotated[str, RefKind("party")] | None = fact("Maker, as a party")
    country: Country | None = fact(
        "Country of make",
        also=("country of make", "country of origin", "origin", "made in", "country of manufacture",
              "manufacturer country", "pays", "pays d'origine", "país", "país de origen", "país de origem",
              "país de fabricação",
              "страна", "країна", "بلد المنشأ"),
        facet=True,
    )
    made_on: PartialDate | None = fact(
        "When it was made", also=("year", "year of manufacture", "manufactured", "année", "año",
                                  "ano", "год", "سنة الصنع"),
    )
    made_basis: Line | None = fact("On what that date rests")
    quantity: Quantity | None = fact("How many, if a homogeneous group")
    parent: Annotated[str, RefKind("item")] | None = fact("Part of, or packed in, item")
    recovery: Annotated[str, RefKind("rec")] | None = fact("Recovery")
    site: Annotated[str, RefKind("site")] | None = fact("Site where it was found", facet=True)
    recovered_on: PartialDate | None = fact(
        "When it was found", also=("date found", "found on", "date of recovery", "recovery date",
                                   "seizure date", "date seized", "date", "fecha", "дата",
                                   "التاريخ"),
    )
    condition: Annotated[str, CodeKind("condition")] | None = fact(
        "Condition", also=("status", "state", "état", "estado", "состояние"), facet=True,
    )
    disposal: Annotated[str, CodeKind("disposal")] | None = fact("What became of it")
    description: Prose | None = fact("Description", also=("details", "desc"), text=True)
    links: tuple[Line, ...] = fact("Where it is shown", (), also=("url", "link", "source url"))

    def rules(self) -> Iterable[Unfit]:
        if self.parent is not None and self.parent == self.id:
            yield Unfit("an item cannot be part of itself", "Give the item it is a part of.")

    def label(self) -> str:
        words = " ".join(w for w in (self.make, self.model) if w)
        text = words or self.item_type or self.family.replace("_", " ")
        return f"{self.tag}: {text}" if self.tag else text
