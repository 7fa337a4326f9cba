"""Mappings as files: what is wrong is told all at once by key; those shipped are sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.errors import Invalid, Missing
from headstamp.intake.mapping import from_text, load, recognised, shipped

GOOD = """
name = "finds"
recognised_by = ["no", "thing"]
key = ["no"]
[defaults]
tier = "restricted"
[[records]]
kind = "item"
[records.fields]
tag = "no"
item_type = "thing"
"""


def test_a_small_mapping() -> None:
    plan = from_text(GOOD, "finds.toml")
    assert (plan.name, plan.dataset, plan.columns()) == ("finds", "finds", ["no", "thing"])
    assert plan.fits(["thing", "no", "more"]) and not plan.fits(["no"])


def test_everything_wrong_is_told_at_once_by_key() -> None:
    text = """
nmae = "x"
[reading]
skip_rows = "two"
[document]
credits = "x"
licence = ""
[defaults]
tier = "secret squirrel"
[[records]]
kind = "itme"
[[records]]
name = "a"
kind = "item"
shared = true
[records.fields]
colour = "x"
parent = { ref = "b" }
[[records]]
name = "a"
kind = "item"
when = [5]
fields = {}
[[records]]
kind = "tally"
each = [{}]
fields = {}
"""
    with pytest.raises(Invalid) as caught:
        from_text(text, "bad.toml")
    fields = {problem.field for problem in caught.value.problems}
    assert fields >= {
        "nmae", "reading.skip_rows", "document.credits", "document.licence", "defaults.tier",
        "records[0].kind", "records[1]", "records[1].fields.colour", "a.fields.parent", "records",
        "records[2].when[0]", "records[3].each",
    }
    assert all(problem.file == "bad.toml" for problem in caught.value.problems)


@pytest.mark.parametrize("text", ["a = ", "", "records = 5", "records = [5]", "key = 1\nrecords=[]"])
def test_what_is_no_mapping_is_invalid(text: str) -> None:
    with pytest.raises(Invalid):
        from_text(text, "x.toml")


def test_a_mapping_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Missing):
        load(tmp_path / "none.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Invalid):
        load(tmp_path / "binary.toml")


def test_every_shipped_mapping_is_recognised_by_its_own_columns_and_credits_its_source() -> None:
    assert len(shipped()) == 14
    for plan in shipped():
        found = recognised([*plan.columns(), *plan.recognised_by])
        assert found is plan
        assert plan.document["credit"], plan.name
        assert plan.defaults["tier"] == "public"


def test_a_stranger_is_not_recognised() -> None:
    assert recognised(["tag", "make", "model", "year", "status", "country"]) is None


def test_what_is_wrong_with_times_lists_and_names_is_told_at_once() -> None:
    with pytest.raises(Invalid) as told:
        from_text("""
[[records]]
name = "one"
kind = "party"
known_as = "firm"
when = [{ ref = "two" }]
[records.fields]
name = { column = "a", split = "names", take = 0 }
founded_on = { interval = ["b"] }
[[records]]
name = "two"
kind = "party"
shared = true
key = ["a"]
known_as = "firm"
[records.fields]
name = "a"
""", "m.toml")
    assert {problem.field for problem in told.value.problems} == {
        "records[0].fields.name.take", "records[0].fields.founded_on.interval", "records[0].known_as",
        "one.when"}
