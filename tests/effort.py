"""How hard the property tests try: HEADSTAMP_TEST_EFFORT times the usual.

``make test`` wants an answer soon and ``make soak`` (``scripts/soak.sh``) wants the
rare case: the same tests, with more examples.
"""

from __future__ import annotations

import os

from hypothesis import settings

EFFORT = int(os.environ.get("HEADSTAMP_TEST_EFFORT", "1"))


def examples(usual: int) -> settings:
    """Settings for so many examples in ``make test``, and more in ``make soak``."""
    return settings(max_examples=usual * EFFORT, deadline=None)


def counted(quick: int, long: int) -> int:
    """A stated count: few in ``make test``, all of them in ``make soak`` (docs/durability.md)."""
    return quick if EFFORT == 1 else long


def soak() -> None:
    """Have the tests that name no number of examples try harder too; and none ask how long one takes.

    Hypothesis calls an example of more than 200 ms a failure unless told otherwise, which a
    busy machine makes of any.
    """
    settings.register_profile("headstamp", max_examples=100 * EFFORT, deadline=None)
    settings.load_profile("headstamp")
