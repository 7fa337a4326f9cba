"""headstamp: document, keep, match, trace and publish what illicit weapons leave behind.

``headstamp.open(path)`` gives a case to a notebook or a program, ``headstamp.measure(name, ...)``
the answer of a measure to plain values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from headstamp.actions.measures.frames import Answer
    from headstamp.actions.notebook import OpenCase

__version__ = "0.1.0"


def open(path: str, *, clearance: str | None = None) -> OpenCase:
    """Opens a case (a folder or a PostgreSQL address) for reading, searching and snapshots.

    ``clearance`` is a tier; HEADSTAMP_CLEARANCE, else ``restricted``, where it is
    not given. Raises ``headstamp.errors.Missing`` where there is no case.
    """
    from headstamp.actions.notebook import open_notebook

    return open_notebook(path, clearance=clearance)


def measure(name: str, **inputs: Any) -> Answer:
    """Asks a measure of plain values: ``headstamp.measure("scale.serials", values=[2, 6, 7, 14])``.

    A table is a dataframe or a list of dictionaries. The answer has ``.result``, ``.frame("models")``
    and ``.drawing()``. Raises ``headstamp.errors.Missing`` for no such measure, ``Invalid`` naming
    every faulty input.
    """
    from headstamp.actions.measures.frames import measure_values

    return measure_values(name, **inputs)
