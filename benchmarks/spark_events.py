"""What Spark's own record of a run says of each question: processor time, and what was moved.

These hold whatever else the machine does, where seconds on the clock do not; from them it is estimated
what a cluster would take (docs/questions.md).
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any


def by_question(folder: Path) -> dict[str, dict[str, float]]:
    """For each job group of the logs in a folder: tasks, seconds of processors in tasks, those of the longest
    task, MB moved between tasks, and MB put aside on the disk.
    """
    found: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        group_of: dict[int, str] = {}
        for line in path.read_text("utf-8").splitlines():
            event = json.loads(line)
            if event["Event"] == "SparkListenerJobStart":
                group = event.get("Properties", {}).get("spark.jobGroup.id", "")
                group_of |= dict.fromkeys(event["Stage IDs"], group)
            elif event["Event"] == "SparkListenerTaskEnd" and event.get("Task Metrics"):
                _add(found[group_of.get(event["Stage ID"], "")], event["Task Metrics"])
    return {group: {name: round(value, 1) for name, value in told.items()} for group, told in found.items() if group}


def _add(told: dict[str, float], metrics: dict[str, Any]) -> None:
    seconds = metrics["Executor CPU Time"] / 1e9
    told["tasks"] += 1
    told["task_cpu_s"] += seconds
    told["longest_task_cpu_s"] = max(told["longest_task_cpu_s"], seconds)
    told["moved_mb"] += metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"] / 1e6
    told["spilled_mb"] += metrics["Disk Bytes Spilled"] / 1e6
