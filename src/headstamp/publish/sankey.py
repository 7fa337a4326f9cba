"""Flows from makers to finds as a Sankey drawing: each item is in every layer, in one class.

An item of which a layer is not known stands there in the class “not known”, one of whose
layer different things are told in “told differently”; so the sum of every layer is the number
of items, and what is not known is as broad as it is. One unit in one drawing: items, or a
quantity of one unit. Beyond the largest few the rest of a layer is one class “others (n)”,
which the data open up.

The order within layers is found by moving each class towards what it is joined to, to and fro
a fixed number of times: no chance in it, the same values give the same bytes.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from headstamp.errors import Invalid, Problem
from headstamp.places import svg
from headstamp.publish.lettered import isolated, plain
from headstamp.publish.picture import Picture
from headstamp.tracing.supply_way import CONTESTED, UNKNOWN

OTHERS = "\0others"
MOST = 12
_TITLE, _HEADS, _SIDE, _FONT = 30.0, 22.0, 8.0, 11.0
_SCALE, _LEAST, _GAP, _BAR = 400.0, 13.0, 7.0, 12.0
_SWEEPS = 12
_LAST = {OTHERS: 1, CONTESTED: 2, UNKNOWN: 3}
_LOOKS = {"": ("flow-known", "#3b6a8f"), CONTESTED: ("flow-contested", "#6b4c9a"),
          UNKNOWN: ("flow-unknown", "#5a646c"), OTHERS: ("flow-others", "#7a8a94")}

Way = tuple[str, ...]
"""The class of one item in each layer: a key, UNKNOWN or CONTESTED."""


@dataclass(slots=True)
class Class:
    """One class in one layer; ``members`` are the keys it holds where it is the rest."""

    layer: int
    key: str
    value: float = 0.0
    members: tuple[str, ...] = ()
    place: float = 0.0
    top: float = 0.0
    high: float = 0.0
    slot: float = 0.0


@dataclass(frozen=True, slots=True)
class Flows:
    """What is drawn: the classes of each layer in order, and what goes between them.

    ``joins`` are those drawn, ``whole`` and ``sums`` those of every key.
    """

    layers: tuple[str, ...]
    classes: tuple[tuple[Class, ...], ...]
    joins: Mapping[tuple[int, str, str], float]
    whole: Mapping[tuple[int, str, str], float]
    sums: tuple[Mapping[str, float], ...]
    total: float
    labels: Mapping[str, str] = field(default_factory=dict)

    def name(self, one: Class) -> str:
        """The class in words."""
        if one.key == OTHERS:
            return f"others ({len(one.members):,})"
        return class_name(one.key, self.labels)


def class_name(key: str, labels: Mapping[str, str]) -> str:
    """A class in words, those of its own too."""
    if key == UNKNOWN:
        return "not known"
    return "told differently" if key == CONTESTED else labels.get(key, "not shown here")


def flows(
    layers: Sequence[str], ways: Mapping[Way, float], labels: Mapping[str, str], most: int = MOST
) -> Flows:
    """Classes and joins of these ways; beyond ``most`` known classes a layer, the rest are one.

    Raises Invalid for a way that is not of these layers, and for values that are not numbers
    from zero up.
    """
    wrong = [
        Problem("a way has one class in each layer and a value from zero up", field=str(way),
                value=str(value))
        for way, value in ways.items()
        if len(way) != len(layers) or not (math.isfinite(value) and value >= 0)
    ]
    if wrong:
        raise Invalid("These flows cannot be drawn.", wrong[:20])
    sums: list[dict[str, float]] = [defaultdict(float) for _ in layers]
    whole: dict[tuple[int, str, str], float] = defaultdict(float)
    joins: dict[tuple[int, str, str], float] = defaultdict(float)
    ordered = sorted((way, value) for way, value in ways.items() if value)
    for way, value in ordered:
        for layer, key in enumerate(way):
            sums[layer][key] += value
    kept = [_largest(found, labels, most) for found in sums]
    for way, value in ordered:
        drawn = [key if key in kept[layer] else OTHERS for layer, key in enumerate(way)]
        for layer in range(len(layers) - 1):
            whole[layer, way[layer], way[layer + 1]] += value
            joins[layer, drawn[layer], drawn[layer + 1]] += value
    classes = [_classes(layer, found, kept[layer]) for layer, found in enumerate(sums)]
    _arrange(classes, joins, labels)
    total = math.fsum(value for _, value in ordered)
    return Flows(tuple(layers), tuple(map(tuple, classes)), dict(joins), dict(whole), tuple(sums),
                 total, labels)


def _largest(found: Mapping[str, float], labels: Mapping[str, str], most: int) -> set[str]:
    """The keys that stand for themselves. One alone is never called “others (1)”."""
    known = sorted((key for key in found if key not in _LAST),
                   key=lambda key: (-found[key], labels.get(key, ""), key))
    most = most if len(known) != most + 1 else most + 1
    return {*known[:most], UNKNOWN, CONTESTED}


def _classes(layer: int, found: Mapping[str, float], kept: set[str]) -> list[Class]:
    classes = [Class(layer, key, value) for key, value in found.items() if key in kept]
    rest = tuple(sorted((key for key in found if key not in kept), key=lambda k: (-found[k], k)))
    if rest:
        classes.append(Class(layer, OTHERS, math.fsum(found[key] for key in rest), rest))
    return classes


def _arrange(
    classes: list[list[Class]], joins: Mapping[tuple[int, str, str], float], labels: Mapping[str, str]
) -> None:
    """Orders each layer: the largest first, then towards what each is joined to."""
    for layer in classes:
        layer.sort(key=lambda c: (_LAST.get(c.key, 0), -c.value, labels.get(c.key, ""), c.key))
        _number(layer)
    after: dict[tuple[int, str], list[tuple[str, float]]] = defaultdict(list)
    before: dict[tuple[int, str], list[tuple[str, float]]] = defaultdict(list)
    for (layer_no, source, target), value in sorted(joins.items()):
        after[layer_no, source].append((target, value))
        before[layer_no + 1, target].append((source, value))
    for sweep in range(_SWEEPS):
        there = sweep % 2 == 0
        way = range(1, len(classes)) if there else range(len(classes) - 2, -1, -1)
        for number in way:
            beside = {c.key: c.place for c in classes[number - 1 if there else number + 1]}
            joined = before if there else after
            middle = {c.key: _middle(joined[number, c.key], beside, c.place) for c in classes[number]}
            classes[number].sort(key=lambda c, middle=middle: (  # type: ignore[misc]
                _LAST.get(c.key, 0), middle[c.key], -c.value, c.key))
            _number(classes[number])


def _number(layer: list[Class]) -> None:
    """Each class's place: the middle of its share, so that broad ones count as broad."""
    at = 0.0
    for one in layer:
        one.place, at = at + one.value / 2, at + one.value


