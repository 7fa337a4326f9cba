"""What the doctor says of the log and of time: the clock, who vouches for the log, what waits for a stamp."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from headstamp.actions.evidence.stamps_waiting import all_waiting, folder_of
from headstamp.actions.evidence.witnesses import Seen, seen_witnesses
from headstamp.actions.exchange.devices import peers_of
from headstamp.actions.keeping.ailment import Ailment, typed
from headstamp.errors import Unreadable
from headstamp.store.case import Case
from headstamp.store.health import changes, turned_back

WITNESS_DAYS: Final = 7
_CLOCK_SECONDS: Final = 120
_HAND_OUT: Final = ("Give one to somebody at the end of the day, and note who has it; or have it time-stamped when "
                    "there is a line. The command writes it to checkpoint.txt, to be handed over.")


def ailing_clock(case: Case, at: datetime) -> Iterator[Ailment]:
    """A clock that is behind the log, or was turned back."""
    found = changes(case)
    remedy = ("Set the clock of this machine (time zone too) before recording anything. What was "
              "recorded keeps its order by the log, whatever the clock said.")
    if found:
        latest = max(found, key=lambda one: one.at)
        if datetime.fromisoformat(latest.at) > at + timedelta(seconds=_CLOCK_SECONDS):
            yield Ailment("clock_behind", "fault", f"entry {latest.entry}",
                          f"This machine's clock says {at:%Y-%m-%d %H:%M} UTC, but an entry of the log "
                          f"was made at {latest.at[:16].replace('T', ' ')} UTC", remedy +
                          " If the clock is right now, it was ahead then: note so in the case.")
    back = turned_back(found)
    for before, after in back[:5]:
        yield Ailment("clock_turned_back", "note", f"entry {after.entry}",
                      f"The clock was set back: entry {before.entry} says {before.at[:19]}, the next "
                      f"change {after.at[:19]} ({len(back)} such places)",
                      "Nothing is lost: the log's order holds. Note in the case what was wrong with the "
                      "clock, for whoever asks later.")


def ailing_witnesses(case: Case, at: datetime, clearance: str = "sealed") -> Iterator[Ailment]:
    """Whether anybody outside could show that this log was written anew."""
    reader = case.read(clearance)
    ours = [one for one in seen_witnesses(case) if one.ours and one.standing != "bad"]
    seen = reader.many([one.id for one in ours])
    ours = [one for one in ours if one.id in seen]
    unchecked = [one for one in ours if one.standing == "not_checked"]
    if unchecked:
        yield Ailment("time_stamp_not_checked", "note", unchecked[0].id, f"{len(unchecked)} time stamps are "
                      f"on file that are {unchecked[0].why}",
                      "Write the log out, and check them as the README in its folder timestamps says.",
                      (typed(case.where, "export-log", "NEW_FOLDER"),))
    told = {change.entry: change.at for change in changes(case)}
    ahead = [one for one in ours if one.standing == "good" and one.size - 1 in told
             and datetime.fromisoformat(told[one.size - 1])
             > datetime.fromisoformat(one.at) + timedelta(seconds=_CLOCK_SECONDS)]
    if ahead:
        yield Ailment("clock_was_ahead", "note", ahead[0].id, f"Entry {ahead[0].size - 1} says it was made at "
                      f"{told[ahead[0].size - 1][:16].replace('T', ' ')} UTC, but {ahead[0].holder} had "
                      f"stamped it by {ahead[0].at[:16].replace('T', ' ')} UTC ({len(ahead)} such stamps)",
                      "This machine's clock was ahead then, or the authority's behind. Nothing is lost: "
                      "the log's order holds. Note in the case what was wrong, for whoever asks later.")
    yield from _handed_out(case, ours, [peer.sent for peer in peers_of(reader, case.origin)], at)


def _handed_out(case: Case, ours: list[Seen], sent: list[int], at: datetime) -> Iterator[Ailment]:
    """Nobody has a checkpoint, or nobody has a late one."""
    size = case.checkpoint().size
    if not size:
        return
    reach = max([one.size for one in ours] + sent, default=0)
    run = (typed(case.where, "witness", "WHO", "--output", "checkpoint.txt"),)
    if not reach:
        yield Ailment("no_witness", "note", "witness", "Nobody outside is known to have a checkpoint of "
                      "this log: whoever holds this machine could write it anew", _HAND_OUT, run)
        return
    # The entry after it notes who has it.
    since = next((change.at for change in changes(case) if change.entry > reach), "")
    if since and datetime.fromisoformat(since) < at - timedelta(days=WITNESS_DAYS):
        yield Ailment("witness_old", "note", "witness", f"{size - reach} entries, the first of {since[:10]}, are "
                      "in no checkpoint that somebody outside is known to have", _HAND_OUT, run)


def waiting_stamps(case: Case) -> Iterator[Ailment]:
    """Requests for time stamps that no authority has answered."""
    folder = folder_of(case)
    try:
        waiting = all_waiting(case)
    except Unreadable as error:
        yield Ailment("stamp_request_damaged", "fault", str(folder), error.message,
                      "Delete that file; nothing of the case is in it.")
        return
    if waiting:
        yield Ailment("stamps_waiting", "note", str(folder), f"{len(waiting)} requests for a time stamp "
                      f"wait for an answer, the oldest since {waiting[0].since[:10]}"
                      + (f" ({waiting[0].problem})" if waiting[0].problem else ""),
                      "When there is a line, ask again.", (typed(case.where, "stamp"),))
