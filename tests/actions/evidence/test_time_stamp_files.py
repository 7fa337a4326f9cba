"""Time stamps handed out beside a log, for openssl: no other checker stumbles over them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from headstamp.actions.evidence.export_log import export_log
from headstamp.actions.evidence.stamping import stamp
from headstamp.exchange.authority import Authority
from headstamp.store.case import Case
from tests.actions.evidence import bundles
from tests.actions.evidence.test_foreign_checkers import go, verdicts
from tests.exchange.tsa import Tsa

__all__ = ["go"]


def test_a_folder_of_time_stamps_disturbs_no_checker(go: Path, tmp_path: Path) -> None:
    tsa = Tsa.make(tmp_path / "tsa")
    bundle = bundles.good(3, tmp_path / "good")
    assert bundle.case is not None
    with Case.open(bundle.case) as case:
        stamp(case, [Authority("Ministry", "http://m.example/")], actor="A",
              ask=lambda url, request: tsa.answer(request))
        export_log(case, tmp_path / "log", clearance="partner")
    kept = tmp_path / "log" / "timestamps" / "1-ministry.checkpoint"
    assert kept.is_file()
    stamped = replace(bundle, folder=tmp_path / "log", against=(kept,))
    assert {code for code, _ in verdicts(stamped, go).values()} == {0}
