"""Time stamps of the log's checkpoints: asked for where there is a line, kept waiting where there is none.

What is stamped is the SHA-256 of the exact bytes of the signed checkpoint, so that anybody
holds the answer against the file we hand out, with openssl and without us. An answer that
is about our bytes becomes a ``witness``; one that is not, or whose signature is false, is
told of and the request goes on waiting. The same checkpoint is stamped by the same
authority once: a witness is an entry of the log itself, so entries that tell of nothing
but witnesses make no new checkpoint worth a stamp.

There is no page for it: whoever may open the pages of a server must not be able to have it
ask addresses of their choice, and the person who decides to be seen asking sits here.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from headstamp.actions.evidence.stamps_waiting import Waiting, all_waiting, keep_waiting, no_longer
from headstamp.actions.whole_file import write_whole
from headstamp.errors import Conflicting, HeadstampError, Invalid, Missing, Unreadable
from headstamp.exchange.authority import Authority
from headstamp.exchange.over_http import ask
from headstamp.exchange.time_stamp import MOST_BYTES, Checked, Request, check, read_answer
from headstamp.kinds.identity import derived_id
from headstamp.kinds.instant import written
from headstamp.records import Witness
from headstamp.store.case import Case
from headstamp.store.witnesses import others_since, stored_witnesses

Ask = Callable[[str, bytes], bytes]
BY_HAND = "carried by hand"
_NONE = ("no time-stamping authority is named, and none is asked unless you name one: give "
         "--authorities FILE (or HEADSTAMP_AUTHORITIES), or --authority NAME=URL with --ca NAME=FILE; "
         "without a line, write the request with --request FILE and carry it")


@dataclass(frozen=True, slots=True)
class Got:
    """A time stamp that was taken in; ``why`` its signature was not checked, empty where it was."""

    id: str
    authority: str
    size: int
    at: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class StampResult:
    """What came of it. ``current``: authorities that had stamped all there is to stamp already."""

    got: tuple[Got, ...]
    waiting: tuple[Waiting, ...]
    current: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Reply:
    """An answer that is about our bytes, with what it answers."""

    waiting: Waiting
    certificates: str
    der: bytes
    checked: Checked


def stamp(
    case: Case, authorities: Sequence[Authority], *, actor: str, ask: Ask = ask
) -> StampResult:
    """Asks each authority to stamp the latest checkpoint, and what waits from before.

    Raises Invalid where none with an address is named, or where there is nothing in the
    log; Unavailable where a request cannot be written down or the case not be changed.
    """
    named = {one.name: one for one in authorities if one.url}
    if not named:
        raise Invalid(_NONE)
    current = tuple(name for name in named if not _queue(case, name))
    replies: list[_Reply] = []
    silent: dict[str, str] = {}
    for waiting in all_waiting(case):
        authority = named.get(waiting.authority)
        if authority is None:
            continue
        if authority.name in silent:
            # One that does not answer, or not rightly, is not asked again this time.
            keep_waiting(case, replace(waiting, problem=silent[authority.name]))
            continue
        try:
            der = ask(authority.url, waiting.request.der)
            checked = check(der, waiting.checkpoint.encode("utf-8"), authority.certificates,
                            waiting.request.nonce)
        except HeadstampError as error:
            silent[authority.name] = error.message
            keep_waiting(case, replace(waiting, problem=error.message))
            continue
        replies.append(_Reply(waiting, authority.certificates, der, checked))
    got = _record(case, replies, actor)
    return StampResult(got, tuple(all_waiting(case)), current)


def write_request(case: Case, path: Path, *, name: str = BY_HAND) -> Waiting:
    """Writes the request for the latest checkpoint to a new file, to be carried to an authority.

    Asked again before the answer came, the same request. Raises Conflicting where the
    file is there or that authority has stamped all there is to stamp; Invalid, Unavailable.
    """
    if not _queue(case, Authority(name).name):
        raise Conflicting(f"{name} has stamped the latest checkpoint already")
    waiting = [one for one in all_waiting(case) if one.authority == name][-1]
    if path.exists():
        raise Conflicting(f"{path} is there already; name a new file")
    write_whole(path, waiting.request.der, "the request")
    return waiting


def take_reply(
    case: Case, path: Path, authorities: Sequence[Authority], *, actor: str
) -> StampResult:
    """Takes in an answer that was carried here in a file.

    The request it answers is found by its nonce. Raises Missing where none waits for it,
    Unreadable, Refused, Tampered as ``time_stamp.check``.
    """
    try:
        with path.open("rb") as stream:
            der = stream.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise Missing(f"there is no file {path}") from error
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}") from error
    answer = read_answer(der)
    found = [one for one in all_waiting(case) if one.request.nonce == answer.nonce]
    if not found:
        raise Missing("no request waits here for this answer: it was taken in before, or answers the "
                      "request of another case (headstamp stamp --list tells what waits)")
    waiting = found[0]
    named = {one.name: one for one in authorities}
    chosen = named.get(waiting.authority)
    if chosen is None and waiting.authority == BY_HAND and len(named) == 1:
        (chosen,) = named.values()
    certificates = chosen.certificates if chosen else ""
    checked = check(der, waiting.checkpoint.encode("utf-8"), certificates, waiting.request.nonce)
    holder = chosen.name if chosen else waiting.authority
    got = _record(case, [_Reply(waiting, certificates, der, checked)], actor, holder)
    return StampResult(got, tuple(all_waiting(case)), ())


def _queue(case: Case, name: str) -> bool:
    """Writes down a request for the latest checkpoint; False where its stamp is on file.

    No second one is written while one waits after which nothing but witnesses was logged.
    """
    note = case.checkpoint_note()
    size = int(note.split("\n")[1])
    if size == 0:
        raise Invalid("nothing is on file in this case yet: there is nothing to stamp")
    for old in all_waiting(case):
        if old.authority == name and _stamped(case, old.checkpoint, name):
            no_longer(case, old)  # taken in, then cut off before it was taken from here
    stamped = [one.size for one in stored_witnesses(case)
               if one.stamp and one.holder == name and one.origin == case.origin]
    if any(others_since(case, one) == 0 for one in stamped if 0 <= one <= size):
        return False
    waits = [one for one in all_waiting(case) if one.authority == name]
    if not any(others_since(case, one.size) == 0 for one in waits):
        request = Request.of(note.encode("utf-8"))
        keep_waiting(case, Waiting(name, note, request, written(case.clock())))
    return True


def _stamped(case: Case, checkpoint: str, name: str) -> bool:
    return any(one.stamp and one.holder == name and one.checkpoint == checkpoint
               for one in stored_witnesses(case))


def _record(
    case: Case, replies: Sequence[_Reply], actor: str, holder: str = ""
) -> tuple[Got, ...]:
    """Puts the answers on file, all in one change; then their requests wait no longer."""
    got: list[Got] = []
    if replies:
        with case.change(actor=actor, reason="time stamps of the log were taken in") as change:
            for one in replies:
                name, note = holder or one.waiting.authority, one.waiting.checkpoint
                # Another process may have been faster; the write lock is ours now.
                if _stamped(case, note, name):
                    continue
                at = written(one.checked.at)
                made = Witness.build({
                    "id": derived_id(Witness.PREFIX, note, name), "witness_kind": "time_stamp",
                    "holder": name, "checkpoint": note, "size": one.waiting.size, "witnessed_at": at,
                    "stamp": b64encode(one.der).decode("ascii"),
                    "certificates": one.certificates or None,
                })
                change.put(made, expected=0)
                got.append(Got(made.id, name, one.waiting.size, at, one.checked.why))
    for one in replies:
        no_longer(case, one.waiting)
    return tuple(got)
