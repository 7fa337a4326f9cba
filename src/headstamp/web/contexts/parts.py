"""Parts in weapons: the same part in several, families of one maker, time since making.

Everything comes from readings recorded on components; what may not be seen is
in no count. The figures describe the parts that were documented and published,
which are no random sample, and every page says so.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlencode

from headstamp.actions.markings.parts_seen import BASES, LEAST_SURE, parts_in, with_number
from headstamp.analysis.lag.part_lag import DAYS_A_YEAR, LEAST, Times
from headstamp.analysis.parts import Family, SamePart, SeenPart
from headstamp.markings.component import RULES
from headstamp.markings.component_part import TITLES
from headstamp.publish.chart import timeline_svg
from headstamp.store.reader import Reader
from headstamp.web.page import ON_PAGE, Context, Params

_SAME_SHOWN = 100
_FAMILIES_SHOWN = 40
_MAKERS = 60


@dataclass(frozen=True)
class RuleView:
    """A rule by which a part of a text is read."""

    name: str
    reads: str
    reason: str
    source: str


@dataclass(frozen=True)
class TimesView:
    """Times from making to one kind of later day; in years, None where too few are known."""

    basis: str
    told: str
    times: Times
    lower_years: float | None
    median_years: float | None
    upper_years: float | None
    svg: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class PartsContext(Context):
    """All that is told of the components of a case.

    ``components`` are all of them; ``numbered`` those with a part number read; ``undated``,
    ``several``, ``doubtful`` and ``unbounded`` are in no time (see ``times``). ``same`` and
    ``families`` are the largest; ``same_in_all`` and ``families_in_all`` count them all.
    """

    components: int
    numbered: int
    undated: int
    several: int
    doubtful: int
    unbounded: int
    times: tuple[TimesView, ...]
    same: tuple[SamePart, ...]
    same_in_all: int
    families: tuple[Family, ...]
    families_in_all: int
    maker: str
    makers: tuple[tuple[str, int], ...]
    rules: tuple[RuleView, ...]
    labels: dict[str, str] = field(default_factory=dict, metadata=ON_PAGE)
    least_sure: int = field(default=LEAST_SURE, metadata=ON_PAGE)
    least: int = field(default=LEAST, metadata=ON_PAGE)
    all_same: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class SamePartContext(Context):
    """Every item on which one part number was read, and the weapons they were in, by id and label."""

    number: str
    items: tuple[SeenPart, ...]
    weapons: tuple[tuple[str, str], ...]
    more: bool
    labels: dict[str, str] = field(default_factory=dict, metadata=ON_PAGE)


def parts_context(reader: Reader, params: Params) -> PartsContext:
    """The page, for one maker where one is asked for; ``all`` lists every part in several weapons."""
    found = parts_in(params.case, reader)
    maker = params.text("maker")
    whole = params.text("all") == "same"
    same = [one for one in found.same if not maker or maker in one.makers]
    families = [one for one in found.families if not maker or one.maker == maker]
    makers = Counter(one.maker for one in found.seen if one.maker)
    shown = tuple(same if whole else same[:_SAME_SHOWN])
    asked = {"all": "same", **({"maker": maker} if maker else {})}
    return PartsContext(
        components=found.dated.components, numbered=len({one.item for one in found.seen}),
        undated=found.dated.undated, several=found.dated.several, doubtful=found.dated.doubtful,
        unbounded=found.dated.unbounded,
        times=tuple(_times(basis, times) for basis, times in found.dated.times),
        same=shown, same_in_all=len(same),
        families=tuple(families if maker else families[:_FAMILIES_SHOWN]),
        families_in_all=len(families), maker=maker, makers=tuple(makers.most_common(_MAKERS)),
        rules=tuple(RuleView(r.name, TITLES[r.part], r.reason, r.source) for r in RULES),
        labels={id_: found.labels[id_] for one in shown for id_ in one.weapons},
        all_same="" if len(shown) == len(same) else f"/parts?{urlencode(asked)}#same",
    )


def same_part_context(reader: Reader, params: Params) -> SamePartContext:
    """The page of one part number."""
    found = with_number(reader, params.text("number"))
    return SamePartContext(
        found.key, found.items, found.weapons, found.more, labels=dict(found.weapons),
    )


def _times(basis: str, times: Times) -> TimesView:
    def years(days: float | None) -> float | None:
        return None if days is None else round(days / DAYS_A_YEAR, 1)

    svg = timeline_svg(
        "Full years since making", [(str(year), n) for year, n in times.by_year],
        unit="parts", height=220,
    )
    told = next(words for name, words in BASES.items() if name == basis)
    return TimesView(basis, told, times, years(times.lower), years(times.median),
                     years(times.upper), svg)
