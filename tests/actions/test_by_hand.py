"""What comes of an act of its own is written by no form, no table and no notebook."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.actions.correct import correct, enter
from headstamp.actions.exchange.devices import peer_named
from headstamp.actions.intake.file import import_file
from headstamp.actions.record import record
from headstamp.errors import Invalid
from tests.actions.exchange.travel import two_devices

KINDS = {
    "bundle": {"direction": "sent", "bundle_state": "received", "sum": "0" * 64, "size": 9_999},
    "device": {"title": "HQ two", "key": "example.org/x+00000000+AAAA"},
    "erasure": {"record": "item-first0000", "erasure_ground": "order"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_refused_on_every_way_and_the_act_is_named(kind: str, tmp_path: Path) -> None:
    """A bundle that says it has arrived would keep all that is new from ever being packed."""
    two = two_devices(tmp_path)
    device = peer_named(two.field, "HQ").id
    values = KINDS[kind] | ({"device": device} if kind == "bundle" else {})
    table = tmp_path / "rows.csv"
    table.write_text(",".join(values) + "\n" + ",".join(map(str, values.values())) + "\n")
    before = two.field.checkpoint().size
    for way in (lambda: enter(two.field, kind, values, clearance="sealed", actor="A", reason="r"),
                lambda: record(two.field, kind, values, actor="A", reason="r"),
                lambda: import_file(two.field, table, kind=kind, actor="A")):
        with pytest.raises(Invalid, match="not written down by hand") as told:
            way()
        assert "headstamp" in told.value.problems[0].advice
    with pytest.raises(Invalid, match="not written down by hand"):
        correct(two.field, device, {"title": "x"}, expected=1, clearance="sealed", actor="A", reason="r")
    assert two.field.checkpoint().size == before
    assert two.packed().records == 2
