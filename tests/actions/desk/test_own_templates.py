"""A case's own templates of letters tell who writes: kept, taken out again, and sealed in an encrypted case."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.actions.desk.request_letter import (
    TERMS,
    keep_templates,
    templates_of,
    terms_of,
    write_out_own,
    write_out_templates,
)
from headstamp.actions.keeping.backups import back_up
from headstamp.actions.keeping.doctor import examine
from headstamp.errors import Invalid, Missing
from headstamp.store.case import Case
from tests.conftest import new_case

TEAM = "Quillmarsh Verification Team"


def changed(folder: Path) -> Path:
    """The shipped templates with a sender, terms and a language changed."""
    write_out_templates(folder)
    (folder / "sender.toml").write_text(f'name = "{TEAM}"\n', encoding="utf-8")
    (folder / TERMS).write_text("[answer]\nmaker = 10\n", encoding="utf-8")
    (folder / "notes.txt").write_text("of the writer", encoding="utf-8")
    return folder


def test_changed_templates_are_kept_and_come_out_again(every_case: Case, tmp_path: Path) -> None:
    with pytest.raises(Missing):
        write_out_own(every_case, tmp_path / "none")
    assert keep_templates(every_case, changed(tmp_path / "mine")) == ["sender.toml", TERMS]
    assert templates_of(every_case, "en").sender.name == TEAM
    assert terms_of(every_case).answer["maker"] == 10
    assert [one.name for one in write_out_own(every_case, tmp_path / "out")] == ["sender.toml", TERMS]
    assert (tmp_path / "out" / "sender.toml").read_bytes() == (tmp_path / "mine" / "sender.toml").read_bytes()
    (tmp_path / "out" / TERMS).write_text("answer = [", encoding="utf-8")
    with pytest.raises(Invalid):
        keep_templates(every_case, tmp_path / "out")
    assert terms_of(every_case).answer["maker"] == 10, "nothing is changed"
    (tmp_path / "out" / TERMS).unlink()
    assert keep_templates(every_case, tmp_path / "out") == ["sender.toml"]
    assert terms_of(every_case).answer["maker"] != 10
    with pytest.raises(Missing):
        keep_templates(every_case, tmp_path / "nowhere")


def test_in_an_encrypted_case_and_its_backup_they_are_not_readable(tmp_path: Path) -> None:
    with new_case("encrypted", tmp_path / "case") as case:
        letters = case.folder / "letters"
        changed(letters)
        (letters / "notes.txt").unlink()
        found = [one for one in examine(str(case.folder)).ailments if one.what == "lies_open"]
        assert str(letters / "sender.toml") in {one.about for one in found}
        assert {one.run for one in found} == {found[0].run} and "--keep" in found[0].run[0]
        assert templates_of(case, "en").sender.name == TEAM, "as it was before it is taken in"
        keep_templates(case, letters)
        assert templates_of(case, "en").sender.name == TEAM
        assert not [one for one in examine(str(case.folder)).ailments if one.what == "lies_open"]
        back_up(str(case.folder), tmp_path / "bk")
        assert [one for one in tmp_path.rglob("*") if one.is_file() and TEAM.encode() in one.read_bytes()] == []
