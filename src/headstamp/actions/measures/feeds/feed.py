"""What a feed is: how a measure's inputs are taken from a case, and what is said of the taking.

A measure knows numbers and no case; a question knows rows and no measure. A feed stands between:
it asks, counts what it leaves out and says why, and names the records that the answer rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from headstamp.engine.engine import Engine
from headstamp.engine.question import Parameter

MOST_RECORDS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Fed:
    """Inputs for a measure by name; in words what they were taken from and what was left out.

    ``records`` are the ids that the inputs rest on, at most ``MOST_RECORDS``; ``rests_on`` is how
    many there are in all. ``sites`` are the sites whose visits count as the effort behind them;
    none means all.
    """

    inputs: Mapping[str, Any]
    told: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    rests_on: int = 0
    sites: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Feed:
    """The feed of one measure: in words what it takes, with which parameters.

    ``fill(engine, given)`` gives a Fed; it raises Invalid where what is asked for is not there or
    must be chosen first, naming what there is. Parameters that bear the name of an input of the
    measure take its place: they are ``instead``.
    """

    measure: str
    words: str
    parameters: tuple[Parameter, ...]
    fill: Callable[[Engine, Mapping[str, Any]], Fed]
    instead: tuple[str, ...] = ()


def fed(inputs: Mapping[str, Any], told: list[str], records: Mapping[str, object] | list[str],
        sites: tuple[str, ...] = ()) -> Fed:
    """A Fed of these, with each record named once and no more of them than are carried."""
    every = tuple(dict.fromkeys(records))
    return Fed(inputs, tuple(told), every[:MOST_RECORDS], len(every), sites)
