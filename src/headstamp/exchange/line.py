"""The line between two devices: four questions over pinned TLS, each answered once.

    POST /hello     who I am; answer: who I am
    POST /bundle    here is what is new for you; answer: your receipt
    GET  /bundle    what is new for me?
    POST /receipt   my receipt for it

Nothing is kept of an exchange that was cut: what has no receipt is packed again the next
time, and what arrives twice is known.
"""

from __future__ import annotations

import hmac
import http.client
import json
import shutil
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from headstamp.errors import HeadstampError, Invalid, Refused, Unavailable, Unreadable
from headstamp.evidence.note import Signer, Verifier, open_note, sign
from headstamp.exchange.invitation import Invitation, new_word
from headstamp.exchange.limits import LIMITS, Limits, over_limit
from headstamp.exchange.pinned_tls import connect, new_host_context

SECONDS = 60.0
_SMALL = 1 << 16
_PIECE = 1 << 20
_WRONG_WORDS = 5
_BUNDLE = "application/x-tar"
_ANYWHERE = "0.0.0.0"  # noqa: S104 - a network of two, by invitation only


@dataclass(frozen=True, slots=True)
class Hello:
    """Who speaks: the public key of its log, and what its people call it.

    ``proof`` is a note signed by that key for this one exchange. A guest needs it: whoever has
    seen the invitation could else name the key of another device, and be given what is for that.
    """

    key: str
    title: str
    proof: str = ""

    @classmethod
    def proven(cls, signer: Signer, title: str, certificate: str) -> Hello:
        """Says so to the host of that certificate."""
        key = signer.verifier_key
        return cls(key, title, sign(_claim(key, certificate), signer))

    def check(self, certificate: str) -> None:
        """Raises Refused unless who says so holds the key, and says it to this very host."""
        try:
            proven = open_note(self.proof, [Verifier.parse(self.key)]).text
        except HeadstampError:
            proven = ""
        if proven != _claim(self.key, certificate):
            raise Refused("the other device does not prove that it holds the key which it names")

    def text(self) -> bytes:
        """As it goes over the line."""
        return json.dumps({"format": "headstamp-hello/1", "key": self.key, "title": self.title,
                           "proof": self.proof}).encode()

    @classmethod
    def parse(cls, data: bytes) -> Hello:
        """Reads what ``text`` wrote. Raises Unreadable."""
        try:
            value = json.loads(data)
            if value.keys() == {"format", "key", "title", "proof"} and all(
                isinstance(one, str) for one in value.values()
            ) and value["format"] == "headstamp-hello/1":
                return cls(value["key"], value["title"][:200], value["proof"])
        except (ValueError, AttributeError, RecursionError):
            pass
        raise Unreadable("the other device does not say who it is in a form that is known here")


def _claim(key: str, certificate: str) -> str:
    return f"headstamp hello/1\n{key}\n{certificate}\n"


class Answers(Protocol):
    """What a host does when it is asked; each raises a HeadstampError to refuse."""

    def hello(self, guest: Hello) -> Hello:
        """Learns who the guest is."""

    def bundle_for(self, place: Path) -> Path:
        """Packs what is new for the guest into a file in that folder."""

    def take_bundle(self, file: Path) -> str:
        """Takes the guest's bundle in; its receipt."""

    def take_receipt(self, receipt: bytes) -> None:
        """The guest's receipt for what it fetched."""


