"""Yearly tables on illicit arms as a workbook, after the UNODC Illicit Arms Flows Questionnaire (UN-IAFQ).

They are what a country needs to fill the questionnaire in, and not its form: the official file was not seen
(``docs/iafq.md`` says what was and what could not be confirmed). Every number rests on records
that can be counted: the sheet *Items* has a line for each item in the tables, with its class in each of them,
and the sheet *Left out* one for each that is in none, with the reason. What is not known is a class of
its own; where nothing is recorded stands a dash, which is no nought.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from headstamp.analysis.counts.by import NO_SAMPLE
from headstamp.analysis.counts.indicator_sdg import indicator
from headstamp.analysis.measure import Result
from headstamp.engine.effort import Effort, beside, effort
from headstamp.errors import Tampered
from headstamp.kinds.country import COUNTRY
from headstamp.publish import iafq_items, iafq_published, iafq_tracing
from headstamp.publish.iafq_classes import Classes
from headstamp.publish.iafq_items import MARKING, Aside, Counted, Items
from headstamp.publish.iafq_tables import NONE, Cross, cross, plain
from headstamp.publish.iafq_tracing import ESTABLISHED, OPEN, TRACED, TRACING
from headstamp.publish.sheets import Cell, Sheet
from headstamp.publish.standing import Standing
from headstamp.records import BY_NAME
from headstamp.store.reader import Reader

NOT_OFFICIAL: Final = (
    "Not the official form. These tables follow what the questionnaire asks for, in classes of our own; check them against "
    "the questionnaire that your country was sent."
)
MANNERS: Final = {
    "seized": "Seized", "found": "Found", "surrendered": "Surrendered",
    "not_told": "Recovered, not told which", "other": "In another manner",
}
OF_THE_INDICATOR: Final = ("seized", "found", "surrendered", "not_told")
"""The manners of SDG 16.4.2; one that is not told is one of the three."""
NOT_KNOWN: Final = "not known"
_YES: Final = (TRACED, ESTABLISHED)
_MOST_ROWS: Final = 50_000  # of more arms, what was traced together is not looked at


@dataclass(frozen=True)
class Tables:
    """All tables of one year, from one state of a case. ``country`` is empty for all countries."""

    year: int
    country: str
    stands: Standing
    classes: Classes
    items: Items
    crosses: tuple[Cross, ...]
    sdg: Result
    published: tuple[iafq_published.Published, ...]
    effort: Effort
    routes: tuple[tuple[str, str, float, int], ...]

    def reasons(self) -> list[tuple[str, int]]:
        """How many items stand in no table, by reason."""
        return _reasons(self.items.aside)

    def as_dict(self) -> dict[str, Any]:
        """The tables in short, as plain JSON values."""
        return {
            "year": self.year, "country": self.country or None, "official_form": False, "edition": self.classes.edition,
            "classes_sha256": self.classes.digest, "checkpoint": self.stands.note, "items_visible": self.items.visible,
            "items_counted": len(self.items.counted), "items_left_out": len(self.items.aside),
            "left_out": dict(self.reasons()), "types_not_mapped": [list(one) for one in _unmapped(self.items)],
            "tables": {one.name: {
                "in_all": plain(one.total), "records": one.items,
                "rows": {code: {column: plain(one.pieces[code, column]) for column in one.columns
                                if (code, column) in one.pieces} for code in one.rows}} for one in self.crosses},
            "sdg_16_4_2": self.sdg.as_dict(), "effort": self.effort.as_dict(), "statement": NO_SAMPLE,
        }


def gather(reader: Reader, stands: Standing, classes: Classes, year: int, country: str = "") -> Tables:
    """The tables of a year. Raises Tampered where they do not add up: then nothing is to be written."""
    items = iafq_items.gather(reader, classes, iafq_tracing.gather(reader), year, country)
    arms = [one for one in items.counted if one.group == "arms"]
    others = [one for one in items.counted if one.group != "arms"]
    kinds = {one.code: one.label for one in classes.of_group("arms")}
    goods = {one.code: one.label for group in ("ammunition", "parts") for one in classes.of_group(group)
             if not (group == "ammunition" and one.code == "unmapped")}
    countries = {code: COUNTRY.show(code) for code in sorted({one.country for one in arms if one.country})}
    crosses = (
        cross("Arms", "Class", arms, kinds, MANNERS, _category, _manner),
        cross("Ammunition and parts", "Class", others, goods, MANNERS, _category, _manner),
        cross("Marking of arms", "Class", arms, kinds, MARKING, _category, lambda one: one.marking),
        cross("Tracing of arms", "Class", arms, kinds, TRACING, _category, lambda one: one.tracing),
        cross("Country of make", "Country", arms, {**countries, "": NOT_KNOWN}, MANNERS, lambda one: one.country, _manner),
    )
    told = Tables(year, country, stands, classes, items, crosses, _sdg(arms), iafq_published.gather(reader, classes, year),
                  effort(reader, since=f"{year}-01-01", until=f"{year}-12-31"), _routes(reader, arms))
    _reconcile(told, iafq_items.families(reader))
    return told


def _category(one: Counted) -> str:
    return one.category


def _manner(one: Counted) -> str:
    return one.manner


def _reconcile(told: Tables, families: dict[str, int]) -> None:
    wrong = [one.name for one in told.crosses if not one.adds_up]
    arms = {one.total for one in told.crosses if one.name not in ("Ammunition and parts",)}
    if wrong or len(arms) != 1 or not told.items.adds_up or sum(families.values()) != told.items.visible:
        raise Tampered(
            f"the tables of {told.year} do not add up ({', '.join(wrong) or 'items'}); nothing is written. Run `headstamp verify`")


def _sdg(arms: Sequence[Counted]) -> Result:
    """SDG 16.4.2 of whole arms; a counted group stands for all its pieces."""
    whole = [one for one in arms if one.manner in OF_THE_INDICATOR]
    pieces = sum(int(one.pieces) for one in whole)
    if not 0 < pieces <= _MOST_ROWS:
        return indicator(sum(int(one.pieces) for one in whole if one.tracing in _YES), pieces)
    rows = [{"traced": "yes" if one.tracing in _YES else "pending" if one.tracing == OPEN else "no", "group": one.together}
            for one in whole for _ in range(int(one.pieces))]
    return indicator(table=rows, group="group")


def _routes(reader: Reader, arms: Sequence[Counted]) -> tuple[tuple[str, str, float, int], ...]:
    """From country to country, as transfers that name arms of the tables tell: pieces and transfers."""
    pieces = {one.id: one.pieces for one in arms}
    items: dict[tuple[str, str], set[str]] = {}
    transfers: dict[tuple[str, str], int] = {}
    for one in reader.stream("transfer") if pieces else ():
        named = [id_ for id_ in one.get("items") or () if id_ in pieces]
        if not named:
            continue
        start, end = ((one.get(end) or {}).get("country") or "" for end in ("from_place", "to_place"))
        if start or end:
            items.setdefault((start, end), set()).update(named)
            transfers[start, end] = transfers.get((start, end), 0) + 1
    return tuple((*at, sum(pieces[id_] for id_ in items[at]), transfers[at]) for at in sorted(items))


def _reasons(aside: Iterable[Aside]) -> list[tuple[str, int]]:
    counted: dict[str, int] = {}
    for one in aside:
        counted[one.reason] = counted.get(one.reason, 0) + 1
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))


def _unmapped(items: Items) -> list[tuple[str, str, float, int]]:
    """Types that the mapping does not know: table, type, pieces, records; and what is outside by its type."""
    found: dict[tuple[str, str], list[float]] = {}
    for one in items.counted:
        if one.category == "unmapped":
            found.setdefault((one.group, one.type), []).append(one.pieces)
    return sorted(((group, words, sum(some), len(some)) for (group, words), some in found.items()),
                  key=lambda one: (-one[3], one))


def sheets(told: Tables) -> list[Sheet]:
    """The workbook: what it is, the tables, and the records they rest on."""
    sdg = told.sdg
    return [
        Sheet("About", ("What", "Told"), _about(told)),
        *(one.sheet() for one in told.crosses),
        Sheet("SDG 16.4.2", ("What", "Value"), [
            ("Question", sdg.question), ("Arms traced or established", sdg.more.get("traced", NONE)),
            ("Arms seized, found or surrendered", sdg.more.get("all", NONE)),
            ("Share", NONE if sdg.estimate is None else sdg.estimate), ("Wilson interval, low", sdg.low),
            ("Wilson interval, high", sdg.high), ("Level", sdg.level), ("Refused", sdg.reason),
            *(("Assumed", said) for said in sdg.assumptions), *(("Source", said) for said in sdg.sources),
            ("Not a sample", NO_SAMPLE)]),
        Sheet("Recoveries", ("Recovery", "Title", "When", "Manner", "Class", "Why held to be illicit", "Arms", "Ammunition",
                             "Parts", "Records"), _recoveries(told)),
        Sheet("Routes", ("From country", "To country", "Arms", "Transfers"), [
            (_named(start), _named(end), plain(pieces), transfers) for start, end, pieces, transfers in told.routes]),
        iafq_published.sheet(told.published),
        Sheet("Types not mapped", ("Table", "Type as written", "Pieces", "Records"), [
            (group, words, plain(pieces), records) for group, words, pieces, records in _unmapped(told.items)]),
        Sheet("Items", ("Item", "Label", "Table", "Class", "Type as written", "Pieces", "Counted one by one?", "Manner",
                        "Marking", "Tracing", "Traced by", "Country of make", "Recovery", "When"), _items(told)),
        Sheet("Left out", ("Item", "Label", "Type or family", "Why"), [
            (one.id, one.label, one.type, one.reason) for one in told.items.aside]),
    ]


def _about(told: Tables) -> list[Sequence[Cell]]:
    stands, items = told.stands, told.items
    return [
        ("Title", f"Yearly tables on illicit arms, {told.year}"), ("Form", NOT_OFFICIAL),
        ("Follows", told.classes.edition), *(("Source", one) for one in told.classes.sources),
        ("Classes, SHA-256", told.classes.digest), ("Year", told.year),
        ("Recovered in", COUNTRY.show(told.country) if told.country else "all countries"),
        ("Case", stands.origin), ("Entries of the log", stands.size), ("Root of the log", stands.root),
        ("Signed checkpoint", stands.note), ("Key that checks it", stands.verifier),
        ("State of", stands.at), ("Statement", NO_SAMPLE), ("Dash", f"{NONE} : no item is recorded. That is no count of nought."),
        ("Not known", "What is not known stands in a class of its own, in the rows and the columns."),
        ("Counting", "An item is one piece, a counted group as many as it has. Published counts of others are never added."),
        ("Effort", beside(told.effort)),
        ("Items that may be seen", items.visible), ("Of these in the tables", len(items.counted)),
        ("Of these left out", len(items.aside)), *((f"Left out: {why}", n) for why, n in told.reasons()),
    ]


def _recoveries(told: Tables) -> list[Sequence[Cell]]:
    held: dict[str, list[Counted]] = {}
    for one in told.items.counted:
        held.setdefault(one.recovery, []).append(one)
    manner = BY_NAME["recovery"].by_name["manner"]
    basis = BY_NAME["recovery"].by_name["illicit_basis"]
    lines: list[Sequence[Cell]] = []
    for id_ in sorted(held):
        recovery = told.items.recoveries.get(id_)
        sums = {group: [one.pieces for one in held[id_] if one.group == group] for group in ("arms", "ammunition", "parts")}
        lines.append((
            id_ or "no recovery recorded", recovery.label if recovery else None,
            recovery.get("recovered_on") if recovery else None,
            manner.show(recovery.get("manner")) if recovery else NOT_KNOWN,
            MANNERS[told.classes.manner(recovery.get("manner") if recovery else None)],
            basis.show(recovery.get("illicit_basis")) if recovery and recovery.get("illicit_basis") else NOT_KNOWN,
            *(plain(sum(some)) if some else NONE for some in sums.values()), len(held[id_])))
    return lines


def _items(told: Tables) -> list[Sequence[Cell]]:
    named = {one.code: one.label for group in ("arms", "ammunition", "parts") for one in told.classes.of_group(group)}
    return [
        (one.id, one.label, one.group, named[one.category], one.type or NOT_KNOWN, plain(one.pieces),
         "no" if one.by_eye else "yes", MANNERS[one.manner], MARKING[one.marking] if one.group == "arms" else None,
         TRACING[one.tracing] if one.group == "arms" else None, one.together or None, _named(one.country),
         one.recovery or None, one.when)
        for one in told.items.counted]


def _named(country: str) -> str:
    return COUNTRY.show(country) if country else NOT_KNOWN
