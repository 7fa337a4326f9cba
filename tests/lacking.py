"""What a machine lacks: a test that needs it is skipped by name; where CI runs, it fails."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def lacks(what: str) -> NoReturn:
    """Ends the test: skipped here, failed in CI, where everything is installed."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI needs {what}")
    pytest.skip(f"needs {what}")
