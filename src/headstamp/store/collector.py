"""Python's collector of cyclic garbage, and when it only costs time."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest(number: int) -> Iterator[None]:
    """Many rows make many small objects and no cycles: looking for some costs a sixth."""
    pause = number > 500 and gc.isenabled()
    if pause:
        gc.disable()
    try:
        yield
    finally:
        if pause:
            gc.enable()
