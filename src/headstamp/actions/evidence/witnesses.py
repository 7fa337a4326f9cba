"""Those who vouch for the log, or keep a checkpoint of it: noting them, and looking at what they hold.

What stands in a record of the type ``witness`` is looked at each time the case is verified:
whether its checkpoint is one of this log, and whether a time stamp is one of the exact
bytes of that checkpoint, signed under the certificates that are on file with it. What a
certificate is worth is not for us to say: a court takes it from the authority itself.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Literal

from headstamp.errors import Invalid, Refused, Tampered, Unreadable
from headstamp.exchange.time_stamp import check
from headstamp.kinds.instant import written
from headstamp.records import Witness
from headstamp.store.case import Case
from headstamp.store.verify import Finding
from headstamp.store.witnesses import OurLog, StoredWitness, stored_witnesses

Standing = Literal["good", "not_checked", "bad", "kept"]
"""``kept``: a checkpoint that somebody has, with nothing about it that could be signed by them."""
HANDED = ("person", "paper")


@dataclass(frozen=True, slots=True)
class Seen:
    """A witness as it stands. ``why`` it is bad, or was not checked; ``log``: the name that its
    checkpoint begins with; ``ours``: that is this log.

    ``code`` is that of the finding where it is bad.
    """

    id: str
    witness_kind: str
    holder: str
    size: int
    at: str
    ours: bool
    standing: Standing
    why: str = ""
    code: str = ""
    log: str = ""

    def as_dict(self) -> dict[str, object]:
        """The same as plain JSON values."""
        return {name: value for name, value in asdict(self).items() if name != "code"}


def seen_witnesses(case: Case) -> list[Seen]:
    """All witnesses on file, each looked at anew, in the order in which they were put there."""
    log = OurLog(case)
    return [_looked_at(one, case.origin, log) for one in stored_witnesses(case)]


def findings_of(seen: list[Seen]) -> Iterator[Finding]:
    """What is wrong with them, as verification tells it."""
    for one in seen:
        if one.standing == "bad":
            yield Finding(one.code, one.id, one.why)


def stamp_seen(stored: StoredWitness, origin: str) -> Seen:
    """One witness, its time stamp looked at anew; whether its checkpoint is of this log is not."""
    seen = Seen(stored.id, stored.witness_kind, stored.holder, stored.size, stored.witnessed_at,
                stored.origin == origin, "kept", log=stored.origin)
    return _stamp(seen, stored) if stored.stamp else seen


def _looked_at(stored: StoredWitness, origin: str, log: OurLog) -> Seen:
    seen = stamp_seen(stored, origin)
    if seen.ours and seen.standing != "bad":
        code = "time_stamp_invalid" if stored.stamp else ""
        try:
            wrong = log.check(stored.checkpoint)
        except Tampered as error:
            return replace(seen, standing="bad", code=code or "not_checked", why=error.message)
        for one in wrong:
            return replace(seen, standing="bad", code=code or one.what, why=one.detail)
    return seen


def _stamp(seen: Seen, stored: StoredWitness) -> Seen:
    bad = replace(seen, standing="bad", code="time_stamp_invalid")
    try:
        found = check(b64decode(stored.stamp, validate=True), stored.checkpoint.encode("utf-8"),
                      stored.certificates)
    except (Unreadable, Tampered, Refused) as error:
        return replace(bad, why=error.message)
    except ValueError:
        return replace(bad, why="the time stamp is not written in base64")
    if stored.witnessed_at and not _same_moment(stored.witnessed_at, found.at):
        return replace(bad, why=f"the record says {stored.witnessed_at}, the time stamp {written(found.at)}")
    return replace(seen, at=written(found.at), standing="good" if found.good else "not_checked",
                   why=found.why)


def _same_moment(told: str, at: datetime) -> bool:
    try:
        return datetime.fromisoformat(told) == at
    except (ValueError, TypeError):
        return False


def note_witness(
    case: Case, kind: str, holder: str, *, actor: str, checkpoint: str | None = None,
    at: str | None = None, tier: str | None = None, remark: str | None = None,
) -> Witness:
    """Notes that a checkpoint, the latest if none is given, was handed to a person or put on paper.

    ``at`` is when they received it. Raises Invalid with every problem, also for a
    checkpoint that is not of this log.
    """
    if kind not in HANDED:
        raise Invalid(f"a checkpoint is handed to a {' or put on '.join(HANDED)}, not to a {kind}: "
                      "time stamps come by headstamp stamp, devices by bundles")
    note = case.checkpoint_note() if checkpoint is None else checkpoint
    wrong = OurLog(case).check(note)
    if wrong:
        raise Invalid(f"this is no checkpoint of this log: {wrong[0].detail}")
    given = {"tier": tier, "remark": remark, "witnessed_at": at}
    made = Witness.build({
        "witness_kind": kind, "holder": holder, "checkpoint": note, "size": int(note.split("\n")[1]),
        **{name: value for name, value in given.items() if value is not None},
    })
    # The name of who has it stands in the record: the reason of an entry is for everybody.
    with case.change(actor=actor, reason="a checkpoint of the log was handed out") as change:
        change.put(made, expected=0)
    return made
