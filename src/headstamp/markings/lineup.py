"""A reading and a stored marking lined up, character by character, along the cheapest way.

The same table as the search core fills, with the way back: what a hit shows
beside its probability, and what a person looks at before deciding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from headstamp.markings.alphabet import PLACES, UNREAD_CODE, code_of
from headstamp.markings.asked import Asked
from headstamp.markings.channel import Channel
from headstamp.markings.unread import RUN, UNREAD, tokens

PairKind = Literal[
    "same", "look-alike", "unread", "other", "missing", "added", "swapped", "cut", "extra", "run"
]

_FAR: Final = 1 << 28
_UNLIKE: Final = 900


@dataclass(frozen=True, slots=True)
class Pair:
    """One place: what was asked, what is stored (empty: nothing), and what that is.

    ``missing``: stored and not in the reading; ``added``: in the reading and not
    stored; ``cut`` and ``extra``: the same at an end; ``run``: under a ``*`` of
    either (a stored ``*`` is itself a pair, with nothing asked). Put end to end,
    ``seen`` is the stored key and ``asked`` that of the reading, its ``*`` left out;
    several alternatives are in brackets there too.
    """

    asked: str
    seen: str
    kind: PairKind


def line_up(asked: Asked, plain: str, channel: Channel) -> tuple[Pair, ...]:
    """The places of a reading beside those of a plain key, in order.

    >>> from headstamp.markings.asked import ask
    >>> [p.kind for p in line_up(ask("A8?1", Channel.default()), "AB71", Channel.default())]
    ['same', 'look-alike', 'unread', 'same']
    """
    stored = list(tokens(plain))[:PLACES]
    places = asked.places
    costs = asked.costs
    m, n = len(places), len(stored)
    codes = [UNREAD_CODE if len(t) > 1 or t == UNREAD else code_of(t) for t in stored]
    table = [[_FAR] * (n + 1) for _ in range(m + 1)]
    way: list[list[str]] = [[""] * (n + 1) for _ in range(m + 1)]

    def offer(i: int, j: int, value: int, how: str) -> None:
        if value < table[i][j]:
            table[i][j], way[i][j] = value, how

    table[0][0] = int(costs.cut[0])
    for i in range(m + 1):
        run = asked.runs >> i & 1
        for j in range(n + 1):
            if i == 0 and j:
                offer(0, j, int(costs.cut[j]), "cut")
            if j == 0 and i:
                offer(i, 0, int(costs.extra[i]), "extra")
            if i and j:
                if stored[j - 1] == RUN:
                    offer(i, j, table[i - 1][j] + costs.stored, "under")
                    offer(i, j, table[i][j - 1], "run")
                    continue
                here = int(costs.seen[i - 1][codes[j - 1]])
                if _differ(places[i - 1], stored[j - 1]):
                    here = _told_apart(here, places[i - 1], stored[j - 1])
                offer(i, j, table[i - 1][j - 1] + here, "pair")
            if j:
                star = stored[j - 1] == RUN
                more = 0 if star else costs.run if run else int(costs.drop[codes[j - 1]])
                offer(i, j, table[i][j - 1] + more, "run" if run or star else "missing")
            if i:
                # Before the first stored character either all are added, or all are extra.
                before = table[i - 1][j] if j else int(costs.cut[0] + sum(costs.add[: i - 1]))
                offer(i, j, before + int(costs.add[i - 1]), "added" if j else "all added")
            if i > 1 and j > 1 and stored[j - 2] != RUN:
                crossed = int(
                    costs.swap + costs.seen[i - 2][codes[j - 1]] + costs.seen[i - 1][codes[j - 2]]
                )
                offer(i, j, table[i - 2][j - 2] + crossed, "swapped")
    end = min(
        [(table[m][j] + int(costs.cut[n - j]), m, j) for j in range(n + 1)]
        + [(table[i][n] + int(costs.extra[m - i]), i, n) for i in range(m)]
    )
    return _walk_back(way, places, stored, end[1], end[2], channel)


def _walk_back(
    way: list[list[str]], places: tuple[str, ...], stored: list[str], i: int, j: int,
    channel: Channel,
) -> tuple[Pair, ...]:
    shown = [f"[{seen}]" if len(seen) > 1 else seen for seen in stored]
    asked = [f"[{mine}]" if len(mine) > 1 else mine for mine in places]
    pairs = [Pair("", seen, "cut") for seen in reversed(shown[j:])]
    pairs += [Pair(mine, "", "extra") for mine in reversed(asked[i:])]
    while i or j:
        how = way[i][j]
        if how == "cut":
            pairs += [Pair("", seen, "cut") for seen in reversed(shown[:j])]
            j = 0
        elif how in ("extra", "all added"):
            kind: PairKind = "extra" if how == "extra" else "added"
            pairs += [Pair(mine, "", kind) for mine in reversed(asked[:i])]
            i = 0
        elif how == "pair":
            i, j = i - 1, j - 1
            pairs.append(Pair(asked[i], shown[j], _kind(places[i], stored[j], channel)))
        elif how in ("missing", "run"):
            j -= 1
            pairs.append(Pair("", shown[j], "missing" if how == "missing" else "run"))
        elif how in ("added", "under"):
            i -= 1
            pairs.append(Pair(asked[i], "", "added" if how == "added" else "run"))
        else:
            i, j = i - 2, j - 2
            pairs.append(Pair("".join(asked[i : i + 2]), "".join(shown[j : j + 2]), "swapped"))
    return tuple(reversed(pairs))


def _differ(asked: str, stored: str) -> bool:
    """Two characters for certain, and not the same: codes may be shared by several."""
    return len(asked) == len(stored) == 1 and asked != stored and UNREAD not in (asked, stored)


def _told_apart(cost: int, asked: str, stored: str) -> int:
    """Characters that share a code cost as two that are nothing like each other."""
    return max(cost, _UNLIKE) if code_of(asked) == code_of(stored) else cost


def _kind(asked: str, stored: str, channel: Channel) -> PairKind:
    if asked == stored and asked != UNREAD:
        return "same"
    if UNREAD in (asked, stored):
        return "unread"
    if not set(asked).isdisjoint(stored):
        return "unread"
    pairs = {(a, b) for a in asked for b in stored}
    return (
        "look-alike"
        if any(channel.pair_kind(a, b) == "look-alike" for a, b in pairs)
        else "other"
    )
