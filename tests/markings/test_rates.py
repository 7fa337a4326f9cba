"""The data file of chances: what stands in it holds together, and a bad one is refused whole."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from headstamp import markings
from headstamp.errors import Invalid
from headstamp.markings.rates import default_rates, read_rates
from headstamp.vocab import vocabulary
from tests.shared import ROOT

TEXT = files(markings).joinpath("channel.toml").read_text(encoding="utf-8")


def test_every_figure_has_a_reason_and_a_source() -> None:
    rates = default_rates()
    told = [*rates.events.values(), *rates.groups, *rates.techniques, *rates.readers,
            rates.overstamped, rates.unread_choices]
    assert all(one.reason and one.source for one in told)
    # A figure nobody has counted says so.
    assert all("house estimate" in one.source for one in told)


def test_settings_use_the_words_of_the_vocabularies() -> None:
    rates = default_rates()
    assert {rates.technique(term.code).name for term in vocabulary("marking_technique")} == {
        one.name for one in rates.techniques}
    for term in vocabulary("marking_technique"):
        assert any(term.code in (one.name, *one.aliases) for one in rates.techniques), term
    for term in vocabulary("reading_method"):
        assert any(term.code in (one.name, *one.aliases) for one in rates.readers), term
    assert rates.technique("printed_label").name == "label"
    assert rates.technique("painted_stencil").name == "stencil"
    assert rates.technique("woven").name == rates.technique(None).name == "unknown"
    assert rates.reader("dowser").name == "person"


def test_the_way_back_to_another_alphabet_is_rarer() -> None:
    pairs = {(p.true, p.seen): p.probability for g in default_rates().groups for p in g.pairs}
    assert pairs["Я", "R"] > 5 * pairs["R", "Я"] > 0
    assert pairs["Ё", "E"] > 5 * pairs["E", "Ё"] > 0


def test_all_that_is_wrong_is_told_at_once() -> None:
    bad = TEXT.replace('strong = ["0O", "1I"', 'strong = ["0O", "1I", "O0", "aB", "A"').replace(
        "probability = 0.004", "probability = 4").replace(
        "digit = 0.70, latin = 0.22", "digit = 0.70, latin = 0.32").replace(
        "cut = 1.3", "cutt = 1.3").replace("[event.run]", "[event.rum]").replace(
        'name = "cast"', 'name = "label"')
    with pytest.raises(Invalid) as told:
        read_rates(bad, file="mine.toml")
    words = "\n".join(str(problem) for problem in told.value.problems)
    for part in ("stands twice", "never stand in a plain key", "two different characters",
                 "no chance between 0 and 1", "do not add up to 1", "'cutt'", "'rum'",
                 "the technique 'label' stands twice"):
        assert part in words, (part, words)
    assert all(problem.file == "mine.toml" for problem in told.value.problems)


@pytest.mark.parametrize("text", ["", "event = 3", "[event]\nunread = 2", "lookalike = [1]", "= ="])
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_rates(text)


def test_the_page_tells_the_chances_in_use() -> None:
    page = (ROOT / "docs" / "markings-costs.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| ([\d.]+) \|", page, re.MULTILINE))
    rates = default_rates()
    assert {name: float(chance) for name, chance in rows.items()} == {
        name: one.probability for name, one in rates.events.items()}
    for strength, chance in rates.strengths.items():
        assert f"{strength} {chance:g}" in page
