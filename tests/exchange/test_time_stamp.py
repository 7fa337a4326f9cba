"""Every published vector is judged as its README says, and openssl and we agree on what is good."""

from __future__ import annotations

import warnings
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.errors import HeadstampError, Refused, Tampered, Unreadable
from headstamp.exchange.der import INTEGER, SEQUENCE, number, whole, written
from headstamp.exchange.time_stamp import (
    MOST_BYTES,
    USE_OPENSSL,
    Request,
    certificates_of,
    check,
    read_answer,
)
from tests.effort import EFFORT
from tests.exchange.tsa import Tsa, openssl, verifies
from tests.shared import shared

DATA = b"origin\n7\nroot\n\n\xe2\x80\x94 origin signature\n"


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Tsa:
    return Tsa.make(tmp_path_factory.mktemp("tsa") / "one")


def certificates(tsa: Tsa) -> str:
    return certificates_of(tsa.ca.read_bytes())


# -- the published vectors

HELLO = b"hello"
GOOD = [
    "sigstage/response-sha256", "sigstage/response-sha384", "sigstage/response-sha512",
    "sigstage/response-no-embedded-cert", "test_tsa/response", "test_tsa/response-injected-certs",
    "identrust/issue-104",
]


def vector(name: str) -> tuple[bytes, str]:
    folder = shared("vectors/rfc3161")
    path = folder / f"{name}.tsr"
    path = path if path.exists() else folder / name
    chain = path.parent / "ts_chain.pem"
    return path.read_bytes(), certificates_of(chain.read_bytes()) if chain.exists() else ""


@pytest.mark.parametrize("name", GOOD)
def test_good_vectors(name: str) -> None:
    der, chain = vector(name)
    assert check(der, HELLO, chain).good
    with pytest.raises(Tampered, match="other bytes"):
        check(der, HELLO + b"!", chain)
    other = vector("test_tsa/response" if "sigstage" in name else "sigstage/response-sha256")[1]
    with pytest.raises(Tampered, match="does not hold"):
        check(der, HELLO, other)


def test_bad_vectors() -> None:
    with pytest.raises(Tampered, match="signature"):
        check(vector("sigstage/response-invalid-signature")[0], HELLO,
              vector("sigstage/response-sha256")[1])
    with pytest.raises(Tampered, match="does not hold"):  # by another authority of that name
        check_vector("test_tsa/other_response")


def check_vector(name: str, nonce: int | None = None) -> None:
    der, chain = vector(name)
    check(der, HELLO, chain, nonce)


def test_each_vector_answers_its_own_request_only() -> None:
    folder = shared("vectors/rfc3161/test_tsa")
    asked = _nonce((folder / "request.der").read_bytes())
    other = _nonce((folder / "other_request.der").read_bytes())
    der, chain = vector("test_tsa/response")
    assert asked != other
    assert check(der, HELLO, chain, asked).good
    with pytest.raises(Tampered, match="another request"):
        check(der, HELLO, chain, other)
    with pytest.raises(Tampered, match="another request"):
        check_vector("test_tsa/other_response", asked)
    sigstage = _nonce((shared("vectors/rfc3161/sigstage") / "request.der").read_bytes())
    with pytest.raises(Tampered, match="another request"):
        check_vector("sigstage/response-sha256", sigstage)


def _nonce(der: bytes) -> int:
    return next(part.number() for part in whole(der).children()[2:] if part.tag == INTEGER)


def test_a_certificate_that_has_run_out_since_was_good_then() -> None:
    der, chain = vector("sigstore.mock/response-expired")
    payload = (shared("vectors/rfc3161") / "sigstore.mock" / "payload").read_bytes()
    found = check(der, payload, chain)
    assert found.good and found.at.isoformat() == "2023-02-01T00:00:00+00:00"


@pytest.mark.parametrize("name", ["digicert", "rfc3161-client-issue-104", "self_signed",
                                  "valid_timestamp", "timestamp_token_http-timestamp-identrust-com"])
def test_answers_of_real_authorities_are_read(name: str) -> None:
    der, _ = vector(f"auto-archiver/{name}")
    if name.startswith("timestamp_token"):  # a bare token, not an answer
        with pytest.raises(Unreadable):
            read_answer(der)
        der = written(SEQUENCE, written(SEQUENCE, number(0)), der)
    assert read_answer(der).at.year == 2025


