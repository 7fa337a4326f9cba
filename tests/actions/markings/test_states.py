"""Four states are four answers, whatever words they were written in."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.actions.intake.file import import_file
from headstamp.actions.markings.find import find
from headstamp.actions.markings.states import state_asked, state_named
from headstamp.errors import Invalid
from headstamp.store.case import Case

CELLS = ["Raspado", "suprimido por ação mecânica", "Adulterado", "Não possui.", "-", "não aparente",
         "ilegível", "AB 1234", "спилен"]


@pytest.fixture
def filled(case: Case, tmp_path: Path) -> Case:
    path = tmp_path / "clerks.csv"
    path.write_text("Tag,Serial\n" + "".join(f"T{n},{c}\n" for n, c in enumerate(CELLS)), "utf-8")
    assert import_file(case, path, actor="A").accepted == len(CELLS)
    return case


def test_words_become_states_and_stay_as_written(filled: Case) -> None:
    rows = filled.read("partner").list("marking", limit=50).rows
    found = {(one.get("state"), one.get("text"), one.get("state_as_written")) for one in rows}
    assert found == {
        ("removed", None, CELLS[0]), ("removed", None, CELLS[1]), ("defaced", None, CELLS[2]),
        ("absent", None, CELLS[3]), ("not_recorded", None, CELLS[4]), ("unsettled", None, CELLS[5]),
        ("partial", "?", CELLS[6]), ("clear", CELLS[7], None), ("removed", None, CELLS[8]),
    }


@pytest.mark.parametrize(("asked", "states"), [
    ("raspado", {"removed"}), ("REMOVED", {"removed"}), ("absent", {"absent"}),
    ("não possui", {"absent"}), ("not recorded", {"not_recorded"}), ("defaced", {"defaced"}),
    ("não aparente", {"unsettled"}), ("unsettled", {"unsettled"}), ("удалён", {"removed"}),
])
def test_a_state_is_found_by_any_of_its_words(filled: Case, asked: str, states: set[str]) -> None:
    hits = [hit for hit in find(filled, asked, clearance="partner") if hit.kind == "marking"]
    assert {hit.record.get("state") for hit in hits} == states
    if states == {"removed"}:
        assert len(hits) == 3 and all("removed" in hit.why or hit.why for hit in hits)
    if asked == "raspado":
        assert hits[0].text == "Raspado"


def test_words_that_leave_it_open_name_no_state() -> None:
    assert state_named("raspado") == state_named("Removed") == "removed"
    assert state_asked("clear") == state_asked("AB 1234") == state_asked("não aparente") == ""
    with pytest.raises(Invalid, match="fit several: removed, absent"):
        state_named("não aparente")
    with pytest.raises(Invalid, match="There are: clear, partial"):
        state_named("purple")
