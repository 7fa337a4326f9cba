"""Every entry of a log can be proved; a damaged tile, entry or checkpoint is not passed off."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from headstamp.errors import Missing, Tampered
from headstamp.evidence.checkpoint import open_checkpoint
from headstamp.evidence.tree import leaf_hash, verify_inclusion
from headstamp.records import Note, Site
from headstamp.store.case import Case


def _filled(folder: Path, many: int) -> Case:
    case = Case.create(folder)
    site = Site.build(name="Mill")
    with case.change(actor="a", reason="r") as change:
        change.put(site)
        change.put_many([Note.build(about=site.id, text=f"n{i}") for i in range(many - 1)])
    return case


@pytest.mark.parametrize("many", [1, 2, 255, 256, 257, 600])
def test_every_entry_is_proved_under_the_signed_root(tmp_path: Path, many: int) -> None:
    with _filled(tmp_path / "case", many) as case:
        checkpoint = open_checkpoint(case.checkpoint_note(), [case.verifier])
        reader = case.read("sealed")
        some = sorted({0, many // 2, many - 1, min(255, many - 1), min(256, many - 1)})
        for proof in case.proofs(some):
            assert proof.holds()
            assert proof.leaf == leaf_hash(reader.entry(proof.index))
            assert verify_inclusion(
                proof.index, checkpoint.size, proof.leaf, proof.path, checkpoint.root
            )


def test_there_is_no_proof_of_an_entry_that_is_not_there(tmp_path: Path) -> None:
    with _filled(tmp_path / "case", 3) as case:
        for seq in (3, -1):
            with pytest.raises(Missing):
                case.proof(seq)


@pytest.mark.parametrize("sql", [
    "UPDATE log SET entry = cast(replace(cast(entry as text), '\"r\"', '\"x\"') as blob) WHERE seq=5",
    "UPDATE tile SET hashes = zeroblob(8192) WHERE level=0 AND number=0",
    "DELETE FROM tile WHERE level=0 AND number=0",
    "UPDATE edge SET hashes = zeroblob(32) WHERE level=1",
])
def test_a_changed_log_gives_no_proof_that_holds(tmp_path: Path, sql: str) -> None:
    with _filled(tmp_path / "case", 300) as case:
        assert case.proof(5).holds() and case.proof(290).holds()
        with sqlite3.connect(case.folder / "case.sqlite") as raw:
            assert raw.execute(sql).rowcount == 1
        for seq in (5, 290):
            try:
                held = case.proof(seq).holds()
            except Tampered:
                held = False
            if not held:
                return
        pytest.fail("both proofs still held")
