"""Direct exchange: by invitation, whole or not at all, and safe to do again.

S2: the line is cut at 12 points, in `make soak` at 100, by an end or a reset of the connection.
"""

from __future__ import annotations

import os
import random
import shutil
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from headstamp.actions.cases import check_case
from headstamp.actions.exchange.aside import put_aside
from headstamp.actions.exchange.devices import mark_lost, peers
from headstamp.actions.exchange.sync import SyncResult, hosting, visit
from headstamp.errors import HeadstampError, Invalid, Refused, Unavailable
from headstamp.exchange.invitation import Invitation
from headstamp.exchange.line import Guest, Hello
from headstamp.exchange.pinned_tls import new_host_context
from headstamp.records import Item, Marking, Photograph
from headstamp.store.case import Case
from tests.actions.exchange.travel import originals
from tests.effort import EFFORT

CUTS = 12 if EFFORT == 1 else 100


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Case, Case]]:
    with Case.create(tmp_path / "a") as a, Case.create(tmp_path / "b") as b:
        yield a, b


def found(case: Case, tag: str) -> str:
    """Puts an item, a photograph with its original and a marking on file; the item's id."""
    with case.change(actor="A", reason="found") as change:
        kept = change.file(os.urandom(30_000))
        item = Item.build(tag=tag)
        change.put_many([item, Photograph.build(items=[item.id], digest=kept.digest),
                         Marking.build(item=item.id, text="AB 1")])
    return item.id


@contextmanager
def invited(case: Case, *, pair: bool = True, seconds: float = 20) -> Iterator[
    tuple[Invitation, list[SyncResult | None]]
]:
    """A host that listens in a thread of its own; what came of it is there at the end."""
    done: list[SyncResult | None] = []
    with hosting(case, title="Headquarters", actor="H", reason="evening", pair=pair,
                 host="127.0.0.1", address="127.0.0.1") as (invitation, wait):
        thread = threading.Thread(target=lambda: done.append(wait(seconds)))
        thread.start()
        try:
            yield invitation, done
        finally:
            thread.join()


def meet(host: Case, guest: Case, **more: object) -> SyncResult:
    with invited(host) as (invitation, done):
        result = visit(guest, invitation, title="Laptop", actor="L", reason="evening", pair=True)
    assert done[0] is not None and done[0].sent
    return result


def state(case: Case) -> dict[str, object]:
    reader = case.read("sealed")
    return {kind: sorted((one.id, str(sorted(one.values.items()))) for one in reader.stream(kind))
            for kind in ("item", "photograph", "marking")} | {"files": originals(case)}


def test_both_have_all_afterwards_and_know_that_it_arrived(two: tuple[Case, Case]) -> None:
    a, b = two
    found(a, "one")
    found(b, "two")
    done = meet(a, b)
    assert (done.sent, done.taken and done.taken.taken) == (True, 3)
    assert state(a) == state(b)
    assert len(a.read().list("item").rows) == 2
    for case in two:
        (peer,) = peers(case)
        assert (peer.waiting, peer.sent > 0, peer.taken > 0) == ((), True, True)
        assert check_case(case) == []
    again = meet(b, a)
    assert again.taken is not None and again.taken.taken == 0
    assert state(a) == state(b)


def test_a_network_of_the_newer_addresses_will_do(two: tuple[Case, Case]) -> None:
    a, b = two
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    found(b, "one")
    with hosting(a, title="Headquarters", actor="H", reason="evening", pair=True, host="::1") as (invitation, wait):
        assert Invitation.parse(invitation.text()) == invitation
        done: list[SyncResult | None] = []
        thread = threading.Thread(target=lambda: done.append(wait(20)))
        thread.start()
        visit(b, invitation, title="Laptop", actor="L", reason="evening", pair=True)
        thread.join()
    assert done[0] is not None
    assert state(a) == state(b)


def test_who_is_not_known_is_refused_without_pairing(two: tuple[Case, Case]) -> None:
    a, b = two
    found(b, "one")
    with invited(a, pair=False, seconds=2) as (invitation, done), pytest.raises(Refused, match="--pair"):
        visit(b, invitation, title="Laptop", actor="L", reason="r", pair=True)
    assert done == [None]
    with invited(a, seconds=2) as (invitation, done), pytest.raises(Refused, match="--pair"):
        visit(b, invitation, title="Laptop", actor="L", reason="r", pair=False)
    assert a.read().totals().get("item", 0) == 0


def test_a_lost_device_is_not_spoken_to(two: tuple[Case, Case]) -> None:
    a, b = two
    meet(a, b)
    mark_lost(a, "Laptop", actor="H", reason="seized")
    found(b, "forged")
    with invited(a, seconds=2) as (invitation, _), pytest.raises(Refused, match="lost"):
        visit(b, invitation, title="Laptop", actor="X", reason="r")
    assert a.read().totals().get("item", 0) == 0


def test_nothing_is_sent_to_who_has_another_certificate(two: tuple[Case, Case]) -> None:
    a, b = two
    found(b, "one")
    with invited(a, seconds=2) as (invitation, _):
        heard: list[bytes] = []
        with listening(heard) as port, pytest.raises(Refused, match="sitting between"):
            visit(b, replace(invitation, port=port), title="L", actor="L", reason="r", pair=True)
        assert heard == [b""]
        other = replace(invitation, key=b.verifier.text())
        with pytest.raises(HeadstampError):
            visit(b, other, title="L", actor="L", reason="r", pair=True)


