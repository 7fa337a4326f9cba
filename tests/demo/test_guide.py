"""The guide's commands give what the guide says."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.actions.cases import index_case, make_case
from headstamp.cli import main
from headstamp.demo import fill as filling
from headstamp.demo.teaching import id_of, load

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "teaching-case.md"


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The street with one drawing standing for all: the pictures are not what is asked about."""
    folder = tmp_path_factory.mktemp("guide") / "case"
    teaching = load()
    first = teaching.of("photograph")[0]
    _, picture = filling.drawn(first, teaching.scenes[first.id])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filling, "drawn", lambda record, scene: (record, picture))
        with make_case(folder) as case:
            filling.fill(case)
            index_case(case)
    yield folder


def steps() -> list[tuple[str, list[str]]]:
    """Each command of the guide with the words that its answer must hold."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return [(c, w) for c, w in found if c.startswith("headstamp ") and " demo " not in c]


@pytest.mark.parametrize(("command", "words"), steps(), ids=[c for c, _ in steps()])
def test_a_command_answers_as_the_guide_says(
    command: str, words: list[str], street: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HEADSTAMP_CASE", str(street))
    monkeypatch.setattr("sys.argv", ["headstamp"])
    given = shlex.split(command.replace("DOCUMENT", id_of("doc", "inv-118")))[1:]
    code = main(given)
    out = capsys.readouterr().out
    assert not code, out
    assert [word for word in words if word not in out] == []


def test_restricted_readers_do_not_find_the_sealed_name(
    street: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HEADSTAMP_CASE", str(street))
    main(["--clearance", "restricted", "find", "Abu Tariq", "--json"])
    assert "Tariq" not in capsys.readouterr().out
    main(["--clearance", "sealed", "find", "Abu Tariq", "--json"])
    assert "Tariq" in capsys.readouterr().out
