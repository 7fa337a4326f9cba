"""The teaching case, filled once for the tests of a module that look at its records."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from headstamp.demo import fill as filling
from headstamp.demo.teaching import load
from headstamp.store.case import Case


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """The street with one drawing standing for all: the pictures are not what is asked about."""
    teaching = load()
    first = teaching.of("photograph")[0]
    _, picture = filling.drawn(first, teaching.scenes[first.id])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filling, "drawn", lambda record, scene: (record, picture))
        with Case.create(tmp_path_factory.mktemp("street") / "case") as made:
            filling.fill(made)
            yield made
