"""Import of real open data sets, whole: seconds from the file to a searchable case.

They lie beside the project's own checkout (``../shared/data``) and are read there, never
copied; where they are absent the benchmark says so. ``ua_lost_stolen_weapons`` has no
mapping of its own: it goes the way of any stranger's table.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from time import perf_counter

from headstamp.actions.cases import check_case, make_case
from headstamp.actions.intake.file import import_file

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
SETS = (
    ("oryx_equipment_losses/events.csv.gz", 37_505, 10.0),
    ("ua_lost_stolen_weapons/records.parquet", 568_145, None),
)


def one(relative: str, rows: int, target: float | None) -> dict[str, object]:
    """One data set into a fresh case, verified."""
    row: dict[str, object] = {
        "name": f"import of {relative.partition('/')[0]}", "peer": "", "ratio": "",
        "target": target or "", "unit": "s", "data": f"{rows} rows, real open data",
    }
    path = DATA / relative
    if not path.exists():
        return {**row, "ours": "not beside this checkout"}
    with tempfile.TemporaryDirectory(prefix="headstamp-bench-") as where, \
            make_case(Path(where) / "case") as case:
        started = perf_counter()
        result = import_file(case, path, actor="bench")
        took = perf_counter() - started
        if (result.read, result.refused) != (rows, 0):
            raise RuntimeError(f"{relative}: {result.as_dict()}")
        started = perf_counter()
        if check_case(case):
            raise RuntimeError(f"{relative}: the case does not verify")
        checked = perf_counter() - started
    return {**row, "ours": round(took, 1), "ratio": f"verified in {checked:.1f} s"}


def run() -> list[dict[str, object]]:
    """One row for each data set."""
    return [one(*which) for which in SETS]


if __name__ == "__main__":
    for line in run() if len(sys.argv) < 2 else [one(*SETS[int(sys.argv[1])])]:
        print(line)