def test_a_wrong_word_lets_nobody_in_and_ends_the_invitation(two: tuple[Case, Case]) -> None:
    a, b = two
    with invited(a, seconds=3) as (invitation, done):
        wrong = Guest(replace(invitation, word="a" * 20))
        for _ in range(6):
            with pytest.raises(Refused, match="word"):
                wrong.hello(Hello(b.verifier.text(), "L"))
        with pytest.raises(Refused, match="word"):
            Guest(invitation).hello(Hello(b.verifier.text(), "L"))
    assert done == [None]


@pytest.mark.parametrize("text", ["", "hello", "headstamp-sync:h/0/x/y/z", "http://example.org"])
def test_what_is_no_invitation_is_said_to_be_none(text: str) -> None:
    with pytest.raises(Invalid, match="no invitation"):
        Invitation.parse(text)


def test_an_invitation_is_read_as_it_was_written(two: tuple[Case, Case]) -> None:
    with invited(two[0], seconds=0.1) as (invitation, _):
        assert Invitation.parse(invitation.text()) == invitation
        assert Invitation.parse(invitation.text()[:40] + "\n " + invitation.text()[40:]) == invitation


def test_cut_anywhere_and_done_again_it_is_as_if_never_cut(tmp_path: Path) -> None:
    draw = random.Random(20261122)
    with Case.create(tmp_path / "a") as a, Case.create(tmp_path / "b") as b:
        found(a, "first")
        found(b, "second")
        length = _whole_length(tmp_path)
        cut = 0
        for number in range(CUTS):
            found(b if number % 2 else a, f"n{number}")
            after, reset = draw.randrange(200, length), draw.random() < 0.5
            with invited(a, seconds=1.5) as (invitation, _), \
                    cutting(invitation.port, after, reset) as port:
                try:
                    visit(b, replace(invitation, port=port), title="Laptop", actor="L",
                          reason="evening", pair=True, seconds=5)
                except (Unavailable, Refused):
                    cut += 1
            assert check_case(a) == check_case(b) == []
            # "Sent" is never shown before the other side has it.
            for giver, taker in ((a, b), (b, a)):
                arrived = {one.get("sum") for one in taker.read("sealed").stream("bundle")
                           if one.get("bundle_state") == "taken"}
                assert arrived >= {one.get("sum") for one in giver.read("sealed").stream("bundle")
                                   if one.get("bundle_state") == "received"}
        meet(a, b)
        assert state(a) == state(b)
        assert len(list(a.read("sealed").stream("item"))) == 2 + CUTS
        assert cut >= CUTS // 2


def _whole_length(folder: Path) -> int:
    """How many bytes go over the line in one exchange, about."""
    with Case.create(folder / "x") as x, Case.create(folder / "y") as y:
        found(x, "x")
        found(y, "y")
        with invited(x) as (invitation, _), cutting(invitation.port, 10**9, False) as port:
            visit(y, replace(invitation, port=port), title="L", actor="L", reason="r", pair=True)
    return cutting_total[0]


cutting_total = [0]


@contextmanager
def cutting(port: int, after: int, reset: bool) -> Iterator[int]:
    """A proxy that passes so many bytes in all, then drops every line."""
    passed = 0
    lock = threading.Lock()
    server = socket.create_server(("127.0.0.1", 0))
    lines: list[socket.socket] = [server]

    def drop() -> None:
        for line in list(lines):
            if reset:
                try:
                    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
                except OSError:
                    continue
            try:
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def pump(source: socket.socket, target: socket.socket) -> None:
        nonlocal passed
        try:
            while data := source.recv(4096):
                with lock:
                    passed += len(data)
                    cutting_total[0] = passed
                    stop = passed > after
                if stop:
                    drop()
                    return
                target.sendall(data)
        except OSError:
            return
        finally:
            for one in (source, target):
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue

    def accept() -> None:
        while True:
            try:
                guest, _ = server.accept()
                if passed > after:
                    guest.close()
                    continue
                host = socket.create_connection(("127.0.0.1", port))
            except OSError:
                return
            lines.extend((guest, host))
            for ends in ((guest, host), (host, guest)):
                threading.Thread(target=pump, args=ends, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        for line in lines:
            line.close()


@contextmanager
def listening(heard: list[bytes]) -> Iterator[int]:
    """A host with a certificate of its own that keeps what it is told."""
    context, _ = new_host_context()
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with closing(server.accept()[0]) as raw:
            try:
                with context.wrap_socket(raw, server_side=True) as line:
                    heard.append(line.recv(4096))
            except (OSError, ssl.SSLError):
                heard.append(b"")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield server.getsockname()[1]
    thread.join(5)
    server.close()


def test_a_device_put_back_to_an_older_state_is_told_so_at_the_line(
    two: tuple[Case, Case], tmp_path: Path
) -> None:
    a, b = two
    with invited(a) as (invitation, _):
        visit(b, invitation, title="Laptop", actor="L", reason="evening", pair=True)
    copy = shutil.copytree(b.folder, tmp_path / "copy")
    found(b, "A-1")
    with invited(a) as (invitation, _):
        visit(b, invitation, title="Laptop", actor="L", reason="evening")
    with (
        Case.open(copy) as back, invited(a, seconds=3) as (invitation, _),
        pytest.raises(Refused, match="older state of that device"),
    ):
        visit(back, invitation, title="Laptop", actor="L", reason="evening")
    assert [one.get("bundle_state") for one in put_aside(a.read("sealed"))] == ["quarantined"]
