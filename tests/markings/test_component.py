"""Components' texts taken apart: known forms, what must be refused, and the texts done by hand."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.markings.component import LONGEST, RULES, ComponentReading, parse_component
from headstamp.markings.component_date import week_day, yyww
from headstamp.markings.component_part import PER_CENT
from headstamp.markings.normalise import plain_key
from headstamp.markings.part_number import part_key, series, stem

PUBLISHED = "2026-06-13"
AD, MAXIM = "Analog Devices", "Maxim Integrated Products (Analog Devices)"
TI, XILINX = "Texas Instruments", "Xilinx Inc. (AMD)"
GOLD = Path(__file__).with_name("component_gold.csv")


def read(text: str, maker: str = "") -> ComponentReading:
    return parse_component(text, maker, by=PUBLISHED)


@pytest.mark.parametrize(("text", "maker", "number", "date", "lot"), [
    ("High Performance RF Agile Transceiver AD 9364BBCZ #2116 5311566", AD, "AD 9364BBCZ", "2021-W16", "5311566"),
    ("Comparator MAX974 ESE 1835 +", MAXIM, "MAX974 ESE", "2018-W35", ""),
    ("FPGA chip XILINX SPARTAN-6 XC6SLX16 CSG225DIV1649 D5326423A 2I TAIWAN", XILINX, "XC6SLX16", "2016-W49", "D5326423A"),
    ("VQG100EGQ1429", XILINX, "", "2014-W29", ""),
    ("FPGA EP3C40F780I7N G BCAAA1413A", "Altera Corporation (Intel)", "EP3C40F780I7N", "2014-W13", "BCAAA1413A"),
    ("Quadruple switch 74HCT4066D 440600X3 YnD1832E", "NXP Semiconductors", "74HCT4066D", "2018-W32", "440600X3"),
    ("Microcontroller PIC16F877 -201/PQ 1738SR6", "Microchip Technology Inc.", "PIC16F877 -201/PQ", "2017-W38", "SR6"),
    ("Power supply LTM8032V mModule N53799 e4 1412MY", "Linear Technology Corporation", "LTM8032V", "2014-W12", ""),
    ("Relay V23079-A1005 D/C 1340", "", "V23079-A1005", "2013-W40", ""),
    ("Реле РЭС47 07.2013", "", "РЭС47", "2013-07", ""),
    ("Pressure sensor WABCO 441 044 102 0", "WABCO", "441 044 102 0", "", ""),
    ("Fuel pump PIERBURG 7.21440.63.0", "Pierburg", "7.21440.63.0", "", ""),
    ("Dual low-power video amplifier АD828A #1140 36156", AD, "АD828A", "2011-W40", "36156"),
    ("Logic 74ABT125D", "", "74ABT125D", "", ""),
    ("Starter relay Bosch 1337210812", "Bosch", "1337210812", "", ""),
])
def test_known_forms(text: str, maker: str, number: str, date: str, lot: str) -> None:
    found = read(text, maker)
    assert (found.part_number.text if found.part_number else "") == number
    assert (found.date_code.meaning if found.date_code else "") == date
    if lot:
        assert found.lot is not None and found.lot.text == lot


@pytest.mark.parametrize("text", [
    "", "   ", "(unspecified)", "n/a", "Unknown", "?", "-", "\u200e", "x" * (LONGEST + 1),
])
def test_what_supports_nothing_gives_nothing(text: str) -> None:
    assert read(text).parts == ()


@pytest.mark.parametrize("text", [
    "Electrolytic capacitor 16V 330µF", "RS-232 transceiver", "50 kΩ, potentiometer 0.25 W",
    "8-channel 12-bit converter", "FPV camera in the visible range", "Tantalum capacitor 106 16K 341",
    "Quartz resonator 12.000 MHz", "GNSS L1 L2 L5 antenna", "Microprocessor XILINX Virtex-5",
])
def test_words_values_and_interfaces_are_no_part_numbers(text: str) -> None:
    assert read(text).part_number is None


@pytest.mark.parametrize(("text", "why"), [
    ("Component ADG1409Y #1499", "week 99"),
    ("Component ADG1409Y #3001", "2030-W01 is later than 2026-06-13"),
    ("Component ADG1409Y #2640", "2026-W40 is later than 2026-06-13"),
    ("Transistor MRF177 0000", "week 0"),
])
def test_impossible_weeks_are_refused_with_the_reason(text: str, why: str) -> None:
    found = read(text, AD)
    assert found.date_code is None
    assert [why in one.why for one in found.refused] == [True]
    assert text[slice(*found.refused[0].span)] == found.refused[0].text


def test_one_digit_of_the_year_gives_all_decades_and_chooses_none() -> None:
    found = read("Component ADG1409Y #326", AD).date_code
    assert found is not None and found.meaning == ""
    assert found.alternatives == ("2023-W26", "2013-W26", "2003-W26")
    assert "decade" in found.doubt


def test_four_digits_that_may_be_either_are_told_as_both() -> None:
    number = read("Chip 1429").part_number
    assert number is not None and number.sureness == "about even"
    assert "as a date code it would be 2014-W29" in number.doubt
    date = read("Transistor MRF177 1217").date_code
    assert date is not None and date.meaning == "2012-W17"
    assert "read as week and year it would be 2017-W12" in date.doubt
    assert "may be the year 2018" in (read("Transistor MRF177 2018").date_code or date).doubt


def test_week_and_year_only_where_year_and_week_is_impossible() -> None:
    found = read("Transistor MRF177 4513").date_code
    assert found is not None and (found.meaning, found.sureness) == ("2013-W45", "doubtful")


def test_early_years_and_repeated_numbers_are_doubted() -> None:
    early = read("PWM controller SC8843 8843 MBZ").date_code
    assert early is None  # the part number again
    early = read("Chip SC4216 7415 W72C").date_code
    assert early is not None and early.sureness == "doubtful" and "another number" in early.doubt


def test_a_makers_own_practice_needs_that_maker() -> None:
    text = "Regulator TPS54610 95T ANS3"
    assert read(text, TI).date_code is not None and read(text, "Vishay").date_code is None
    assert read("Chip ULN2003A BCAAA1413A", "Vishay").date_code is None


def test_years_of_copyright_and_counts_are_no_dates() -> None:
    assert read("PLD ALXD800EEXJ2VF © 2003 AMD", "AMD").date_code is None
    assert read("FPGA EP3C40F780 2012 cells").date_code is None
    assert read("Starter HEF 95-L24V(0001 241 016)", "Bosch").date_code is None


def test_the_week_is_bounded_and_dated() -> None:
    assert yyww("7001")[0] == "1970-W01" and yyww("6901")[0] == "" and yyww("1453")[0] == "2014-W53"
    assert week_day("1998-W52").isoformat() == "1998-12-27"


@pytest.mark.parametrize(("one", "other"), [
    ("AD9218BSTZ-105", "AD9218"), ("ADF 4112 BRUZ", "ADF4112BRU"), ("MAX1655ESE+", "MAX1655"),
    ("STM32F405 RGT6", "STM32F405RGT6"), ("АD828A", "AD828A"), ("XC6SLX9-2TQG144C", "XC6SLX9"),
])
def test_variants_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_other_parts_do_not() -> None:
    assert len({stem(n) for n in ("AD9218", "AD9219", "ADF4112", "ADF4113", "XC2V500", "XC2V250", "EP1C4F324")}) == 7
    assert series("LTM8023V") == "LTM" and part_key("max 3221") == "MAX3221"


def test_every_rule_has_its_own_name_reason_and_source() -> None:
    assert len({(r.part, r.name) for r in RULES}) == len(RULES)
    assert all(r.reason and r.source for r in RULES)


_PIECES = st.sampled_from([
    "Comparator", "MAX974", "ESE", "1835", "#1429", "(e3)", "D5326423A", "16V", "ADF", "4112", "TQG144AMS2041",
    "24T", "A7ZP", "BCAAA1413A", "№", "-10ZSXI", "©", "2003", "441", "044", "102", "5ВАЕJ6K", "D/C", "LOT", "+536",
])


@given(st.one_of(st.text(max_size=80), st.lists(_PIECES, max_size=8).map(" ".join)),
       st.sampled_from(["", AD, MAXIM, TI, XILINX, "Altera", "NXP", "Microchip", "STMicroelectronics"]))
def test_parts_are_runs_of_the_text_and_never_overlap_but_in_a_trace_code(text: str, maker: str) -> None:
    found = read(text, maker)
    for part in found.parts:
        assert text[slice(*part.span)] == part.text and part.text.strip()
        assert part.certainty in PER_CENT.values() and part.rule in RULES
    if found.part_number and found.date_code:
        a, b = found.part_number.span, found.date_code.span
        assert a[1] <= b[0] or b[1] <= a[0]
    for date in ([found.date_code.meaning, *found.date_code.alternatives] if found.date_code else []):
        assert not date or date[:4] <= PUBLISHED[:4]
    assert read(text, maker) == found


def _gold() -> list[dict[str, str]]:
    lines = [line for line in GOLD.read_text(encoding="utf-8").splitlines(keepends=True)
             if not line.startswith("#")]
    return list(csv.DictReader(lines))


def test_texts_taken_apart_by_hand() -> None:
    """Precision and recall by part, and that words of sureness keep what they say."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    sure: dict[int, list[bool]] = defaultdict(list)
    rows = _gold()
    assert len(rows) == 160
    for row in rows:
        found = read(row["text"], row["maker"])
        for kind in ("product", "part_number", "date_code", "lot"):
            wanted = row[kind].split("|")
            keys = {plain_key(one) for one in wanted if one}
            part = getattr(found, kind)
            right = part is not None and plain_key(part.text) in keys
            if kind == "date_code" and right and row["date"]:
                right = part.meaning == row["date"]
            if part is not None:
                counts[kind]["said"] += 1
                counts[kind]["right"] += right
                sure[part.certainty].append(right)
            if keys and "" not in wanted:
                counts[kind]["there"] += 1
                counts[kind]["found"] += right
    precision = {kind: c["right"] / c["said"] for kind, c in counts.items()}
    recall = {kind: c["found"] / c["there"] for kind, c in counts.items()}
    least = {"product": (0.90, 0.90), "part_number": (0.94, 0.94), "date_code": (0.95, 0.85), "lot": (0.90, 0.90)}
    for kind, (p, r) in least.items():
        assert precision[kind] >= p, (kind, precision)
        assert recall[kind] >= r, (kind, recall)
    for said, held in sure.items():
        if len(held) >= 10:
            assert sum(held) / len(held) >= said / 100 - 0.05, (said, len(held))


def test_the_figures_in_the_documentation_are_those_of_today() -> None:
    told = (Path(__file__).parents[2] / "docs" / "components.md").read_text(encoding="utf-8")
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in _gold():
        found = read(row["text"], row["maker"])
        for kind in ("product", "part_number", "date_code", "lot"):
            wanted = row[kind].split("|")
            part = getattr(found, kind)
            right = part is not None and plain_key(part.text) in {plain_key(one) for one in wanted if one}
            counts[kind].update(read=part is not None, right=right)
            if "" not in wanted:
                counts[kind].update(there=1, found=right)
    for kind, c in counts.items():
        line = (f"| {kind.replace('_', ' ')} | {c['read']} | {c['right']} | {c['right'] / c['read']:.2f} "
                f"| {c['there']} | {c['found']} | {c['found'] / c['there']:.2f} |")
        assert line in told, line