class Host:
    """One device listening for one exchange; ``invitation`` is what its screen shows."""

    def __init__(
        self, answers: Answers, key: str, place: Path, *, host: str, address: str = _ANYWHERE,
        port: int = 0, limits: Limits = LIMITS,
    ) -> None:
        context, certificate = new_host_context()
        if ":" in host and address == _ANYWHERE:
            address = "::"  # a network that has the newer addresses only
        try:
            self._server = _Server((address, port), answers, place, limits)
        except OSError as error:
            raise Unavailable(f"nothing can listen at {address} port {port}: {error.strerror}") from error
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._server.certificate = certificate
        self.invitation = Invitation(
            host, self._server.server_address[1], certificate, self._server.word, key)

    def wait(self, seconds: float | None = None) -> bool:
        """Listens until one exchange is done (True), or so many seconds have passed."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)
        thread.start()
        try:
            return self._server.done.wait(seconds)
        finally:
            self._server.shutdown()
            thread.join()

    def close(self) -> None:
        """Stops listening; the invitation is worthless from then on."""
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self, address: tuple[str, int], answers: Answers, place: Path, limits: Limits
    ) -> None:
        self.answers = answers
        self.place = place
        self.limits = limits
        self.word = new_word()
        self.wrong = 0
        self.busy = threading.Lock()
        self.certificate = ""
        self.guest = ""  # the key of the one device that this exchange is with
        self.fetched = False
        self.done = threading.Event()
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A line that broke is the guest's to try again; nothing is half done."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = SECONDS

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the case's log tells what was exchanged."""

    def do_POST(self) -> None:
        """A guest hands something over."""
        self._answer({"/hello": self._hello, "/bundle": self._take, "/receipt": self._receipt})

    def do_GET(self) -> None:
        """A guest asks for what is new for it."""
        self._answer({"/bundle": self._give})

    def _answer(self, ways: Mapping[str, Callable[[], None]]) -> None:
        given = self.headers.get("Authorization", "")
        if self.server.wrong >= _WRONG_WORDS or not hmac.compare_digest(
            given.encode("latin-1", "replace"), f"headstamp {self.server.word}".encode()
        ):
            self.server.wrong += 1
            return self._say(403, {"error": "refused", "message": "this is not the word of the invitation"})
        way = ways.get(self.path)
        if way is None or (self.path != "/hello" and not self.server.guest):
            return self._say(404, {"error": "missing", "message": "nothing is asked for here"})
        with self.server.busy:
            if self.server.done.is_set():
                return self._say(403, {"error": "refused", "message": "this invitation was used already"})
            try:
                return way()
            except HeadstampError as error:
                return self._say(error.http_status, error.as_dict())

    def _hello(self) -> None:
        guest = Hello.parse(self._small())
        guest.check(self.server.certificate)
        if self.server.guest not in ("", guest.key):
            raise Refused("this invitation is in use by another device")
        answer = self.server.answers.hello(guest)
        self.server.guest = guest.key
        self._send(200, "application/json", answer.text())

    def _take(self) -> None:
        with _file(self.server.place) as path:
            with path.open("wb") as target:
                _copy(self.rfile, target, self._length(self.server.limits.bag_bytes))
            receipt = self.server.answers.take_bundle(path)
        self._send(200, "text/plain; charset=utf-8", receipt.encode())

    def _give(self) -> None:
        with _folder(self.server.place) as folder:
            path = self.server.answers.bundle_for(folder)
            self.send_response(200)
            self.send_header("Content-Type", _BUNDLE)
            self.send_header("Content-Length", str(path.stat().st_size))
            self.end_headers()
            with path.open("rb") as source:
                shutil.copyfileobj(source, self.wfile, _PIECE)
        self.server.fetched = True

    def _receipt(self) -> None:
        self.server.answers.take_receipt(self._small())
        self._send(200, "application/json", b"{}")
        if self.server.fetched:
            self.server.done.set()

    def _small(self) -> bytes:
        return self.rfile.read(self._length(_SMALL))

    def _length(self, most: int) -> int:
        told = self.headers.get("Content-Length", "")
        if not told.isascii() or not told.isdigit():
            raise Invalid("the length of what is sent is not told")
        if int(told) > most:
            self.close_connection = True
            raise over_limit("", "bag_bytes", most, f"{int(told):,} bytes are sent")
        return int(told)

    def _say(self, status: int, value: Mapping[str, Any]) -> None:
        self.close_connection = True
        self._send(status, "application/json", json.dumps(value).encode())

    def _send(self, status: int, kind: str, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class Guest:
    """The other device: it has read the invitation, and asks."""

    def __init__(self, invitation: Invitation, *, seconds: float = SECONDS) -> None:
        self._invitation = invitation
        self._seconds = seconds

    def hello(self, mine: Hello) -> Hello:
        """Says who this is; who the host is, which must be whose invitation it was."""
        theirs = Hello.parse(self._ask("POST", "/hello", mine.text()))
        if theirs.key != self._invitation.key:
            raise Refused("the host is not the device whose invitation this is")
        return theirs

    def send_bundle(self, file: Path) -> bytes:
        """Hands a bundle over; the host's receipt."""
        with file.open("rb") as source:
            return self._ask("POST", "/bundle", source, file.stat().st_size)

    def fetch_bundle(self, target: Path, limits: Limits = LIMITS) -> None:
        """Fetches what is new for this device into a new file."""
        with self._asked("GET", "/bundle") as answer, target.open("xb") as stream:
            length = answer.length
            if length is None or length > limits.bag_bytes:
                raise over_limit("", "bag_bytes", limits.bag_bytes, "the host sends more")
            _copy(answer, stream, length)

    def send_receipt(self, receipt: bytes) -> None:
        """Hands over the receipt for what was fetched."""
        self._ask("POST", "/receipt", receipt)

    def _ask(self, method: str, path: str, body: bytes | BinaryIO, size: int | None = None) -> bytes:
        with self._asked(method, path, body, size) as answer:
            if answer.length is None or answer.length > _SMALL:
                raise Unreadable("the other device answers at a length that no such answer has")
            return answer.read()  # all of it, or an error: asked for so many bytes, it would give fewer

    @contextmanager
    def _asked(
        self, method: str, path: str, body: bytes | BinaryIO = b"", size: int | None = None
    ) -> Iterator[http.client.HTTPResponse]:
        to = self._invitation
        line = http.client.HTTPConnection(to.host, to.port, timeout=self._seconds)
        line.sock = connect(to.host, to.port, to.certificate, self._seconds)
        length = len(body) if isinstance(body, bytes) else size
        headers = {"Authorization": f"headstamp {to.word}", "Content-Length": str(length)}
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            if answer.status != 200:
                raise _refusal(answer.status, answer.read(_SMALL))
            yield answer
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable(f"the line to the other device broke: {error or type(error).__name__}. "
                              "Nothing is lost: do it again") from error
        finally:
            line.close()


def _refusal(status: int, data: bytes) -> HeadstampError:
    try:
        told = str(json.loads(data)["message"])
    except (ValueError, KeyError, TypeError):
        told = f"answer {status}"
    return Refused(f"the other device refuses: {told}")


def _copy(source: Any, target: BinaryIO, length: int) -> None:
    left = length
    while left:
        piece = source.read(min(left, _PIECE))
        if not piece:
            raise Unavailable("the line broke before all had come. Nothing is lost: do it again")
        target.write(piece)
        left -= len(piece)


@contextmanager
def _folder(place: Path) -> Iterator[Path]:
    """A folder of its own that is gone afterwards."""
    name = tempfile.mkdtemp(prefix=".exchange-", dir=place)
    try:
        yield Path(name)
    finally:
        with suppress(OSError):
            shutil.rmtree(name)


@contextmanager
def _file(place: Path) -> Iterator[Path]:
    with _folder(place) as folder:
        yield folder / "arrived"


def own_address() -> str:
    """The address by which others on the local network reach this device, as far as it knows."""
    for family, far in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((far, 9))  # sends nothing; only asks which way it would go
                return str(probe.getsockname()[0])
        except OSError:
            continue
    return "127.0.0.1"
