"""What must be said on a picture because a trace reply says so of something drawn in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from headstamp.actions.limits import NO_ONWARD, NOT_PUBLISHED, SOURCE_NOT_NAMED, Limit

_SAID = (
    (NOT_PUBLISHED, "Not for publication: {n:,} record{s} drawn here rest{v} on replies that must not "
                    "be published."),
    (NO_ONWARD, "Not to be passed on without consent: {n:,} record{s} drawn here rest{v} on replies "
                "that ask for it."),
    (SOURCE_NOT_NAMED, "The source of {n:,} record{s} drawn here is not to be named."),
)


def limits_said(limits: Iterable[Sequence[Limit]]) -> tuple[str, ...]:
    """A sentence for each kind of limit with how many records it binds; ``limits`` are by record."""
    codes = [{code for limit in some for code in limit.codes} for some in limits]
    told = []
    for code, words in _SAID:
        n = sum(1 for some in codes if code in some)
        if n:
            told.append(words.format(n=n, s="" if n == 1 else "s", v="s" if n == 1 else ""))
    return tuple(told)
