"""Seals from act to act: is the seal that was found the seal that was put on?

Numbers are compared as written. ``A 0117`` and ``A0117`` may be one seal, but that is for
the custodian to say in a correction, not for a program to assume.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, Protocol, TypeVar

SealWhat = Literal["seal_mismatch", "seal_broken", "seal_unchecked"]


class Sealed(Protocol):
    """What is asked of an act of custody."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def act(self) -> str: ...
    @property
    def seals_found(self) -> tuple[str, ...]: ...
    @property
    def seals_set(self) -> tuple[str, ...]: ...
    @property
    def seal_state(self) -> str | None: ...
    @property
    def seal_reason(self) -> str: ...


# At these it changes hands, and whoever takes it looks at the seal.
_LOOKED_AT = frozenset({"handed_over", "returned", "stored", "taken_out", "disposed", "examined"})


_Act = TypeVar("_Act", bound=Sealed)


def seal_faults(
    acts: Sequence[_Act]
) -> Iterator[tuple[SealWhat, str, tuple[str, ...], _Act]]:
    """Each fault with its words, the acts it rests on and the act at which it shows."""
    on: tuple[str, ...] | None = None  # None: nothing is recorded of seals so far
    since: _Act | None = None
    for act in acts:
        pair = (*((since.id,) if since else ()), act.id)
        found: tuple[str, ...] | None = act.seals_found or None
        if act.seal_state == "none":
            found = ()
        if found is not None and on is not None and set(found) != set(on):
            yield "seal_mismatch", _differs(on, found, since, act), pair, act
        if found is None and on == () and act.seal_state in ("intact", "opened", "broken"):
            yield ("seal_mismatch", f"At {act.name} a seal was found {act.seal_state}, but "
                   f"{f'after {since.name} ' if since else ''}no seal was on it.", pair, act)
        if act.seal_state in ("broken", "missing"):
            yield ("seal_broken", f"At {act.name} the seal was found {act.seal_state}"
                   f"{f': {act.seal_reason}' if act.seal_reason else ', and no reason is given'}.",
                   pair, act)
        unsaid = found is None and act.seal_state is None
        if on and unsaid and (act.act in _LOOKED_AT or act.seals_set):
            yield ("seal_unchecked", f"At {act.name} nothing says whether {_listed(on)} was on it.",
                   pair, act)
        after = _after(act, on, found)
        # The latest act that says which seal is on it is the one to look at.
        if after != on or act.seals_set or found is not None:
            on, since = after, act


def _after(act: Sealed, on: tuple[str, ...] | None, found: tuple[str, ...] | None
           ) -> tuple[str, ...] | None:
    if act.seals_set:
        return act.seals_set
    if act.act == "seal_opened" or act.seal_state in ("opened", "broken", "missing", "none"):
        return ()
    return found if found is not None else on


def _differs(on: Sequence[str], found: Sequence[str], since: Sealed | None, act: Sealed) -> str:
    put = f"{_listed(on)} was on it after {since.name}" if on and since else "it bore no seal before"
    return f"At {act.name} {_listed(found) if found else 'no seal'} was found, but {put}."


def _listed(seals: Sequence[str]) -> str:
    return f"seal{'s' if len(seals) > 1 else ''} " + ", ".join(f"“{seal}”" for seal in seals)
