"""Checkpoints are stamped where there is a line, wait where there is none, and nothing false is taken in."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

import headstamp.actions.keeping.doctor as doctor
from headstamp.actions.cases import check_case
from headstamp.actions.evidence.export_log import export_log
from headstamp.actions.evidence.stamping import Got, stamp, take_reply, write_request
from headstamp.actions.evidence.stamps_waiting import Waiting, all_waiting, folder_of
from headstamp.actions.evidence.witnesses import note_witness, seen_witnesses
from headstamp.errors import (
    Conflicting,
    HeadstampError,
    Invalid,
    Missing,
    Refused,
    Tampered,
    Unavailable,
    Unreadable,
)
from headstamp.evidence import verify
from headstamp.evidence.checkpoint import Checkpoint, sign_checkpoint
from headstamp.exchange.authority import Authority
from headstamp.exchange.der import whole
from headstamp.exchange.over_http import ask
from headstamp.exchange.time_stamp import MOST_BYTES, Request, certificates_of, read_answer
from headstamp.kinds.instant import written
from headstamp.records import Item, Witness
from headstamp.store.case import Case, now
from headstamp.store.signing_key import read_key
from tests.effort import EFFORT
from tests.exchange.tsa import Tsa, nobody, openssl, serving, verifies
from tests.store.encrypted import encrypted_case

NAMES = ("Ministry", "Суд")


@pytest.fixture(scope="module")
def tsas(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tsa]:
    folder = tmp_path_factory.mktemp("tsa")
    return {name: Tsa.make(folder / str(n), name=f"TSA {n}", certs=n == 1)
            for n, name in enumerate(NAMES)}


@pytest.fixture
def known(tsas: dict[str, Tsa]) -> list[Authority]:
    """Two authorities; their addresses are of no use but to tell them apart."""
    return [Authority(name, f"http://{n}.example/", certificates_of(tsa.ca.read_bytes()))
            for n, (name, tsa) in enumerate(tsas.items())]


@dataclass
class Line:
    """A line to authorities: which are down, and whether another answer comes than theirs."""

    tsas: dict[str, Tsa]
    down: set[str] = field(default_factory=set)
    asked: list[tuple[str, bytes]] = field(default_factory=list)

    def __call__(self, url: str, request: bytes) -> bytes:
        name = NAMES[int(url[7])]
        self.asked.append((name, request))
        if name in self.down:
            raise Unavailable(f"{name} cannot be asked: no line")
        return self.tsas[name].answer(request)


@pytest.fixture
def line(tsas: dict[str, Tsa]) -> Line:
    return Line(tsas)


def put(case: Case, make: str = "A") -> int:
    with case.change(actor="Ana", reason="on site") as change:
        change.put(Item.build(make=make))
    return case.checkpoint().size


def stamps(case: Case) -> list[tuple[str, int]]:
    return [(one.get("holder"), one.get("size")) for one in
            case.read("sealed").list("witness", order="size", descending=False).rows]


@pytest.fixture
def case(sqlite_case: Case) -> Iterator[Case]:
    put(sqlite_case)
    yield sqlite_case


def test_two_authorities_stamp_in_one_change_and_once(
    case: Case, known: list[Authority], line: Line
) -> None:
    note = case.checkpoint_note()
    done = stamp(case, known, actor="Ana", ask=line)
    assert {one.authority for one in done.got} == set(NAMES)
    assert done.waiting == done.current == () and all_waiting(case) == []
    rows = case.read("sealed").list("witness").rows
    for row in rows:
        # Exactly the bytes that were signed, and an answer to exactly our request.
        assert row.get("checkpoint") == note and row.get("size") == 1
        assert row.get("witnessed_at") == next(o.at for o in done.got if o.id == row.id)
    entries = {row.seq for row in rows}
    assert entries == {1, 2} and case.checkpoint().size == 3  # one change
    assert check_case(case) == []
    assert {one.standing for one in seen_witnesses(case)} == {"good"}
    # Only witnesses were logged since: nothing to stamp, nobody is asked.
    again = stamp(case, known, actor="Ana", ask=line)
    assert again.got == again.waiting == () and set(again.current) == set(NAMES)
    assert len(line.asked) == 2 and case.checkpoint().size == 3
    put(case, "B")
    assert len(stamp(case, known, actor="Ana", ask=line).got) == 2
    assert sorted(stamps(case)) == sorted((name, size) for name in NAMES for size in (1, 4))
    assert check_case(case) == []


def test_what_one_authority_does_not_answer_waits_and_is_asked_again(
    case: Case, known: list[Authority], line: Line
) -> None:
    line.down = {"Ministry"}
    done = stamp(case, known, actor="Ana", ask=line)
    assert [one.authority for one in done.got] == ["Суд"]
    (waiting,) = done.waiting
    assert (waiting.authority, waiting.size) == ("Ministry", 1) and "no line" in waiting.problem
    (file,) = folder_of(case).iterdir()
    assert file.name.startswith("000000001-ministry-") and file.stat().st_mode & 0o777 == 0o600
    first = line.asked[0][1]
    # Nothing new since but a witness: the same request is asked again, no second one is made.
    line.down = set()
    later = stamp(case, known, actor="Ana", ask=line)
    assert [(one.authority, one.size) for one in later.got] == [("Ministry", 1)]
    assert later.waiting == () and later.current == ("Суд",)
    assert line.asked[-1] == ("Ministry", first)
    assert list(folder_of(case).iterdir()) == [] and check_case(case) == []


def test_days_without_a_line_are_all_asked_for_later(
    case: Case, known: list[Authority], line: Line
) -> None:
    line.down = set(NAMES)
    for day in range(3):
        done = stamp(case, known, actor="Ana", ask=line)
        assert len(done.waiting) == 2 * (day + 1) and done.got == ()
        # An authority that does not answer is asked once, not for every day.
        assert len(line.asked) == 2 * (day + 1)
        put(case, f"day {day}")
    line.down = {"Суд"}
    assert len(stamp(case, known, actor="Ana", ask=line).got) == 4
    line.down = set()
    assert len(stamp(case, known[1:], actor="Ana", ask=line).got) == 4
    assert all_waiting(case) == [] and check_case(case) == []
    assert len(stamps(case)) == 8 == len(set(stamps(case)))


def test_nobody_is_asked_who_is_not_named_now(case: Case, known: list[Authority], line: Line) -> None:
    for none in ([], [Authority("Ministry")]):
        with pytest.raises(Invalid, match="no time-stamping authority is named"):
            stamp(case, none, actor="Ana", ask=line)
    assert line.asked == [] and not folder_of(case).exists()
    line.down = {"Ministry"}
    stamp(case, known, actor="Ana", ask=line)
    line.down = set()
    done = stamp(case, known[1:], actor="Ana", ask=line)
    assert [one.authority for one in done.waiting] == ["Ministry"]
    assert [name for name, _ in line.asked] == ["Ministry", "Суд"]
    assert b"example" not in next(folder_of(case).iterdir()).read_bytes()


def test_an_empty_case_has_nothing_to_stamp(sqlite_case: Case, known: list[Authority], line: Line) -> None:
    with pytest.raises(Invalid, match="nothing"):
        stamp(sqlite_case, known, actor="Ana", ask=line)
    assert line.asked == []


def false_answers(tsas: dict[str, Tsa], other: bytes) -> dict[str, object]:
    """What a liar, a fault or a stranger in between may answer, each by what is wrong with it."""
    ours, theirs = tsas["Ministry"], tsas["Суд"]

    def flipped(request: bytes) -> bytes:
        der = bytearray(ours.answer(request))
        der[-4] ^= 1  # in the signature, which comes last
        return bytes(der)

    def of_other_bytes(request: bytes) -> bytes:
        asked = Request.read(request)
        return ours.answer(request.replace(asked.digest, bytes(32)))

    def of_other_nonce(request: bytes) -> bytes:
        asked = Request.read(request)
        return ours.answer(request.replace(asked.nonce.to_bytes(8, "big").lstrip(b"\0"),
                                           (asked.nonce ^ 2).to_bytes(8, "big").lstrip(b"\0")))

    def refusal(request: bytes) -> bytes:
        return bytes.fromhex("30173015020102300d0c0b") + b"not granted" + b"\x03"

    def rejected(request: bytes) -> bytes:
        return bytes.fromhex("30053003020102")

    return {
        "another authority": theirs.answer, "false signature": flipped,
        "another imprint": of_other_bytes, "another nonce": of_other_nonce,
        "another request's": lambda request: other, "rejected": rejected,
        "half a refusal": refusal, "a page": lambda request: b"<html>log in</html>",
        "nothing": lambda request: b"", "huge": lambda request: bytes(MOST_BYTES + 1),
        "the request itself": lambda request: request,
        "cut": lambda request: ours.answer(request)[:-1], "more": lambda request: ours.answer(request) + b"\0",
    }


def test_nothing_false_is_taken_in(
    case: Case, known: list[Authority], tsas: dict[str, Tsa], line: Line
) -> None:
    other = tsas["Ministry"].answer(Request.of(case.checkpoint_note().encode()).der)
    size = case.checkpoint().size
    answers = false_answers(tsas, other)
    for what, answer in answers.items():
        done = stamp(case, known[:1], actor="Ana", ask=lambda url, request, a=answer: a(request))  # type: ignore[operator]
        assert done.got == () and len(done.waiting) == 1, what
        assert done.waiting[0].problem, what
    assert case.checkpoint().size == size and stamps(case) == []
    # The same request still has its answer, when the right one comes.
    assert len(stamp(case, known[:1], actor="Ana", ask=line).got) == 1
    assert check_case(case) == [] and len(answers) == 13


def test_over_http_with_one_authority_down(
    case: Case, tsas: dict[str, Tsa], known: list[Authority]
) -> None:
    with serving(tsas["Ministry"].answer) as served:
        both = [Authority("Ministry", served.url, known[0].certificates),
                Authority("Суд", nobody(), known[1].certificates)]
        done = stamp(case, both, actor="Ana")
    assert [one.authority for one in done.got] == ["Ministry"]
    assert [one.authority for one in done.waiting] == ["Суд"]
    with serving(tsas["Суд"].answer) as served:
        both[1] = Authority("Суд", served.url, known[1].certificates)
        assert [one.authority for one in stamp(case, both, actor="Ana").got] == ["Суд"]
    assert check_case(case) == []


def test_over_http_one_who_misbehaves(case: Case, tsas: dict[str, Tsa], known: list[Authority]) -> None:
    with serving(tsas["Ministry"].answer) as right, serving(tsas["Ministry"].answer) as served:
        one = [Authority("Ministry", served.url, known[0].certificates)]

        def asked() -> Waiting:
            done = stamp(case, one, actor="Ana", ask=lambda u, r: ask(u, r, seconds=1))
            assert done.got == ()
            return done.waiting[0]

        served.status, served.headers = 307, {"Location": right.url}
        assert "elsewhere" in asked().problem
        served.status, served.headers, served.kind = 200, {}, "text/html"
        assert "log-in page" in asked().problem
        served.kind, served.drip = "application/timestamp-reply", True
        assert "within 1 seconds" in asked().problem
        assert right.asked == []
        served.drip = False
        assert len(stamp(case, one, actor="Ana").got) == 1


def test_without_certificates_it_is_kept_and_said_not_to_be_checked(
    case: Case, known: list[Authority], line: Line
) -> None:
    bare = [Authority(known[0].name, known[0].url)]
    (got,) = stamp(case, bare, actor="Ana", ask=line).got
    assert "use openssl" in got.why
    (seen,) = seen_witnesses(case)
    assert seen.standing == "not_checked" and "use openssl" in seen.why
    assert check_case(case) == []
    report = doctor.examine(str(case.folder))
    assert "time_stamp_not_checked" in {one.what for one in report.ailments}


# -- the way by file


def test_a_request_is_carried_and_its_answer_taken_in(
    case: Case, tsas: dict[str, Tsa], known: list[Authority], tmp_path: Path
) -> None:
    asked = tmp_path / "today.tsq"
    waiting = write_request(case, asked, name="Ministry")
    assert waiting.size == 1 and Request.read(asked.read_bytes()) == waiting.request
    again = tmp_path / "again.tsq"
    write_request(case, again, name="Ministry")
    assert again.read_bytes() == asked.read_bytes()
    with pytest.raises(Conflicting):
        write_request(case, asked, name="Ministry")
    done = openssl(tsas["Ministry"].folder, "ts", "-reply", "-queryfile", asked, "-out",
                   tmp_path / "today.tsr", "-config", "tsa.cnf")
    assert (tmp_path / "today.tsr").is_file(), done.stderr
    put(case, "B")  # the log goes on meanwhile
    got = take_reply(case, tmp_path / "today.tsr", known, actor="Ana")
    assert [(one.authority, one.size, one.why) for one in got.got] == [("Ministry", 1, "")]
    assert got.waiting == () and check_case(case) == []
    with pytest.raises(Missing, match="no request waits"):
        take_reply(case, tmp_path / "today.tsr", known, actor="Ana")


def test_a_reply_with_no_authority_named_is_kept_unchecked(
    case: Case, tsas: dict[str, Tsa], known: list[Authority], tmp_path: Path
) -> None:
    waiting = write_request(case, tmp_path / "q.tsq")
    (tmp_path / "r.tsr").write_bytes(tsas["Суд"].answer(waiting.request.der))
    (got,) = take_reply(case, tmp_path / "r.tsr", [], actor="Ana").got
    assert got.authority == "carried by hand" and "use openssl" in got.why
    put(case, "B")
    waiting = write_request(case, tmp_path / "q2.tsq")
    (tmp_path / "r2.tsr").write_bytes(tsas["Суд"].answer(waiting.request.der))
    (got,) = take_reply(case, tmp_path / "r2.tsr", known[1:], actor="Ana").got
    assert got == Got(got.id, "Суд", 3, got.at)


def test_a_false_reply_by_file(case: Case, tsas: dict[str, Tsa], known: list[Authority], tmp_path: Path) -> None:
    waiting = write_request(case, tmp_path / "q.tsq", name="Ministry")
    reply = tmp_path / "r.tsr"
    size = case.checkpoint().size
    for data, wrong in (
        (b"hello", Unreadable), (bytes(MOST_BYTES + 9), Unreadable),
        (bytes.fromhex("30053003020102"), Refused), (tsas["Суд"].answer(waiting.request.der), Tampered),
        (tsas["Ministry"].answer(Request.of(b"x").der), Missing),
    ):
        reply.write_bytes(data)
        with pytest.raises(wrong):
            take_reply(case, reply, known, actor="Ana")
    with pytest.raises(Missing):
        take_reply(case, tmp_path / "nowhere", known, actor="Ana")
    assert case.checkpoint().size == size and len(all_waiting(case)) == 1


# -- what is on disk, and what was cut off


def test_a_stamp_taken_in_but_not_taken_from_the_queue(
    case: Case, known: list[Authority], line: Line
) -> None:
    line.down = set(NAMES)
    stamp(case, known, actor="Ana", ask=line)
    kept = {path.name: path.read_bytes() for path in folder_of(case).iterdir()}
    line.down = set()
    stamp(case, known, actor="Ana", ask=line)
    for name, data in kept.items():  # as if the power had gone before they were deleted
        (folder_of(case) / name).write_bytes(data)
    before = case.checkpoint().size
    done = stamp(case, known, actor="Ana", ask=line)
    assert done.got == done.waiting == () and case.checkpoint().size == before


def test_two_at_once_take_it_in_once(case: Case, known: list[Authority], line: Line) -> None:
    def meanwhile(url: str, request: bytes) -> bytes:
        der = line(url, request)
        if len(line.asked) == 1:
            assert len(stamp(case, known[:1], actor="Ben", ask=line).got) == 1
        return der

    done = stamp(case, known[:1], actor="Ana", ask=meanwhile)
    assert done.got == done.waiting == () and len(stamps(case)) == 1
    assert check_case(case) == []


def test_a_damaged_request_is_told_with_its_remedy(case: Case, known: list[Authority], line: Line) -> None:
    line.down = set(NAMES)
    stamp(case, known, actor="Ana", ask=line)
    assert "stamps_waiting" in {one.what for one in doctor.examine(str(case.folder)).ailments}
    file = sorted(folder_of(case).iterdir())[0]
    whole_file = file.read_bytes()
    random = Random(1)
    for _ in range(40):
        cut = bytearray(whole_file)
        cut[random.randrange(len(cut))] ^= 1 << random.randrange(7)
        file.write_bytes(cut)
        try:
            all_waiting(case)
        except HeadstampError as error:
            assert isinstance(error, Unreadable) and "delete it" in error.message
    file.write_bytes(whole_file[:-9])
    with pytest.raises(Unreadable):
        stamp(case, known, actor="Ana", ask=line)
    report = doctor.examine(str(case.folder))
    assert "stamp_request_damaged" in {one.what for one in report.ailments}
    file.unlink()
    assert len(stamp(case, known, actor="Ana", ask=Line(line.tsas)).got) == 2


# -- what verification says of a stamp that is not right


def corrupt(case: Case, values: dict[str, str]) -> list[str]:
    """A witness as somebody with the key might put it down; what verification finds."""
    (row,) = case.read("sealed").list("witness").rows
    with case.change(actor="Eve", reason="put right") as change:
        change.put(Witness.build({**row.values, **values, "id": row.id}))
    found = check_case(case)
    assert {one.id for one in found} <= {row.id}
    return [one.what for one in found]


def test_a_false_stamp_on_file_is_found(
    case: Case, tsas: dict[str, Tsa], known: list[Authority], line: Line, tmp_path: Path
) -> None:
    stamp(case, known[:1], actor="Ana", ask=line)
    (row,) = case.read("sealed").list("witness").rows
    good = dict(row.values)
    other_log = Case.create(tmp_path / "other")
    put(other_log)
    forged = other_log.checkpoint_note().replace(other_log.origin, case.origin)
    other_log.close()
    bad = ["time_stamp_invalid"]
    assert corrupt(case, {"stamp": "AAAA"}) == bad
    assert corrupt(case, {"stamp": "no base64!"}) == bad
    assert corrupt(case, {"stamp": good["stamp"], "checkpoint": good["checkpoint"] + "\n"}) == bad
    assert corrupt(case, {"checkpoint": forged}) == bad
    assert corrupt(case, {"checkpoint": good["checkpoint"], "certificates": known[1].certificates}) == bad
    assert corrupt(case, {"certificates": good["certificates"],
                          "witnessed_at": "2020-01-01T00:00:00Z"}) == bad
    assert corrupt(case, {"certificates": "hello"}) == bad
    assert corrupt(case, good) == []
    report = doctor.examine(str(case.folder))
    assert report.exit_code != 9


def test_a_stamp_of_a_checkpoint_that_this_log_never_had(
    case: Case, tsas: dict[str, Tsa], known: list[Authority], line: Line
) -> None:
    """A good token, by a good authority, of a checkpoint signed with our key: of a log written anew."""
    stamp(case, known[:1], actor="Ana", ask=line)
    signer = read_key(case.folder / "keys" / "device.key")
    assert signer is not None
    for checkpoint in (Checkpoint(case.origin, 1, bytes(32)), Checkpoint(case.origin, 900, bytes(32))):
        note = sign_checkpoint(checkpoint, signer)
        token = tsas["Ministry"].answer(Request.of(note.encode()).der)
        assert corrupt(case, {"checkpoint": note, "stamp": b64encode(token).decode(),
                              "witnessed_at": written(read_answer(token).at)}) == ["time_stamp_invalid"]


def test_a_stamp_of_another_devices_log_is_checked_as_a_stamp(
    case: Case, known: list[Authority], line: Line, tmp_path: Path
) -> None:
    with Case.create(tmp_path / "other") as other:
        put(other)
        stamp(other, known[:1], actor="Ben", ask=line)
        (row,) = other.read("sealed").list("witness").rows
    with case.change(actor="Ana", reason="taken over") as change:
        change.put(Witness.build({**row.values, "id": row.id}))
    (seen,) = seen_witnesses(case)
    assert (seen.ours, seen.standing) == (False, "good") and check_case(case) == []
    assert corrupt(case, {"checkpoint": row.values["checkpoint"] + "x"}) == ["time_stamp_invalid"]


# -- handed to a person or on paper


def test_a_clock_that_was_ahead_of_the_authoritys_is_told(
    tmp_path: Path, known: list[Authority], line: Line
) -> None:
    for name, ahead in (("right", 0), ("ahead", 3)):
        folder = tmp_path / name
        with Case.create(folder, clock=lambda days=ahead: now() + timedelta(days=days)) as case:
            put(case)
            stamp(case, known, actor="Ana", ask=line)
            assert check_case(case) == []
        told = {one.what: one for one in doctor.examine(str(folder)).ailments}
        assert ("clock_was_ahead" in told) == bool(ahead)
        if ahead:
            assert "(2 such stamps)" in told["clock_was_ahead"].words


def test_a_checkpoint_handed_out_is_noted(case: Case, tmp_path: Path) -> None:
    old = case.checkpoint_note()
    made = note_witness(case, "person", "Registry, M. Weber", actor="Ana", at="2026-11-21T20:42:36Z")
    assert (made.checkpoint, made.size) == (old, 1)
    note_witness(case, "paper", "Safe 3", actor="Ana", checkpoint=old, tier="restricted", remark="folded")
    assert check_case(case) == []
    assert [one.standing for one in seen_witnesses(case)] == ["kept", "kept"]
    # The name of who has it stands in the record, not in the reason, which everybody reads.
    assert all("Weber" not in event.reason for event in case.read("sealed").history(made.id))
    with Case.create(tmp_path / "other") as other:
        put(other)
        with pytest.raises(Invalid, match="no checkpoint of this log"):
            note_witness(case, "person", "X", actor="Ana", checkpoint=other.checkpoint_note())
    for kind in ("time_stamp", "device", "nonsense"):
        with pytest.raises(Invalid):
            note_witness(case, kind, "X", actor="Ana")
    with pytest.raises(Invalid):
        note_witness(case, "person", "X", actor="Ana", checkpoint="hello")
    assert corrupt_kept(case, made.id) == ["fork"]


def corrupt_kept(case: Case, id_: str) -> list[str]:
    signer = read_key(case.folder / "keys" / "device.key")
    assert signer is not None
    row = case.read("sealed").get(id_)
    note = sign_checkpoint(Checkpoint(case.origin, 1, bytes(32)), signer)
    with case.change(actor="Eve", reason="put right") as change:
        change.put(Witness.build({**row.values, "checkpoint": note, "id": id_}))
    return [one.what for one in check_case(case)]


def test_the_doctor_asks_for_a_witness(case: Case) -> None:
    assert "no_witness" in {one.what for one in doctor.examine(str(case.folder)).ailments}
    note_witness(case, "paper", "Safe 3", actor="Ana")
    assert "no_witness" not in {one.what for one in doctor.examine(str(case.folder)).ailments}


# -- by openssl alone

MANY = 20 * EFFORT


def test_openssl_takes_what_we_hand_out_and_refuses_it_with_a_byte_changed(
    case: Case, tsas: dict[str, Tsa], known: list[Authority], line: Line, tmp_path: Path
) -> None:
    """20 good, 20 tampered; the folder is still good to its own verifier."""
    while len(stamps(case)) < MANY:
        stamp(case, known, actor="Ana", ask=line)
        put(case)
    folder = tmp_path / "log"
    done = export_log(case, folder, clearance="partner")
    handed = folder / "timestamps"
    tokens = sorted(handed.glob("*.tsr"))
    assert len(tokens) == MANY and "timestamps" in (folder / "README.txt").read_text("utf-8")
    assert verify.main(["--key", done.key, str(folder)]) == 0
    random, refused = Random(5), 0
    by_name = {one: tsas[one].ca for one in NAMES}
    for token in tokens:
        data = token.with_suffix(".checkpoint")
        ca = by_name["Ministry" if "ministry" in token.name else "Суд"]
        assert verifies(data, token, ca) and verifies(data, token, token.with_suffix(".pem"))
        assert verify.main(["--key", done.key, "--against", str(data), str(folder)]) == 0
        tampered, held = tmp_path / "t.tsr", tmp_path / "t.checkpoint"
        tampered.write_bytes(token.read_bytes())
        held.write_bytes(data.read_bytes())
        spoiled = bytearray((held if refused % 2 else tampered).read_bytes())
        start, end = (0, len(spoiled)) if refused % 2 else signed_part(bytes(spoiled))
        spoiled[random.randrange(start, end)] ^= 1 << random.randrange(8)
        (held if refused % 2 else tampered).write_bytes(spoiled)
        assert not verifies(held, tampered, ca)
        refused += 1
    assert refused == MANY


def signed_part(der: bytes) -> tuple[int, int]:
    """Where in an answer its time stamp's own words lie."""
    info = whole(der).children()[1].children()[1].children()[0].children()[2].children()[1].children()[0]
    return info.inner, info.end


