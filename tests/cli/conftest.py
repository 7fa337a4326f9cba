"""A small case, and a way to call the program as a person or a script does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from headstamp.cli import main
from headstamp.records import Item, Marking, Site
from headstamp.store.case import Case


@dataclass(frozen=True)
class Answer:
    """What one call left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on standard output; fails where anything else is there."""
        return json.loads(self.out)


Run = Callable[..., Answer]


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own settings reaches a test."""
    for name in list(os.environ):
        if name.startswith("HEADSTAMP_"):
            monkeypatch.delenv(name)


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Calls the program within this process."""

    def call(*arguments: object) -> Answer:
        capfd.readouterr()
        code = main([str(a) for a in arguments])
        told = capfd.readouterr()
        return Answer(code, told.out, told.err)

    return call


def call_apart(*arguments: object, **environment: str) -> Answer:
    """Calls the program in a process of its own, as ``python -m headstamp``."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("HEADSTAMP_")}
    done = subprocess.run(
        [sys.executable, "-m", "headstamp", *(str(a) for a in arguments)],
        capture_output=True, text=True, check=False, env=clean | environment,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Small:
    """A case with a few records, their ids, and its folder."""

    folder: Path
    site: str
    radio: str
    marking: str
    sealed: str


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Small]:
    """Two makes, one site, one marking, one sealed item."""
    folder = tmp_path / "case"
    with Case.create(folder) as case:
        site = Site.build({"name": "North store"})
        radio = Item.build({"make": "Altera", "family": "component", "site": site.id,
                            "recovered_on": "2016-02"})
        others = [Item.build({"make": make, "family": "component"}) for make in ("Altera", "Sony")]
        sealed = Item.build({"make": "Zanzibar-canary", "tier": "sealed"})
        marking = Marking.build({"item": radio.id, "text": "VQG100EGQ1429"})
        with case.change(actor="Ana", reason="first day") as change:
            change.put_many([site, radio, *others, sealed, marking])
        with case.change(actor="Ben", reason="it was corrected") as change:
            change.put(radio.model_copy(update={"model": "MAX 10"}))
    yield Small(folder, site.id, radio.id, marking.id, sealed.id)
