"""A time-stamping authority made by openssl, and a server on loopback that answers for it, or misbehaves."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

_CONFIG = """
[req]
distinguished_name = dn
prompt = no
[dn]
CN = of no use
[v3_ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
[v3_tsa]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[v3_other]
basicConstraints = CA:FALSE
extendedKeyUsage = critical,serverAuth
[issuing]
database = index.txt
new_certs_dir = .
serial = issued
policy = any
[any]
commonName = supplied
[tsa]
default_tsa = one
[one]
serial = serial
signer_digest = {signer_digest}
signer_cert = tsa.pem
signer_key = tsa.key
{certs}
default_policy = {policy}
digests = {digests}
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""
REPLY = "application/timestamp-reply"


def openssl(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    """Runs openssl in a folder."""
    return subprocess.run(["openssl", *map(str, arguments)], cwd=folder, capture_output=True, check=False)


@dataclass(frozen=True)
class Tsa:
    """An authority: its folder with keys, certificates and configuration."""

    folder: Path

    @classmethod
    def make(cls, folder: Path, name: str = "Test", *, certs: bool = False, usage: str = "v3_tsa",
             digests: str = "sha256, sha384, sha512", signer_digest: str = "sha256",
             certificate_digest: str = "sha256", policy: str = "1.2.3.4.1",
             valid: tuple[str, str] | None = None) -> Tsa:
        """A new one. ``certs``: it sends its chain along, in a set that openssl does not sort.

        ``valid`` are the first and last moment of its certificate, as openssl writes them.
        """
        folder.mkdir(parents=True)
        (folder / "tsa.cnf").write_text(_CONFIG.format(
            certs="certs = chain.pem" if certs else "", digests=digests,
            signer_digest=signer_digest, policy=policy))
        (folder / "index.txt").touch()
        (folder / "issued").write_text("1000\n")
        moments = ("-startdate", valid[0], "-enddate", valid[1]) if valid else ("-days", "3000")
        (folder / "serial").write_text("01\n")
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "tsa.cnf")
        for arguments in (
            ("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "3650",
             "-extensions", "v3_ca", "-subj", f"/CN={name} root"),
            ("req", *key, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", f"/CN={name} stamps"),
            ("ca", "-batch", "-notext", "-config", "tsa.cnf", "-name", "issuing", "-in", "tsa.csr",
             "-cert", "ca.pem", "-keyfile", "ca.key", "-out", "tsa.pem", *moments,
             "-md", certificate_digest, "-extensions", usage),
        ):
            done = openssl(folder, *arguments)
            assert done.returncode == 0, done.stderr
        (folder / "chain.pem").write_bytes(b"".join(
            (folder / one).read_bytes() for one in ("tsa.pem", "ca.pem")))
        return cls(folder)

    @property
    def ca(self) -> Path:
        """Its root certificate."""
        return self.folder / "ca.pem"

    def answer(self, request: bytes) -> bytes:
        """What it answers to a request."""
        with tempfile.TemporaryDirectory(dir=self.folder) as here:
            asked, answered = Path(here) / "q.tsq", Path(here) / "r.tsr"
            asked.write_bytes(request)
            done = openssl(self.folder, "ts", "-reply", "-queryfile", asked, "-out", answered,
                           "-config", "tsa.cnf")
            assert answered.is_file(), done.stderr
            return answered.read_bytes()


def verifies(data: Path, token: Path, ca: Path) -> bool:
    """Whether openssl says that a time stamp is good."""
    done = openssl(data.parent, "ts", "-verify", "-data", data, "-in", token, "-CAfile", ca)
    assert (done.returncode == 0) == (b"Verification: OK" in done.stdout + done.stderr)
    return done.returncode == 0


Answering = Callable[[bytes], bytes]


@dataclass
class Served:
    """A server's address, what it is to do, and what it was asked."""

    url: str
    answering: Answering
    status: int = 200
    kind: str = REPLY
    headers: dict[str, str] = field(default_factory=dict)
    drip: bool = False
    over: Event = field(default_factory=Event)
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def serving(answering: Answering) -> Iterator[Served]:
    """A server on loopback that answers each request with these bytes."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            served.asked.append((self.path, dict(self.headers), body))
            answer = served.answering(body)
            self.send_response(served.status)
            self.send_header("Content-Type", served.kind)
            self.send_header("Content-Length", str(len(answer)))
            for name, value in served.headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                for start in range(0, len(answer), 1 if served.drip else len(answer)):
                    self.wfile.write(answer[start : start + (1 if served.drip else len(answer))])
                    self.wfile.flush()
                    if served.drip and served.over.wait(0.1):
                        return
            except OSError:
                return

        do_GET = do_POST

        def log_message(self, *told: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        served = Served(f"http://127.0.0.1:{server.server_address[1]}/tsa", answering)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield served
        finally:
            served.over.set()
            server.shutdown()
            thread.join(5)


def nobody() -> str:
    """An address at which nobody answers."""
    with serving(lambda request: b"") as served:
        return served.url


