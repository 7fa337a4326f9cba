"""Schemes over real open data: what they find in it, and what they leave alone."""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter

from headstamp.schemes import munitions_list, recognise
from tests.shared import shared


def test_licence_ratings_of_eu_brokering_statistics_are_read() -> None:
    folder = shared("data/eu_arms_brokering")
    ratings: Counter[str] = Counter()
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                ratings.update(r.strip() for r in re.split("[;,]", row.get("rating") or ""))
    proper = [r for r in ratings if re.fullmatch(r"ML[0-9]{1,2}([a-z]\.?)?", r, re.IGNORECASE)]
    assert len(proper) > 20
    for rating in proper:
        reading = munitions_list.read(rating)
        assert reading is not None and reading.valid is None, rating
    # Slips in the published tables stay unread rather than being forced into a category.
    for slip in {"ML123", "MLMl1", "MLMultiple categories", "MLc"} & set(ratings):
        assert munitions_list.read(slip) is None


def test_components_found_in_weapons_give_date_codes_and_hardly_anything_false() -> None:
    path = shared("data/gur_components/components.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        names = [row["name_marking"] for row in csv.DictReader(lines)]
    found = Counter(reading.scheme for name in names for reading in recognise(name))
    assert found["date_code"] > 50
    # Names of parts hold no ship, container, firm or barcode number.
    assert not {"imo", "iso6346", "lei", "gtin", "vin", "imei", "cas"} & set(found)
    assert sum(found.values()) - found["date_code"] < 10
