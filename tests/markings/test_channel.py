"""Cost tables: distributions, sensible in their order, never impossible."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from headstamp.errors import Invalid, Missing
from headstamp.markings.alphabet import NONE, UNREAD_CODE, code_of
from headstamp.markings.channel import CAP, ENDS, Channel
from headstamp.markings.learned import Change, Learned
from headstamp.markings.rates import default_rates

USED = [code_of(c) for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZБГДЖЗИЙЛПФЦЧШЩЪЫЬЭЮЯΘΦبתЁ"]
RATES = default_rates()
ALL = [
    Channel.default(technique.name, reader.name, over)
    for technique, reader, over in product(RATES.techniques, RATES.readers, (False, True))
]


def chance(cost: int) -> float:
    return float(np.exp(-cost / 100))


def cost(true: str, seen: str, channel: Channel | None = None) -> int:
    return int((channel or Channel.default()).substitute[code_of(true), code_of(seen)])


@pytest.mark.parametrize("channel", ALL, ids=lambda c: f"{c.technique}-{c.reader}-{c.overstamped}")
def test_what_can_become_of_a_character_adds_up_to_one(channel: Channel) -> None:
    exact = channel.chances
    sums = exact.substitute.sum(axis=1) + exact.unread + exact.dropped + exact.swapped
    assert np.allclose(sums[USED], 1.0)
    # The same told by the costs, which are rounded to a hundredth of a nat.
    rows = np.exp(-channel.substitute[USED].astype(float) / 100)
    rows = rows.sum(axis=1) + np.exp(-channel.drop[USED] / 100.0) + chance(channel.swap)
    assert np.allclose(rows, 1.0, atol=0.01)
    assert (np.diag(exact.substitute)[USED] > 0.4).all()


@pytest.mark.parametrize("channel", ALL[:3])
def test_what_can_become_of_an_end_adds_up_to_one(channel: Channel) -> None:
    whole = chance(int(channel.cut[0]))
    cut = np.exp(-channel.cut[1:] / 100.0).sum()
    assert whole + cut + channel.chances.extra == pytest.approx(1.0, abs=0.01)
    assert len(channel.cut) == len(channel.extra) == ENDS
    assert (np.diff(channel.cut) >= 0).all()
    assert (np.diff(channel.extra) >= 0).all()
    assert len({*np.diff(channel.extra[1:]).tolist()}) <= 2, "each further character costs the same"


def test_costs_are_whole_fixed_and_never_impossible() -> None:
    channel = Channel.default()
    for table in (channel.substitute, channel.drop, channel.add, channel.cut, channel.extra):
        assert table.dtype == np.int32
        assert table.min() >= 0
        assert table.max() <= CAP or table is channel.extra
        with pytest.raises(ValueError, match="read-only"):
            table[...] = 0
    assert channel.substitute[np.ix_(USED, USED)].max() < CAP
    assert (channel.substitute[NONE] == CAP).all()
    assert Channel.default() is Channel.default("other", "person")


def test_the_usual_sizes() -> None:
    channel = Channel.default()
    right = np.exp(-np.diag(channel.substitute)[1:37] / 100.0)
    assert right.min() > 0.89
    assert right.max() < 0.98
    assert 0.008 < chance(cost("8", "B")) < 0.025
    assert 0.015 < chance(channel.unread) < 0.035


def test_the_order_of_things() -> None:
    assert cost("8", "8") < cost("8", "B") < cost("8", "9") < cost("8", "R") < cost("8", "T")
    assert cost("3", "7") < cost("3", "W") < cost("3", "ש")
    assert cost("O", "0") < cost("0", "O")
    assert cost("Я", "R") < cost("R", "Я") < cost("R", "Ж")
    stencil, barcode = Channel.default("stencil"), Channel.default("unknown", "barcode")
    assert cost("8", "B", stencil) < cost("8", "B") < cost("8", "B", barcode)
    assert stencil.cut[1] < Channel.default().cut[1]
    ocr, over = Channel.default("unknown", "ocr"), Channel.default(overstamped=True)
    assert ocr.unread > Channel.default().unread > over.unread
    assert ocr.swap > Channel.default().swap


def test_unread_on_either_side() -> None:
    channel = Channel.default()
    assert (channel.substitute[USED, UNREAD_CODE] == channel.unread).all()
    assert (channel.substitute[UNREAD_CODE, USED] == channel.stored_unread).all()
    assert channel.substitute[UNREAD_CODE, UNREAD_CODE] < channel.stored_unread


def test_look_alikes() -> None:
    channel = Channel.default()
    assert channel.pair_kind("0", "O") == channel.pair_kind(code_of("O"), "0") == "look-alike"
    assert channel.pair_kind("2", "3") == "look-alike"  # weak: told, not freed
    assert channel.pair_kind("2", "X") == "other"
    classes = channel.lookalike_classes()
    assert code_of("B") in classes[code_of("8")]
    assert code_of("3") not in classes[code_of("2")]
    assert all(code not in lookalikes for code, lookalikes in enumerate(classes))
    assert sum(map(len, classes)) == len(channel.free_pairs)
    assert all((q, t) in channel.free_pairs for t, q in channel.free_pairs)


def change(event: str = "", true: str = "", seen: str = "", before: float = 0.01,
           after: float = 0.05) -> Change:
    return Change(event, true, seen, before, after, after / 2, after * 2, 9.5, 120.0)


def test_what_was_learned_is_written_read_and_used(tmp_path: Path) -> None:
    file = tmp_path / "costs.toml"
    default = Channel.default()
    before = float(default.chances.substitute[code_of("W"), code_of("4")])
    learned = Learned(40, (change("unread", before=0.025, after=0.05),
                           change("", "W", "4", before, before * 100),
                           change("", "Я", "R", 0.01, 0.0123456)))
    file.write_text(learned.toml(), encoding="utf-8")
    channel = Channel.load(file, "stamped")
    assert channel.learned == Learned(40, tuple(
        Change(c.event, c.true, c.seen, *(float(f"{v:.6g}") for v in (
            c.before, c.after, c.low, c.high, c.observed, c.of))) for c in learned.changes))
    stamped = Channel.default("stamped")
    assert channel.chances.unread == pytest.approx(2 * stamped.chances.unread)
    assert channel.pair_kind("W", "4") == "look-alike"
    assert code_of("W") in channel.lookalike_classes()[code_of("4")]
    assert cost("W", "4", channel) < cost("W", "4") - 400
    sums = channel.chances.substitute.sum(axis=1) + channel.chances.unread + \
        channel.chances.dropped + channel.chances.swapped
    assert np.allclose(sums[USED], 1.0)
    assert channel.describe()["learned_from"] == 40


def test_a_learned_chance_never_drowns_the_right_one() -> None:
    channel = Channel.of(Learned(9, (change("", "8", "B", 0.001, 0.99),)))
    assert channel.chances.substitute[code_of("8"), code_of("8")] >= 0.39


def test_a_bad_file_is_refused_whole(tmp_path: Path) -> None:
    with pytest.raises(Missing):
        Channel.load(tmp_path / "none.toml")
    file = tmp_path / "bad.toml"
    file.write_text('format = "x"\npairs = -1\n[[event]]\nname = "run"\n[[pair]]\ntrue = "8"\n'
                    'seen = "8"\nbefore = 2\nafter = nan\n', encoding="utf-8")
    with pytest.raises(Invalid) as told:
        Channel.load(file)
    words = str(told.value)
    for part in ("format is not", "pairs is no number", "an event is one of",
                 "two different characters", "before is no chance", "after is no number"):
        assert part in words, part


def test_describe_tells_every_pair_with_its_source() -> None:
    told = Channel.default("dot-peen", "ocr", True).describe()
    assert [one["name"] for one in told["settings"]] == ["dot_peen", "ocr", "overstamped"]
    assert {one["event"] for one in told["events"]} == set(RATES.events)
    assert all(one["source"] and one["reason"] for one in (*told["events"], *told["lookalikes"]))
    flat = [(pair["true"], pair["seen"]) for one in told["lookalikes"] for pair in one["pairs"]]
    assert ("8", "B") in flat
