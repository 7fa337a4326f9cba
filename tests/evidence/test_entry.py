"""Entries: built by joining, equal to the canonical form, and read back strictly."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.errors import Invalid, Unreadable
from headstamp.evidence import verify
from headstamp.evidence.canonical import canonical, parse
from headstamp.evidence.entry import (
    ACTS,
    Stamp,
    check_disclosed,
    check_fields,
    identify,
    matches,
    moment,
    named,
    named_parts,
    read,
    seal,
    seal_again,
)
from headstamp.evidence.salted import salt_at
from tests.effort import examples
from tests.evidence import outsider, sample

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAME = st.text(string.ascii_letters + "_", min_size=1, max_size=8)
SEED = st.binary(min_size=16, max_size=16)
AT = "2026-11-21T20:42:36.123456Z"


@given(
    actor=TEXT.filter(bool),
    reason=TEXT,
    id=TEXT.filter(bool),
    version=st.integers(1, 2**53 - 1),
    fields=st.dictionaries(NAME, TEXT.map(canonical), max_size=6),
    seed=SEED,
)
def test_sealed_bytes_are_canonical_and_read_back(
    actor: str, reason: str, id: str, version: int, fields: dict[str, bytes], seed: bytes
) -> None:
    stamp = Stamp("put", actor, AT, reason)
    names = tuple(sorted(fields))
    values = [fields[name] for name in names]
    entry = seal(stamp, "item/1", id, version, names, values, seed)
    assert canonical(parse(entry)) == entry
    got = read(entry)
    assert (got.act, got.actor, got.at, got.reason) == ("put", actor, AT, reason)
    assert (got.id, got.kind, got.version) == (id, "item/1", version)
    assert identify(entry) == (id, version)
    assert check_fields(got, fields, seed) == []
    assert matches(entry, stamp, "item/1", id, version, list(names), values, seed)
    assert not matches(entry, stamp, "item/2", id, version, names, values, seed)


# What may be a log's name, and what may not.
LOG = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters="+"),
              min_size=1, max_size=12)
VERSIONS = st.lists(st.builds(named, LOG, st.integers(0, 10**16 - 1)), min_size=1, max_size=5, unique=True)
ACT = st.sampled_from(sorted(ACTS))


def _ordered(act: str, of: list[str]) -> list[str]:
    """The one order in which an act may name these versions, whichever of them comes first."""
    return sorted(of) if act == "settle" else [of[0], *sorted(of[1:])]


@given(ACT, VERSIONS, TEXT.filter(bool), st.integers(1, 2**53 - 1),
       st.dictionaries(NAME, TEXT.map(canonical), max_size=3), SEED)
@examples(200)
def test_every_act_is_sealed_canonically_and_read_alike_by_all(
    act: str, of: list[str], id: str, version: int, fields: dict[str, bytes], seed: bytes
) -> None:
    stamp, names = Stamp(act, "A", AT, "r"), tuple(sorted(fields))
    values = [fields[name] for name in names]
    of = [] if act == "put" else _ordered(act, of)
    entry = seal(stamp, "item/1", id, version, names, values, seed, of)
    assert canonical(parse(entry)) == entry
    told = read(entry)
    assert (told.act, told.of, told.id, told.version) == (act, tuple(of), id, version)
    assert identify(entry) == (id, version)
    assert matches(entry, stamp, "item/1", id, version, names, values, seed, of)
    assert check_fields(told, fields, seed) == []
    assert seal_again(stamp, "item/1", id, version, told.fields, of) == entry
    assert outsider.read_entry(entry)["act"] == act
    assert verify.read_entry(entry)[:2] == (id, version)
    for one in of:
        log, number = named_parts(one)
        assert named(log, number) == one


@given(ACT, st.lists(st.one_of(st.builds(named, LOG, st.integers(0, 99)), TEXT, st.builds(
    "{} {}".format, TEXT, st.sampled_from(["0", "01", "1", "-1", "1.0", "x", "٣", "1" * 17]))), max_size=4))
@examples(400)
def test_what_an_act_may_name_is_judged_alike_by_all(act: str, of: list[str]) -> None:
    value = {**parse(ENTRY), "act": act, **({"of": of} if act != "put" or of else {})}
    entry = canonical(value)
    verdicts = []
    for reader, error in ((read, Unreadable), (outsider.read_entry, ValueError), (verify.read_entry, verify.Wrong)):
        try:
            reader(entry)  # type: ignore[operator]
            verdicts.append(True)
        except error:
            verdicts.append(False)
    assert len(set(verdicts)) == 1, verdicts
    if not verdicts[0] or act == "put":
        return
    assert of == _ordered(act, of)
    assert seal_again(Stamp(act, value["actor"], value["at"], value["reason"]), value["kind"], value["id"],
                      value["version"], value["fields"], of) == entry


@pytest.mark.parametrize(("act", "of"), [
    ("put", ["a 1"]), ("take", []), ("take", ["a"]), ("take", ["a 01"]), ("take", ["a b 1"]), ("take", ["a+ 1"]),
    ("take", ["a 1", "a 1"]), ("take", ["a\ud800 1"]), ("hold", ["a 1", "c 1", "b 1"]), ("settle", ["b 1", "a 1"]),
    ("same", ["x" * 1001 + " 1"]),
])
def test_seal_refuses_what_an_act_may_not_name(act: str, of: list[str]) -> None:
    with pytest.raises(Invalid):
        seal(Stamp(act, "A", AT, "r"), "item/1", "itm-1", 1, ("a",), [b"1"], bytes(16), of)


ENTRY = sample.entries(1)[0]


@given(st.integers(0, len(ENTRY) - 1), st.integers(1, 255))
def test_any_changed_byte_is_refused_or_read_as_something_else(place: int, mask: int) -> None:
    changed = bytearray(ENTRY)
    changed[place] ^= mask
    try:
        got = read(bytes(changed))
    except Unreadable:
        return
    assert got != read(ENTRY)


def test_fields_that_disagree_are_named() -> None:
    entry, seed = read(ENTRY), sample.seed(0)
    good = dict(zip(sample.NAMES, sample.values(0), strict=True))
    assert check_fields(entry, good, seed) == []
    assert check_fields(entry, {**good, "maker": b'"X"'}, seed) == ["maker"]
    assert check_fields(entry, {**good, "extra": b"1"}, seed) == ["extra"]
    assert check_fields(entry, {"maker": good["maker"]}, seed) == ["calibre", "marking"]
    assert check_fields(entry, good, sample.seed(1)) == list(sample.NAMES)


def test_one_field_can_be_shown_and_the_rest_withheld() -> None:
    entry, salt = read(ENTRY), salt_at(sample.seed(0), 2)
    assert check_disclosed(entry, {"marking": (salt, sample.values(0)[2])}) == []
    assert check_disclosed(entry, {"marking": (salt, b'"other"')}) == ["marking"]
    assert check_disclosed(entry, {"maker": (salt, sample.values(0)[1])}) == ["maker"]
    assert check_disclosed(entry, {"unknown": (salt, b"1")}) == ["unknown"]
    # Salt and value are told apart by length alone: a longer "salt" must not pass.
    moved = (salt + sample.values(0)[2][:1], sample.values(0)[2][1:])
    assert check_disclosed(entry, {"marking": moved}) == ["marking"]


@pytest.mark.parametrize(
    "change",
    [
        {"act": "drop"},
        {"act": ["put"]},
        {"act": None},
        {"of": ["a 1"]},
        {"act": "take"},
        {"actor": ""},
        {"actor": 1},
        {"at": "2026-11-21T20:42:36Z"},
        {"at": "2026-13-21T20:42:36.123456Z"},
        {"at": "2026-11-21T20:42:36.123456+00:00"},
        {"fields": []},
        {"fields": {"maker": "short"}},
        {"fields": {"maker": "A" * 42 + "B="}},
        {"fields": {"ma ker": "A" * 43 + "="}},
        {"fields": {"maker": 1}},
        {"fields": {"maker": "A" * 43 + "=," + "A" * 43 + "=", "model": ""}},
        {"fields": {"maker": "A" * 43 + "=," + "A" * 43 + "="}},
        {"fields": {"maker": "," + "A" * 43}},
        {"fields": {"maker": None}},
        {"id": ""},
        {"id": 7},
        {"kind": "item"},
        {"kind": "item/0"},
        {"reason": None},
        {"version": 0},
        {"version": True},
        {"version": "1"},
        {"version": 1.5},
        {"version": -1},
        {"more": 1},
    ],
    ids=str,
)
def test_read_refuses_what_is_not_of_the_form(change: dict[str, object]) -> None:
    good = parse(ENTRY)
    with pytest.raises(Unreadable):
        read(canonical({**good, **change}))
    read(canonical(good))


def test_read_refuses_a_missing_key_other_spelling_and_no_json() -> None:
    good = parse(ENTRY)
    for key in good:
        with pytest.raises(Unreadable):
            read(canonical({k: v for k, v in good.items() if k != key}))
    twice = ENTRY.replace(b'"act":"put",', b'"act":"put","act":"put",')
    huge = ENTRY.replace(b'"version":1', b'"version":9007199254740993')
    exponent = ENTRY.replace(b'"version":1', b'"version":1e0')
    escaped = ENTRY.replace(b"Investigator", b"\\u0049nvestigator")
    for data in (
        twice,
        huge,
        exponent,
        escaped,
        ENTRY[:-1],
        b"",
        b"[]",
        b"null",
        b"{",
        ENTRY + b"\n",
        b" " + ENTRY,
        b"\xff",
        b"[" * 9999,
    ):
        with pytest.raises(Unreadable):
            read(data)


@pytest.mark.parametrize(
    "change",
    [
        {"names": ("b", "a")},
        {"names": ("a", "a")},
        {"names": ("a",)},
        {"names": ("a", "b%b")},
        {"names": ("a", 'b"')},
        {"kind": "Item/1"},
        {"kind": "item/1\n"},
        {"id": ""},
        {"id": "\ud800"},
        {"version": 0},
        {"version": 2**53},
        {"seed": b"short"},
    ],
    ids=str,
)
def test_seal_refuses(change: dict[str, object]) -> None:
    good: dict[str, object] = {
        "stamp": sample.STAMP,
        "kind": "item/1",
        "id": "itm-1",
        "version": 1,
        "names": ("a", "b"),
        "values": [b"1", b"2"],
        "seed": bytes(16),
    }
    read(seal(**good))  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        seal(**{**good, **change})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "parts",
    [
        ("drop", "a", AT, "r"),
        ("put", "", AT, "r"),
        ("put", "a", "today", "r"),
        ("put", "a", "2026-02-30T00:00:00.000000Z", "r"),
        ("put", "\ud800", AT, "r"),
        ("put", "a", AT, "\ud800"),
    ],
)
def test_stamp_refuses(parts: tuple[str, str, str, str]) -> None:
    with pytest.raises(Invalid):
        Stamp(*parts)


@given(
    st.datetimes(
        datetime(1000, 1, 2),
        datetime(9999, 12, 30),
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))]),
    )
)
def test_moments_are_fit_for_a_stamp(when: datetime) -> None:
    at = moment(when)
    assert Stamp("put", "a", at, "r").at == at
    assert datetime.fromisoformat(at) == when


def test_a_moment_needs_a_zone() -> None:
    with pytest.raises(Invalid):
        moment(datetime(2026, 1, 1))
