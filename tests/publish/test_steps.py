"""The drawn share: the early and the late step, the band between, and the same bytes each time."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from headstamp.publish.steps import share_svg

MASSES = [(59, 59, 0.25), (100, 400, 0.5), (900, None, 0.25)]


def test_both_steps_are_drawn_and_told() -> None:
    drawn = share_svg("Lag <of> all", MASSES)
    ET.fromstring(drawn)
    assert drawn == share_svg("Lag <of> all", list(reversed(MASSES)))
    assert "from day 100 to 400" in drawn and "from day 900 on" in drawn and "&lt;of&gt;" in drawn
    early, late = re.findall(r'<path class="chart-bar" d="([^"]+)"', drawn)
    # The early line rises three times, the late one twice: of the last mass the end is open.
    assert (early.count("V"), late.count("V")) == (3, 2)


def test_nothing_is_drawn_of_nothing() -> None:
    assert "Nothing to show yet." in share_svg("Lag", [])
    ET.fromstring(share_svg("Lag", []))
