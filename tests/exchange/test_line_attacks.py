"""Attacks on the line between two devices: by who sits on the network, and by who saw the invitation."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from headstamp.errors import HeadstampError, Refused, Unavailable
from headstamp.evidence.note import Signer
from headstamp.exchange.invitation import Invitation
from headstamp.exchange.line import Guest, Hello, Host
from headstamp.exchange.pinned_tls import connect, new_host_context

GUEST = Signer.generate("headstamp.local/guest")
OTHER = Signer.generate("headstamp.local/other")
HOST = Signer.generate("headstamp.local/host")
BUNDLE = b"what is new for the guest" * 1000


@dataclass
class Answers:
    """A host that notes what it is asked."""

    asked: list[str] = field(default_factory=list)

    def hello(self, guest: Hello) -> Hello:
        self.asked.append(f"hello {guest.title}")
        return Hello(HOST.verifier_key, "Host")

    def bundle_for(self, place: Path) -> Path:
        self.asked.append("bundle for")
        (place / "x").write_bytes(BUNDLE)
        return place / "x"

    def take_bundle(self, file: Path) -> str:
        self.asked.append(f"take {file.stat().st_size}")
        return "receipt"

    def take_receipt(self, receipt: bytes) -> None:
        self.asked.append(f"receipt {len(receipt)}")


@dataclass
class Listening:
    answers: Answers
    invitation: Invitation
    done: list[bool]
    place: Path

    def line(self) -> ssl.SSLSocket:
        to = self.invitation
        return connect(to.host, to.port, to.certificate, 5)

    def say(self, text: str | bytes) -> bytes:
        """What comes back to these bytes, until the host ends the line or falls silent."""
        data = text if isinstance(text, bytes) else text.replace("WORD", self.invitation.word).encode()
        with closing(self.line()) as line:
            line.settimeout(1.5)
            found = b""
            try:
                line.sendall(data)
                while piece := line.recv(4096):
                    found += piece
            except OSError:
                return found
            return found

    def hello(self, signer: Signer = GUEST) -> Hello:
        return Guest(self.invitation, seconds=5).hello(
            Hello.proven(signer, "Guest", self.invitation.certificate))


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Listening]:
    with listening(tmp_path) as found:
        yield found


@contextmanager
def listening(place: Path, seconds: float = 8) -> Iterator[Listening]:
    answers, done = Answers(), list[bool]()
    server = Host(answers, HOST.verifier_key, place, host="127.0.0.1", address="127.0.0.1")
    stop = threading.Event()

    def wait() -> None:
        done.append(server.wait(seconds))
        stop.set()

    thread = threading.Thread(target=wait)
    thread.start()
    try:
        yield Listening(answers, server.invitation, done, place)
    finally:
        server._server.done.set()  # whatever was tried, the test does not wait for more
        thread.join()
        server.close()
    assert list(place.iterdir()) == []  # nothing of what came stays


def whole(host: Listening) -> None:
    """An honest exchange."""
    guest = Guest(host.invitation, seconds=5)
    host.hello()
    (host.place / "mine").write_bytes(b"mine" * 100)
    assert guest.send_bundle(host.place / "mine") == b"receipt"
    guest.fetch_bundle(host.place / "fetched")
    assert (host.place / "fetched").read_bytes() == BUNDLE
    for name in ("mine", "fetched"):
        (host.place / name).unlink()
    guest.send_receipt(b"mine")


def test_who_names_anothers_key_is_given_nothing(host: Listening) -> None:
    """Wants: what is packed for another device, having seen the invitation and knowing its public key."""
    key, certificate = GUEST.verifier_key, host.invitation.certificate
    stolen = Hello.proven(OTHER, "x", certificate).proof
    for proof in ("", stolen, Hello.proven(GUEST, "x", "0" * 64).proof, "no note", stolen.replace(
            OTHER.verifier_key, key)):
        with pytest.raises(Refused, match="does not prove"):
            Guest(host.invitation, seconds=5).hello(Hello(key, "Guest", proof))
    with pytest.raises(Refused, match="nothing is asked for"):
        Guest(host.invitation, seconds=5).fetch_bundle(host.place / "fetched")
    (host.place / "fetched").unlink(missing_ok=True)
    assert host.answers.asked == []


def test_a_second_guest_does_not_take_the_place_of_the_first(host: Listening) -> None:
    """Wants: to be taken for the one that the host already speaks with."""
    host.hello()
    with pytest.raises(Refused, match="in use by another"):
        host.hello(OTHER)
    whole(host)
    assert host.answers.asked.count("hello Guest") == 2


def test_the_word_is_worth_nothing_after_the_exchange(tmp_path: Path) -> None:
    """Wants: to come back on the line that he kept open, with the word that was good."""
    with listening(tmp_path) as host, closing(host.line()) as kept:
        kept.settimeout(3)
        head = f"Authorization: headstamp {host.invitation.word}\r\n"
        body = Hello.proven(GUEST, "Guest", host.invitation.certificate).text()
        ask = f"POST /hello HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
        kept.sendall(ask)
        assert b"200" in kept.recv(64)
        whole(host)
        asked = list(host.answers.asked)
        kept.sendall(ask)
        found = b""
        try:
            while piece := kept.recv(4096):
                found += piece
        except OSError:
            pass
        assert b"used already" in found
        with pytest.raises(HeadstampError):
            host.hello()
        assert host.answers.asked == asked
    assert host.done == [True]


def test_idle_and_slow_lines_keep_nobody_out(host: Listening) -> None:
    """Wants: the host busy with lines that never say anything whole."""
    idle = [socket.create_connection(("127.0.0.1", host.invitation.port)) for _ in range(30)]
    slow = [host.line() for _ in range(5)]
    for line in slow:
        line.sendall(b"POST /hello HTTP/1.1\r\nAuthoriz")
    whole(host)
    for one in (*idle, *slow):
        one.close()


WORD = "Authorization: headstamp WORD\r\n"
BAD = {
    "no length": (f"POST /hello HTTP/1.1\r\n{WORD}\r\n", b"length"),
    "a body in pieces": (f"POST /hello HTTP/1.1\r\n{WORD}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
                         b"length"),
    "a length that is none": (f"POST /hello HTTP/1.1\r\n{WORD}Content-Length: -1\r\n\r\n", b"length"),
    "a length in other digits": (
        f"POST /hello HTTP/1.1\r\n{WORD}Content-Length: ٣\r\n\r\n", b"length"),
    "a hello of a gigabyte": (f"POST /hello HTTP/1.1\r\n{WORD}Content-Length: 1073741824\r\n\r\n", b"limit"),
    "no hello": (f"POST /hello HTTP/1.1\r\n{WORD}Content-Length: 2\r\n\r\n{{}}", b"not say who it is"),
    "deep JSON": (f"POST /hello HTTP/1.1\r\n{WORD}Content-Length: 60000\r\n\r\n" + "[" * 60000, b"not say who"),
    "no word": ("GET /bundle HTTP/1.1\r\n\r\n", b"not the word"),
    "a word of other letters": ("GET /bundle HTTP/1.1\r\nAuthorization: headstamp é\r\n\r\n", b"not the word"),
    "before hello": (f"GET /bundle HTTP/1.1\r\n{WORD}\r\n", b"nothing is asked for"),
    "another path": (f"GET /../../etc/passwd HTTP/1.1\r\n{WORD}\r\n", b"nothing is asked for"),
    "another method": (f"DELETE /bundle HTTP/1.1\r\n{WORD}\r\n", b"501"),
    "a giant header": (f"GET /bundle HTTP/1.1\r\nX: {'x' * 70000}\r\n\r\n", b"431"),
    "a thousand headers": ("GET /bundle HTTP/1.1\r\n" + "X: x\r\n" * 1000 + "\r\n", b"431"),
    "a giant line": (f"GET /{'x' * 70000} HTTP/1.1\r\n\r\n", b"414"),
    "no HTTP": ("hello\r\n\r\n", b""),
    "the old HTTP": ("GET /bundle\r\n\r\n", b"not the word"),
    "two at once, the second without the word": (
        f"POST /hello HTTP/1.1\r\n{WORD}Content-Length: 2\r\n\r\n{{}}GET /bundle HTTP/1.1\r\n\r\n",
        b"not say who it is"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_question_is_not_answered_and_changes_nothing(host: Listening, name: str) -> None:
    text, told = BAD[name]
    answer = host.say(text)
    assert told in answer
    assert BUNDLE[:25] not in answer
    assert host.answers.asked == []


def test_a_bundle_that_ends_early_is_not_taken(host: Listening) -> None:
    """Wants: half a bundle taken for a whole one."""
    host.hello()
    to = host.invitation
    line = http.client.HTTPConnection(to.host, to.port)
    line.sock = host.line()
    line.putrequest("POST", "/bundle")
    line.putheader("Authorization", f"headstamp {to.word}")
    line.putheader("Content-Length", "1000")
    line.endheaders(b"x" * 999)
    line.sock.shutdown(socket.SHUT_WR)
    line.close()
    whole(host)
    assert host.answers.asked.count("take 400") == 1
    assert not any(one.startswith("take 9") for one in host.answers.asked)


def test_older_tls_and_no_tls_are_not_spoken(host: Listening) -> None:
    """Wants: a line that he can read."""
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    where = ("127.0.0.1", host.invitation.port)
    with pytest.raises(OSError), closing(socket.create_connection(where, 5)) as raw:
        old.wrap_socket(raw)
    with closing(socket.create_connection(where, 5)) as raw:
        raw.sendall(b"GET /bundle HTTP/1.1\r\nAuthorization: headstamp "
                    + host.invitation.word.encode() + b"\r\n\r\n")
        assert b"HTTP" not in raw.recv(4096)
    assert host.answers.asked == []


@pytest.mark.parametrize("answer", [
    b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
    b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 200 + b"\r\n",
    b"nothing\r\n\r\n", b"",
])
def test_a_hostile_host_gives_the_guest_no_bundle(tmp_path: Path, answer: bytes) -> None:
    """Wants: a guest's disk filled, or half a bundle taken."""
    context, certificate = new_host_context()
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with closing(server.accept()[0]) as raw, context.wrap_socket(raw, server_side=True) as line:
            line.recv(4096)
            line.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    invitation = Invitation("127.0.0.1", server.getsockname()[1], certificate, "a" * 20, HOST.verifier_key)
    with pytest.raises((Unavailable, HeadstampError)):
        Guest(invitation, seconds=5).fetch_bundle(tmp_path / "fetched")
    thread.join(5)
    server.close()


@pytest.mark.parametrize("length", [6, 100, 60_000])
def test_an_answer_that_is_cut_short_is_no_answer(tmp_path: Path, length: int) -> None:
    """A receipt of which half came is a broken line, to be tried again, and not a wrong receipt."""
    context, certificate = new_host_context()
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with closing(server.accept()[0]) as raw, context.wrap_socket(raw, server_side=True) as line:
            line.recv(4096)
            line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\nheads" % length)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    invitation = Invitation("127.0.0.1", server.getsockname()[1], certificate, "a" * 20, HOST.verifier_key)
    with pytest.raises(Unavailable, match="do it again"):
        Guest(invitation, seconds=5).send_receipt(b"headstamp receipt/1")
    thread.join(5)
    server.close()


def test_a_host_of_another_key_is_left(host: Listening) -> None:
    """Wants: to be taken for another device by a guest that read a mixed-up invitation."""
    with pytest.raises(Refused, match="not the device"):
        Guest(replace(host.invitation, key=OTHER.verifier_key), seconds=5).hello(
            Hello.proven(GUEST, "Guest", host.invitation.certificate))