def _middle(joined: Sequence[tuple[str, float]], beside: Mapping[str, float], kept: float) -> float:
    weight = math.fsum(value for _, value in joined)
    if not weight:
        return kept
    return round(math.fsum(beside[key] * value for key, value in joined) / weight, 9)


def sankey(
    title: str, layers: Sequence[str], ways: Mapping[Way, float], labels: Mapping[str, str], *,
    unit: str = "items", width: float = 1080, most: int = MOST, caption: Iterable[str] = (),
) -> Picture:
    """The picture of flows; ``labels`` are the names of keys, ``unit`` what is counted."""
    found = flows(layers, ways, labels, most)
    told = [f"{svg.count(found.total)} {unit}, each once in every layer. “not known” is a class of "
            "its own and as broad as what is not known. Being drawn here says nothing against a party.",
            *caption]
    rest = [f"{found.layers[n]}: {len(c.members):,}" for n, layer in enumerate(found.classes)
            for c in layer if c.key == OTHERS]
    if rest:
        told.append("Drawn together as others (" + "; ".join(rest) + "); the table has each.")
    rows = tuple(
        (found.layers[layer], class_name(source, labels), found.layers[layer + 1],
         class_name(target, labels), round(value, 6), unit)
        for (layer, source, target), value in sorted(
            found.whole.items(), key=lambda kv: (kv[0][0], -kv[1], kv[0])))
    return Picture(
        "sankey", title, _draw(found, title, unit, width), tuple(told),
        ("layer", "from", "next layer", "to", "how many", "unit"), rows, _data(found, unit))


