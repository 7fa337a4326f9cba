"""Where the open data and the published vectors lie, when they lie beside the checkout.

A user's checkout has no such folder: then a test that needs it is skipped and
says by name what it missed. On the project's own CI the folder is there.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("HEADSTAMP_SHARED", ROOT.parent / "shared"))


def shared(relative: str) -> Path:
    """The path of ``../shared/<relative>``; skips the test, naming it, where absent."""
    path = SHARED / relative
    if not path.exists():
        pytest.skip(f"not beside this checkout: shared/{relative}")
    return path
