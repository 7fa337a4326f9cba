"""Whom a case trusts is decided on its pages only by who is shown the devices."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from headstamp.actions.settings import Settings
from headstamp.exchange.card import Card
from headstamp.exchange.keys import SealKey
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.actions.exchange.forger import Forger
from tests.web.conftest import BASE


@pytest.mark.parametrize(("clearance", "status"), [("public", 403), ("partner", 403), ("restricted", 303)])
def test_a_guest_makes_no_device_known(tmp_path: Path, clearance: str, status: int) -> None:
    """Wants: one's own key on file as that of headquarters, whose erasures are carried out unasked."""
    key = Forger.named("example.org/own").signer.verifier_key
    with Case.create(tmp_path / "case") as case:
        browser = TestClient(create_app(Settings(case.where, "guest", clearance), case=case), base_url=BASE)
        token = re.search(r'name="token" value="(\w+)"', browser.get("/exchange").text)
        assert token is not None
        answer = browser.post("/exchange/devices", follow_redirects=False, data={
            "token": token[1], "card": key, "title": "HQ", "role": "headquarters"})
        assert answer.status_code == status
        assert len(case.read("sealed").list("device").rows) == (status == 303)


def test_who_may_not_see_all_chooses_no_keys_that_open_it(tmp_path: Path) -> None:
    """Wants: bundles that hold everything sealed to one's own key; or headquarters' keys taken away."""
    key, ours, theirs = Forger.named("example.org/hq").signer.verifier_key, SealKey.generate(), SealKey.generate()
    with Case.create(tmp_path / "case") as case:
        def put(clearance: str, *keys: SealKey) -> int:
            browser = TestClient(create_app(Settings(case.where, "guest", clearance), case=case), base_url=BASE)
            token = re.search(r'name="token" value="(\w+)"', browser.get("/exchange").text)
            assert token is not None
            return browser.post("/exchange/devices", follow_redirects=False, data={
                "token": token[1], "title": "HQ", "role": "headquarters",
                "card": Card(key, tuple(one.public for one in keys)).text()}).status_code

        assert put("restricted", theirs) == 403
        assert put("sealed", ours) == 303
        assert [put("restricted", *keys) for keys in ((theirs,), (ours, theirs), ())] == [403, 403, 403]
        assert put("restricted", ours) == 303
        assert case.read("sealed").list("device").rows[0].get("seal_to") == [ours.public]
