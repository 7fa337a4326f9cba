"""``headstamp request``: from the draft to the answer, in words and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from headstamp.cli.request import _request
from tests.actions.desk.request_case import Desk, make_desk
from tests.cli.conftest import Answer, Run

Say = Callable[..., Answer]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = make_desk(tmp_path / "case")
    with made.case:
        yield made


@pytest.fixture
def say(run: Run, desk: Desk) -> Say:
    def call(*words: object) -> Answer:
        return run("request", *words, "--case", desk.case.folder, "--actor", "D. Esk")

    return call


def drafted(say: Say, *more: object) -> dict[str, Any]:
    told = say("draft", "QM-01", "QM-02", "--to", "Tarnholt Armoury", "--set", "our_reference=12/26",
               "--set", "channel=by post", *more, "--json")
    assert told.code == 0, told.out
    return dict(told.json)


def sent(say: Say) -> None:
    drafted(say)
    assert say("check", "12/26", "--done", "--notes", "seen", "--on", "2026-03-02").code == 0
    told = say("send", "12/26", "--on", "2026-03-03", "--json")
    assert (told.json["status"], told.json["sent_on"], told.json["due_on"]) == (
        "sent", "2026-03-03", "2026-04-14")
    assert len(told.json["documents"]) == 2


def test_the_promised_commands_are_there() -> None:
    named = {one.name or one.callback.__name__ for one in _request.registered_commands if one.callback}
    assert named == {"list", "draft", "check", "letter", "send", "acknowledge", "move", "remind", "escalate",
                     "close", "templates"}


def test_draft(say: Say, desk: Desk) -> None:
    made = drafted(say)
    assert (made["status"], made["addressee"], made["items"]) == (
        "draft", desk["maker"], [desk["one"], desk["two"]])
    assert made["check"]["ready"] == "to be answered"
    words = say("draft", "QM-01").out
    assert words.startswith("Drafted T-")
    assert "IN THE WAY: nobody is asked" in words
    bulk = say("draft", "--all-of", desk["maker"], "--to", desk["maker"], "--as", "exporter",
               "--language", "ru", "--json").json
    assert (len(bulk["items"]), bulk["addressee_role"], bulk["language"]) == (2, "exporter", "ru")


@pytest.mark.parametrize(("words", "code", "says"), [
    (("QM-99",), 3, "no item with the tag"), ((), 2, "at least one item"),
    (("QM-01", "--to", "Nobody"), 3, "no party"), (("QM-01", "--language", "xx"), 3, "no words for letters"),
    (("QM-01", "--set", "colour=red"), 2, "FIELD=VALUE"), (("QM-01", "--as", "friend"), 2, "addressee_role"),
])
def test_a_draft_that_cannot_be(say: Say, words: tuple[str, ...], code: int, says: str) -> None:
    told = say("draft", *words)
    assert told.code == code
    assert says in told.err.replace("\n", " ")


def test_check(say: Say) -> None:
    drafted(say)
    told = say("check", "12/26")
    assert "LOOK: the serial number or lot of QM-02 has unread characters" in told.out
    assert say("check", "12/26", "--json").json["status"] is None
    refused = say("check", "12/26", "--done", "--json")
    assert (refused.code, refused.json["error"]) == (2, "invalid")
    assert refused.json["problems"][0]["field"] == "check_notes"
    assert "Marked as checked." in say("check", "12/26", "--done", "--notes", "seen").out


def test_letter(say: Say, tmp_path: Path) -> None:
    drafted(say)
    for name, begins in (("l.pdf", b"%PDF"), ("l.docx", b"PK"), ("l.html", b"<!DOCTYPE"), ("l.csv", b"\xef\xbb\xbf")):
        told = say("letter", "12/26", "-o", tmp_path / name, "--json").json
        content = (tmp_path / name).read_bytes()
        assert content.startswith(begins)
        assert told["size"] == len(content)
    say("letter", "12/26", "-o", tmp_path / "e.csv", "--etrace-like", "--no-bom")
    assert (tmp_path / "e.csv").read_text().startswith("request_date,priority")
    assert say("letter", "12/26", "-o", tmp_path / "e.pdf", "--etrace-like").code == 2
    assert say("letter", "12/26", "-o", tmp_path / "e.txt").code == 2
    assert say("letter", "none", "-o", tmp_path / "e.pdf").code == 3


def test_templates(say: Say, desk: Desk, tmp_path: Path) -> None:
    assert "9 files" in say("templates", tmp_path / "mine").out
    assert say("templates", tmp_path / "mine", "--json").json["error"] == "conflicting"
    drafted(say)
    changed = '[letter]\nclosing = "So be it,"\n'
    (tmp_path / "mine" / "en.toml").write_text(changed, encoding="utf-8")
    page = tmp_path / "l.html"
    say("letter", "12/26", "-o", page, "--templates", tmp_path / "mine")
    assert "So be it," in page.read_text("utf-8")
    own = desk.case.folder / "letters"
    own.mkdir()
    (own / "en.toml").write_text('[letter]\nclosing = "From the case,"\n', encoding="utf-8")
    say("letter", "12/26", "-o", page)
    assert "From the case," in page.read_text("utf-8")
    say("letter", "12/26", "-o", page, "--templates", tmp_path / "mine")
    assert "So be it," in page.read_text("utf-8")
    (own / "en.toml").write_text('[letter]\n\nclosing = "{who}"\n', encoding="utf-8")
    told = say("letter", "12/26", "-o", page, "--json").json
    assert told["problems"][0]["file"] == f"{own / 'en.toml'}, line 3"
    assert "1 changed template kept" in say("templates", tmp_path / "mine", "--keep").out
    say("letter", "12/26", "-o", page)
    assert "So be it," in page.read_text("utf-8")
    assert "1 file " in say("templates", tmp_path / "again", "--own").out
    assert (tmp_path / "again" / "en.toml").read_text("utf-8") == changed
    (tmp_path / "again" / "en.toml").unlink()
    assert say("templates", tmp_path / "again", "--keep").code == 3
    say("templates", tmp_path / "shipped")
    assert "none of its own" in say("templates", tmp_path / "shipped", "--keep").out
    assert say("templates", tmp_path / "again", "--own").code == 3
    assert say("templates", tmp_path / "again", "--own", "--keep").code == 2


def test_send_and_chase(say: Say, desk: Desk, tmp_path: Path) -> None:
    drafted(say)
    assert say("send", "12/26").code == 2
    assert say("close", "12/26", "--why", "drafted by mistake").code == 0
    assert say("move", "12/26", "draft").code == 0
    say("check", "12/26", "--done", "--notes", "seen", "--on", "2026-03-02")
    told = say("send", "12/26", "--on", "2026-03-03", "--due", "2026-05-01")
    assert "due on 2026-05-01" in told.out
    assert say("acknowledge", "12/26", "--on", "2026-03-10", "--json").json["acknowledged_on"] == "2026-03-10"
    told = say("remind", "12/26", "--on", "2026-05-15", "-o", tmp_path / "r.pdf")
    assert "Reminded 1 time," in told.out
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")
    assert say("remind", "12/26", "-o", tmp_path / "r.txt").code == 2
    assert say("escalate", "12/26", "--to", "Export Control Board", "--on", "2026-06-20",
               "--json").json["escalated_to"] == desk["board"]
    assert say("move", "12/26", "no_reply", "--on", "2026-06-20").code == 0
    assert say("move", "12/26", "answered").code == 2
    assert say("close", "12/26", "--why", "silence", "--json").json["closed_because"] == "silence"
    assert say("remind", "12/26").code == 2
    assert say("send", "12/26", "--on", "soon").code == 2


def test_list(say: Say) -> None:
    assert "No request is open" in say().out
    sent(say)
    told = say("list", "--json").json["requests"]
    assert (told[0]["our_reference"], told[0]["status"], told[0]["addressee"]) == (
        "12/26", "sent", "Tarnholt Armoury")
    assert [one["what"] for one in told[0]["due"]] == ["acknowledgement", "answer", "reminder"]
    assert say("--json").json["requests"] == told
    assert say("list", "--state", "draft", "--json").json == {"requests": []}
    assert say("list", "--state", "lost").code == 2
    say("close", "12/26", "--why", "x")
    assert say("list", "--json").json == {"requests": []}
    assert len(say("list", "--all", "--json").json["requests"]) == 1
