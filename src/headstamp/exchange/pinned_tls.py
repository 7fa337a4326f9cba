"""TLS between two devices that trust one certificate because one of them showed it.

There is no authority: the host makes a new certificate for each exchange, the guest has its
SHA-256 from the invitation and speaks to nobody else. Neither key nor certificate is
ever on a disk where an anonymous memory file can be had.
"""

from __future__ import annotations

import os
import socket
import ssl
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from headstamp.errors import Refused, Unavailable
from headstamp.store.memory import memory_handle

# Clocks in the field are wrong; the certificate is trusted for its bytes, not its dates.
_LIFE = timedelta(days=3650)


def new_host_context() -> tuple[ssl.SSLContext, str]:
    """A host's side with a new certificate, and the SHA-256 of that in hexadecimal."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "headstamp")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - _LIFE)
        .not_valid_after(now + _LIFE).sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    _load(context, pem)
    der = certificate.public_bytes(serialization.Encoding.DER)
    return context, sha256(der).hexdigest()


def _load(context: ssl.SSLContext, pem: bytes) -> None:
    if sys.platform == "linux":
        with os.fdopen(memory_handle(), "w+b") as held:
            held.write(pem)
            held.flush()
            context.load_cert_chain(f"/proc/self/fd/{held.fileno()}")
        return
    with tempfile.NamedTemporaryFile() as stream:
        stream.write(pem)
        stream.flush()
        context.load_cert_chain(stream.name)


def connect(host: str, port: int, certificate: str, seconds: float) -> ssl.SSLSocket:
    """A connection to the one host that holds the key of this certificate.

    Nothing is sent before that is sure. Raises Unavailable, Refused.
    """
    # Names and authorities say nothing here: the certificate itself is compared below.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        line = context.wrap_socket(socket.create_connection((host, port), seconds))
    except OSError as error:
        raise Unavailable(f"{host} port {port} does not answer: {error.strerror or error}. Are both devices on the same "
                          "network, and does the other one still show its invitation?") from error
    shown = line.getpeercert(binary_form=True) or b""
    if sha256(shown).hexdigest() != certificate:
        line.close()
        raise Refused(f"who answers at {host} port {port} is not the device whose invitation this is; "
                      "nothing was sent. Somebody may be sitting between the two")
    return line
