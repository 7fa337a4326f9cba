"""Claims in short, for tests of chains."""

from __future__ import annotations

from typing import Any

from headstamp.tracing.claim import Attachment, Claim, days

_count = 0


def claim(how: str, when: str = "", giver: str = "", taker: str = "", **more: Any) -> Claim:
    """A claim of the item itself; parties by a letter. Ids count up."""
    global _count
    _count += 1
    first, last = days(when)
    values: dict[str, Any] = {
        "id": f"tran-{_count:04}", "kind": "transfer", "how": how, "when": when, "first": first,
        "last": last, "from_party": giver or None, "to_party": taker or None, **more,
    }
    return Claim(**values)


PERHAPS = Attachment(by="product", how="perhaps", share=0.1)