def test_without_a_root_it_is_not_checked_and_never_good() -> None:
    found = check(vector("sigstage/response-sha256")[0], HELLO)
    assert not found.good and USE_OPENSSL in found.why
    der, chain = vector("test_tsa/response")
    leaf = chain[: chain.index("-----END") + len("-----END CERTIFICATE-----\n")]
    assert not check(der, HELLO, leaf).good


# -- against openssl


def test_what_we_ask_openssl_reads(tsa: Tsa, tmp_path: Path) -> None:
    request = Request.of(DATA)
    assert Request.read(request.der) == request
    (tmp_path / "q.tsq").write_bytes(request.der)
    said = openssl(tmp_path, "ts", "-query", "-in", "q.tsq", "-text").stdout.decode()
    assert "Hash Algorithm: sha256" in said and "Certificate required: yes" in said
    assert f"{request.nonce:X}" in said
    assert len({Request.of(DATA).nonce for _ in range(20)}) == 20


def test_a_good_answer(tsa: Tsa) -> None:
    request = Request.of(DATA)
    der = tsa.answer(request.der)
    assert check(der, DATA, certificates(tsa), request.nonce).good
    with pytest.raises(Tampered, match="another request"):
        check(der, DATA, certificates(tsa), request.nonce + 1)
    with pytest.raises(Tampered, match="other bytes"):
        check(der, DATA + b"\n", certificates(tsa), request.nonce)


def test_an_unsorted_set_of_certificates_is_checked_all_the_same(tmp_path: Path) -> None:
    tsa = Tsa.make(tmp_path / "unsorted", certs=True)
    der = tsa.answer(Request.of(DATA).der)
    answer = read_answer(der)
    assert answer.der == der and answer.sorted != der and len(answer.sorted) == len(der)
    assert check(der, DATA, certificates(tsa)).good


def test_what_only_openssl_reads_is_not_checked(tsa: Tsa, tmp_path: Path) -> None:
    """An encoding that is not distinguished where nothing is signed: a length in two bytes too many."""
    der = tsa.answer(Request.of(DATA).der)
    status, content = whole(der).children()
    loose = b"\x30\x81" + status.whole[1:2] + status.content
    body = loose + content.whole
    odd = b"\x30\x82" + len(body).to_bytes(2, "big") + body
    found = check(odd, DATA, certificates(tsa))
    assert not found.good and found.why.startswith(USE_OPENSSL)
    (tmp_path / "data").write_bytes(DATA)
    (tmp_path / "odd").write_bytes(odd)
    assert verifies(tmp_path / "data", tmp_path / "odd", tsa.ca)


def test_a_refusal_is_told_in_the_authoritys_words(tmp_path: Path) -> None:
    tsa = Tsa.make(tmp_path / "narrow", digests="sha512")
    with pytest.raises(Refused, match=r"rejected the request: .*not supported"):
        read_answer(tsa.answer(Request.of(DATA).der))


@pytest.mark.parametrize("valid", [("200101000000Z", "210101000000Z"), ("400101000000Z", "410101000000Z")],
                         ids=["expired", "not yet valid"])
def test_a_certificate_that_was_not_valid_at_that_moment(valid: tuple[str, str], tmp_path: Path) -> None:
    tsa = Tsa.make(tmp_path / "tsa", valid=valid)
    request = Request.of(DATA)
    with pytest.raises(Tampered, match="does not hold: certificate"):
        check(tsa.answer(request.der), DATA, certificates(tsa), request.nonce)


def test_any_policy_of_the_authority_is_taken(tmp_path: Path) -> None:
    """None is asked for: which policy an authority has to have is for the court to say."""
    tsa = Tsa.make(tmp_path / "tsa", policy="2.16.840.1.99999.7")
    request = Request.of(DATA)
    assert check(tsa.answer(request.der), DATA, certificates(tsa), request.nonce).good


def test_granted_with_modifications_is_granted(tsa: Tsa, tmp_path: Path) -> None:
    request = Request.of(DATA)
    plain = tsa.answer(request.der)
    parts = whole(plain).children()
    modified = written(SEQUENCE, written(SEQUENCE, number(1)), parts[1].whole)
    assert check(modified, DATA, certificates(tsa), request.nonce).good
    (tmp_path / "d").write_bytes(DATA)
    (tmp_path / "t").write_bytes(modified)
    assert verifies(tmp_path / "d", tmp_path / "t", tsa.ca)


