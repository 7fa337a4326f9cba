"""headstamp: document, keep, match, trace and publish what illicit weapons leave behind.

``headstamp.open(path)`` gives a case to a notebook or a program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headstamp.actions.notebook import OpenCase

__version__ = "0.1.0"


def open(path: str, *, clearance: str | None = None) -> OpenCase:
    """Opens a case (a folder or a PostgreSQL address) for reading, searching and snapshots.

    ``clearance`` is a tier; HEADSTAMP_CLEARANCE, else ``restricted``, where it is
    not given. Raises ``headstamp.errors.Missing`` where there is no case.
    """
    from headstamp.actions.notebook import open_notebook

    return open_notebook(path, clearance=clearance)
