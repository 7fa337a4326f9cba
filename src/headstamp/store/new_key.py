"""A new signing key for a case: in one transaction with the old key's last word.

The change of keys (``evidence.key_line``), the settings sealed anew, an entry of the log
that says who did it and why (a version of this log's own ``device`` record), and the
first checkpoint of the new key are one transaction. The new key is on disk before it, and
takes the old one's name after it (``signing_key``).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select

from headstamp.errors import Conflicting, Missing, Tampered, Unavailable
from headstamp.evidence.entry import Stamp, moment
from headstamp.evidence.key_line import REPLACED, REVOKED, KeyChange, sign_change
from headstamp.evidence.note import Signer, sign
from headstamp.kinds.identity import derived_id
from headstamp.records import Device
from headstamp.store.case import Case, key_line_in, settings_text
from headstamp.store.change import Change
from headstamp.store.signing_key import settle, write_next
from headstamp.store.tables import CHECKPOINT, KEY_CHANGE, META


@dataclass(frozen=True, slots=True)
class NewKey:
    """The change of keys, its signed note, and whether the old key has signed it."""

    change: KeyChange
    note: str
    witnessed: bool


def own_device_id(origin: str) -> str:
    """The id of the record in which a log tells of its own key."""
    return derived_id(Device.PREFIX, "own log", origin)


def replace_key(
    case: Case, *, actor: str, reason: str, revoked: bool = False, lost: bool = False
) -> NewKey:
    """Gives a case a new signing key; the old one signs that, and then no more.

    ``revoked``: somebody else may have the old key. ``lost``: it is not here and cannot
    sign; the change is then unwitnessed, and every checker says so. Raises Unavailable
    where the key is not here and not said to be lost, Conflicting where it is here though
    said to be lost, Tampered where the log does not fit its tree or its checkpoint.
    """
    old = None if lost else case.signer()
    if old is None and not lost:
        raise Unavailable(
            f"the key of this case is not in {case.folder / 'keys'}. Put it there, so that it can sign "
            "the change; where it is lost for good, say so with --lost"
        )
    if lost and _is_here(case):
        raise Conflicting(f"the key of this case is in {case.folder / 'keys'}: it can sign the change. "
                          "Do it without --lost")
    stamp = Stamp(act="put", actor=actor, at=moment(case.clock()), reason=reason)
    before = _own_device(case)
    with case.backend.writing() as conn:
        done, signer = _changed(conn, case, old, revoked)
        write_next(case.folder, signer, case.keys)
        change = Change(conn, case.backend, case.vault, stamp, case.edge(conn))
        device = before or Device.build(
            {"title": f"This log, {case.origin}", "key": signer.verifier_key}
        ).model_copy(update={"id": own_device_id(case.origin)})
        change.put(device.model_copy(update={"key": signer.verifier_key}))
        change.finish(signer, case.origin)
    settle(case.folder, signer.verifier_key, case.keys)
    return done


def _is_here(case: Case) -> bool:
    try:
        return case.signer() is not None
    except Tampered:  # the key of another case lies there
        return False


def _own_device(case: Case) -> Device | None:
    try:
        shown = case.read("sealed").get(own_device_id(case.origin))
    except Missing:
        return None
    return Device.model_validate({**shown.values, "id": shown.id})


def _changed(conn: Connection, case: Case, old: Signer | None, revoked: bool) -> tuple[NewKey, Signer]:
    """Writes the change of keys and the settings; gives the new key."""
    rows = {str(key): str(value) for key, value in conn.execute(select(META.c.key, META.c.value))}
    line = key_line_in(conn, rows["key"])
    if old is not None and old.verifier != line.newest:
        raise Conflicting("the signing key of this case was replaced just now; nothing was written")
    tiles = case.edge(conn)
    size, root = tiles.size, tiles.root()
    latest = conn.execute(select(func.max(CHECKPOINT.c.size))).scalar()
    point = case.checkpoint()
    if latest != size or (point.size, point.root) != (size, root):
        raise Tampered("the log is not the one of its latest checkpoint; a new key is not to vouch for "
                       "it. Run headstamp verify")
    signer = Signer.generate(case.origin)
    while signer.hash in {key.hash for key in line}:  # one in four thousand million
        signer = Signer.generate(case.origin)
    change = KeyChange(case.origin, size, root, line.newest, signer.verifier,
                       REVOKED if revoked else REPLACED)
    note = sign_change(change, signer, old)
    line.followed(note)
    case.backend.insert(conn, KEY_CHANGE, ["size", "note"], [(size, note)])
    rows["key"] = signer.verifier_key
    rows["seal"] = sign(settings_text(rows), signer)
    for key in ("key", "seal"):
        conn.execute(delete(META).where(META.c.key == key))
    case.backend.insert(conn, META, ["key", "value"], [(key, rows[key]) for key in ("key", "seal")])
    return NewKey(change, note, old is not None), signer
