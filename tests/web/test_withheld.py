"""Withheld values cannot be found by trying: their salts are in no export, on no page and in no tile.

A yes or no, a tier, a date has a handful of possible values. What keeps it is the salt alone
(16 bytes of SHAKE-128 over a seed of 16 random bytes): so neither may get out before the value.
"""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from orjson import loads
from sqlalchemy import select
from starlette.testclient import TestClient

from headstamp.actions.evidence.export_log import export_log, prove_value
from headstamp.actions.settings import Settings
from headstamp.check import check_proof
from headstamp.errors import Missing, Tampered
from headstamp.evidence import entry as entries
from headstamp.evidence.canonical import canonical
from headstamp.evidence.salted import SALT_BYTES, SEED_BYTES, commitment, salts
from headstamp.evidence.shown_value import ShownValue
from headstamp.records import TYPES
from headstamp.store.case import Case
from headstamp.store.tables import LOG, VERSION
from headstamp.web.app import create_app
from tests.web.conftest import BASE
from tests.web.sample import everything
from tests.web.test_secrecy import _planted

Field = tuple[int, str]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """One of every kind at four tiers, and every field of the policy filled."""
    records, _ = _planted()
    with Case.create(tmp_path_factory.mktemp("withheld") / "case") as made:
        with made.change(actor="tester", reason="sample") as change:
            change.put_many(everything("public"))
        with made.change(actor="tester", reason="canaries") as change:
            change.put_many(records)
        yield made


def bound(case: Case) -> tuple[list[bytes], dict[Field, bytes], dict[Field, bytes], dict[Field, str]]:
    """All seeds; and by entry and field its salt, the canonical value, the commitment in the log."""
    seeds, salted, values, bound = [], {}, {}, {}
    with case.backend.reading() as conn:
        for row in conn.execute(select(VERSION.c.seq, VERSION.c.seed, VERSION.c.body, LOG.c.entry)
                                .join(LOG, LOG.c.seq == VERSION.c.seq)):
            told = loads(row.body)
            stream = salts(bytes(row.seed), len(told))
            seeds.append(bytes(row.seed))
            for at, name in enumerate(sorted(told)):
                salted[row.seq, name] = stream[SALT_BYTES * at : SALT_BYTES * (at + 1)]
                values[row.seq, name] = canonical(told[name])
                bound[row.seq, name] = entries.read(bytes(row.entry)).fields[name]
    return seeds, salted, values, bound


def written(secret: bytes) -> list[bytes]:
    """The ways in which 16 bytes could stand in a file or on a page."""
    found = [secret, secret.hex().encode(), secret.hex().upper().encode()]
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + secret)
        found.append(coded[(before * 8 + 5) // 6 : (before + len(secret)) * 8 // 6])
    return found


def hidden_in(data: bytes, secrets: dict[object, bytes]) -> list[object]:
    return [name for name, secret in secrets.items() if any(one in data for one in written(secret))]


def test_seeds_and_salts_are_of_128_bits_and_none_stands_twice(case: Case) -> None:
    seeds, salted, _, _ = bound(case)
    assert {len(one) for one in seeds} == {SEED_BYTES} == {16}
    assert {len(one) for one in salted.values()} == {16}
    assert len(set(seeds)) == len(seeds)
    assert len(set(salted.values())) == len(salted) > 600


@pytest.mark.parametrize("clearance", ["public", "partner", "restricted", "sealed"])
@pytest.mark.parametrize("records", [False, True])
def test_an_export_holds_the_salts_of_what_it_shows_and_no_others(
    case: Case, tmp_path: Path, clearance: str, records: bool
) -> None:
    seeds, salted, values, bound_ = bound(case)
    export_log(case, tmp_path / "out", clearance=clearance, records=records)
    shown = {(one["entry"], one["field"]): base64.b64decode(one["salt"])
             for one in map(loads, (tmp_path / "out" / "disclosed.jsonl").read_bytes().splitlines())}
    assert shown == {field: salted[field] for field in shown}
    withheld = {field: salt for field, salt in salted.items() if field not in shown}
    assert (withheld == {}) is (records and clearance == "sealed")
    data = b"\n".join(path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert hidden_in(data, {**withheld, **dict(enumerate(seeds))}) == []
    # Nor is a value of few possibilities found with the salts that are shown beside it.
    tried, of_field, beside = 0, defaultdict(set), defaultdict(list)
    for (_, name), value in values.items():
        of_field[name].add(value)
    for (seq, _), salt in shown.items():
        beside[seq].append(salt)
    for field in withheld:
        for value in of_field[field[1]]:
            for salt in (b"", bytes(16), *beside[field[0]]):
                tried += 1
                assert commitment(salt, value) != bound_[field] != commitment(b"", sha256(value).digest())
    assert tried > 600 or withheld == {}


def test_no_page_api_or_tile_says_a_seed_or_a_salt(case: Case) -> None:
    seeds, salted, _, _ = bound(case)
    secrets: dict[object, bytes] = {**salted, **dict(enumerate(seeds))}
    asked = ["/log/checkpoint", f"/log/tile/0/000.p/{case.checkpoint().size % 256}",
             f"/log/tile/entries/000.p/{case.checkpoint().size % 256}", "/api/log", "/api/search?q=zqcanary*", "/verify"]
    for kind in TYPES:
        asked += [f"/api/{kind.slug}?limit=200", f"/{kind.slug}.csv", f"/{kind.slug}/{kind.prefix}-aaaa",
                  f"/api/{kind.slug}/{kind.prefix}-aaaa", f"/{kind.slug}/{kind.prefix}-hids"]
    client = TestClient(create_app(Settings(case.where, "tester", "sealed"), case=case), base_url=BASE,
                        raise_server_exceptions=False)
    answers = {one: client.get(one) for one in asked}
    assert sum(one.status_code == 200 for one in answers.values()) > 100
    assert hidden_in(b"\n".join(one.content for one in answers.values()), secrets) == []


def test_what_was_withheld_is_proven_later_and_nothing_else(case: Case) -> None:
    """The place of a site, withheld from partners; then shown by itself, to whoever has the log's key."""
    with pytest.raises(Missing):
        prove_value(case, "site-hids", "name", clearance="restricted")
    shown = prove_value(case, "site-hids", "name", clearance="sealed")
    assert "the value of name is" in check_proof(shown.text(), case.verifier)
    _, salted, values, _ = bound(case)
    others = [field for field in salted if field[0] == shown.proof.index and field[1] != "name"]
    assert hidden_in(shown.text().encode(), {field: salted[field] for field in others}) == []
    for salt, value in ((shown.salt, b'"Another mill"'), (bytes(16), shown.value), *(
        (salted[field], values[field]) for field in others
    )):
        with pytest.raises(Tampered, match="does not bind"):
            check_proof(ShownValue(shown.proof, "name", salt, value).text(), case.verifier)
