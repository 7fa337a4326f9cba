"""Two replies that contradict are both kept, and it is said."""

from __future__ import annotations

from typing import Any

import pytest

from headstamp.tracing.reply_conflict import reply_conflicts


def _claim(reply: str, **values: Any) -> dict[str, Any]:
    return {"reply": reply, "transfer_kind": "sold", "from_party": "party-a", "to_party": "party-b",
            "items": ["item-a"], "happened_on": "2011-05", **values}


@pytest.mark.parametrize(("first", "second", "found"), [
    ({"reply_code": "confirmed_full"}, {"reply_code": "no_record"}, 1),
    ({"reply_code": "not_our_product"}, {"reply_code": "confirmed_partial"}, 1),
    ({"reply_code": "no_record"}, {"reply_code": "refused"}, 0),
    ({"reply_code": "confirmed_full", "items": ["a"]}, {"reply_code": "no_record", "items": ["b"]}, 0),
    ({"reply_code": "confirmed_full", "items": ["a"]}, {"reply_code": "no_record"}, 1),
])
def test_codes(first: Any, second: Any, found: int) -> None:
    assert len(reply_conflicts([("r1", first), ("r2", second)], [])) == found


@pytest.mark.parametrize(("other", "words"), [
    (_claim("r2", to_party="party-c"), "into two others"),
    (_claim("r2", happened_on="2013"), "cannot be the same"),
    (_claim("r2"), ""),
    (_claim("r1", to_party="party-c"), ""),
    (_claim("r2", to_party="party-c", transfer_kind="exported"), ""),
    (_claim("r2", from_party="party-b", to_party="party-c"), ""),
    (_claim("r2", to_party="party-c", items=["item-z"]), ""),
    (_claim("r2", to_party="party-c", items=[], lot="7"), ""),
])
def test_claims(other: Any, words: str) -> None:
    found = reply_conflicts([], [("t1", _claim("r1")), ("t2", other)])
    assert [words in one.words for one in found] == ([True] if words else [])
    if found:
        assert found[0].as_dict()["first"] == "t1"


def test_goods_may_be_the_same_by_lot_and_custody_by_item() -> None:
    lots = [("t1", _claim("r1", items=[], lot="07-85")), ("t2", _claim("r2", items=[], lot="07-85", to_party="c"))]
    assert len(reply_conflicts([], lots)) == 1
    held = [(f"c{n}", {"reply": f"r{n}", "custody_kind": "issued", "item": "item-a",
                       "to_party": f"party-{n}"}) for n in (1, 2)]
    assert len(reply_conflicts([], held)) == 1
