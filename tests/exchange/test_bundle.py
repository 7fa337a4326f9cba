"""What a bundle says of itself: one spelling, all that is wrong at once, records in order."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.errors import HeadstampError, Invalid, Tampered, Unavailable, Unreadable
from headstamp.evidence.canonical import canonical
from headstamp.evidence.note import Signer, sign
from headstamp.exchange import bag
from headstamp.exchange.bundle import (
    RecordLine,
    Statement,
    check_contents,
    check_signature,
    original_name,
    read_records,
    signed_text,
)
from tests.exchange.boxes import packed

LAPTOP, OFFICE = (Signer.generate(name).verifier_key for name in ("laptop-7", "headquarters"))
STATEMENT = Statement(sender=LAPTOP, to=(OFFICE,), first=4, size=12, made_by="A. Investigator",
                      made_at="2026-11-22T08:00:00.000000Z", records=2, originals=1)
SEED = bytes(range(16))
LINES = [RecordLine(4, SEED, b'{"id":"itm-1","marking":"07-85"}'),
         RecordLine(9, b"\x01" + bytes(48), b'{"id":"itm-2"}', ("headquarters 3", "laptop-9 14"))]


def test_a_statement_is_written_and_read() -> None:
    text = STATEMENT.text()
    assert Statement.parse(text) == STATEMENT
    assert json.loads(text) == {
        "format": "headstamp-bundle/1", "from": LAPTOP, "to": [OFFICE], "first": 4, "size": 12,
        "made_at": "2026-11-22T08:00:00.000000Z", "made_by": "A. Investigator", "records": 2,
        "originals": 1,
    }
    assert text == canonical(json.loads(text)) + b"\n"
    assert Statement.parse(dataclasses.replace(STATEMENT, to=()).text()).to == ()


@pytest.mark.parametrize(("key", "value"), [
    ("from", "laptop-7"), ("from", OFFICE), ("from", None), ("from", []), ("to", OFFICE), ("to", ["x"]),
    ("to", [[]]), ("to", [OFFICE, OFFICE]), ("first", 13), ("first", -1), ("first", True), ("size", 1.5),
    ("size", "12"), ("made_at", "2026-11-22"), ("made_at", "2026-02-30T08:00:00.000000Z"), ("made_by", " "),
    ("made_by", None), ("records", -1), ("originals", None), ("more", 1), ("format", "headstamp-bundle/2"),
], ids=lambda value: "" if value == OFFICE else None)
def test_statements_that_cannot_be_right(key: str, value: object) -> None:
    told = json.loads(STATEMENT.text()) | {key: value}
    with pytest.raises(Unreadable):
        Statement.parse(canonical(told) + b"\n")


def test_all_that_is_wrong_with_a_statement_is_told() -> None:
    with pytest.raises(Invalid) as caught:
        dataclasses.replace(STATEMENT, sender="x", first=99, made_by="", made_at="")
    assert {problem.field for problem in caught.value.problems} == {"from", "first", "made_by", "made_at"}


@pytest.mark.parametrize("data", [b"", b"\n", b"{}\n", b"[]\n", b"null\n", STATEMENT.text()[:-1],
                                  STATEMENT.text() + b"\n", b" " + STATEMENT.text(), b"\xff\n"])
def test_what_is_no_statement(data: bytes) -> None:
    with pytest.raises(Unreadable):
        Statement.parse(data)


def test_a_record_is_written_and_read() -> None:
    for one in LINES:
        assert RecordLine.parse(one.line()) == one
        assert one.line() == canonical(json.loads(one.line())) + b"\n"
    assert LINES[0].line() == (
        b'{"body":{"id":"itm-1","marking":"07-85"},"entry":4,"seed":"AAECAwQFBgcICQoLDA0ODw=="}\n')


@pytest.mark.parametrize("change", [
    {"entry": -1}, {"seed": b""}, {"seed": bytes(17)}, {"seed": b"\x01"}, {"seed": b"\x01" + bytes(17)},
    {"after": ("laptop-7",)}, {"after": ("b 1", "a 1")}, {"after": ("a 1", "a 1")}, {"after": ("a 01",)},
])
def test_records_that_cannot_be(change: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        dataclasses.replace(LINES[0], **change)  # type: ignore[arg-type]


@pytest.mark.parametrize("more", [
    {"body": []}, {"body": None}, {"entry": "4"}, {"entry": True}, {"entry": 1.5}, {"seed": None},
    {"seed": "AAECAwQFBgcICQoLDA0ODw"}, {"after": []}, {"after": "a 1"}, {"after": [1]}, {"more": 1},
])
def test_lines_that_are_no_records(more: dict[str, object]) -> None:
    with pytest.raises(Unreadable):
        RecordLine.parse(canonical(json.loads(LINES[0].line()) | more) + b"\n")


@given(st.integers(0, 200), st.binary(max_size=3))
def test_any_change_of_a_line_is_told_or_reads_as_another(at: int, more: bytes) -> None:
    line = LINES[1].line()
    for data in (line[:at] + more + line[at:], line[:at] + more + line[at + 1 :]):
        with contextlib.suppress(Unreadable):
            assert RecordLine.parse(data).line() == data


def test_records_are_read_in_order(tmp_path: Path) -> None:
    file = tmp_path / "records.jsonl"
    file.write_bytes(b"".join(one.line() for one in LINES))
    assert list(read_records(file, STATEMENT)) == LINES


@pytest.mark.parametrize(("lines", "word"), [
    (LINES[:1], "2 versions are told, 1 are there"), (LINES[::-1], "row 2"), ([LINES[0]] * 2, "row 2"),
    ([dataclasses.replace(LINES[0], entry=3), LINES[1]], "row 1"),
    ([LINES[0], dataclasses.replace(LINES[1], entry=12)], "row 2"),
    ([*LINES, dataclasses.replace(LINES[1], entry=10)], "3 are there"),
])
def test_records_out_of_order(lines: list[RecordLine], word: str, tmp_path: Path) -> None:
    file = tmp_path / "records.jsonl"
    file.write_bytes(b"".join(one.line() for one in lines))
    with pytest.raises(Unreadable, match=word):
        list(read_records(file, STATEMENT))


def test_records_that_cannot_be_read(tmp_path: Path) -> None:
    file = tmp_path / "records.jsonl"
    with pytest.raises(Unavailable):
        list(read_records(file, STATEMENT))
    file.write_bytes(LINES[0].line() + LINES[1].line()[:-1])
    with pytest.raises(Unreadable, match="row 2"):
        list(read_records(file, STATEMENT))


ORIGINAL = b"a photograph"
CONTENTS = {
    "data/bundle.json": STATEMENT.text(), "data/records.jsonl": b"", "data/ro-crate-metadata.json": b"{}",
    "data/log/log.json": b"", "data/signature": b"", original_name(sha256(ORIGINAL).hexdigest()): ORIGINAL,
}


def checked(contents: dict[str, bytes], tmp_path: Path) -> None:
    check_contents(bag.take(io.BytesIO(packed(contents)[0]), tmp_path / "t"), STATEMENT)


def test_contents(tmp_path: Path) -> None:
    checked(CONTENTS, tmp_path)


@pytest.mark.parametrize(("change", "word"), [
    ({"data/README": b""}, "data/README: has no place"),
    ({"data/originals/readme": b""}, "data/originals/readme: has no place"),
    ({"data/originals/" + "A" * 64: b""}, "has no place"),
    ({"data/originals/" + "a" * 64: b""}, "not the original that its name says"),
    ({original_name(sha256(b"2").hexdigest()): b"2"}, "there are 2 originals"),
])
def test_contents_that_are_more(change: dict[str, bytes], word: str, tmp_path: Path) -> None:
    with pytest.raises(HeadstampError) as caught:
        checked(CONTENTS | change, tmp_path)
    assert word in str(caught.value)


@pytest.mark.parametrize("name", CONTENTS)
def test_contents_that_are_less(name: str, tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        checked({key: value for key, value in CONTENTS.items() if key != name}, tmp_path)


def test_what_was_packed_is_signed_and_nothing_can_be_left_out() -> None:
    signer = Signer.generate("example.org/case-7")
    sums = {name: sha256(data).hexdigest() for name, data in CONTENTS.items()}
    signed = sign(signed_text(sums), signer).encode()
    check_signature(signed, signer.verifier, sums)
    # The signature itself and the crate, which tells of it, are not under it.
    check_signature(signed, signer.verifier, sums | {"data/signature": "0", "data/ro-crate-metadata.json": "1"})
    for name in set(sums) - {"data/signature", "data/ro-crate-metadata.json"}:
        for other in ({key: value for key, value in sums.items() if key != name},
                      sums | {name: "0" * 64}, sums | {f"{name}x": sums[name]}):
            with pytest.raises(Tampered, match="not as it was packed"):
                check_signature(signed, signer.verifier, other)
    other_key = Signer.generate("example.org/case-7").verifier
    for bad in (b"", signed[:-9], signed.replace(b"bundle/1", b"bundle/2")):
        with pytest.raises(Tampered, match="not signed"):
            check_signature(bad, signer.verifier, sums)
    with pytest.raises(Tampered, match="not signed"):
        check_signature(signed, other_key, sums)
