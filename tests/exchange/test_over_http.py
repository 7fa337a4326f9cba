"""One address is asked, once, for a bounded time; whatever else comes back is refused in words."""

from __future__ import annotations

import socket
from pathlib import Path
from threading import Thread

import pytest

from headstamp.errors import Unavailable
from headstamp.exchange.over_http import ask
from headstamp.exchange.time_stamp import MOST_BYTES, Request
from tests.exchange.tsa import Tsa, nobody, serving

REQUEST = Request.of(b"data").der


def test_an_answer_comes_back_byte_for_byte(tmp_path: Path) -> None:
    with serving(lambda request: b"answer to " + request) as served:
        assert ask(served.url + "?a=b", REQUEST) == b"answer to " + REQUEST
    ((path, headers, body),) = served.asked
    assert (path, body) == ("/tsa?a=b", REQUEST)
    # Nothing that tells who we are.
    assert set(headers) == {"Host", "Accept-Encoding", "Content-Length", "Content-Type", "Accept"}


def test_nobody_there() -> None:
    with pytest.raises(Unavailable, match=r"cannot be asked: .*refused"):
        ask(nobody(), REQUEST)


def test_a_name_that_is_none() -> None:
    with pytest.raises(Unavailable, match="cannot be asked"):
        ask("http://no-such-host.invalid/", REQUEST)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    with serving(lambda request: b"reached") as other, serving(lambda request: b"moved") as served:
        served.status, served.headers = status, {"Location": other.url}
        with pytest.raises(Unavailable, match="elsewhere"):
            ask(served.url, REQUEST)
    assert other.asked == [] and len(served.asked) == 1


@pytest.mark.parametrize("status", [201, 400, 404, 500, 503])
def test_another_status(status: int) -> None:
    with serving(lambda request: b"x") as served:
        served.status = status
        with pytest.raises(Unavailable, match=f"answers {status}"):
            ask(served.url, REQUEST)


def test_a_page_instead_of_an_answer() -> None:
    with serving(lambda request: b"<html>Please log in</html>") as served:
        served.kind = "text/html; charset=utf-8"
        with pytest.raises(Unavailable, match=r"text/html: is there a log-in page"):
            ask(served.url, REQUEST)


def test_a_huge_answer_is_not_taken_in() -> None:
    with serving(lambda request: bytes(MOST_BYTES + 1)) as served, pytest.raises(Unavailable, match="more than"):
        ask(served.url, REQUEST)
    with serving(lambda request: bytes(MOST_BYTES)) as served:
        assert len(ask(served.url, REQUEST)) == MOST_BYTES


def test_one_who_answers_a_byte_now_and_then_is_cut_off() -> None:
    with serving(lambda request: bytes(3000)) as served:
        served.drip = True
        with pytest.raises(Unavailable, match=r"within 0\.6 seconds"):
            ask(served.url, REQUEST, seconds=0.6)


@pytest.mark.parametrize("said", [b"", b"hello\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n"
                                  b"Content-Type: application/timestamp-reply\r\n\r\nshort"])
def test_what_is_no_http_or_ends_too_soon(said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        def once() -> None:
            line, _ = server.accept()
            with line:
                line.recv(5000)
                line.sendall(said)

        thread = Thread(target=once, daemon=True)
        thread.start()
        with pytest.raises(Unavailable, match="cannot be asked"):
            ask(f"http://127.0.0.1:{server.getsockname()[1]}/", REQUEST, seconds=5)
        thread.join(5)


def test_a_line_that_is_secret_to_nobody_is_refused(tmp_path: Path) -> None:
    """A server whose certificate no root of this machine knows."""
    import ssl

    tsa = Tsa.make(tmp_path / "tsa")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tsa.folder / "tsa.pem", tsa.folder / "tsa.key")
    with socket.create_server(("127.0.0.1", 0)) as server:
        def once() -> None:
            line, _ = server.accept()
            try:
                context.wrap_socket(line, server_side=True).close()
            except OSError:
                line.close()

        thread = Thread(target=once, daemon=True)
        thread.start()
        with pytest.raises(Unavailable, match="certificate"):
            ask(f"https://127.0.0.1:{server.getsockname()[1]}/", REQUEST, seconds=5)
        thread.join(5)
