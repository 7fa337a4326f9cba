"""The street's alerts: those its story has, one sent to the customs next door, the other a draft."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.actions.cases import check_case, make_case
from headstamp.demo import fill as filling
from headstamp.demo.fill import LEAD, SECOND, fill
from headstamp.demo.teaching import id_of, load
from headstamp.demo.warn import warn
from headstamp.errors import Unavailable
from headstamp.store.case import Case
from headstamp.vocab.handling import handling_in


@pytest.fixture
def street(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Case]:
    """The street with one drawing standing for all."""
    teaching = load()
    first = teaching.of("photograph")[0]
    _, picture = filling.drawn(first, teaching.scenes[first.id])
    monkeypatch.setattr(filling, "drawn", lambda record, scene: (record, picture))
    with make_case(tmp_path / "case") as case:
        fill(case)
        yield case


def test_one_is_sent_and_one_is_a_draft(street: Case) -> None:
    assert len(warn(street)) == 2
    reader = street.read("sealed")
    alerts = {one.get("alert_kind"): one for one in reader.stream("alert")}
    assert set(alerts) == {"new_theatre", "new_area"}
    sent, draft = alerts["new_theatre"], alerts["new_area"]
    assert sent.get("alert_state") == "sent" and sent.get("sent_on") == "2017-03-20"
    assert sent.get("signature") == id_of("sig", "sg-tag") and "Sarvania" in sent.get("title")
    assert sent.get("author") == LEAD and sent.get("checked_by") == SECOND
    assert sent.get("recipient") == id_of("party", "scustoms")
    assert draft.get("alert_state") == "draft" and draft.get("signature") == id_of("sig", "sg-bars")
    assert "Northern March" in draft.get("title") and draft.get("tier") == "restricted"
    page, text = (reader.get(one) for one in sent.get("documents"))
    assert page.get("mime") == "application/pdf" and text.get("parent") == page.id
    letters = reader.original(text.get("digest"))[0].read_text("utf-8")
    assert "white tag with a green edge" in letters and "Invented" in letters and not handling_in(letters)
    size = reader.size()
    assert warn(street) == tuple(one.id for one in street.read("restricted").stream("alert"))
    assert street.read("sealed").size() == size
    assert check_case(street) == []


def test_without_a_printer_it_stays_checked(street: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> bytes:
        raise Unavailable("no Pango here")

    monkeypatch.setattr("headstamp.actions.alerts.alerts.extract_pdf", none)
    said: list[str] = []
    warn(street, say=said.append)
    assert said == ["no alert was sent: no Pango here"]
    states = {one.get("alert_kind"): one.get("alert_state") for one in street.read("sealed").stream("alert")}
    assert states == {"new_theatre": "checked", "new_area": "draft"}
