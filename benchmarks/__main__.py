"""Runs every benchmark, prints one table and writes it as JSON to ``benchmarks/results``.

    python -m benchmarks [NAME ...]

Each ``bench_*.py`` has ``run() -> list of rows``: name, ours, peer, ratio, target,
unit, data, and met where it says itself whether the target was reached. A ratio is
always taken against a peer in the same run.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
COLUMNS = ("name", "ours", "peer", "ratio", "target", "met", "unit", "data")


def modules(wanted: list[str]) -> list[str]:
    """The benchmarks asked for by name; all where none is."""
    found = sorted(path.stem for path in HERE.glob("bench_*.py"))
    return [name for name in found if not wanted or name.removeprefix("bench_") in wanted]


def commit() -> str:
    """The commit measured, if this is a checkout."""
    try:
        done = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=HERE, capture_output=True, text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()


def table(rows: list[dict[str, object]]) -> str:
    """Rows as text in columns."""
    cells = [COLUMNS, *(tuple(str(row.get(c, "")) for c in COLUMNS) for row in rows)]
    widths = [max(len(line[n]) for line in cells) for n in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    )


def main() -> None:
    rows: list[dict[str, object]] = []
    for name in modules(sys.argv[1:]):
        print(f"{name} ...", file=sys.stderr, flush=True)
        # A process of its own: no benchmark inherits another's memory or caches.
        code = f"import json, benchmarks.{name} as b; print(json.dumps(b.run()))"
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=HERE.parent, capture_output=True, text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"{name} failed:\n{done.stderr}")
        rows.extend(json.loads(done.stdout.splitlines()[-1]))
    print(table(rows))
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    told = {
        "at": now.isoformat(timespec="seconds"), "commit": commit(),
        "python": platform.python_version(), "machine": platform.machine(), "rows": rows,
    }
    path = results / f"{now:%Y%m%dT%H%M%SZ}.json"
    path.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    print(f"\nwritten to {path.relative_to(HERE.parent)}")


if __name__ == "__main__":
    main()
