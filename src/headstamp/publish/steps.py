"""A share over time, drawn with what is not known: the lightest estimate, the heaviest, the band between.

By the rules of :mod:`headstamp.publish.chart`: stable bytes, no outside code, told in words too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from headstamp.places import svg

_TOP, _FOOT, _LEFT, _RIGHT, _HIGH = 34.0, 40.0, 44.0, 12.0, 220.0
_LINE, _GRID = "#3b6a8f", "currentColor"
_YEAR = 365.25
Place = Callable[[float], str]


def share_svg(
    title: str, masses: Sequence[tuple[int, int | None, float]], *, width: float = 720,
) -> str:
    """The share reached by each day. ``masses`` are (first day, last day or None, share of all).

    Within each mass the share lies anywhere between the two steps: that is the band.
    """
    ordered = sorted(masses, key=lambda one: (one[0], one[1] is None, one[1] or 0))
    days = [day for first, last, _ in ordered for day in (first, last) if day is not None]
    end = max([*days, 1]) * 1.04
    told = "; ".join(
        f"{share:.0%} {'on day ' + str(first) if first == last else f'from day {first} on' if last is None else f'from day {first} to {last}'}"
        for first, last, share in ordered[:40]
    ) or "Nothing to show yet."
    out = [svg.opening("headstamp-share", width, _HIGH, title, told),
           f'<text class="chart-title" x="8" y="19" font-size="14" font-weight="600">'
           f"{svg.isolated(svg.shortened(title, width - 16, 14))}</text>"]
    right, bottom = width - _RIGHT, _HIGH - _FOOT

    def x(day: float) -> str:
        return svg.number(_LEFT + (right - _LEFT) * day / end)

    def y(share: float) -> str:
        return svg.number(bottom - (bottom - _TOP) * min(1.0, share))

    for part in (0.0, 0.25, 0.5, 0.75, 1.0):
        out.append(f'<path class="chart-grid" d="M{svg.number(_LEFT)},{y(part)}H{svg.number(right)}" '
                   f'stroke="{_GRID}" stroke-opacity="0.18"/>'
                   f'<text class="chart-value" x="{svg.number(_LEFT - 6)}" y="{svg.number(float(y(part)) + 4)}" '
                   f'font-size="10" text-anchor="end">{part:.0%}</text>')
    for day in _ticks(end):
        said = f"{day / _YEAR:g} y" if end > 2 * _YEAR else f"{day:g} d"
        out.append(f'<path class="chart-grid" d="M{x(day)},{svg.number(bottom)}v4" stroke="{_GRID}"/>'
                   f'<text class="chart-value" x="{x(day)}" y="{svg.number(bottom + 16)}" font-size="10" '
                   f'text-anchor="middle">{said}</text>')
    if ordered:
        early = _stairs([(first, share) for first, _, share in ordered], x, y, right)
        late = _stairs([(last, share) for _, last, share in ordered if last is not None], x, y, right)
        back = _stairs_back([(last, share) for _, last, share in ordered if last is not None], x, y)
        out.append(f'<path class="chart-maybe" d="M{x(0)},{y(0)}{early}{back}z" fill="{_LINE}" fill-opacity="0.22"/>'
                   f'<path class="chart-bar" d="M{x(0)},{y(0)}{early}" fill="none" stroke="{_LINE}" stroke-width="2"/>'
                   f'<path class="chart-bar" d="M{x(0)},{y(0)}{late}" fill="none" stroke="{_LINE}" stroke-width="2" '
                   'stroke-dasharray="4 3"/>')
    else:
        out.append('<text class="chart-label" x="52" y="60" font-size="11" fill-opacity="0.75">'
                   "Nothing to show yet.</text>")
    return "".join((*out, "</svg>"))


def _ticks(end: float) -> list[float]:
    unit = _YEAR if end > 2 * _YEAR else 30.0
    step = next(n for n in (1, 2, 5, 10, 20, 50, 100, 1000) if end / (unit * n) <= 9)
    return [unit * step * at for at in range(int(end / (unit * step)) + 1)]


def _stairs(steps: list[tuple[int, float]], x: Place, y: Place, right: float) -> str:
    so_far, out = 0.0, []
    for day, share in sorted(steps):
        so_far += share
        out.append(f"H{x(day)}V{y(so_far)}")
    return "".join((*out, f"H{svg.number(right)}"))


def _stairs_back(steps: list[tuple[int, float]], x: Place, y: Place) -> str:
    ordered = sorted(steps)
    so_far = sum(share for _, share in ordered)
    out = [f"V{y(so_far)}"]
    for day, share in reversed(ordered):
        so_far -= share
        out.append(f"H{x(day)}V{y(so_far)}")
    return "".join((*out, f"H{x(0)}"))
