"""Each word a mapping may use for a value, and how errors in it are told."""

from __future__ import annotations

from typing import Any

import pytest

from headstamp.errors import Problem
from headstamp.intake.value import compiled, dated, parse
from headstamp.kinds.kind import Unfit

PLACES = {"a": 0, "b": 1}


def run(raw: Any, a: str | None = None, b: str | None = None, **ids: str) -> Any:
    problems: list[Problem] = []
    value = parse(raw, "field", problems)
    assert not problems
    return compiled(value, PLACES)((a, b), ids)


@pytest.mark.parametrize(("raw", "a", "b", "wanted"), [
    ("a", "x", None, "x"),
    ("a", "  \u00a0", None, None),
    ({"constant": 7}, None, None, 7),
    ({"template": "{a} of {b}"}, "1", "2", "1 of 2"),
    ({"template": "{a} of {b}"}, "1", None, None),
    ({"template": ["A: {a}", "B: {b}"]}, None, "2", "B: 2"),
    ({"template": "{a}-{b:0>2}"}, "2017", "5", "2017-05"),
    ({"first": ["a", "b"]}, " ", "2", "2"),
    ({"all": ["a", "b"]}, "1", "2", ["1", "2"]),
    (["a", "b"], None, "2", ["2"]),
    ([{"scheme": {"constant": "s"}, "value": "a"}], "1", None, [{"scheme": "s", "value": "1"}]),
    ([{"scheme": {"constant": "s"}, "value": "a"}], None, None, None),
    ({"column": "a", "empty": ["-", "n/a"]}, " - ", None, None),
    ({"column": "a", "words": {"oui": "yes"}}, "oui", None, "yes"),
    ({"column": "a", "words": {"oui": "yes"}}, "non", None, "non"),
    ({"column": "a", "words": {"oui": "yes"}, "other": "no"}, "x", None, "no"),
    ({"column": "a", "words": {}, "other": ""}, "x", None, None),
    ({"column": "a", "split": ";"}, "x; y;", None, ["x", "y"]),
    ({"column": "a", "json": True}, '["x", "y"]', None, ["x", "y"]),
    ({"column": "a", "json": True}, "[]", None, None),
    ({"column": "a", "match": r"(\d+) pieces"}, "18 pieces", None, "18"),
    ({"column": "a", "match": r"(\d+) pieces"}, "training", None, None),
    ({"column": "a", "decimal": ",", "thousands": "."}, "1.234,5", None, "1234.5"),
    ({"column": "a", "thousands": "space"}, "12\u202f345", None, "12345"),
    ({"column": "a", "date": "%m/%d/%Y"}, "5/19/2006", None, "2006-05-19"),
    ({"column": "a", "lower": True}, "AbC", None, "abc"),
    ({"column": "a", "as": "marking_text"}, "obliterated", None, None),
    ({"column": "a", "as": "marking_state"}, "AB?1", None, "partial"),
])
def test_values(raw: Any, a: str | None, b: str | None, wanted: Any) -> None:
    assert run(raw, a, b) == wanted


def test_a_reference_is_the_id_of_a_record_of_the_row() -> None:
    assert run({"ref": "weapon"}, weapon="item-aaaa") == "item-aaaa"
    assert run({"ref": "weapon"}) is None


def test_a_cell_that_is_no_json_list_is_unfit() -> None:
    for text in ("{", '{"a": 1}', "[" * 100_000):
        with pytest.raises(Unfit, match="JSON"):
            run({"column": "a", "json": True}, text)


@pytest.mark.parametrize(("text", "forms", "wanted"), [
    ("2016-03", ("%d/%m/%Y",), "2016-03"),
    ("2016-12-03", ("%Y-%d-%m",), "2016-03-12"),
    ("3 March 2016", ("%d %B %Y",), "2016-03-03"),
    ("03/2016", ("%m/%Y",), "2016-03"),
    ("2016-03-05T00:00:00", ("%Y-%m-%dT%H:%M:%S",), "2016-03-05"),
    ("5/3/2016 14:05:00", ("%d/%m/%Y %H:%M:%S",), "2016-03-05T14:05:00"),
    ("about March", ("%d/%m/%Y",), "about March"),
])
def test_dates(text: str, forms: tuple[str, ...], wanted: str) -> None:
    assert dated(text, forms) == wanted


@pytest.mark.parametrize(("raw", "field"), [
    ({"colunm": "a", "column": "a"}, "field.colunm"),
    ({"column": "a", "constant": 1}, "field"),
    ({"words": {"a": "b"}}, "field"),
    (12, "field"),
    ({"column": "a", "match": "("}, "field.match"),
    ({"column": "a", "match": "(a)(b)"}, "field.match"),
    ({"column": "a", "words": ["x"]}, "field.words"),
    ({"template": "{a"}, "field.template"),
    ({"template": 5}, "field.template"),
    ({"column": "a", "as": "poem"}, "field.as"),
    ({"column": 5}, "field.column"),
    ({"first": [{"colunm": "a"}]}, "field.first[0].colunm"),
])
def test_an_error_in_a_value_names_its_key(raw: Any, field: str) -> None:
    problems: list[Problem] = []
    parse(raw, "field", problems)
    assert field in [problem.field for problem in problems]
