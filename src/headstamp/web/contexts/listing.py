"""The list of one kind of record: a page of rows, the facets that narrow it, how many in all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from headstamp.actions.measures.effort import beside_count
from headstamp.kinds.kind import Unfit
from headstamp.records import BY_NAME, RecordType, kind_named
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown, column_facts
from headstamp.store.tables import YEAR
from headstamp.web.columns import COLUMNS, SHORT
from headstamp.web.contexts.facts import Piece, labels_of, pieces, ref_piece, shown
from headstamp.web.page import ON_PAGE, Context, Params

PER_PAGE = 50
MOST_PER_PAGE = 200
FACET_VALUES = 8
MOST_FACET_VALUES = 200
CARD = ("family", "item_type", "country")
MARKINGS_ON_CARD = 4
RESERVED = ("page", "limit", "order", "view", "more")


@dataclass(frozen=True)
class FacetValue:
    """One value of a facet: what is stored, as shown, how many, and the list it leads to."""

    value: Any
    label: str
    count: int
    to: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class Facet:
    """One way to narrow the list; ``more`` values are not named here."""

    name: str
    title: str
    values: tuple[FacetValue, ...]
    more: int = 0
    to_all: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class Chosen:
    """A filter in force, and the list without it."""

    name: str
    title: str
    label: str
    without: str


@dataclass(frozen=True)
class Heading:
    """A column of the table; ``to`` sorts by it, ``sorted`` tells how it now is."""

    title: str
    to: str = ""
    sorted: str = ""


@dataclass(frozen=True)
class Line:
    """A row of the table: the record by its label, and its cells."""

    label: Piece
    tier: str
    cells: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True)
class Card:
    """An item as a card: a photograph, what it is, its markings."""

    label: Piece
    tier: str
    thumbnail: str
    linked: bool
    words: tuple[Piece, ...]
    markings: tuple[str, ...]
    more_markings: int


@dataclass(frozen=True)
class ListContext(Context):
    """A page of records of one kind."""

    kind: str
    total: int
    page: int
    pages: int
    limit: int
    order: str
    rows: tuple[Shown, ...]
    facets: tuple[Facet, ...]
    title: str = field(default="", metadata=ON_PAGE)
    slug: str = field(default="", metadata=ON_PAGE)
    doc: str = field(default="", metadata=ON_PAGE)
    view: str = field(default="table", metadata=ON_PAGE)
    headings: tuple[Heading, ...] = field(default=(), metadata=ON_PAGE)
    lines: tuple[Line, ...] = field(default=(), metadata=ON_PAGE)
    cards: tuple[Card, ...] = field(default=(), metadata=ON_PAGE)
    chosen: tuple[Chosen, ...] = field(default=(), metadata=ON_PAGE)
    earlier: str = field(default="", metadata=ON_PAGE)
    later: str = field(default="", metadata=ON_PAGE)
    views: tuple[tuple[str, str], ...] = field(default=(), metadata=ON_PAGE)
    csv: str = field(default="", metadata=ON_PAGE)
    beside: str = field(default="", metadata=ON_PAGE)


def wheres(params: Params) -> dict[str, str]:
    """The filters asked: every parameter that is not one of ours, the last of each name."""
    return {name: value for name, value in params.query if name not in RESERVED}


def list_context(reader: Reader, params: Params) -> ListContext:
    """A page of the list of ``params.path['kind']``. Raises Invalid for a filter that is none."""
    kind = kind_named(params.path["kind"])
    where = wheres(params)
    limit = params.whole("limit", PER_PAGE, 1, MOST_PER_PAGE)
    number = params.whole("page", 1, 1)
    order = params.text("order")
    view = params.choice("view", ("table", "cards") if kind.name == "item" else ("table",))
    link = Links(kind, where, order, view, params.text("more"))
    page = reader.list(
        kind.name, where, order=order.lstrip("-"), descending=order[:1] in ("", "-"),
        limit=limit, offset=(number - 1) * limit,
    )
    labels = labels_of(reader, page.rows, BY_NAME)
    pages = max(1, -(-page.total // limit))
    # A column that is empty on the whole page only takes room, unless the list is in its order.
    sorted_by = order.lstrip("-")
    columns = [
        kind.by_name[name] for name in COLUMNS[kind.name]
        if not page.rows or any(row.get(name) is not None for row in page.rows)
        or any(column.name == sorted_by for column in kind.by_name[name].columns)
    ]
    marked = markings(reader, page.rows) if kind.name == "item" and view == "table" else {}
    return ListContext(
        kind=kind.name, total=page.total, page=number, pages=pages, limit=limit, order=order,
        rows=tuple(page.rows), facets=facets(reader, kind, where, link),
        title=kind.plural.replace("_", " ").capitalize(), slug=kind.slug, doc=kind.doc.split("\n")[0],
        view=view,
        headings=(Heading(kind.title.capitalize()), *(link.heading(reader, f.name, SHORT.get(f.name, f.title))
                                                       for f in columns),
                  *((Heading("Markings"),) if kind.name == "item" else ())),
        lines=tuple(
            Line(ref_piece(row.id, row.label), str(row.get("tier", "")),
                 (*(pieces(f, row.get(f.name), labels) for f in columns),
                  *((marked.get(row.id, ()),) if kind.name == "item" else ())))
            for row in page.rows
        ),
        chosen=chosen(reader, kind, where, link),
        earlier=link.to(page=number - 1) if number > 1 else "",
        later=link.to(page=number + 1) if number < pages else "",
        cards=cards(reader, page.rows) if view == "cards" else (),
        views=(("table", link.to(view="table")), ("cards", link.to(view="cards")))
        if kind.name == "item" else (),
        beside=beside_count(reader, kind.name, where) if page.total else "",
        csv=f"/{kind.slug}.csv" + (f"?{urlencode(where)}" if where else ""),
    )


def markings(reader: Reader, items: Sequence[Shown]) -> dict[str, tuple[Piece, ...]]:
    """The texts of the markings on items, by item."""
    found = reader.belonging([item.id for item in items], "marking", "item")
    return {
        id_: tuple(Piece(one.get("text"), "marking") for one in some if one.get("text"))
        for id_, some in found.items()
    }


def cards(reader: Reader, items: Sequence[Shown]) -> tuple[Card, ...]:
    """Items as cards; a photograph that is held goes before one that is only linked."""
    ids = [item.id for item in items]
    photographs = reader.belonging(ids, "photograph", "items")
    markings = reader.belonging(ids, "marking", "item")
    kind = BY_NAME["item"]
    found = []
    for item in items:
        seen = photographs.get(item.id, [])
        digest = next((one.get("digest") for one in seen if one.get("digest")), "")
        texts = [one.get("text") for one in markings.get(item.id, []) if one.get("text")]
        words = [piece for name in CARD for piece in pieces(kind.by_name[name], item.get(name), {})]
        found.append(Card(
            ref_piece(item.id, item.label), str(item.get("tier", "")),
            f"/thumbs/{digest}" if digest else "", bool(seen), tuple(words),
            tuple(texts[:MARKINGS_ON_CARD]), max(0, len(texts) - MARKINGS_ON_CARD),
        ))
    return tuple(found)


def facets(
    reader: Reader, kind: RecordType, where: dict[str, str], link: Links
) -> tuple[Facet, ...]:
    """The facets that still tell something apart, with links that narrow."""
    found = []
    for name, groups in reader.facets(kind.name, where).items():
        if name in where or not groups or groups == [(None, groups[0][1])]:
            continue
        most = MOST_FACET_VALUES if link.more == name else FACET_VALUES
        named = value_labels(reader, kind, name, [value for value, _ in groups[:most]])
        found.append(Facet(
            name, facet_title(kind, name),
            tuple(
                FacetValue(value, label, count, link.narrowed(name, value))
                for (value, count), label in zip(groups, named, strict=False)
            ),
            max(0, len(groups) - most), link.to(more=name),
        ))
    return tuple(found)


def facet_title(kind: RecordType, name: str) -> str:
    """What a facet is called."""
    if name == YEAR:
        return "Year"
    if name == "source_document":
        return "Source"
    fact = column_facts(kind).get(name)
    return fact.title if fact else name


def value_labels(
    reader: Reader, kind: RecordType, name: str, values: Sequence[Any]
) -> list[str]:
    """Values of a column as a reader sees them."""
    fact = column_facts(kind).get(name)
    if name == "source_document" or (fact is not None and fact.ref is not None):
        labels = reader.labels([value for value in values if value])
        return [labels.get(value, value) if value else "not recorded" for value in values]
    told = []
    for value in values:
        if value is None or value == "":
            told.append("not recorded")
        elif fact is not None and fact.kind is not None and name != YEAR:
            told.append(shown(fact.kind, value))
        else:
            told.append(str(value))
    return told


def chosen(
    reader: Reader, kind: RecordType, where: dict[str, str], link: Links
) -> tuple[Chosen, ...]:
    """The filters in force, each removable."""
    found = []
    for name, value in where.items():
        fact = column_facts(kind).get(name)
        try:
            clean = fact.kind.clean(value) if fact and fact.kind and value and name != YEAR else value
        except Unfit:
            clean = value
        label = value_labels(reader, kind, name, [clean])[0]
        found.append(Chosen(name, facet_title(kind, name), label, link.without(name)))
    return tuple(found)


@dataclass(frozen=True)
class Links:
    """Addresses of neighbouring lists: every link keeps the filters, the order and the view."""

    kind: RecordType
    where: dict[str, str]
    order: str
    view: str
    more: str = ""

    def to(
        self, *, where: dict[str, str] | None = None, order: str | None = None,
        view: str | None = None, page: int = 1, more: str = "",
    ) -> str:
        """The list with these things changed; from its first page unless one is named."""
        pairs = list((self.where if where is None else where).items())
        order = self.order if order is None else order
        view = self.view if view is None else view
        pairs += [("order", order)] if order else []
        pairs += [("view", view)] if view != "table" else []
        pairs += [("more", more)] if more else []
        pairs += [("page", str(page))] if page > 1 else []
        return f"/{self.kind.slug}" + (f"?{urlencode(pairs)}" if pairs else "")

    def narrowed(self, name: str, value: Any) -> str:
        text = "" if value is None else str(value)
        return self.to(where={**self.where, name: text})

    def without(self, name: str) -> str:
        return self.to(where={k: v for k, v in self.where.items() if k != name})

    def heading(self, reader: Reader, name: str, title: str) -> Heading:
        """A column's heading; it sorts where the column is indexed."""
        by = f"{name}_from" if name == self.kind.when else name
        fact = self.kind.by_name[name]
        # A reference's id is no order for a reader; what is not indexed is none at this size.
        if by == name and (fact.ref is not None or name not in reader.facet_names(self.kind.name)):
            return Heading(title)
        now = self.order.lstrip("-") == by
        descending = self.order.startswith("-")
        turned = f"-{by}" if now and not descending else by
        told = ("descending" if descending else "ascending") if now else ""
        return Heading(title, self.to(order=turned), told)
