"""What is drawn of a network's measure: the nodes most between with their ranges, and how soon the order goes."""

from __future__ import annotations

from headstamp.analysis.measure import Result
from headstamp.analysis.plot import Plot, Point, Series

_MOST = 20
_WORDS = ("The network found, not the network that existed. Where the ranges overlap, which of two nodes is the more "
          "between is not settled.")


def plots(result: Result) -> tuple[Plot, ...]:
    """The nodes most between, and the draws in which the order stays as sources are left out."""
    nodes = [one for one in result.more.get("nodes", ()) if "low" in one][:_MOST]
    if result.refused or not nodes:
        return ()
    seen: dict[str, int] = {}
    points: list[Point] = []
    for one in nodes:
        # Two of one name are told apart: the axis has each text once.
        seen[one["name"]] = seen.get(one["name"], 0) + 1
        count = seen[one["name"]]
        name = one["name"] if count == 1 else f"{one['name']} ({count})"
        points.append((name, one["betweenness"], one["low"], one["high"]))
    found = [Plot("betweenness", "Who stands between the others", "node", result.unit,
                  (Series(f"as found, and in {result.level:.0%} of draws", "intervals", tuple(points)),), words=_WORDS)]
    steps = result.more.get("stability_steps") or ()
    if steps:
        found.append(Plot(
            "stability", "How long the order stays as sources are left out", "share of the sources left out",
            "share of draws", (
                Series("the order of all is kept", "line", tuple((share, kept) for share, kept, _ in steps)),
                Series("the node asked for is the most between", "line", tuple((share, first) for share, _, first in steps))),
            words="The order counts as kept where its rank correlation with the one found is at least 0.7."))
    return tuple(found)
