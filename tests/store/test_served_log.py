"""The log as others get it: whole for the tree, and of entries and values only what may be seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.errors import Invalid, Missing
from headstamp.evidence import entry as entries
from headstamp.evidence.checkpoint import open_checkpoint
from headstamp.evidence.export import ENTRIES, paths_of, unpack
from headstamp.evidence.tree import leaf_hash
from headstamp.kinds.tier import RANK, TIERS
from headstamp.records import BY_NAME, Item, Note, Photograph, Record, Site
from headstamp.store.case import Case
from headstamp.store.policy import field_rules
from headstamp.store.served_log import ServedLog
from tests.conftest import STORES, new_case
from tests.making import fill


@pytest.fixture(params=STORES, scope="module")
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """One of everything, records of all tiers, and versions that were hidden or became so."""
    with new_case(request.param, tmp_path_factory.mktemp("served") / "case") as case:
        with case.change(actor="a", reason="everything") as change:
            fill(change)
        sites = [Site.build(name=f"s {tier}", tier=tier) for tier in TIERS]
        items = [Item.build(site=site.id, make="m", tier="public") for site in sites]
        with case.change(actor="b", reason="tiers") as change:
            change.put_many([*sites, *items])
            change.put_many([Note.build(about=items[n % 4].id, text=f"n{n}", tier=TIERS[n % 3])
                             for n in range(300)])
        with case.change(actor="c", reason="moved") as change:
            change.put(sites[3].model_copy(update={"tier": "public"}))
            change.put(sites[0].model_copy(update={"tier": "sealed"}))
            change.put(items[1].model_copy(update={"site": sites[2].id}))
        yield case


@pytest.mark.parametrize("clearance", TIERS)
def test_an_entry_is_served_exactly_where_the_reader_shows_it(filled: Case, clearance: str) -> None:
    size = filled.checkpoint().size
    served = ServedLog.of(filled, clearance)
    with filled.read(clearance).snapshot() as reader:
        for seq, entry in enumerate(served.entries(0, size)):
            try:
                assert entry == reader.entry(seq)
            except Missing:
                assert entry == b""
    told = [served.bundle(index, width) for level, index, width in paths_of(size).values()
            if level == ENTRIES]
    assert [one for n, bundle in enumerate(told) for one in unpack(bundle, min(256, size - 256 * n))
            ] == served.entries(0, size)
    if clearance == "sealed":
        assert b"" not in served.entries(0, size)
    else:
        assert b"" in served.entries(0, size)


@pytest.mark.parametrize("clearance", TIERS)
def test_no_value_is_shown_that_the_reader_does_not_show_in_full(filled: Case, clearance: str) -> None:
    size = filled.checkpoint().size
    served = ServedLog.of(filled, clearance)
    seen = served.entries(0, size)
    reader = filled.read(clearance)
    shown = list(served.disclosures(0, size, records=True))
    assert shown == sorted(shown, key=lambda one: (one.entry, one.field))
    for one in shown:
        told = entries.read(seen[one.entry])
        assert one.holds(told)
        kind = told.kind.partition("/")[0]
        rule = field_rules(kind).get(one.field)
        assert rule is None or rule.rank <= RANK[clearance]
        if BY_NAME[kind].by_name.get(one.field) and BY_NAME[kind].by_name[one.field].ref:
            named = one.value.decode().strip("[]").replace('"', "").split(",")
            assert set(named) == set(reader.many(named))
    digests = list(served.disclosures(0, size, records=False))
    assert digests == [one for one in shown if one.field == "digest"]
    assert digests or clearance == "public"


def test_tiles_of_every_size_that_was_signed_are_there_and_no_others(filled: Case) -> None:
    served = ServedLog.of(filled, "public")
    for note in served.notes():
        size = open_checkpoint(note, [filled.verifier]).size
        for level, index, width in paths_of(size).values():
            if level != ENTRIES:
                assert len(served.tile(level, index, width)) == 32 * width
    size = filled.checkpoint().size
    for level, index, width in ((0, size // 256, size % 256 + 1), (0, size // 256 + 1, 1), (0, 0, 0),
                                (0, 0, 257), (7, 0, 1), (64, 0, 1), (-2, 0, 1), (0, -1, 1), (0, 2**62, 1)):
        with pytest.raises(Missing):
            served.tile(level, index, width)
        with pytest.raises(Missing):
            served.bundle(index if index else 9, width)


def test_proofs_hold(filled: Case) -> None:
    keys = [filled.verifier]
    size = filled.checkpoint().size
    everything = ServedLog.of(filled, "sealed")
    for seq in (0, 1, 255, 256, size - 1):
        proof = everything.inclusion(seq, filled.verifier)
        assert proof.check(keys) is not None
        assert leaf_hash(proof.entry) == filled.proof(seq).leaf
    for older in (open_checkpoint(note, keys) for note in everything.notes()):
        if older.size:
            assert everything.consistency(older.size, filled.verifier).check(older, keys) is not None
    hidden = ServedLog.of(filled, "public").entries(0, size).index(b"")
    for seq in (hidden, size, -1):
        with pytest.raises(Missing):
            ServedLog.of(filled, "public").inclusion(seq, filled.verifier)
    for old in (0, size + 1):
        with pytest.raises(Invalid):
            everything.consistency(old, filled.verifier)


def test_a_photograph_of_the_partner_tier_names_no_original_to_the_public(tmp_path: Path) -> None:
    with new_case("sqlite", tmp_path / "case") as case:
        with case.change(actor="a", reason="r") as change:
            kept = change.file(b"picture")
            records: list[Record] = [Photograph.build(digest=kept.digest, tier="public")]
            change.put_many(records)
        public, partner = (list(ServedLog.of(case, c).disclosures(0, 9, records=True))
                           for c in ("public", "partner"))
        # The photograph itself is public; the digest of its original is not.
        assert {one.field for one in partner} - {one.field for one in public} == {"digest"}
