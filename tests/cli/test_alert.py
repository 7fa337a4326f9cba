"""``alert`` from the command line: find, show, move, extract; every refusal in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.publish.alert_extract import number_of
from headstamp.store.case import Case
from tests.actions.alerts.alert_case import BY, CANARY, CHECKER, Alerts, make_alerts
from tests.cli.conftest import Run


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Alerts]:
    one = make_alerts(tmp_path / "case")
    one.case.close()
    yield one


def test_from_finding_to_sending(run: Run, made: Alerts, tmp_path: Path) -> None:
    case, number = tmp_path / "case", number_of(made["alert"])
    dry = run("--case", case, "alert", "find", "--dry")
    assert "1 could be drafted, 0 on file already" in dry.out and "Olive crates: met in Syria" in dry.out
    found = run("--case", case, "--actor", BY, "alert", "find", "--json").json
    assert len(found["drafted"]) == 1 and found["known_already"] == 0
    assert "0 drafted, 1 on file already" in run("--case", case, "alert", "find").out
    listed = run("--case", case, "alert").out
    assert number in listed and "new theatre" in listed
    assert "Olive crates met" not in run("--case", case, "alert", "list", "--state", "sent").out
    shown = run("--case", case, "alert", "show", number)
    assert "may become: checked, withdrawn" in shown.out and f"Alert {number}" in shown.out
    own = run("--case", case, "--actor", BY, "alert", "move", number, "checked")
    assert own.code != 0 and "somebody else has to check it" in own.err
    assert "It is now checked" in run("--case", case, "--actor", CHECKER, "alert", "move", number, "checked").out
    bare = run("--case", case, "alert", "move", number, "sent", "--channel", "radio")
    assert bare.code != 0 and "to whom it goes is not said" in bare.err
    sent = run("--case", case, "alert", "move", number, "sent", "--channel", "radio", "--recipient",
               "Border post 4", "--on", "2017-03-21", "--language", "ru", "--json").json
    assert sent["alert_state"] == "sent" and len(sent["documents"]) == 2
    with Case.open(case) as opened:
        assert opened.read("partner").get(made["alert"]).get("sent_on") == "2017-03-21"
    assert run("--case", case, "alert", "move", number, "acknowledged").code == 0
    assert "say why" in run("--case", case, "alert", "move", number, "withdrawn").err.casefold()


def test_the_extract_in_every_form(run: Run, made: Alerts, tmp_path: Path) -> None:
    case = tmp_path / "case"
    text = run("--case", case, "alert", "extract", made["alert"])
    assert text.out.startswith("Alert A-") and CANARY not in text.out
    for form in ("pdf", "html", "txt"):
        done = run("--case", case, "alert", "extract", made["alert"], "-o", tmp_path / f"x.{form}",
                   "--language", "ar", "--json").json
        assert (tmp_path / f"x.{form}").stat().st_size == done["size"]
    wrong = run("--case", case, "alert", "extract", made["alert"], "-o", tmp_path / "x.doc")
    assert wrong.code != 0 and ".pdf, .html or .txt" in wrong.err
    public = run("--case", case, "alert", "extract", made["alert"], "--tier", "public")
    assert public.code != 0 and "not for readers of tier public" in public.err
    assert "cannot be made" in run("--case", case, "alert", "show", made["alert"], "--tier", "public").out


@pytest.mark.parametrize(("given", "told"), [
    (("list", "--state", "burnt"), "--state takes one of"), (("show", "A-0000-0000"), "no alert has"),
    (("find", "--false-alarms", "2"), "between 0 and 1"), (("find", "--since", "soon"), "--since takes a day"),
])
def test_what_makes_no_sense_is_refused(run: Run, made: Alerts, tmp_path: Path, given: tuple[str, ...], told: str) -> None:
    done = run("--case", tmp_path / "case", "alert", *given)
    assert done.code != 0 and told in done.err
    moved = run("--case", tmp_path / "case", "alert", "move", made["alert"], "sent", "--on", "soon")
    assert moved.code != 0 and "--on takes a day" in moved.err


def test_without_alerts_it_says_how_to_find_some(run: Run, tmp_path: Path) -> None:
    Case.create(tmp_path / "empty").close()
    assert "headstamp alert find --dry" in run("--case", tmp_path / "empty", "alert").err
