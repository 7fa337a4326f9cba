"""The key of a case from the command line: shown, replaced, told of by every check."""

from __future__ import annotations

from pathlib import Path

from headstamp import check
from headstamp.evidence import verify as verifier
from headstamp.store.case import Case
from tests.cli.conftest import Run, Small


def test_a_key_is_replaced_and_every_check_tells_of_it(run: Run, small: Small, tmp_path: Path) -> None:
    before = run("key", "show", "--case", small.folder, "--json").json
    assert (before["key"], before["changes"], before["here"]) == (before["first"], [], True)
    kept = tmp_path / "kept"
    kept.write_text(run("checkpoint", "--case", small.folder).out, "utf-8")

    done = run("key", "replace", "--reason", "it was time", "--actor", "B. Custodian",
               "--case", small.folder, "--json").json
    assert (done["old"], done["why"], done["witnessed"]) == (before["key"], "replaced", True)
    after = run("key", "show", "--case", small.folder, "--json").json
    assert (after["key"], after["first"]) == (done["key"], before["key"])
    assert [change["size"] for change in after["changes"]] == [done["size"]]

    told = run("verify", "--case", small.folder, "--against", kept, "--json").json
    assert told["ok"] and len(told["remarks"]) == 1 and "replaced" in told["remarks"][0]
    assert run("export-log", tmp_path / "log", "--case", small.folder).code == 0
    for program in (check.main, verifier.main):
        for key in (before["key"], after["key"]):
            assert program([str(tmp_path / "log"), "--key", key, "--against", str(kept)]) == 0


def test_a_lost_key_is_told_as_such(run: Run, small: Small) -> None:
    refused = run("key", "replace", "--reason", "stolen", "--lost", "--case", small.folder, "--json")
    assert refused.json["error"] == "conflicting"
    (small.folder / "keys" / "device.key").unlink()
    refused = run("key", "replace", "--reason", "stolen", "--case", small.folder, "--json")
    assert refused.json["error"] == "unavailable" and "--lost" in refused.json["message"]
    done = run("key", "replace", "--reason", "stolen", "--lost", "--revoked", "--case", small.folder)
    assert done.code == 0 and "has not signed" in done.out
    told = run("verify", "--case", small.folder)
    assert told.code == 0 and "unwitnessed key change" in told.out
    with Case.open(small.folder) as case, case.change(actor="a", reason="it can be written again"):
        pass
