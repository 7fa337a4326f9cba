"""The card of a device: what it says comes back, and what is no card is refused."""

from __future__ import annotations

import pytest

from headstamp.errors import Invalid
from headstamp.evidence.note import Signer
from headstamp.exchange.card import Card
from headstamp.exchange.keys import SealKey

KEY = Signer.generate("headstamp.local/abc").verifier_key


def test_a_card_says_what_it_was_given_and_a_bare_key_is_one() -> None:
    seals = tuple(SealKey.generate().public for _ in range(3))
    card = Card(KEY, seals)
    assert Card.parse(card.text()) == card
    assert Card.parse(card.text().replace("\n", "\r\n  ")) == card
    assert Card.parse(f" {KEY}\n") == Card(KEY)
    assert len(card.text().encode()) < 2_331  # a QR code of it


@pytest.mark.parametrize("text", [
    "", "hello", f"{KEY}\n{KEY}", "headstamp device/1\n", "headstamp device/2\nkey x",
    f"headstamp device/1\nkey {KEY}\nkey {KEY}", f"headstamp device/1\nkey {KEY}\nowner Ana",
    f"headstamp device/1\nkey {KEY}\nseal-to age1x", f"headstamp device/1\nkey {KEY[:-4]}",
    f"headstamp device/1\nkey {KEY}\nseal-to {SealKey.generate().secret}",
], ids=lambda text: text.split("\n")[0].partition("+")[0])
def test_what_is_no_card_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as told:
        Card.parse(text)
    assert "AGE-SECRET" not in str(told.value)
