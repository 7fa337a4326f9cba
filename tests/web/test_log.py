"""The log below /log/: what C2SP tlog-tiles asks for, and nothing its reader may not see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from headstamp import check
from headstamp.actions.evidence.export_log import export_log
from headstamp.actions.settings import Settings
from headstamp.evidence.checkpoint import open_checkpoint
from headstamp.evidence.export import ENTRIES, parse_checkpoint_line, paths_of
from headstamp.evidence.key_line import KeyLine
from headstamp.evidence.note import Verifier
from headstamp.evidence.tile import split
from headstamp.evidence.tree import Frontier
from headstamp.records import Note, Site
from headstamp.store.case import Case
from headstamp.store.new_key import replace_key
from headstamp.web.app import create_app
from tests.web.conftest import BASE


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """300 notes, every third of them sealed."""
    with Case.create(tmp_path_factory.mktemp("log") / "case") as made:
        site = Site.build(name="Mill")
        with made.change(actor="a", reason="first") as change:
            change.put(site)
        with made.change(actor="a", reason="notes") as change:
            change.put_many([
                Note.build(about=site.id, text=f"n{n}", tier="sealed" if n % 3 == 0 else "partner")
                for n in range(300)
            ])
        yield made


def client_of(case: Case, clearance: str) -> TestClient:
    """A browser that looks with this clearance."""
    app = create_app(Settings(case.where, "tester", clearance), case=case)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False)


@pytest.mark.parametrize("clearance", ["public", "restricted", "sealed"])
def test_what_is_served_is_what_is_exported(case: Case, tmp_path: Path, clearance: str) -> None:
    client = client_of(case, clearance)
    export_log(case, tmp_path / "log", clearance=clearance)
    assert client.get("/log/key").text.strip() == case.verifier.text()
    answer = client.get("/log/checkpoint")
    assert answer.content == (tmp_path / "log" / "checkpoint").read_bytes()
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    for path in paths_of(301):
        answer = client.get(f"/log/{path}")
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.content == (tmp_path / "log" / path).read_bytes()
    assert check.check_folder(tmp_path / "log", case.verifier).findings == []


def test_older_partial_tiles_are_served_too(case: Case) -> None:
    client = client_of(case, "public")
    whole = client.get("/log/tile/0/000").content
    for path, (level, _, width) in paths_of(1).items():
        answer = client.get(f"/log/{path}")
        assert answer.status_code == 200
        if level != ENTRIES:
            assert answer.content == whole[: 32 * width]


def test_at_every_size_that_was_signed_the_tree_can_be_followed(tmp_path: Path) -> None:
    """C2SP: a log must serve the partial tiles of all sizes that it signed, full by now or not."""
    with Case.create(tmp_path / "case") as case:
        for more in (1, 254, 1, 1, 256):
            with case.change(actor="a", reason="r") as change:
                change.put_many([Site.build(name=f"{case.checkpoint().size} {n}", tier="sealed")
                                 for n in range(more)])
        client = client_of(case, "public")
        notes = [open_checkpoint(note, [case.verifier]) for note in case_notes(case)]
        assert [one.size for one in notes][-5:] == [1, 255, 256, 257, 513]
        for one in notes:
            paths = paths_of(one.size)
            tiles = {place[:2]: client.get(f"/log/{path}").content for path, place in paths.items()}
            leaves = [hash_ for (level, index), tile in sorted(tiles.items()) if level == 0
                      for hash_ in split(tile)]
            assert len(leaves) == one.size
            frontier = Frontier()
            for hash_ in leaves:
                frontier.append_hash(hash_)
            assert frontier.root() == one.root
            # What is withheld leaves its length behind, and nothing else.
            for (level, _), tile in tiles.items():
                assert level != ENTRIES or not tile.strip(b"\0")


@pytest.mark.parametrize("path", [
    "tile/00/000", "tile/0/x000/000", "tile/0/000.p/01", "tile/0/000.p/256", "tile/0/000.p/1/",
    "tile/-1/000", "tile/0/+00", "tile/0/\u0660\u0660\u0660", "tile/entries/x000/000", "tile/0/000.P/1",
    "tile/0/001", "tile/0/001.p/46", "tile/0/002.p/1", "tile/entries/001", "tile/entries/009.p/1",
    "tile/2/000.p/1", "tile/0/0", "tile/0/000.p/0", "tile/x", "tile/", "tile/0/..%2f..%2fcheckpoint",
    "tile/99/000", "tile/0/x999/x999/x999/x999/x999/999", "proof/301", "proof/99999999999999999999", "",
])
def test_what_is_not_there_is_missing(case: Case, path: str) -> None:
    assert client_of(case, "sealed").get(f"/log/{path}").status_code == 404


def test_proofs(case: Case) -> None:
    keys = Verifier.parse(case.verifier.text())
    full, partner = client_of(case, "sealed"), client_of(case, "partner")
    for seq in (0, 1, 255, 300):
        answer = full.get(f"/log/proof/{seq}")
        assert f"entry {seq} stands in the log of 301" in check.check_proof(answer.text, keys)
    assert partner.get("/log/proof/1").status_code == 404  # the first note is sealed
    assert partner.get("/log/proof/2").status_code == 200
    growth = partner.get("/log/consistency/1")
    older = next(note for note in case_notes(case) if note.split("\n")[1] == "1")
    assert "begins with that of 1" in check.check_proof(
        growth.text, keys, [open_checkpoint(older, [keys])])
    assert [partner.get(f"/log/consistency/{n}").status_code for n in (0, 302)] == [422, 422]
    # Nothing here can be written to.
    assert partner.post("/log/checkpoint").status_code in (403, 405)


def case_notes(case: Case) -> list[str]:
    """All checkpoints of a case."""
    from headstamp.store.served_log import ServedLog

    return ServedLog.of(case, "public").notes()


def test_a_record_s_history_offers_its_proofs(case: Case) -> None:
    client = client_of(case, "restricted")
    site = case.read("restricted").list("site", {}).rows[0]
    page = client.get(f"/sites/{site.id}").text
    assert f'href="/log/proof/{site.seq}"' in page


def test_the_keys_of_a_log_are_served_while_they_change(case: Case) -> None:
    """The server goes on when the key is replaced elsewhere; older proofs hold by the line of keys."""
    client, first = client_of(case, "sealed"), case.verifier
    assert client.get("/log/keys").text == ""
    older = client.get("/log/checkpoint").text
    with Case.open(case.where, folder=case.folder) as other:
        replace_key(other, actor="B", reason="r")
        newest = other.verifier
    assert client.get("/log/key").text.strip() == newest.text()
    notes = [parse_checkpoint_line(line) for line in client.get("/log/keys").content.splitlines(True)]
    keys = KeyLine.read(first, notes)
    keys.refuse_unless_vouched(first)
    assert open_checkpoint(client.get("/log/checkpoint").text, keys).size == 302
    growth = client.get("/log/consistency/301")
    assert "begins with that of 301" in check.check_proof(
        growth.text, keys, [open_checkpoint(older, keys)])
    assert "entry 0 stands" in check.check_proof(client.get("/log/proof/0").text, newest)
