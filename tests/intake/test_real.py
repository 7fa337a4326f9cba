"""The open data beside this checkout, with the numbers of rows their READMEs give."""

from __future__ import annotations

import pytest

from headstamp.intake.table import Row, open_table
from tests.shared import shared


@pytest.mark.parametrize(
    ("file", "rows", "columns"),
    [
        ("gur_components/components.csv.gz", 5_806, 11),
        ("oryx_equipment_losses/events.csv.gz", 37_505, 10),
        ("isp_rj_seizures/seizures_by_precinct_month_2007_2024.csv.gz", 29_736, 42),
        ("isp_rj_seizures/precincts.csv", 147, 6),
        ("fi_arms_exports/military_exports_by_product.csv.gz", 2_910, 9),
        ("fi_arms_exports/military_licences_by_product.csv.gz", 2_895, 15),
        ("fi_arms_exports/civil_arms_exports_wide.csv.gz", 1_211, 17),
        ("fi_arms_exports/dual_use_licences_2011_2016.csv.gz", 3_256, 10),
        ("us_1033_transfers/ks_1033_data.csv.gz", 1_575, 14),
        ("eu_arms_brokering/broker.csv", 894, 13),
        ("ua_lost_stolen_weapons/records.parquet", 568_145, 4),
        ("ucdp_ged_syria/events.csv.gz", 16_566, 24),
    ],
)
def test_every_row_is_read(file: str, rows: int, columns: int) -> None:
    table = open_table(shared(f"data/{file}"))
    assert len(table.columns) == columns
    count = 0
    for row in table.rows():
        assert row.__class__ is Row, row
        count += 1
    assert count == rows


def test_description_rows_below_the_header_are_passed_over() -> None:
    path = shared("data/fi_arms_exports/civil_arms_exports_wide.csv.gz")
    first = next(open_table(path, skip_after_header=2).rows())
    assert isinstance(first, Row)
    assert (first.number, first.cells[:3]) == (3, ("2021", "Argentina", "2002--."))


def test_form_workbooks_of_others_open() -> None:
    folder = shared("data/forms_odk_kobo/xlsforms")
    for path in sorted(folder.glob("*.xls*")):
        assert list(open_table(path).rows())
