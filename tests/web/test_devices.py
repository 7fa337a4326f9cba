"""Whom a case trusts is decided on its pages only by who is shown the devices."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from headstamp.actions.settings import Settings
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
