"""The ids of the parties of a graph, in order: a node is the place of its id.

In a file the ids are one text and where each begins in it; those that came later are in
memory after them, in the order they came.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from headstamp.errors import Unreadable


class Names:
    """Node by id and id by node; the next ones share what this one has."""

    def __init__(
        self, text: npt.NDArray[np.uint8], at: npt.NDArray[np.uint64],
        later: Sequence[str] = (),
    ) -> None:
        if not len(at) or int(at[-1]) != len(text):
            raise Unreadable("the names of a graph of supply are damaged")
        self._text, self._at = text, at
        self._later = tuple(later)
        self._later_of = {id_: self._sorted + n for n, id_ in enumerate(self._later)}

    @classmethod
    def of(cls, ids: Sequence[str]) -> Names:
        """Of ids that are sorted and all different."""
        data = "".join(ids).encode("ascii")
        at = np.fromiter(accumulate(map(len, ids), initial=0), np.uint64, len(ids) + 1)
        return cls(np.frombuffer(data, np.uint8), at)

    @property
    def _sorted(self) -> int:
        return len(self._at) - 1

    def __len__(self) -> int:
        return self._sorted + len(self._later)

    def id(self, node: int) -> str:
        """The id of a node."""
        if node >= self._sorted:
            return self._later[node - self._sorted]
        start, end = int(self._at[node]), int(self._at[node + 1])
        return self._text[start:end].tobytes().decode("ascii", "replace")

    def node(self, id_: str) -> int | None:
        """The node of an id; None where the graph does not know it."""
        found = self._later_of.get(id_)
        if found is not None:
            return found
        low, high = 0, self._sorted
        while low < high:
            middle = (low + high) // 2
            if self.id(middle) < id_:
                low = middle + 1
            else:
                high = middle
        return low if low < self._sorted and self.id(low) == id_ else None

    def known(self, id_: str) -> int:
        """The node of an id that the graph knows. Raises KeyError."""
        node = self.node(id_)
        if node is None:
            raise KeyError(id_)
        return node

    def with_(self, ids: Iterable[str]) -> Names:
        """The same and these, where they are not known yet."""
        new = [one for one in dict.fromkeys(ids) if self.node(one) is None]
        return Names(self._text, self._at, (*self._later, *new)) if new else self

    def all(self) -> list[str]:
        """Every id, by node."""
        text = self._text.tobytes().decode("ascii", "replace")
        at = self._at.tolist()
        return [text[a:b] for a, b in pairwise(at)] + list(self._later)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """As they lie in a file. Only of names without later ones."""
        assert not self._later
        return {"ids": self._text, "ids_at": self._at}
