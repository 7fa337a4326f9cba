"""What came of taking in a bundle, by stick or by line, in the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headstamp.cli.show import line
from headstamp.kinds.counted import plural

if TYPE_CHECKING:
    from headstamp.actions.exchange.take import TakeResult


def taken_in_words(done: TakeResult) -> None:
    """What was taken in or put aside, and what somebody here has to look at now."""
    if done.state in ("quarantined", "forked"):
        line(f"Put aside as {done.bundle}, nothing of it was taken in: {done.problem}.")
        line("The log of that device contradicts what it said before; both its states are kept. Change "
             "nothing, and tell the evidence custodian. What to do: headstamp doctor" if
             done.state == "forked" else "What waits, and how to decide: headstamp take --list-aside")
        return
    if done.state == "known":
        line("This bundle was taken in before; nothing is new.")
    else:
        line(f"{plural(done.taken, 'version')} taken in, {done.known} known before, "
             f"{plural(done.originals, 'new original')}.")
    if done.missing:
        line(f"Did not come along: {plural(len(done.missing), 'original')}: {', '.join(done.missing[:5])}")
    if done.contested:
        line(f"Kept beside what is here, which they contradict: {plural(done.beside, 'version')}. Look at "
             "them: headstamp conflicts")
    if done.opened:
        line(f"Seen by a lower clearance from now on: {plural(len(done.opened), 'record')}, for the other "
             f"side said so: {', '.join(done.opened[:5])}. Look at them before you publish.")
    if done.erasures:
        line(f"Waiting for somebody here to agree: {plural(len(done.erasures), 'erasure')}. Look at what "
             "would go: headstamp erase --list")