@pytest.mark.parametrize("weak", [{"signer_digest": "sha1"}, {"certificate_digest": "sha1"}])
def test_sha_1_is_refused_though_openssl_takes_it(weak: dict[str, str], tmp_path: Path) -> None:
    tsa = Tsa.make(tmp_path / "tsa", **weak)  # type: ignore[arg-type]
    request = Request.of(DATA)
    der = tsa.answer(request.der)
    with pytest.raises(Refused, match="SHA-1, which can be forged"):
        check(der, DATA, certificates(tsa), request.nonce)
    (tmp_path / "d").write_bytes(DATA)
    (tmp_path / "t").write_bytes(der)
    assert verifies(tmp_path / "d", tmp_path / "t", tsa.ca)


def test_a_time_stamp_of_a_sha_1_is_about_other_bytes(tmp_path: Path) -> None:
    tsa = Tsa.make(tmp_path / "tsa", digests="sha1, sha256")
    (tmp_path / "d").write_bytes(DATA)
    openssl(tmp_path, "ts", "-query", "-data", "d", "-sha1", "-cert", "-out", "q")
    with pytest.raises(Tampered, match="other bytes"):
        check(tsa.answer((tmp_path / "q").read_bytes()), DATA, certificates(tsa))


def test_an_answer_without_our_nonce_may_be_an_old_one(tsa: Tsa, tmp_path: Path) -> None:
    (tmp_path / "d").write_bytes(DATA)
    openssl(tmp_path, "ts", "-query", "-data", "d", "-sha256", "-cert", "-no_nonce", "-out", "q")
    with pytest.raises(Tampered, match="another request"):
        check(tsa.answer((tmp_path / "q").read_bytes()), DATA, certificates(tsa), Request.of(DATA).nonce)


def test_another_authority_of_the_same_name(tsa: Tsa, tmp_path: Path) -> None:
    twin = Tsa.make(tmp_path / "twin")
    with pytest.raises(Tampered, match="does not hold"):
        check(twin.answer(Request.of(DATA).der), DATA, certificates(tsa))


def test_a_flipped_bit_is_never_good_to_us_and_bad_to_openssl(tsa: Tsa, tmp_path: Path) -> None:
    der = tsa.answer(Request.of(DATA).der)
    (tmp_path / "data").write_bytes(DATA)
    random, good, refused = Random(3), 0, 0
    for _ in range(150 * EFFORT):
        flipped = bytearray(der)
        flipped[random.randrange(len(der))] ^= 1 << random.randrange(8)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a certificate may now have an odd number
                found = check(bytes(flipped), DATA, certificates(tsa))
        except HeadstampError:
            refused += 1
            continue
        if found.good:
            good += 1
            (tmp_path / "flipped").write_bytes(flipped)
            assert verifies(tmp_path / "data", tmp_path / "flipped", tsa.ca)
    assert refused > 70 * EFFORT and good < 10 * EFFORT


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_in_words(data: bytes) -> None:
    with pytest.raises((Unreadable, Refused)):
        read_answer(data)


@given(st.data())
def test_any_cut_and_any_bytes_more_are_refused_in_words(data: st.DataObject) -> None:
    der = vector("sigstage/response-sha256")[0]
    with pytest.raises((Unreadable, Refused)):
        read_answer(der[: data.draw(st.integers(0, len(der) - 1))])
    with pytest.raises(Unreadable):
        read_answer(der + data.draw(st.binary(min_size=1, max_size=3)))


def test_more_bytes_than_an_answer_has() -> None:
    with pytest.raises(Unreadable, match="more than"):
        read_answer(b"\x30" * (MOST_BYTES + 1))


def test_certificates_that_are_none(tsa: Tsa) -> None:
    der = tsa.answer(Request.of(DATA).der)
    wrong = certificates(tsa).replace("M", "A", 1)
    with pytest.raises(Unreadable, match="certificates"):
        check(der, DATA, wrong)


def test_files_of_certificates(tsa: Tsa) -> None:
    pem = tsa.ca.read_bytes()
    made = openssl(tsa.folder, "x509", "-in", "ca.pem", "-outform", "DER").stdout
    assert certificates_of(made) == certificates_of(pem) == certificates_of(b"Subject: x\n" + pem)
    packed = openssl(tsa.folder, "crl2pkcs7", "-nocrl", "-certfile", "chain.pem").stdout
    assert certificates_of(packed).count("BEGIN") == 2
    for wrong in (b"", b"hello", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                  b"-----BEGIN CERTIFICATE-----\n"):
        with pytest.raises(Unreadable):
            certificates_of(wrong)
