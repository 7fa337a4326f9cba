"""Alerts are proposed once, drafted in words their tier may read, and go out with their extract on file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from headstamp.actions.alerts.alerts import (
    alert_named,
    alert_standing,
    draft_alerts,
    find_alerts,
    move,
)
from headstamp.actions.alerts.extract import extract_of, extract_pdf
from headstamp.errors import Conflicting, Invalid, Missing, Refused
from headstamp.publish.alert_extract import number_of
from headstamp.publish.alert_page import in_letters
from tests.actions.alerts.alert_case import BY, CANARY, CHECKER, Alerts, make_alerts


@pytest.fixture
def made(tmp_path: Path) -> Alerts:
    return make_alerts(tmp_path / "case")


def go(made: Alerts, to: str, actor: str = BY, name: str = "alert", **more: Any) -> Any:
    return move(made.case, made[name], to, clearance="restricted", actor=actor, **more)


def state(made: Alerts) -> str:
    return str(made.case.read("sealed").get(made["alert"]).get("alert_state"))


def sent(made: Alerts, **more: Any) -> Any:
    go(made, "checked", CHECKER)
    return go(made, "sent", values={"recipient": made["recipient"], "channel": "e-mail"}, **more)


# -- what is proposed


def test_a_signature_met_in_a_new_theatre_is_proposed_once(made: Alerts) -> None:
    reader = made.case.read("restricted")
    found = find_alerts(made.case, reader)
    assert [one.values["alert_kind"] for one in found.new] == ["new_theatre"]
    one = found.new[0]
    assert one.values["items"] == [made["item 2"]] and one.values["sites"] == [made["south site"]]
    assert one.values["signature"] == made["signature"] and one.values["title"] == "Olive crates: met in Syria"
    assert "Known from Iraq" in one.values["where_seen"] and "olive over grey" in one.values["looks_like"]
    assert one.values["method"] and "34 entries" in one.values["checkpoint"]
    assert find_alerts(made.case, reader) == found  # nothing was written by looking
    drafted = draft_alerts(made.case, found.new, actor="Ann")
    assert [one.what for one in drafted] == ["new"]
    shown = made.case.read("sealed").get(drafted[0].id)
    assert shown.get("alert_state") == "draft" and shown.get("author") == "Ann"
    again = find_alerts(made.case, made.case.read("restricted"))
    assert again.new == () and again.known == 1
    with pytest.raises(Conflicting):
        draft_alerts(made.case, found.new, actor="Ann")


def test_what_was_withdrawn_or_grew_never_comes_again(made: Alerts) -> None:
    drafted = draft_alerts(made.case, find_alerts(made.case, made.case.read("restricted")).new, actor=BY)
    move(made.case, drafted[0].id, "withdrawn", clearance="restricted", actor=BY,
         values={"why_withdrawn": "a copy"})
    item = made.put("later", "item", item_type="wooden crate", site=made["south site"],
                    recovered_on="2017-01-30")
    for kind, value in (("paint", "olive over grey"), ("wrapping", "clear film")):
        made.put(f"later {kind}", "feature", item=item, feature_kind=kind, value=value)
    assert find_alerts(made.case, made.case.read("restricted")).new == ()


def test_a_hidden_alert_is_not_written_over_and_not_told(made: Alerts) -> None:
    made.version("signature", tier="sealed")
    sealed = find_alerts(made.case, made.case.read("sealed"))
    assert [one.values["tier"] for one in sealed.new] == ["sealed"]
    draft_alerts(made.case, sealed.new, actor=BY)
    assert find_alerts(made.case, made.case.read("restricted")).new == ()
    made.version("signature", tier="partner")
    assert find_alerts(made.case, made.case.read("restricted")).new == ()


def test_an_alert_is_as_secret_as_what_its_words_rest_on(made: Alerts) -> None:
    made.version("item 2", tier="restricted")
    one = find_alerts(made.case, made.case.read("restricted")).new[0]
    assert one.values["tier"] == "restricted"
    made.version("item 2", tier="partner")
    one = find_alerts(made.case, made.case.read("sealed")).new[0]
    # Another find is sealed: the words are those of who does not see it.
    assert one.values["tier"] == "partner" and made["sealed item"] not in one.values["items"]
    assert CANARY not in str(one.values) + one.words


def test_a_fact_that_does_not_hold_for_all_that_is_seen_is_not_proposed(made: Alerts) -> None:
    old = made.put("old", "item", item_type="crate", site=made["south site"], recovered_on="2015-01-01",
                   tier="restricted")
    for kind, value in (("paint", "olive over grey"), ("wrapping", "clear film")):
        made.put(f"old {kind}", "feature", item=old, feature_kind=kind, value=value, tier="restricted")
    made.version("signature", known_in=None)
    assert len(find_alerts(made.case, made.case.read("partner")).new) == 1
    assert [one.values.get("sites") for one in find_alerts(made.case, made.case.read("restricted")).new] in (
        [], [[made["north site"]]])


def test_only_what_is_new_since_a_day(made: Alerts) -> None:
    reader = made.case.read("restricted")
    assert len(find_alerts(made.case, reader, since="2017-02-11").new) == 1
    assert find_alerts(made.case, reader, since="2017-02-12").new == ()


def test_a_find_unlike_all_is_proposed_with_its_false_alarms(made: Alerts) -> None:
    for number in range(60):
        item = made.put(f"plain {number}", "item", item_type="tin", site=made["north site"],
                        recovered_on=f"2015-{1 + number // 28:02}-{1 + number % 28:02}")
        for kind, value in (("paint", "green"), ("label", f"label {number % 3}"), ("packaging", "tin")):
            made.put(f"plain {number} {kind}", "feature", item=item, feature_kind=kind, value=value)
    odd = made.put("odd", "item", item_type="tube", site=made["south site"], recovered_on="2017-03-01")
    for kind, value in (("paint", "violet"), ("logo", "a kite"), ("wrapping", "waxed cloth")):
        made.put(f"odd {kind}", "feature", item=odd, feature_kind=kind, value=value)
    found = {tuple(one.values["items"]): one for one in find_alerts(
        made.case, made.case.read("restricted")).new if one.values["alert_kind"] == "novel"}
    one = found[(odd,)]
    assert "expected by chance among the" in one.values["not_known"]
    assert one.values["method"].endswith("false alarms in 0.05")
    draft_alerts(made.case, [one], actor=BY)
    text = " ".join(extract_of(made.case, one.id, clearance="restricted").sure)
    assert "about 5 in 100" in text
    with pytest.raises(Invalid, match="between 0 and 1"):
        find_alerts(made.case, made.case.read("restricted"), alpha=1.5)


# -- how it moves


def test_it_goes_out_with_what_went_out_on_file(made: Alerts) -> None:
    done = sent(made, language="ar", on=date(2017, 3, 21))
    assert done.state == "sent" and len(done.documents) == 2
    reader = made.case.read("partner")
    alert = reader.get(made["alert"])
    assert alert.get("sent_on") == "2017-03-21" and alert.get("documents") == list(done.documents)
    assert alert.get("checked_by") == CHECKER and alert.get("recipient") == made["recipient"]
    page, text = (reader.get(one) for one in done.documents)
    assert page.get("languages") == ["ar"] and text.get("parent") == page.id and page.get("tier") == "partner"
    assert reader.original(page.get("digest"))[0].read_bytes().startswith(b"%PDF")
    letters = reader.original(text.get("digest"))[0].read_text("utf-8")
    assert number_of(made["alert"]) in letters and len(letters) <= 481 and CANARY not in letters
    go(made, "acknowledged", on=date(2017, 3, 22))
    go(made, "withdrawn", values={"why_withdrawn": "it was another lot"})
    assert state(made) == "withdrawn"


def test_what_went_out_is_what_is_shown_afterwards_too(made: Alerts) -> None:
    go(made, "checked", CHECKER)
    values = {"recipient_role": "deminer", "channel": "radio"}
    before = extract_pdf(extract_of(made.case, made["alert"], clearance="restricted", values={
        **values, "sent_on": "2017-03-20", "alert_state": "sent"}))
    done = go(made, "sent", values=values)
    reader = made.case.read("partner")
    kept = reader.original(reader.get(done.documents[0]).get("digest"))[0].read_bytes()
    assert kept == before


@pytest.mark.parametrize("missing", ["channel", "recipient"])
def test_sending_needs_recipient_and_channel(made: Alerts, missing: str) -> None:
    go(made, "checked", CHECKER)
    values = {"recipient": made["recipient"], "channel": "radio"}
    del values[missing]
    before = made.case.read("sealed").size()
    with pytest.raises(Invalid) as refused:
        go(made, "sent", values=values)
    assert [one.field for one in refused.value.problems] == [missing]
    assert made.case.read("sealed").size() == before and state(made) == "checked"


def test_nobody_checks_their_own(made: Alerts) -> None:
    with pytest.raises(Refused, match=r"A\. Writer wrote this alert"):
        go(made, "checked", "a. WRITER")
    made.version("alert", CHECKER, not_known="Nothing more.")
    with pytest.raises(Refused, match=r"B\. Checker wrote this alert"):
        go(made, "checked", CHECKER)
    go(made, "checked", "C. Third")


def test_refusals_are_told_in_words(made: Alerts) -> None:
    with pytest.raises(Invalid, match="from draft an alert does not go to sent"):
        go(made, "sent")
    with pytest.raises(Invalid, match="say why"):
        try:
            go(made, "withdrawn")
        except Invalid as error:
            raise Invalid(str(error).casefold()) from error
    with pytest.raises(Invalid, match="there is no such state"):
        go(made, "burnt")
    with pytest.raises(Missing):
        move(made.case, made["item 2"], "checked", clearance="restricted", actor=CHECKER)
    with pytest.raises(Invalid, match="must be named"):
        go(made, "checked", " ")
    made.version("alert", tier="sealed")
    with pytest.raises(Missing):
        go(made, "checked", CHECKER)


@pytest.mark.parametrize(("field", "words"), [
    ("looks_like", "Crate; do not touch it"), ("where_seen", "Do not move it"), ("not_known", "safe to lift?"),
    ("title", "How it was defused"),
])
def test_words_of_handling_stop_it_and_its_extract(made: Alerts, field: str, words: str) -> None:
    made.version("alert", **{field: words})
    with pytest.raises(Invalid, match="speaks of handling") as refused:
        go(made, "checked", CHECKER)
    assert {one.field for one in refused.value.problems} == {field}
    assert len(refused.value.problems) == len(set(refused.value.problems))
    with pytest.raises(Invalid, match="nothing on handling"):
        extract_of(made.case, made["alert"], clearance="restricted")
    assert alert_standing(made.case.read("restricted"), made["alert"]).handling


def test_a_feature_that_speaks_of_handling_stops_it_unless_it_stands_on_the_thing(made: Alerts) -> None:
    shown = made.case.read("sealed").get(made["signature"])
    made.version("signature", features=[*shown.get("features"), {"kind": "stencil", "value": "DO NOT OPEN"}])
    extract_of(made.case, made["alert"], clearance="restricted")
    made.version("signature", features=[*shown.get("features"), {"kind": "other", "value": "defused"}])
    with pytest.raises(Invalid, match="speaks of handling"):
        go(made, "checked", CHECKER)


def test_somebody_was_faster(made: Alerts) -> None:
    go(made, "checked", CHECKER)
    with pytest.raises(Conflicting):
        go(made, "withdrawn", values={"why_withdrawn": "x"}, expected=1)


def test_fields_above_the_clearance_of_who_moves_it_are_kept(made: Alerts) -> None:
    sent(made)
    move(made.case, made["alert"], "acknowledged", clearance="partner", actor=BY)
    whole = made.case.read("sealed").get(made["alert"])
    assert whole.get("channel") == "e-mail"
    assert made["hidden site"] in whole.get("sites") and made["sealed item"] in whole.get("items")


def test_it_is_found_by_its_number(made: Alerts) -> None:
    reader = made.case.read("restricted")
    number = number_of(made["alert"])
    assert alert_named(reader, number.lower()) == alert_named(reader, made["alert"]) == made["alert"]
    with pytest.raises(Missing, match="no alert has"):
        alert_named(reader, "A-0000-0000")
    assert in_letters(extract_of(made.case, made["alert"], clearance="restricted")).count(number) == 1
