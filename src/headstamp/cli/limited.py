"""What trace replies forbid to be done with the records of an answer, said with the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from headstamp.store.limits import Limit
    from headstamp.store.reader import Reader


def limits_in(reader: Reader, ids: Iterable[str]) -> Mapping[str, tuple[Limit, ...]]:
    """The limits of these records, by id."""
    return reader.limits(list(ids))


def as_json(limits: Mapping[str, tuple[Limit, ...]]) -> dict[str, Any]:
    """The part of a JSON answer that tells them; empty where there are none."""
    if not limits:
        return {}
    return {"use_limits": {id_: [one.as_dict() for one in some] for id_, some in sorted(limits.items())}}


def in_words(limits: Mapping[str, tuple[Limit, ...]], id_: str) -> str:
    """The limits of one record, in one line."""
    from headstamp.store.limits import told

    return "; ".join(told(limits.get(id_, ())))
