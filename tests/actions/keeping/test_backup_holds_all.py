"""Whatever a case has, it has again when it comes back from a backup: not the records alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.actions.cases import check_case
from headstamp.actions.desk.request_letter import TERMS, templates_of, terms_of, write_out_templates
from headstamp.actions.evidence.stamping import write_request
from headstamp.actions.evidence.stamps_waiting import all_waiting
from headstamp.actions.exchange.aside import put_aside, release
from headstamp.actions.exchange.devices import peers
from headstamp.actions.keeping.backups import back_up, restore_case
from headstamp.actions.markings.learn import FILE as LEARNED
from headstamp.errors import Missing
from headstamp.records import TYPES
from headstamp.store.case import Case
from headstamp.store.passphrase import FILE
from tests.actions.evidence.thing_kept import make as make_record
from tests.actions.exchange.travel import ITEM
from tests.store.encrypted import cheap_lock, passphrase_file
from tests.store.kept import state, tree
from tests.store.make_sample import make

KEPT_SNAPSHOT = "snapshots/kept-7-sealed/snapshot.json"
# Follows from the rest, is this machine's own, or would sign in the case's name.
ELSEWHERE = ("case.sqlite", "keys/device.key", "backup.json", "derived/")


def beside(folder: Path) -> dict[str, str]:
    """Every file of a case that a backup brings back as it was."""
    return {name: digest for name, digest in tree(folder).items()
            if not name.startswith(ELSEWHERE) and "/." not in f"/{name}"}


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
def test_all_of_a_case_comes_back(
    encrypted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if encrypted:
        monkeypatch.setenv(FILE, str(passphrase_file(tmp_path)))
    make(tmp_path, **({"lock": cheap_lock} if encrypted else {}))
    with Case.open(tmp_path / "hq") as case:
        write_request(case, tmp_path / "request.tsq")
        case.working.write("", LEARNED, b"[costs]\n")
        (case.folder / "letters" / TERMS).unlink()
        write_out_templates(case.folder / "letters")
        template = case.folder / "letters" / "letter.css"
        template.write_text("body { color: black }", encoding="utf-8")
        (case.folder / KEPT_SNAPSHOT).parent.mkdir(parents=True)
        (case.folder / KEPT_SNAPSHOT).write_bytes(b"{}")
        before, files = state(case), beside(case.folder)
        assert len([name for name in files if name.startswith("originals/")]) >= 5
        for name in (KEPT_SNAPSHOT, "letters/terms.toml", "letters/letter.css", "keys/device.pub"):
            assert name in files
        asked = all_waiting(case), peers(case), case.open_names(ITEM), case.key_line.changes, terms_of(case)
    back_up(tmp_path / "hq", tmp_path / "bk", with_key=True)
    restore_case(tmp_path / "bk", str(tmp_path / "back"))
    with Case.open(tmp_path / "back") as back:
        assert state(back) == before and before["wrong"] == []
        assert beside(back.folder) == files
        assert set(back.read("sealed").totals()) == {kind.name for kind in TYPES}
        again = all_waiting(back), peers(back), back.open_names(ITEM), back.key_line.changes, terms_of(back)
        assert again == asked
        assert asked[0] and asked[1] and asked[2]
        assert templates_of(back, "en").css == "body { color: black }"
        with pytest.raises(Missing):
            back.read("sealed").get(make_record("item", "gone").id)
        # It goes on: what was put aside can still be taken in.
        (aside,) = put_aside(back.read("sealed"))
        assert release(back, aside.id, actor="Ben", reason="looked").state == "taken"
        assert check_case(back) == []