def _data(found: Flows, unit: str) -> dict[str, object]:
    return {
        "unit": unit, "total": found.total, "layers": list(found.layers),
        "classes": [
            {"layer": found.layers[at], "id": "" if key in _LAST else key,
             "class": "not known" if key == UNKNOWN else "told differently" if key == CONTESTED else "known",
             "label": class_name(key, found.labels), "value": value}
            for at, layer_sums in enumerate(found.sums)
            for key, value in sorted(layer_sums.items(), key=lambda kv: (-kv[1], kv[0]))
        ],
        "flows": [
            {"layer": found.layers[layer], "from": class_name(a, found.labels),
             "to": class_name(b, found.labels), "value": value}
            for (layer, a, b), value in sorted(found.whole.items())
        ],
        "others": [
            {"layer": found.layers[c.layer], "value": c.value,
             "members": [class_name(key, found.labels) for key in c.members]}
            for layer in found.classes for c in layer if c.key == OTHERS
        ],
    }


def _draw(found: Flows, title: str, unit: str, width: float) -> str:
    scale = _SCALE / found.total if found.total else 0.0
    columns = len(found.layers)
    step = (width - 2 * _SIDE - _BAR - 200) / max(columns - 1, 1)
    high = 0.0
    for layer in found.classes:
        for one in layer:
            one.high = one.value * scale
            one.slot = max(one.high, _LEAST) + _GAP
        high = max(high, sum(one.slot for one in layer))
    top = _TITLE + _HEADS + 6
    for layer in found.classes:
        y = top + (high - sum(one.slot for one in layer)) / 2
        for one in layer:
            one.top, y = y + (one.slot - _GAP - one.high) / 2, y + one.slot
    height = top + max(high, 40) + 8
    out = [svg.opening("headstamp-sankey", width, height, plain(title), plain(_described(found, unit))),
           f'<text class="chart-title" x="{svg.number(_SIDE)}" y="19" font-size="14" '
           f'font-weight="600">{isolated(svg.shortened(title, width - 2 * _SIDE, 14))}</text>']
    if not found.total:
        out.append(f'<text class="chart-label" x="{svg.number(_SIDE)}" y="{svg.number(top + 16)}" '
                   f'font-size="11">Nothing to show yet.</text>')
        return "".join((*out, "</svg>"))
    for at, name in enumerate(found.layers):
        out.append(f'<text class="chart-label" x="{svg.number(_SIDE + at * step)}" '
                   f'y="{svg.number(_TITLE + 12)}" font-size="11" font-weight="600">'
                   f"{isolated(svg.shortened(name, step - 8, 11))}</text>")
    out += _ribbons(found, scale, step, unit)
    for layer in found.classes:
        out += [_bar(found, one, step, unit) for one in layer]
    return "".join((*out, "</svg>"))


def _look(key: str) -> tuple[str, str]:
    return _LOOKS[key] if key in _LAST else ("flow-known", "#3b6a8f")


