"""Direct exchange: both devices hand over what is new for the other, and both sign for it.

It is ``pack`` and ``take`` over one line: what counts as sent, what is refused or put
aside is the same as with a stick. Reading the other's screen can also make the two
known to each other (``pair``): who has seen the invitation has stood before the device.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from headstamp.actions.exchange.devices import Peer, add_device, peers
from headstamp.actions.exchange.pack import pack
from headstamp.actions.exchange.room import room
from headstamp.actions.exchange.take import TakeResult, take, take_receipt
from headstamp.errors import Conflicting, Refused, Tampered, Unavailable
from headstamp.evidence.note import Verifier
from headstamp.exchange.invitation import Invitation
from headstamp.exchange.line import Guest, Hello, Host, own_address
from headstamp.store.case import Case
from headstamp.store.signing_key import without_key

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class SyncResult:
    """With whom, and what came of it each way; ``sent`` is true once their receipt is here."""

    device: str
    title: str
    sent: bool
    size: int
    taken: TakeResult | None

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return asdict(self) | {"taken": None if self.taken is None else self.taken.as_dict()}


@dataclass(frozen=True, slots=True)
class _Party:
    """This device in one exchange."""

    case: Case
    title: str
    actor: str
    reason: str
    pair: bool

    def hello(self) -> Hello:
        return Hello(self.case.verifier.text(), self.title)

    def hello_to(self, invitation: Invitation) -> Hello:
        """Says who this is to that host, and proves it."""
        signer = self.case.signer()
        if signer is None:
            raise Unavailable(without_key(self.case.folder, "nothing can be exchanged"))
        return Hello.proven(signer, self.title, invitation.certificate)

    def know(self, other: Hello, title: str = "") -> Peer:
        """The other device as it is known here, or made known now. Raises Refused."""
        key = Verifier.parse(other.key)
        log = key.name
        for peer in peers(self.case):
            if peer.verifier.name == log:
                if peer.state != "active":
                    raise Refused(f"{peer.title} is marked as {peer.state} here")
                # Anybody can make a key of any name: it is the key that was put on file here that counts.
                if peer.verifier != key:
                    raise Refused(f"{peer.title} is known here by another key. If its people gave it a new one, "
                                  "exchange one bundle by stick first: that tells of the change. If they did "
                                  "not, somebody else pretends to be it")
                return peer
        if not self.pair:
            raise Refused(f"{other.title or log} is not known here. If you stand before it, begin again "
                          "with --pair on both")
        add_device(self.case, key=other.key, title=title or other.title or log, actor=self.actor,
                   reason=f"paired by invitation: {self.reason}")
        return next(peer for peer in peers(self.case) if peer.verifier.name == log)

    def pack(self, peer: Peer, place: Path) -> Path:
        # The line is encrypted already, and nobody but the other device is at its end.
        done = pack(self.case, peer.id, place, actor=self.actor, reason=self.reason, in_the_open=True)
        return Path(done.path)

    def take(self, file: Path) -> TakeResult:
        done = take(self.case, file, actor=self.actor, reason=self.reason, now=True)
        if not done.receipt:
            raise Tampered(f"the bundle was put aside ({done.state}): {done.problem}")
        return done

    def receipt(self, text: bytes) -> TakeResult:
        return take_receipt(self.case, text, actor=self.actor, reason=self.reason)


class _Hosting:
    """What the host does when it is asked (``line.Answers``)."""

    def __init__(self, party: _Party, title: str) -> None:
        self._party = party
        self._title = title
        self.peer: Peer | None = None
        self.taken: TakeResult | None = None
        self.sent: TakeResult | None = None

    def hello(self, guest: Hello) -> Hello:
        self.peer = self._party.know(guest, self._title)
        return self._party.hello()

    def bundle_for(self, place: Path) -> Path:
        return self._party.pack(self._guest(), place)

    def take_bundle(self, file: Path) -> str:
        self.taken = self._party.take(file)
        return self.taken.receipt

    def take_receipt(self, receipt: bytes) -> None:
        self.sent = self._party.receipt(receipt)

    def _guest(self) -> Peer:
        if self.peer is None:
            raise Conflicting("nobody has said hello")
        return self.peer


@contextmanager
def hosting(
    case: Case, *, title: str, actor: str, reason: str, pair: bool = False, other: str = "",
    host: str = "", address: str = "0.0.0.0", port: int = 0,  # noqa: S104 - by invitation only
) -> Iterator[tuple[Invitation, Callable[[float | None], SyncResult | None]]]:
    """Invites one other device: the invitation to show, and what waits for the exchange.

    ``title`` is what this device is called, ``other`` what the guest shall be called here.
    """
    answers = _Hosting(_Party(case, title, actor, reason, pair), other)
    with room(case, ".exchange-") as place:
        server = Host(answers, case.verifier.text(), place, host=host or own_address(),
                      address=address, port=port)

        def wait(seconds: float | None = None) -> SyncResult | None:
            if not server.wait(seconds) or answers.peer is None or answers.sent is None:
                return None
            return SyncResult(answers.peer.id, answers.peer.title, True, answers.sent.size,
                              answers.taken)

        try:
            yield server.invitation, wait
        finally:
            server.close()


def visit(
    case: Case, invitation: Invitation, *, title: str, actor: str, reason: str, pair: bool = False,
    other: str = "", told: Told | None = None, seconds: float = 60.0,
) -> SyncResult:
    """Exchanges with the device whose invitation this is. Safe to be done again at any time.

    Raises Unavailable where the line breaks, Refused where one does not know the other,
    Tampered where a bundle was put aside.
    """
    say = told or _silent
    party = _Party(case, title, actor, reason, pair)
    guest = Guest(invitation, seconds=seconds)
    say("greeting")
    peer = party.know(guest.hello(party.hello_to(invitation)), other)
    with room(case, ".exchange-") as place:
        say("handing over")
        sent = party.receipt(guest.send_bundle(party.pack(peer, place)))
        say("fetching")
        guest.fetch_bundle(place / "fetched")
        taken = party.take(place / "fetched")
        guest.send_receipt(taken.receipt.encode())
    return SyncResult(peer.id, peer.title, True, sent.size, taken)


def _silent(step: str) -> None:
    """Says nothing to nobody."""
