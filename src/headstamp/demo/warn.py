"""The alerts of the teaching case: what its finds speak for, one of them sent, the other still a draft.

They are found and written by the program itself, as a team would have it, and moved on by two
people. What is done already is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from headstamp.actions.alerts.alerts import draft_alerts, find_alerts, move
from headstamp.actions.alerts.extract import TIER
from headstamp.demo.fill import LEAD, SECOND
from headstamp.demo.teaching import id_of
from headstamp.errors import Unavailable
from headstamp.publish.alert_extract import PHOTOGRAPHS
from headstamp.records import Alert
from headstamp.store.case import Case
from headstamp.store.shown import Shown

CLEARANCE: Final = "restricted"
SENT_ON: Final = date(2017, 3, 20)
RECIPIENT, ROLE, CHANNEL = "scustoms", "customs", "by hand, at the office of the crossing"


def warn(case: Case, *, say: Callable[[str], None] = print) -> tuple[str, ...]:
    """Drafts the alerts that the street's finds speak for and sends that of a new theatre; their ids."""
    draft_alerts(case, find_alerts(case, case.read(CLEARANCE)).new, actor=LEAD)
    alerts = list(case.read(CLEARANCE).stream("alert"))
    for alert in alerts:
        if alert.get("alert_kind") != "new_theatre":
            continue
        if alert.get("alert_state") == "draft":
            _with_pictures(case, alert)
            move(case, alert.id, "checked", clearance=CLEARANCE, actor=SECOND)
        if alert.get("alert_state") in ("draft", "checked"):
            _send(case, alert.id, say)
    return tuple(one.id for one in alerts)


def _with_pictures(case: Case, alert: Shown) -> None:
    """A person chooses what goes along: here the first photographs of its items, for partners to see."""
    reader = case.read(TIER)
    chosen = [one.id for item in alert.get("items") or ()
              for one in reader.referring(str(item), kind="photograph", field="items")][:PHOTOGRAPHS]
    whole = case.read("sealed").get(alert.id)
    with case.change(actor=LEAD, reason="photographs for the extract") as change:
        change.put(Alert.build({**whole.values, "id": alert.id, "photographs": chosen}))


def _send(case: Case, alert_id: str, say: Callable[[str], None]) -> None:
    """Where no page can be printed the alert stays checked, and that is said."""
    values = {"recipient": id_of("party", RECIPIENT), "recipient_role": ROLE, "channel": CHANNEL}
    try:
        move(case, alert_id, "sent", values=values, on=SENT_ON, clearance=CLEARANCE, actor=LEAD)
    except Unavailable as error:
        say(f"no alert was sent: {error.message}")