def test_a_log_without_stamps_has_no_folder_of_them(case: Case, tmp_path: Path) -> None:
    note_witness(case, "person", "Registry", actor="Ana")
    export_log(case, tmp_path / "log", clearance="partner")
    assert not (tmp_path / "log" / "timestamps").exists()
    assert "timestamps" not in (tmp_path / "log" / "README.txt").read_text("utf-8")


def test_a_stamp_above_the_clearance_is_not_handed_out(
    case: Case, known: list[Authority], line: Line, tmp_path: Path
) -> None:
    stamp(case, known[:1], actor="Ana", ask=line)
    export_log(case, tmp_path / "log", clearance="public")
    assert not (tmp_path / "log" / "timestamps").exists()


def test_what_waits_in_an_encrypted_case_names_no_authority(
    tmp_path: Path, known: list[Authority], line: Line
) -> None:
    """Whose clock a team trusts may tell where it is at work."""
    with encrypted_case(tmp_path / "sealed") as sealed:
        put(sealed, "A")
        line.down = set(NAMES)
        stamp(sealed, known, actor="Ana", ask=line)
        files = list(folder_of(sealed).iterdir())
        assert len(files) == 2
        for path in files:
            assert "ministry" not in path.name and b"inistry" not in path.read_bytes()
        assert [one.authority for one in all_waiting(sealed)] == sorted(NAMES)
        # One that an older headstamp left in the open is read, and goes with its answer.
        one = all_waiting(sealed)[0]
        data = sealed.working.read("stamps/waiting", one.name)
        assert data is not None
        sealed.working.remove("stamps/waiting", one.name)
        (folder_of(sealed) / one.name).write_bytes(data)
        assert len(all_waiting(sealed)) == 2
        left = next(path for path in files if path.exists())
        whole_file = left.read_bytes()
        damaged = bytearray(whole_file)
        damaged[300] ^= 1
        left.write_bytes(damaged)
        with pytest.raises(Unreadable, match="damaged"):
            all_waiting(sealed)
        left.write_bytes(whole_file)
        line.down = set()
        assert len(stamp(sealed, known, actor="Ana", ask=line).got) == 2
        assert list(folder_of(sealed).iterdir()) == []
