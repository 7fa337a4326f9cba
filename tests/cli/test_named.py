"""Records that a value names are called by label and id, where they may be seen."""

from __future__ import annotations

from headstamp.cli.named import shown
from headstamp.records import BY_NAME

BUNDLE, ITEM = BY_NAME["bundle"].by_name, BY_NAME["item"].by_name


def test_what_is_named_has_label_and_id() -> None:
    assert shown(BUNDLE["device"], "dev-aaaa0000", {"dev-aaaa0000": "Laptop 3"}) == "Laptop 3 (dev-aaaa0000)"
    source = {"document": "doc-aaaa0000", "row": 2}
    assert shown(ITEM["source"], source, {"doc-aaaa0000": "finds.csv"}).startswith("finds.csv (doc-aaaa0000)")


def test_what_may_not_be_seen_keeps_its_id_alone() -> None:
    assert shown(BUNDLE["device"], "dev-aaaa0000", {}) == "dev-aaaa0000"
    assert shown(BUNDLE["file_name"], "dev-aaaa0000", {"dev-aaaa0000": "Laptop 3"}) == "dev-aaaa0000"
