"""A chain's shapes as plain values."""

from __future__ import annotations

import orjson

from headstamp.tracing.chain import Chain, Gap, Step
from headstamp.tracing.claim import Claim


def test_a_chain_is_told_as_plain_json() -> None:
    claim = Claim("tran-1", "transfer", "sold", to_party="party-b", when="2012", first="2012-01-01",
                  last="2012-12-31", grade="B2")
    step = Step("sold", None, "party-b", "2012-01-01", "2012-12-31", "unknown", (claim,))
    chain = Chain("item-1", "A17", (step,), (Gap(0, "2012-01-01", None, "nothing is known"),))
    told = orjson.loads(orjson.dumps(chain.as_dict()))
    assert told["steps"][0]["when"] == "2012" and told["steps"][0]["grade"] == "B2"
    assert told["steps"][0]["claims"][0]["attached"]["by"] == "item"
    assert told["gaps"][0]["after"] == 0
