"""Signatures, their spread and novelty on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.store.case import Case
from tests.actions.measures.test_spread import find, make, put, site, world
from tests.cli.conftest import Run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Case.create(tmp_path / "case") as case:
        world(case)
    return tmp_path / "case"


def test_signatures_are_listed_and_shown(run: Run, folder: Path) -> None:
    told = run("signature", "--case", folder)
    assert told.code == 0 and "grey crates" in told.out and "2020-01-01" in told.out
    assert run("signature", "list", "--case", folder, "--json").json["signatures"][0]["sightings"] == 7
    shown = run("signature", "show", "sig-aaaa", "--case", folder, "--json").json
    assert len(shown["sightings"]) == 7 and [one["kind"] for one in shown["new_places"]] == ["new_theatre", "new_area"]
    assert "new theatre: Known from Iraq; met in" in run("signature", "show", "sig-aaaa", "--case", folder).out
    assert run("signature", "show", "sig-none", "--case", folder).code == 3
    assert run("signature", "show", "item-a0aa", "--case", folder).code == 3


def test_what_finds_share_is_proposed(run: Run, folder: Path) -> None:
    found = run("signature", "propose", "item-a0aa", "item-a1aa", "--case", folder, "--json").json
    assert found["features"][0]["value"] == "grey green" and found["features"][0]["others"] == 5
    assert "paint: grey green" in run("signature", "propose", "item-a0aa", "--case", folder).out
    assert run("signature", "propose", "item-h1aa", "--case", folder).code == 3


def test_spread(run: Run, folder: Path) -> None:
    told = run("spread", "sig-aaaa", "--case", folder)
    assert "First met on 2020-01-01, in Iraq" in told.out and "warning: " in told.out and "No visit is on record" in told.err + told.out
    found = run("spread", "sig-aaaa", "--case", folder, "--json").json
    assert found["refused"] is True and found["more"]["newest"] == "item-b1aa" and len(found["new_places"]) == 2
    measured = run("measure", "spread.signature", "--signature", "sig-aaaa", "--case", folder, "--json").json
    assert measured["more"] == found["more"] and measured["case"]["checkpoint"]


def test_novel(run: Run, tmp_path: Path) -> None:
    with Case.create(tmp_path / "case") as case:
        put(case, site("aaaa", "IQ", "Ninawa", (36.3, 43.1)))
        for n in range(24):
            put(case, *find(f"a{n:03}", "aaaa", f"2020-01-{n + 1:02}", ["grey", "green"][n % 2]))
        put(case, *find("z000", "aaaa", "2020-03-01", "violet"))
    told = run("novel", "--case", tmp_path / "case", "--json").json
    assert [one["item"] for one in told["novel"]] == ["item-z000"] and told["asked"] == 6
    assert "alarms are to be expected" in " ".join((run("novel", "--case", tmp_path / "case").out
                                                    + run("novel", "--case", tmp_path / "case").err).split())
    one = run("novel", "item-z000", "--case", tmp_path / "case")
    assert "is unlike everything catalogued" in one.out and "paint: violet" in one.out
    assert run("novel", "item-a000", "--case", tmp_path / "case", "--json").json["more"]["novel"] is False
    with Case.open(tmp_path / "case") as case:
        put(case, make("item", id="item-tagd", tag="QM-7"), make("feature", item="item-tagd", feature_kind="paint", value="green"))
    tagged = run("novel", "QM-7", "--case", tmp_path / "case").out
    assert "QM-7" in tagged and "item-tagd" not in tagged
    assert run("signature", "propose", "QM-7", "--case", tmp_path / "case").code == 0
    assert run("novel", "item-none", "--case", tmp_path / "case").code == 3
    assert run("novel", "--alpha", "2", "--case", tmp_path / "case").code == 2
