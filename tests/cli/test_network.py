"""Networks on the command line: the measures on plain files and of a case, and their pictures."""

from __future__ import annotations

import json
from pathlib import Path

import networkx as nx
import pytest

from tests.actions.measures.test_network_found import small
from tests.cli.conftest import Run


def test_a_published_network_from_a_file(run: Run, tmp_path: Path) -> None:
    lines = "\n".join(f"{a},{b},deed {n}" for n, (a, b) in enumerate(nx.florentine_families_graph().edges))
    (tmp_path / "links.csv").write_text("from,to,source\n" + lines + "\n", "utf-8")
    told = run("measure", "network.parties", "--links", str(tmp_path / "links.csv"), "--json").json
    assert round(told["estimate"], 3) == 0.522 and told["more"]["node"] == "Medici" and not told["refused"]
    assert told["interval"][0] < told["estimate"] <= told["interval"][1]


def test_of_a_case_and_drawn(run: Run, tmp_path: Path) -> None:
    small(tmp_path / "case").close()
    case = str(tmp_path / "case")
    told = run("measure", "network.sites", "--case", case, "--json").json
    assert told["estimate"] == pytest.approx(0.6) and "Site 3" in told["text"]
    picture = tmp_path / "sites.json"
    made = run("picture", "sites", "-o", str(picture), "--from", "2014", "--case", case, "--json").json
    assert made["rows"] == 2 and len(json.loads(picture.read_text())["edges"]) == 2
    assert run("picture", "parties", "-o", str(tmp_path / "parties.svg"), "--case", case).code == 0
    for wrong in (("picture", "parties", "--whole"), ("picture", "sites", "--family", "weapon"),
                  ("picture", "network", "--inferred")):
        assert run(*wrong, "-o", str(picture), "--case", case).code != 0
