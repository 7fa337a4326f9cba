"""Values in words, the records that they name called by what people call them, too.

An id alone says nothing to who reads it, and a label alone cannot be typed into the next
command: both are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from headstamp.records.spec import Fact
    from headstamp.store.reader import Reader


def labels_in(reader: Reader, told: Iterable[tuple[Fact, Any]]) -> dict[str, str]:
    """The labels of all records that these values name, as far as this reader may see them."""
    return reader.labels(sorted({one for fact, value in told for one in _ids(fact, value)}))


def shown(fact: Fact, value: Any, labels: Mapping[str, str]) -> str:
    """One value as text; ``finds.csv (doc-...)`` where it names a record.

    Only what this reader may see has a label; any other record keeps its bare id.
    """
    text = fact.show(value)
    for one in _ids(fact, value):
        if one in labels and labels[one] != one:
            text = text.replace(one, f"{labels[one]} ({one})")
    return text


def _ids(fact: Fact, value: Any) -> list[str]:
    if isinstance(value, Mapping):
        document = value.get("document")
        return [document] if isinstance(document, str) else []
    if not fact.ref:
        return []
    return [value] if isinstance(value, str) else [one for one in value or () if isinstance(one, str)]
