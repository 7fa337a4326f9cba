"""Each command does what the issue promised of it, in words and as JSON."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from headstamp.cli.app import COMMANDS, command
from headstamp.errors import HeadstampError
from headstamp.records import TYPES
from headstamp.store.case import Case
from tests.cli.conftest import Run, Small

PROMISED = {
    "init": ["encrypted", "recovery"], "passphrase": ["recovery_file", "recovery"], "list": ["where", "limit"], "count": ["by", "where"], "find": ["limit"],
    "show": [], "verify": ["against"], "report": ["output"], "serve": ["host", "port", "lock_after"],
    "import": ["kind", "mapping", "dry_run", "tier", "problems"], "demo": ["directory", "serve"],
    "readings": ["reader", "all_open", "state", "limit"], "give-reading": ["reader", "certainty"],
    "settle": ["reason", "version", "state"],
    "read": ["region", "only", "accept", "item"], "record": [], "checkpoint": [], "schema": [], "snapshot": ["output"], "kinds": [],
    "export-log": ["output", "records", "without_originals"], "proof": ["version", "field", "since", "output"],
    "key": [],
    "erase": ["field", "ground", "why", "look", "approve", "decline", "list_", "finish"],
    "stamp": ["authority", "ca", "authorities", "request", "reply", "list_"],
    "witness": ["paper", "checkpoint", "at", "output"],
    "backup": ["with_key", "keep"], "restore": ["key", "against", "as_it_is"], "move": [],
    "upgrade": ["anew"], "doctor": ["against"],
    "device": [], "pack": ["to", "everything", "in_the_open", "reason"],
    "sync": ["pair", "title", "other", "host", "port", "minutes", "reason"],
    "take": ["key", "release", "leave", "list_aside", "receipt", "reason"],
    "conflicts": ["choose", "reason"],
    "signature": [], "spread": ["signature"], "novel": ["item", "alpha"],
    "trace": [], "alert": [], "parts": [], "party": [], "custody": [], "diversion": ["every", "record", "hypothesis"], "receipt": ["output", "language", "check"],
    "derive": ["what", "tool", "tier"], "iafq": ["year", "country", "output", "classes"],
    "picture": ["output", "family", "unit", "party", "first", "last", "whole", "inferred"],
    "request": [], "desk": [], "lists": [], "flags": ["transfer", "what", "limit"],
    "hands": ["start", "after", "to", "steps", "limit"], "ask": ["question", "options", "sql", "snapshot", "engine", "master", "memory", "spill", "settings", "unchecked", "output"], "measures": [], "measure": ["name", "options"], "lag": ["by", "where"], "forward": ["start", "lot", "serials", "package", "since", "steps", "limit"], "finding": [], "reference": [], "markings": [], "series": ["text", "gap", "limit", "ranges"],
}


def test_every_promised_command_is_there() -> None:
    assert set(PROMISED) == set(COMMANDS)
    for name, wanted in PROMISED.items():
        found = command().get_command(None, name)
        assert found.help, name
        assert {*wanted, "case", "actor", "clearance", "json"} <= {p.name for p in found.params}


def test_no_field_takes_the_name_of_what_stands_beside_it() -> None:
    for type_ in TYPES:
        assert not set(type_.by_name) & {"id", "kind", "version", "label", "history", "referring"}


def test_init_makes_a_case_once(run: Run, tmp_path: Path) -> None:
    made = run("init", tmp_path / "new", "--json")
    assert made.code == 0
    assert made.json["key"].startswith(made.json["origin"] + "+")
    with Case.open(tmp_path / "new") as case:
        assert case.verifier.text() == made.json["key"]
    again = run("init", tmp_path / "new", "--json")
    assert (again.code, again.json["error"]) == (5, "conflicting")
    assert "--case" in run("init").err


def test_list(run: Run, small: Small) -> None:
    told = run("list", "item", "--case", small.folder, "--json").json
    assert told["total"] == 3
    assert len(told["records"]) == 3
    assert {"id", "kind", "version", "label", "make", "family"} <= set(told["records"][0])
    some = run("list", "items", "--where", "make=Altera", "--limit", 1, "--json",
               "--case", small.folder).json
    assert (some["total"], len(some["records"])) == (2, 1)
    by_make = [r["make"] for r in run("list", "item", "--order", "make", "--json",
                                      "--case", small.folder).json["records"]]
    assert by_make == sorted(by_make)
    down = [r["make"] for r in run("list", "item", "--order", "-make", "--json",
                                   "--case", small.folder).json["records"]]
    assert down == by_make[::-1]
    rest = run("list", "item", "--offset", 2, "--json", "--case", small.folder).json
    assert (rest["offset"], len(rest["records"])) == (2, 1)
    empty = run("list", "item", "--where", "site=", "--json", "--case", small.folder).json
    assert empty["total"] == 2


def test_list_in_words_is_lines_with_tabs(run: Run, small: Small) -> None:
    lines = run("list", "item", "--case", small.folder).out.splitlines()
    assert lines[0].split("\t")[:2] == ["id", "label"]
    assert len(lines) == 4
    assert all(line.count("\t") == lines[0].count("\t") for line in lines)


def counted(run: Run, *words: object) -> dict[str, object]:
    """What ``count`` answers, without the effort that stands beside it in every answer."""
    told = run("count", *words, "--json").json
    assert told.pop("beside") and told.pop("effort")["visits"] == 0
    return told


def test_count(run: Run, small: Small) -> None:
    assert counted(run, "item", "--case", small.folder) == {"total": 3, "groups": []}
    assert counted(run, "item", "--by", "make", "--case", small.folder) == {
        "total": 3, "groups": [{"value": "Altera", "count": 2}, {"value": "Sony", "count": 1}],
    }
    assert counted(run, "item", "--by", "site", "--where", "make=Altera", "--case", small.folder) == {
        "total": 2, "groups": [{"value": small.site, "count": 1}, {"value": None, "count": 1}],
    }
    assert run("count", "item", "--case", small.folder).out == "3\n"
    assert "Altera\t2" in run("count", "item", "--by", "make", "--case", small.folder).out


def test_find(run: Run, small: Small) -> None:
    hits = run("find", "VQG100EGQ14?9", "--case", small.folder, "--json").json["hits"]
    assert hits[0]["id"] == small.marking
    assert set(hits[0]) == {"id", "kind", "text", "score", "why", "label", "probability", "pairs",
                            "words", "rules", "context", "none", "nearby"}
    assert hits[0]["score"] == hits[0]["probability"] > 0.9
    assert run("find", "Altera", "--limit", 1, "--case", small.folder, "--json").json["hits"]
    assert run("find", "no such thing", "--case", small.folder, "--json").json == {"hits": []}
    assert run("find", " ", "--case", small.folder).code == 2
    assert "VQG100EGQ1429" in run("find", "VQG100EGQ1429", "--case", small.folder).out


def test_show(run: Run, small: Small) -> None:
    told = run("show", small.radio, "--case", small.folder, "--json").json
    assert (told["kind"], told["make"], told["version"]) == ("item", "Altera", 2)
    assert [(e["version"], e["actor"], e["reason"]) for e in told["history"]] == [
        (1, "Ana", "first day"), (2, "Ben", "it was corrected"),
    ]
    assert told["history"][1]["changed"] == ["model"]
    assert [r["id"] for r in told["referring"]] == [small.marking]
    words = run("show", small.radio, "--case", small.folder).out
    assert "MAX 10" in words
    assert "it was corrected" in words
    assert small.marking in words


def test_what_is_sealed_is_not_there(run: Run, small: Small) -> None:
    for arguments in (["list", "item"], ["count", "item", "--by", "make"], ["find", "Zanzibar"],
                      ["show", small.site], ["show", small.sealed], ["list", "item", "--json"]):
        told = run(*arguments, "--case", small.folder)
        assert "Zanzibar" not in told.out + told.err
    assert run("show", small.sealed, "--case", small.folder).code == 3
    assert run("show", small.sealed, "--case", small.folder, "--clearance", "sealed").code == 0
    assert run("count", "item", "--case", small.folder, "--clearance", "sealed").out == "4\n"


def test_what_was_recorded_above_the_clearance_says_how_it_is_shown(run: Run, small: Small) -> None:
    made = run("record", "item", "--set", "tier=sealed", "--reason", "r", "--case", small.folder, "--actor", "a")
    assert f"{made.out.strip()} is above the clearance you look with: --clearance sealed shows it" in made.err
    for more in (("--set", "tier=sealed", "--clearance", "sealed"), ("--make", "Sony"), ("--parent", small.sealed)):
        told = run("record", "item", *more, "--reason", "r", "--case", small.folder, "--actor", "a")
        assert (told.code, "clearance" in told.err) == (0, False)


def test_a_key_that_is_missing_is_asked_for_and_one_that_was_moved_is_not(run: Run, small: Small) -> None:
    again = ("record", "item", "--make", "Sony", "--reason", "r", "--case", small.folder, "--actor", "a")
    key = small.folder / "keys" / "device.key"
    key.rename(key.with_name("copy"))
    assert "not changed. Put keys/device.key back from its backup copy" in run(*again).err
    assert "Put keys/device.key back" in run("key", "show", "--case", small.folder).out
    key.with_name("copy").rename(key.with_name("device.key.moved"))
    told = run(*again).err
    assert "work with it at its new place" in told and "back from" not in told


def test_verify(run: Run, small: Small, tmp_path: Path) -> None:
    kept = tmp_path / "checkpoint"
    kept.write_text(run("checkpoint", "--case", small.folder).out, "utf-8")
    fine = run("verify", "--case", small.folder, "--against", kept, "--json")
    assert (fine.code, fine.json) == (0, {"ok": True, "findings": [], "not_checked": [], "remarks": []})
    assert "Nothing is wrong" in run("verify", "--case", small.folder).out

    with sqlite3.connect(small.folder / "case.sqlite") as conn:
        conn.execute("UPDATE item SET make = 'Sonny' WHERE make = 'Sony'")
    conn.close()
    wrong = run("verify", "--case", small.folder, "--json")
    assert wrong.code == 9
    assert wrong.json["ok"] is False
    assert wrong.json["findings"]
    assert all(set(f) == {"what", "id", "detail"} for f in wrong.json["findings"])
    assert run("verify", "--case", small.folder).code == 9
    assert run("verify", "--case", small.folder, "--against", tmp_path / "nowhere").code == 3


@pytest.mark.parametrize("ruin", [b"", b"SQLite format 3\x00 nothing else"])
def test_a_case_beyond_reading_is_a_finding(run: Run, small: Small, ruin: bytes) -> None:
    path = small.folder / "case.sqlite"
    path.write_bytes(path.read_bytes()[:6000] + ruin)
    told = run("verify", "--case", small.folder, "--json")
    assert (told.code, told.json["ok"]) == (9, False)
    assert told.json["findings"]
    path.unlink()
    assert run("verify", "--case", small.folder, "--json").json["error"] == "missing"


@pytest.mark.parametrize("table", ["item", "log", "version", "checkpoint", "tile", "search_text"])
def test_a_table_taken_away_is_a_finding(run: Run, small: Small, table: str) -> None:
    with sqlite3.connect(small.folder / "case.sqlite") as conn:
        conn.execute(f"DROP TABLE {table}")
    conn.close()
    told = run("verify", "--case", small.folder, "--json")
    assert (told.code, told.json["ok"]) == (9, False)
    assert table in str(told.json["findings"])


def test_a_checkpoint_kept_elsewhere_finds_a_log_cut_short(
    run: Run, small: Small, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    run("init", other)
    kept = tmp_path / "checkpoint"
    kept.write_text(run("checkpoint", "--case", other, "--json").json["checkpoint"], "utf-8")
    assert run("verify", "--case", small.folder, "--against", kept).code == 9


def test_record(run: Run, small: Small) -> None:
    made = run("record", "item", "--make", "Nordic", "--quantity-value", "3", "--set",
               "recovered.on=2016", "--set", "links=a; b", "--reason", "by hand", "--actor", "Cy",
               "--case", small.folder, "--json")
    assert (made.code, made.json["what"]) == (0, "new")
    told = run("show", made.json["id"], "--case", small.folder, "--json").json
    assert (told["make"], told["quantity"], told["recovered_on"], told["links"]) == (
        "Nordic", {"value": 3, "unit": "piece"}, "2016", ["a", "b"]
    )
    assert (told["history"][0]["actor"], told["history"][0]["reason"]) == ("Cy", "by hand")
    party = run("record", "party", "--name", "A firm", "--set",
                'names=[{"text": "فرم", "language": "ar"}]', "--reason", "x",
                "--case", small.folder, "--json")
    assert party.code == 0, party.out


def test_a_record_is_refused_with_all_its_problems(run: Run, small: Small) -> None:
    told = run("record", "marking", "--state", "nonsense", "--language", "99", "--reason", "x",
               "--case", small.folder, "--json")
    assert told.code == 2
    assert {p["field"] for p in told.json["problems"]} == {"item", "state", "language"}
    for odd in ("nonsense=1", "=1", "make"):
        assert run("record", "item", "--set", odd, "--reason", "x", "--case", small.folder).code == 2
    twice = run("record", "item", "--make", "A", "--set", "make=B", "--reason", "x",
                "--case", small.folder)
    assert (twice.code, "twice" in twice.err) == (2, True)
    assert run("record", "item", "--make", "A", "--case", small.folder).code == 2
    assert run("count", "item", "--case", small.folder).out == "3\n"


@pytest.mark.parametrize("type_", TYPES, ids=lambda t: t.name)
def test_every_kind_has_options_from_its_declaration(type_) -> None:  # type: ignore[no-untyped-def]
    found = command().get_command(None, "record").get_command(None, type_.name)
    assert found.help.startswith(type_.doc[:20])
    options = {o for p in found.params for o in p.opts}
    for column in type_.columns:
        if not column.derived:
            assert f"--{column.name.replace('_', '-')}" in options


def test_kinds_and_schema(run: Run) -> None:
    assert [k["name"] for k in run("kinds", "--json").json["kinds"]] == [t.name for t in TYPES]
    (item,) = run("kinds", "item", "--json").json["kinds"]
    assert {
        k: v for k, v in next(f for f in item["fields"] if f["name"] == "make").items()
        if k != "example"
    } == {"name": "make", "title": "Make", "holds": "a line of text", "required": False}
    assert "place_latitude" in run("kinds", "site").out
    assert run("schema").json["$schema"].endswith("2020-12/schema")
    assert set(run("schema", "item").json["$defs"]) >= {"item", "Quantity"}
    assert run("schema", "nonsense").code == 2


def test_snapshot(run: Run, small: Small, tmp_path: Path) -> None:
    told = run("snapshot", "-o", tmp_path / "out", "--case", small.folder, "--json").json
    assert told["tables"]["item"]["rows"] == 3
    assert json.loads((tmp_path / "out/snapshot.json").read_text("utf-8"))["clearance"] == "restricted"


def test_report(run: Run, small: Small, tmp_path: Path) -> None:
    told = run("report", "-o", tmp_path / "report.html", "--case", small.folder, "--json")
    assert told.code == 0, told.err
    text = (tmp_path / "report.html").read_text("utf-8")
    assert "VQG100EGQ1429" in text
    assert "Zanzibar" not in text
    assert run("report", "-o", tmp_path / "report.doc", "--case", small.folder).code == 2


def test_exit_codes_are_the_errors_own() -> None:
    assert {e.exit_code for e in HeadstampError.__subclasses__()} == {2, 3, 4, 5, 6, 7, 9}
