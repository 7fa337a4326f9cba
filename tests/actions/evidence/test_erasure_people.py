"""Nobody is both of the two people of an erasure: by no other spelling, device, bundle, table or form."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.actions.cases import check_case
from headstamp.actions.evidence import erasure_people
from headstamp.actions.evidence.erasing import approve, ask, waiting
from headstamp.actions.intake.file import import_file
from headstamp.actions.record import record
from headstamp.errors import HeadstampError, Invalid, Refused
from headstamp.records import Erasure
from headstamp.store.case import Case
from tests.actions.exchange.travel import ITEM, Two, two_devices

BOTH = {"clearance": "sealed"}


@pytest.fixture
def two(tmp_path: Path) -> Two:
    made = two_devices(tmp_path)
    made.confirmed(made.taken(made.packed()))
    return made


def asked(case: Case, actor: str = "Ana Lee") -> str:
    return ask(case, ITEM, fields=["make"], ground="safety", actor=actor, **BOTH)


def is_there(case: Case) -> bool:
    return bool(case.read("sealed").get(ITEM).get("make") == "Altera")


def test_who_asked_on_a_laptop_does_not_approve_at_headquarters(two: Two) -> None:
    made = asked(two.field)
    two.confirmed(two.taken(two.packed()))
    for same in ("Ana Lee", "ana lee", "Ana\N{NO-BREAK SPACE}Lee", "\N{CYRILLIC CAPITAL LETTER A}na Lee", "AnaLee"):
        with pytest.raises(Refused, match="another device"):
            approve(two.hq, made, actor=same, **BOTH)
    assert is_there(two.hq)
    # Nor on the laptop itself, once headquarters' bundle came back.
    two.taken(two.packed(two.hq), by=two.field)
    with pytest.raises(Refused):
        approve(two.field, made, actor="ANA LEE", **BOTH)
    approve(two.hq, made, actor="Bo", **BOTH)
    assert not is_there(two.hq) and check_case(two.hq) == []


def test_where_it_cannot_be_told_who_asked_nothing_is_approved(two: Two) -> None:
    made = asked(two.field)
    two.confirmed(two.taken(two.packed()))
    for bundle in two.hq.read("sealed").stream("bundle"):
        if digest := bundle.get("digest"):
            two.hq.vault.place(digest).unlink()
    with pytest.raises(Refused, match="cannot be told"):
        approve(two.hq, made, actor="Bo", **BOTH)
    assert is_there(two.hq)


@pytest.mark.parametrize("bundles", [1, 2])
def test_a_device_that_lets_one_person_do_both_is_not_believed(
    two: Two, bundles: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where asking and approving come apart, and from headquarters, whose word is carried out at once."""
    made = asked(two.hq)
    if bundles == 2:
        two.taken(two.packed(two.hq), by=two.field)
    with monkeypatch.context() as forged:
        for place in ("store.erasing", "store.erased", "actions.evidence.erasure_people"):
            forged.setattr(f"headstamp.{place}.same_person", lambda one, other: False)
        approve(two.hq, made, actor="ANA  LEE.", **BOTH)
    with pytest.raises(Refused, match="same person had asked"):
        two.taken(two.packed(two.hq), by=two.field)
    assert is_there(two.field) and waiting(two.field) == () and check_case(two.field) == []


def test_headquarters_approves_for_nobody_who_asked_on_the_laptop(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = asked(two.field)
    two.confirmed(two.taken(two.packed()))
    with monkeypatch.context() as forged:
        forged.setattr(erasure_people, "same_person", lambda one, other: False)
        approve(two.hq, made, actor="Ana Lee", **BOTH)
    with pytest.raises(Refused, match="same person had asked"):
        two.taken(two.packed(two.hq), by=two.field)
    assert is_there(two.field)


def test_no_table_and_no_record_by_hand_approves(two: Two, tmp_path: Path) -> None:
    case = two.field
    made = asked(case)
    values = {"record": ITEM, "fields": "make", "erasure_ground": "safety", "erasure_state": "approved"}
    for id_ in (made, "eras-0000new0"):
        table = tmp_path / f"{id_}.csv"
        table.write_text(",".join(("id", *values)) + "\n" + ",".join((id_, *values.values())) + "\n", encoding="utf-8")
        try:
            assert import_file(case, table, kind="erasure", actor="Bo").refused
        except HeadstampError as error:
            assert isinstance(error, Invalid | Refused), error
    with pytest.raises(Invalid):
        record(case, "erasure", values, actor="Bo", reason="r")
    with pytest.raises(Invalid), case.change(actor="Bo", reason="r") as change:
        change.put(Erasure.build({**values, "fields": ["make"], "id": made}))
    # Nor is it asked for by way of a table.
    table = tmp_path / "asks.csv"
    table.write_text("record,fields,erasure_ground\n" f"{ITEM},make,order\n", encoding="utf-8")
    with pytest.raises(Invalid):
        import_file(case, table, kind="erasure", actor="Cy")
    assert is_there(case) and check_case(case) == []
