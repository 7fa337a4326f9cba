"""The yearly tables: every item once, totals that add up, what is not known kept, the same bytes twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from headstamp.actions.measures.iafq import iafq_bytes, read_iafq, write_iafq
from headstamp.errors import Invalid, Missing, Tampered, Unreadable
from headstamp.publish import iafq, iafq_tables
from headstamp.publish.iafq import NO_SAMPLE, sheets
from headstamp.publish.iafq_tables import NONE
from headstamp.records import (
    Finding,
    Item,
    Marking,
    Party,
    Recovery,
    Site,
    Tally,
    TraceReply,
    TraceRequest,
    Transfer,
    Visit,
)
from headstamp.store.case import Case
from headstamp.tracing.hypothesis import METHOD


def _case(made: Case) -> None:
    with made.change(actor="tester", reason="finds of a year") as change:
        change.put_many([
            Site.build(id="site-here", name="Store", place={"country": "SY"}),
            Site.build(id="site-there", name="Post", place={"country": "IQ"}),
            Visit.build(id="vis-aaaa", site="site-here", held_on="2020-05-01", hours=6, access="partial"),
            Visit.build(id="vis-bbbb", site="site-here", held_on="2020-05-02"),
            Visit.build(id="vis-cccc", site="site-here", held_on="2019"),
            Recovery.build(id="rec-seizedxx", manner="seized", site="site-here", recovered_on="2020-05-01", title="Store"),
            Recovery.build(id="rec-foundxx", manner="cached", site="site-here", recovered_on="2020-06"),
            Recovery.build(id="rec-toldxx", manner="recovered", site="site-there", recovered_on="2020-07-01"),
            Recovery.build(id="rec-boughtxx", manner="bought", site="site-here", recovered_on="2020-07-01"),
            Recovery.build(id="rec-photoxx", manner="photographed", recovered_on="2020-07-01"),
            Party.build(id="party-make", name="Maker"),
            Item.build(id="item-rifle", family="arm", item_type="Assault rifle", country="RO", recovery="rec-seizedxx"),
            Item.build(id="item-pistols", family="arm", item_type="pistols", recovery="rec-seizedxx", quantity={"value": 4}),
            Item.build(id="item-guess", family="arm", item_type="rifle", recovery="rec-foundxx",
                       quantity={"value": 10, "method": "estimate_by_eye"}),
            Item.build(id="item-type", family="arm", item_type="Kalashnikov", recovery="rec-toldxx", country="RO"),
            Item.build(id="item-none", family="arm", recovery="rec-boughtxx"),
            Item.build(id="item-pict", family="arm", item_type="rifle", recovery="rec-photoxx"),
            Item.build(id="item-late", family="arm", item_type="rifle", recovered_on="2021-01-01"),
            Item.build(id="item-span", family="arm", item_type="rifle", recovered_on="2019/2021"),
            Item.build(id="item-when", family="arm", item_type="rifle"),
            Item.build(id="item-rounds", family="ammunition", item_type="cartridges", recovery="rec-seizedxx",
                       quantity={"value": 700}),
            Item.build(id="item-weight", family="ammunition", recovery="rec-seizedxx", quantity={"value": 3, "unit": "kg"}),
            Item.build(id="item-barrel", family="component", item_type="barrel", recovery="rec-seizedxx"),
            Item.build(id="item-bolt", family="component", item_type="bolt", recovery="rec-seizedxx", parent="item-rifle"),
            Item.build(id="item-chip", family="component", item_type="transceiver", recovery="rec-seizedxx"),
            Item.build(id="item-truck", family="vehicle", recovery="rec-seizedxx"),
            Marking.build(id="mark-aaaa", item="item-rifle", text="A 1234", marking_kind="serial"),
            Marking.build(id="mark-bbbb", item="item-rifle", state="removed", marking_kind="serial"),
            Marking.build(id="mark-cccc", item="item-type", state="absent", marking_kind="serial"),
            TraceRequest.build(id="trace-aaaa", title="One", items=["item-rifle", "item-type"], status="answered_in_part",
                               sent_on="2020-08-01"),
            TraceReply.build(id="reply-aaaa", request="trace-aaaa", reply_code="confirmed_full", items=["item-rifle"]),
            TraceRequest.build(id="trace-bbbb", title="Two", items=["item-pistols"], status="draft"),
            Finding.build(id="find-aaaa", sentence="It left lawful hands.", items=["item-guess"], method=METHOD,
                          probability="likely", status="draft"),
            Transfer.build(id="tran-aaaa", items=["item-rifle"], from_place={"country": "RO"}, to_place={"country": "SA"}),
            *(Tally.build(id=f"tally-aaa{n}", what=what, count=count, period=period, total=is_sum, family="arm")
              for n, (what, count, period, is_sum) in enumerate([
                  ("pistols", 3, "2020-01", None), ("pistols", 0, "2020-02", None), ("rifles", 5, "2019-01", None),
                  ("all arms", 3, "2020-01", True)])),
        ])


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with Case.create(tmp_path_factory.mktemp("iafq") / "case") as made:
        _case(made)
        yield made


def _rows(told: iafq.Tables, name: str) -> dict[str, dict[str, object]]:
    sheet = next(one for one in sheets(told) if one.name == name)
    return {str(row[0]): dict(zip(sheet.heads, row, strict=True)) for row in sheet.rows}


def test_every_item_is_in_a_table_or_left_out_with_its_reason(case: Case) -> None:
    told = read_iafq(case, 2020, clearance="sealed")
    assert told.items.visible == len(told.items.counted) + len(told.items.aside) == 15
    assert {one.id: one.reason for one in told.items.aside} == {
        "item-pict": "seen in a photograph only", "item-late": "another year", "item-when": "no date of recovery",
        "item-span": "perhaps this year: the date is not that exact", "item-weight": "a group not counted in pieces",
        "item-bolt": "part of an arm that is counted", "item-truck": "not asked for in the questionnaire"}
    assert all(one.adds_up for one in told.crosses)


def test_the_tables_say_what_was_put_in(case: Case) -> None:
    told = read_iafq(case, 2020, clearance="sealed")
    arms = _rows(told, "Arms")
    assert (arms["Rifles and carbines"]["Seized"], arms["Rifles and carbines"]["Found"]) == (1, 10)
    assert arms["Rifles and carbines"]["Of these not counted one by one"] == 10
    assert arms["Pistols"]["Seized"] == 4 and arms["Pistols"]["Found"] == NONE and arms["Pistols"]["Records"] == 1
    assert arms["Types that the mapping does not know"]["Recovered, not told which"] == 1
    assert arms["Arms of a kind that is not told"]["In another manner"] == 1 and arms["Shotguns"]["In all"] == NONE
    assert (arms["In all"]["In all"], arms["In all"]["Records"]) == (17, 5)
    goods = _rows(told, "Ammunition and parts")
    assert goods["Ammunition"]["Seized"] == 700 and goods["Barrels"]["Seized"] == 1
    assert list(_rows(told, "Types not mapped")) == ["arms", "parts"]
    marks, traced = _rows(told, "Marking of arms"), _rows(told, "Tracing of arms")
    assert marks["Rifles and carbines"]["serial number, read whole"] == 1
    assert marks["Pistols"]["a counted group: not told for each"] == 4
    assert traced["Rifles and carbines"]["traced: a reply confirms it"] == 1
    # A draft of a finding establishes nothing, and a draft of a request asks nobody.
    assert traced["Rifles and carbines"]["not asked"] == 10 and traced["Pistols"]["not asked"] == 4
    assert traced["Types that the mapping does not know"]["asked, not answered yet"] == 1
    assert _rows(told, "Country of make")["not known"]["In all"] == 15
    assert [tuple(row) for row in next(one for one in sheets(told) if one.name == "Routes").rows] == [
        ("Romania", "Saudi Arabia", 1, 1)]


def test_the_indicator_has_its_interval_and_the_statement_stands_beside(case: Case) -> None:
    told = read_iafq(case, 2020, clearance="sealed")
    # 17 arms, one of them bought: of the 16 left one is traced.
    assert (told.sdg.more["traced"], told.sdg.more["all"], told.sdg.estimate) == (1, 16, 1 / 16)
    assert told.sdg.low == pytest.approx(0.0111, abs=1e-4) and told.sdg.high == pytest.approx(0.2833, abs=1e-4)
    about = next(one for one in sheets(told) if one.name == "About").rows
    said = [str(row[1]) for row in about]
    assert NO_SAMPLE in said and any(one.startswith("Not the official form") for one in said)
    assert any(one.startswith("Effort: 2 visits to 1 of ") and "on 2 days, 6 hours on site (known for 1)" in one
               and "1 part of it, 1 not said" in one for one in said)


def test_published_counts_stand_apart_and_are_never_nought_for_want_of_a_count(case: Case) -> None:
    told = read_iafq(case, 2020, clearance="sealed")
    found = {(one.what, one.is_sum): (one.counted, one.tallies, one.elsewhere, one.category) for one in told.published}
    assert found == {("pistols", False): (3, 2, 0, "Pistols"), ("rifles", False): (None, 0, 1, "Rifles and carbines"),
                     ("all arms", True): (3, 1, 0, "Arms of a kind that is not told")}
    sheet = next(one for one in sheets(told) if one.name == "Published counts")
    assert [row[4] for row in sheet.rows if row[1] == "rifles"] == ["not counted"]


def test_a_country_keeps_to_what_was_recovered_there(case: Case) -> None:
    told = read_iafq(case, 2020, clearance="sealed", country="iq")
    assert [one.id for one in told.items.counted] == ["item-type"] and told.country == "IQ"
    assert {one.reason for one in told.items.aside if one.id == "item-rifle"} == {"another country"}
    none = read_iafq(case, 1999, clearance="sealed")
    assert none.sdg.refused and not none.items.counted and none.items.adds_up


def test_the_same_state_gives_the_same_bytes(case: Case, tmp_path: Path) -> None:
    first = write_iafq(case, tmp_path / "a.xlsx", 2020, clearance="sealed")
    second = iafq_bytes(read_iafq(case, 2020, clearance="sealed"))
    assert (tmp_path / "a.xlsx").read_bytes() == second and first.size == len(second)
    book = openpyxl.load_workbook(BytesIO(second))
    assert book.sheetnames[:3] == ["About", "Arms", "Ammunition and parts"]
    assert book["Items"].max_row == 1 + len(first.tables.items.counted)
    # Each cell of a table can be counted again from the lines of the items.
    lines = list(book["Items"].iter_rows(min_row=2, values_only=True))
    heads = [cell.value for cell in book["Arms"][1]]
    for row in book["Arms"].iter_rows(min_row=2, max_row=book["Arms"].max_row - 1, values_only=True):
        for head, cell in zip(heads[1:6], row[1:6], strict=True):
            some = [line[5] for line in lines if line[2] == "arms" and line[3] == row[0] and line[7] == head]
            assert cell == (sum(some) if some else NONE)


def test_tables_that_do_not_add_up_are_not_written(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = iafq_tables.cross

    def wrong(*given: object) -> object:
        made = real(*given)  # type: ignore[arg-type]
        return replace(made, total=made.total + 1)

    monkeypatch.setattr(iafq, "cross", wrong)
    with pytest.raises(Tampered, match="nothing is written"):
        write_iafq(case, tmp_path / "b.xlsx", 2020, clearance="sealed")
    assert not list(tmp_path.iterdir())


def test_another_mapping_may_be_given_and_its_faults_are_named(case: Case, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text((Path(iafq.__file__).parent / "iafq_classes.toml").read_text("utf-8").replace(
        '"revolver", "револьвер"', '"revolver", "kalashnikov"'), "utf-8")
    told = read_iafq(case, 2020, clearance="sealed", classes=own)
    assert _rows(told, "Arms")["Revolvers"]["In all"] == 1 and told.classes.digest != read_iafq(
        case, 2020, clearance="sealed").classes.digest
    own.write_text('edition = "x"\nsources = []\n[manners]\nlost = ["a"]\n[families]\narm = "weapons"\n'
                   '[[classes]]\ncode = "a"\n', "utf-8")
    with pytest.raises(Invalid) as error:
        read_iafq(case, 2020, clearance="sealed", classes=own)
    assert len(error.value.problems) >= 3
    own.write_text("=", "utf-8")
    with pytest.raises(Unreadable):
        read_iafq(case, 2020, clearance="sealed", classes=own)
    with pytest.raises(Missing):
        read_iafq(case, 2020, clearance="sealed", classes=tmp_path / "none.toml")


@pytest.mark.parametrize(("year", "country", "name"), [(20, "", "a.xlsx"), (2020, "Atlantis", "a.xlsx"), (2020, "", "a.csv")])
def test_bad_input_is_named(case: Case, tmp_path: Path, year: int, country: str, name: str) -> None:
    with pytest.raises(Invalid):
        write_iafq(case, tmp_path / name, year, clearance="sealed", country=country)


def test_what_a_clearance_hides_is_in_no_table(case: Case) -> None:
    told = read_iafq(case, 2020, clearance="public")
    assert told.items.visible == 0 and not told.items.counted and told.items.adds_up


def test_hidden_records_change_nothing(tmp_path: Path) -> None:
    said = []
    for name in ("with", "without"):
        with Case.create(tmp_path / name) as made:
            _case(made)
            if name == "with":
                with made.change(actor="tester", reason="hidden") as change:
                    change.put_many([
                        Site.build(id="site-seal", name="Hidden", place={"country": "SY"}, tier="sealed"),
                        Visit.build(id="vis-seal", site="site-seal", held_on="2020-05-03", hours=9, tier="sealed"),
                        Recovery.build(id="rec-seal", manner="seized", recovered_on="2020-05-03", tier="sealed"),
                        Item.build(id="item-seal", family="arm", item_type="secret pistol", recovery="rec-seal", tier="sealed"),
                        TraceReply.build(id="reply-seal", request="trace-aaaa", reply_code="confirmed_full",
                                         items=["item-type"], tier="sealed"),
                        Marking.build(id="mark-seal", item="item-guess", state="removed", marking_kind="serial", tier="sealed"),
                        Transfer.build(id="tran-seal", items=["item-rifle"], from_place={"country": "CN"}, tier="sealed"),
                        Tally.build(id="tally-seal", what="secret", count=3, period="2020", tier="sealed"),
                    ])
            told = read_iafq(made, 2020, clearance="restricted")
            said.append({one.name: [list(row) for row in one.rows] for one in sheets(told) if one.name != "About"}
                        | {"effort": told.effort.as_dict()})
    assert said[0] == said[1] and "secret" not in str(said[0])


def test_every_store_gives_the_same_tables(every_case: Case, case: Case) -> None:
    _case(every_case)
    told, other = (read_iafq(one, 2020, clearance="sealed") for one in (every_case, case))
    assert [one.pieces for one in told.crosses] == [one.pieces for one in other.crosses]
    assert told.published == other.published and told.sdg == other.sdg