def _ribbons(found: Flows, scale: float, step: float, unit: str) -> list[str]:
    places = {(c.layer, c.key): c for layer in found.classes for c in layer}
    left = {at: one.top for at, one in places.items()}
    right = dict(left)
    out = []
    ends: list[tuple[int, str, str, float, float, float]] = []
    for (layer, a, b), value in sorted(
            found.joins.items(), key=lambda kv: (kv[0][0], places[kv[0][0], kv[0][1]].top,
                                                 places[kv[0][0] + 1, kv[0][2]].top)):
        ends.append((layer, a, b, value, left[layer, a], 0.0))
        left[layer, a] += value * scale
    for layer, a, b, value, start, _ in sorted(
            ends, key=lambda e: (e[0], places[e[0] + 1, e[2]].top, places[e[0], e[1]].top)):
        end = right[layer + 1, b]
        right[layer + 1, b] += value * scale
        x1, x2 = _SIDE + layer * step + _BAR, _SIDE + (layer + 1) * step
        half, broad = (x1 + x2) / 2, max(value * scale, 0.6)
        # What is not known at either end looks so: pale, with a broken edge.
        key = next((k for k in (UNKNOWN, CONTESTED) if k in (a, b)), OTHERS if OTHERS in (a, b) else "\0")
        name, colour = _look(key)
        edge = ' stroke-dasharray="3 3"' if key in (UNKNOWN, CONTESTED) else ""
        told = (f"{class_name(a, found.labels) if a != OTHERS else 'others'} to "
                f"{class_name(b, found.labels) if b != OTHERS else 'others'}: {svg.count(value)} {unit}")
        out.append(
            f'<path class="flow {name}" d="M{svg.number(x1)},{svg.number(start)}C{svg.number(half)},'
            f"{svg.number(start)},{svg.number(half)},{svg.number(end)},{svg.number(x2)},{svg.number(end)}"
            f"v{svg.number(broad)}C{svg.number(half)},{svg.number(end + broad)},{svg.number(half)},"
            f'{svg.number(start + broad)},{svg.number(x1)},{svg.number(start + broad)}z" fill="{colour}" '
            f'fill-opacity="{"0.14" if key == UNKNOWN else "0.3"}" stroke="{colour}" '
            f'stroke-opacity="0.35" stroke-width="0.6"{edge}><title>{isolated(told)}</title></path>')
    return out


def _bar(found: Flows, one: Class, step: float, unit: str) -> str:
    x = _SIDE + one.layer * step
    name, colour = _look(one.key)
    high = max(one.high, 1.0)
    said = found.name(one)
    count = svg.count(one.value)
    room = min(step - _BAR - 12, 190.0) if one.layer < len(found.layers) - 1 else 196.0
    shown = svg.shortened(said, room - svg.text_width(count, _FONT) - 8, _FONT)
    hollow = one.key in (UNKNOWN, CONTESTED)
    out = [f'<g class="flow-class {name}"><title>{isolated(f"{said}: {count} {unit}")}</title>'
           f'<rect class="{"flow-hollow" if hollow else "flow-full"}" x="{svg.number(x)}" '
           f'y="{svg.number(one.top)}" width="{svg.number(_BAR)}" height="{svg.number(high)}" '
           f'fill="{"#ffffff" if hollow else colour}" stroke="{colour}"'
           + (' stroke-dasharray="3 2"' if one.key == UNKNOWN else "") + "/>"]
    if one.key == CONTESTED:
        lines = "".join(f"M{svg.number(x)},{svg.number(one.top + at)}h{svg.number(_BAR)}"
                        for at in range(2, max(int(high), 3), 4))
        out.append(f'<path d="{lines}" stroke="{colour}" stroke-width="1"/>')
    out.append(
        f'<text class="flow-label" x="{svg.number(x + _BAR + 5)}" '
        f'y="{svg.number(one.top + high / 2 + 4)}" font-size="{svg.number(_FONT)}" stroke="#ffffff" '
        f'stroke-width="3" stroke-linejoin="round" paint-order="stroke">{isolated(shown)} '
        f'<tspan font-weight="600">{count}</tspan></text></g>')
    return "".join(out)


def _described(found: Flows, unit: str) -> str:
    if not found.total:
        return "A drawing of flows without values."
    parts = [f"Flows of {svg.count(found.total)} {unit} through {len(found.layers)} layers."]
    for name, layer in zip(found.layers, found.classes, strict=True):
        largest = sorted(layer, key=lambda c: (-c.value, c.key))[:5]
        parts.append(f"{name}: " + "; ".join(
            f"{found.name(one)}, {svg.count(one.value)}" for one in largest) + ".")
    return " ".join(parts)
