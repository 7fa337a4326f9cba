"""Lineage held to its rule told plainly: over random histories of up to four logs, and at cost.

The plain model keeps for each version the set of all that it was made from. Attackers here want
devices to disagree on what stands open, a version to become current whose maker had not seen
ours, or a machine to stand still over one record.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from random import Random
from types import FrameType
from typing import Any

import pytest

from headstamp.errors import Invalid
from headstamp.store.lineage import Foreign, Known, Lineage, Verdict
from tests.effort import EFFORT

MANY = 20_000


@dataclass
class Plain:
    """The rule of ``lineage``, told with whole sets."""

    same: dict[str, str] = field(default_factory=dict)
    reach: dict[str, frozenset[str]] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)
    line: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)

    def who(self, name: str) -> str:
        return self.same.get(name, name)

    def reached(self, made_of: tuple[str, ...]) -> frozenset[str]:
        return frozenset[str]().union(*(self.reach[self.who(one)] for one in made_of))

    def add(self, verdict: str, name: str, made_of: tuple[str, ...], body: bytes) -> None:
        self.reach[name], self.bodies[name] = self.reached(made_of) | {name}, body
        (self.held if verdict == "hold" else self.line).append(name)

    def judge(self, version: Foreign) -> tuple[Verdict, str]:
        if self.who(version.name) in self.reach:
            return "known", ""
        if not self.line or self.line[-1] in self.reached(version.made_of):
            return "take", ""
        if not version.made_of:
            for name, reached in self.reach.items():
                if len(reached) == 1 and self.bodies[name] == version.body:
                    return "same", name
        return "hold", ""

    def open(self) -> list[str]:
        heads = [*self.line[-1:], *self.held]
        return [name for name in self.held
                if not any(name in self.reach[other] for other in heads if other != name)]


class Device:
    """A device's log of one record, with both tellings of it."""

    def __init__(self, log: str) -> None:
        self.log = log
        self.known: list[Known] = []
        self.versions: list[Foreign] = []
        self.lineage = Lineage()
        self.plain = Plain()

    def put(self, body: bytes, settling: tuple[str, ...] = ()) -> None:
        seq = len(self.known)
        name = f"{self.log} {seq}"
        made_of = tuple(sorted({*self.plain.line[-1:], *settling}))
        self._add(Known(seq, "settle" if settling else "put", name, tuple(sorted(settling)), body))
        self.plain.add("put", name, made_of, body)
        self.versions.append(Foreign(name, made_of, body))

    def take(self, version: Foreign) -> Verdict:
        verdict, of = self.lineage.judge(version)
        assert (verdict, of[1] if verdict == "same" else "") == self.plain.judge(version)
        if verdict == "known":
            return verdict
        seq = len(self.known)
        self._add(Known(seq, verdict, f"{self.log} {seq}", of, version.body))
        if verdict == "same":
            self.plain.same[version.name] = self.plain.who(of[1])
        else:
            self.plain.add(verdict, version.name, version.made_of, version.body)
        self.versions.append(version)
        return verdict

    def heads(self) -> set[str]:
        """What stands: the current version and those open beside it, under the first of equal names."""
        equal: dict[str, set[str]] = {}
        for alias, name in self.plain.same.items():
            equal.setdefault(name, {name}).add(alias)
        return {min(equal.get(name, {name})) for name in [*self.plain.line[-1:], *self.lineage.open()]}

    def _add(self, known: Known) -> None:
        self.known.append(known)
        self.lineage.add(known)


def history(draw: Random, devices: list[Device]) -> None:
    """A history as people make it: corrections, relays through others, settling, settles of settles."""
    for step in range(draw.randint(3, 40)):
        one = draw.choice(devices)
        what = draw.random()
        if what < 0.35:
            # The same words on purpose: the same row of one source on two devices.
            one.put(f"v{draw.randint(0, 2) if draw.random() < 0.5 else step}".encode())
        elif what < 0.5 and one.lineage.open():
            open_ = one.lineage.open()
            one.put(b"settled", tuple(draw.sample(open_, draw.randint(1, len(open_)))))
        else:
            other = draw.choice(devices)
            for version in other.versions[: draw.randint(0, len(other.versions))]:
                if other is not one:
                    one.take(version)
        for device in devices:
            assert device.lineage.open() == device.plain.open()
            assert Lineage(device.known).open() == device.lineage.open()


@pytest.mark.parametrize("seed", range(200 * EFFORT))
def test_whatever_the_history_all_who_know_the_same_agree(seed: int) -> None:
    draw = Random(seed)
    devices = [Device(f"log/{n}") for n in range(draw.randint(2, 4))]
    history(draw, devices)
    for _ in devices:
        for giver in devices:
            for taker in devices:
                if giver is not taker:
                    for version in list(giver.versions):
                        taker.take(version)
    assert len({frozenset(device.heads()) for device in devices}) == 1
    assert len({frozenset(one.name for one in device.versions) for device in devices}) == 1
    for device in devices:
        # Again is nothing new, and from the log alone follows the same.
        assert all(device.take(version) == "known" for other in devices for version in other.versions)
        assert Lineage(device.known).line == device.lineage.line


def test_a_version_made_from_itself_or_from_what_is_to_come_is_refused() -> None:
    one = Device("a")
    one.put(b"x")
    for made_of in (("b 1",), ("a 0", "b 1"), ("b 2",), ("a 1",)):
        with pytest.raises(Invalid, match="not here"):
            one.lineage.judge(Foreign("b 1", made_of, b"y"))


def steps(lineage: Lineage, versions: list[Foreign]) -> int:
    """How many lines of the module run while these are taken: its cost, without a clock."""
    count = 0
    file = lineage.judge.__code__.co_filename

    def local(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal count
        count += event == "line"
        return local

    def begun(frame: FrameType, event: str, arg: Any) -> Any:
        return local if frame.f_code.co_filename == file else None

    before = sys.gettrace()
    sys.settrace(begun)
    try:
        for seq, version in enumerate(versions, 1):
            verdict, of = lineage.judge(version)
            lineage.add(Known(seq, verdict, f"a {seq}", of, version.body))
        lineage.open()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("shape", ["rivals", "chain", "rivals in a chain", "one made from all"])
def test_a_machine_does_not_stand_still_over_one_record(shape: str) -> None:
    """Fifty thousand rivals, or a hundred thousand versions: each costs what it names, no more."""
    def made_of(n: int) -> tuple[str, ...]:
        if shape == "rivals":
            return ()
        if shape == "one made from all":
            return tuple(f"b {i}" for i in range(n)) if n == MANY - 1 else ()
        if n == 0:
            return ("a 0",) if shape == "chain" else ()
        return (f"b {n - 1}",)

    lineage = Lineage([Known(0, "put", "a 0", (), b"ours")])
    cost = steps(lineage, [Foreign(f"b {n}", made_of(n), b"%d" % n) for n in range(MANY)])
    assert cost < 60 * MANY
    assert len(lineage.open()) == {"rivals": MANY, "chain": 0}.get(shape, 1)
