"""The page on limits says what the program holds."""

from __future__ import annotations

import re
from dataclasses import asdict

from headstamp.intake.limits import Limits
from tests.shared import ROOT


def test_the_page_lists_every_limit_with_its_number() -> None:
    page = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
    told = {name: int(number.replace(",", ""))
            for name, number in re.findall(r"^\| `(\w+)` \| ([\d,]+) \|", page, re.MULTILINE)}
    assert told == asdict(Limits())
