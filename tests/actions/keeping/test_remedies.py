"""A case is spoiled in many ways; what the doctor says to type is typed as it stands, and the fault is gone."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from headstamp.actions.keeping.ailment import FILL_IN
from headstamp.actions.tracing import supply_graph
from headstamp.cli.edge import main
from headstamp.records import BY_NAME
from headstamp.store.case import Case
from tests.actions.keeping.test_doctor import EVIDENCE, FAULTS, NOTES, healthy, place

__all__ = ["healthy", "place"]  # fixtures

Spoil = Callable[[Path], object]


def _put(spoiled: Path, kind: str, **values: object) -> None:
    with Case.open(spoiled / "case") as case, case.change(actor="a", reason="r") as change:
        change.put(BY_NAME[kind].cls.build(values))


def _graph(spoiled: Path) -> None:
    with Case.open(spoiled / "case") as case:
        path = supply_graph.graph_path(case)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"HSGRAPH1 no more")


def _an_item(spoiled: Path) -> str:
    with Case.open(spoiled / "case") as case:
        return next(case.read("sealed").stream("item")).id


def _snapshot(spoiled: Path) -> None:
    """A finding with the snapshot it was drawn from, backed up; then the snapshot is damaged."""
    case = str(spoiled / "case")
    for number in range(6):
        _put(spoiled, "item", make=f"Maker {number % 2}")
    assert main(["measure", "shares.by", "--by", "make", "--record", "--case", case]) == 0
    assert main(["backup", str(spoiled / "bk"), "--case", case]) == 0
    (kept,) = (spoiled / "case/snapshots").glob("kept-*")
    (kept / "item.parquet").unlink()


def _old_list(spoiled: Path) -> None:
    for number in range(2):
        _put(spoiled, "party", id=f"party-aaa{number}", name=f"Party {number}")
    _put(spoiled, "transfer", from_party="party-aaa0", to_party="party-aaa1")


def _late_request(spoiled: Path) -> None:
    _put(spoiled, "trace_request", id="trace-aaaa", title="Whose is it?", status="sent", sent_on="2020-01-02",
         due_on="2020-02-02", items=[_an_item(spoiled)])


SPOILED: dict[str, tuple[str, Spoil]] = {
    **EVIDENCE, **FAULTS, **NOTES,
    "a damaged graph of supply": ("index_damaged", _graph),
    "a damaged snapshot of a finding": ("snapshot_damaged", _snapshot),
    "lists of long ago": ("lists_old", _old_list),
    "a request nobody chased": ("requests_late", _late_request),
}
# These end with what only a person can bring: a reminder, a newer list, mended rows.
_STAYS = {"requests_late", "lists_old", "snapshot_damaged", "imports_waiting", "rows_refused"}
# Nothing to type: what to do is done to the machine, by itself, or by nobody.
_NOTHING_TO_TYPE = {"clock_behind", "clock_turned_back", "index_missing", "search_behind", "originals_unnamed"}


def told(where: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> dict[str, dict[str, object]]:
    capsysbinary.readouterr()
    main(["doctor", "--json", "--case", str(where)])
    return {one["what"]: one for one in json.loads(capsysbinary.readouterr().out)["ailments"]}


@pytest.mark.parametrize("name", SPOILED)
def test_what_is_to_be_typed_mends_it(
    place: Path, name: str, capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    what, spoil = SPOILED[name]
    monkeypatch.setenv("HEADSTAMP_ACTOR", "C. Ustodian")
    monkeypatch.setattr("headstamp.actions.keeping.work_ailments.LEAST_UNSAVED", 1)
    spoil(place)
    found = told(place / "case", capsysbinary)
    assert what in found, (name, sorted(found))
    commands = found[what]["run"]
    assert isinstance(commands, list)
    if what in _NOTHING_TO_TYPE:
        assert commands == []
        return
    if not commands:
        assert "newest headstamp" in str(found[what]["remedy"]), found[what]
        return
    newer = tmp_path / "newer.csv"
    newer.write_text("serial\nx\n")
    given = {"BACKUP_DISK": place / "bk", "NEW_FOLDER": tmp_path / "new", "TEXT": "it was so", "WHO": "the court",
             "LIST_FILE": newer, "DAY": "2026-02-01"}
    where = place / "case"
    for command in commands:
        words = [str(given.get(word, word)) for word in shlex.split(command)]
        assert not {word for word in words if word in FILL_IN}, command
        if words[0] != "headstamp":
            subprocess.run(words, check=True, input="y\n", text=True)
            continue
        if words[1] in ("serve", "lists", "import"):
            continue  # shown in a browser; and a newer list or mended rows are a person's to bring
        if words[1] == "restore":
            where = Path(words[3])
        code = main(words[1:])
        assert code in ((0, 7) if words[1] == "doctor" else (0,)), (command, capsysbinary.readouterr().err)
    if what in _STAYS:
        return
    assert what not in told(where, capsysbinary), name


def test_what_is_to_be_copied_back_mends_a_snapshot(
    place: Path, capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    _snapshot(place)
    found = told(place / "case", capsysbinary)["snapshot_damaged"]
    run = found["run"]
    assert isinstance(run, list)
    assert main(shlex.split(run[0])[1:]) == 0
    (name,) = {one.name for one in (place / "case/snapshots").glob("kept-*")}
    shutil.rmtree(place / "case/snapshots" / name)
    shutil.copytree(place / f"case-restored/snapshots/{name}", place / f"case/snapshots/{name}")
    assert "snapshot_damaged" not in told(place / "case", capsysbinary)
