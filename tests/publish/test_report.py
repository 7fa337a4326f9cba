"""What a report says: its tables add up, its page is golden, nothing sealed is in it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from headstamp.errors import Tampered
from headstamp.publish import counts
from headstamp.publish.page import render
from headstamp.publish.report import Report, gather
from headstamp.store.case import Case
from tests.publish.sample import ARABIC, CAUTION, FIXED, small_case

GOLDEN = Path(__file__).parent / "golden" / "report.html"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with small_case(tmp_path_factory.mktemp("report")) as made:
        yield made


def _report(case: Case, clearance: str = "restricted") -> Report:
    with case.read(clearance).snapshot() as reader:
        return gather(reader, FIXED, program="headstamp 0")


def test_the_page_is_the_golden_page(case: Case) -> None:
    """The case has fixed ids and clock; its random key and root are a fixed ``Standing`` here.

    HEADSTAMP_GOLDEN=1 writes the page anew, to be looked at before it is committed.
    """
    made = render(_report(case))
    if os.environ.get("HEADSTAMP_GOLDEN"):
        GOLDEN.write_text(made, encoding="utf-8")
    assert made == GOLDEN.read_text(encoding="utf-8")


def test_every_table_adds_up(case: Case) -> None:
    for clearance in ("public", "partner", "restricted", "sealed"):
        tables = list(_report(case, clearance).tables())
        assert clearance == "public" or len(tables) > 8
        for table in tables:
            shown = sum(row.count for row in table.rows)
            assert shown + table.other + table.unknown == table.total, table.name
            assert len(table.every) == len(table.rows) + table.others
            assert sum(row.count for row in table.every) + table.unknown == table.total


def test_all_tables_of_items_have_the_same_total(case: Case) -> None:
    report = _report(case)
    totals = {one.table.total for one in report.item_counts} | {
        report.quantities.items, report.total("items"),
        sum(family.cut.total for family in report.items),
    }
    assert totals == {5}


def test_a_table_cuts_its_tail_and_says_so(case: Case) -> None:
    with case.read("restricted").snapshot() as reader:
        table = counts.tabulate(reader, "marking", "marking_kind", title="t", head="h", shown=2)
        assert (len(table.rows), table.others, table.other, table.unknown) == (2, 3, 3, 0)
        whole = counts.tabulate(reader, "marking", "marking_kind", title="t", head="h", shown=4)
        assert (len(whole.rows), whole.others) == (5, 0), "one more row says more than 'other'"


def test_counts_that_do_not_add_up_are_not_published(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    with case.read("restricted").snapshot() as reader:
        told = reader.count("item", "family")
        monkeypatch.setattr(type(reader), "count", lambda *a, **k: (told[0] + 1, told[1]))
        with pytest.raises(Tampered, match="do not add up"):
            counts.tabulate(reader, "item", "family", title="t", head="Family")


def test_groups_are_told_by_unit_and_only_pieces_are_added(case: Case) -> None:
    found = _report(case).quantities
    assert (found.items, found.singles, found.groups) == (5, 3, 2)
    assert [(a.unit, a.method, a.groups, a.amount) for a in found.amounts] == [
        ("piece", "package_label", 1, 440), ("roll", "", 1, 12),
    ]
    assert found.pieces == 443


def test_tallies_are_no_items_and_sums_are_not_added(case: Case) -> None:
    report = _report(case)
    assert report.tallies is not None
    (source,) = report.tallies.sources
    assert (source.records, source.counted, source.sums) == (2, 8, 1)
    assert source.records + source.sums == report.tallies.total == 3
    assert report.quantities.items == 5


def test_what_is_above_the_clearance_is_nowhere(case: Case) -> None:
    for clearance in ("public", "partner", "restricted"):
        page = render(_report(case, clearance))
        assert "SECRET-TAG-6" not in page and "CANARY-6" not in page
    assert "unlabelled" not in render(_report(case, "partner"))
    sealed = render(_report(case, "sealed"))
    assert "SECRET-TAG-6" in sealed and "CANARY-6" in sealed


def test_a_position_is_told_coarsely_below_its_tier(case: Case) -> None:
    assert "36.34000" in render(_report(case, "restricted"))
    partner = render(_report(case, "partner"))
    assert "36.34000" not in partner and "Lower Marrow, Iraq" not in partner
    assert "coarsened on purpose" in partner and "10 km" in partner


class _Page(HTMLParser):
    """Collects what a browser would fetch or follow, ids, and whether tags are balanced."""

    VOID = ("meta", "br", "link", "img")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.followed: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attrs:
            told = str(value)
            if name in ("src", "srcset", "data", "action", "poster", "xlink:href") and (
                not told.startswith("data:image/jpeg;base64,")
            ):
                self.fetched.append(f"{tag} {told}")
            if name == "href":
                (self.followed if tag == "a" else self.fetched).append(str(value))
            if name == "id":
                self.ids.append(str(value))
        if tag in ("script", "link", "iframe", "object"):
            self.fetched.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"


def test_the_page_needs_nothing_else(case: Case) -> None:
    text = render(_report(case))
    page = _Page()
    page.feed(text)
    assert page.open == [] and page.fetched == []
    assert len(page.ids) == len(set(page.ids))
    assert {target.removeprefix("#") for target in page.followed} <= set(page.ids)
    assert "url(" not in text and "@import" not in text and "<b>unlabelled" not in text


def test_tables_and_figures_are_numbered_in_their_order(case: Case) -> None:
    page = render(_report(case))
    for kind in ("Table", "Figure"):
        numbers = [int(n) for n in re.findall(rf"<b>{kind} (\d+)\.</b>", page)]
        assert numbers and numbers == list(range(1, len(numbers) + 1))


def test_cautions_and_credits_stand_before_anything_else(case: Case) -> None:
    page = render(_report(case))
    cover = page.partition("<main>")[0]
    assert CAUTION in cover and "teaching material" in cover
    assert "1 reading of markings was made by a program" in cover


def test_arabic_runs_in_its_own_block_and_markings_do_not_turn_round(case: Case) -> None:
    page = render(_report(case))
    assert '<bdi dir="ltr" class="marking">07-85</bdi>' in page
    before, _, after = ARABIC.partition("07-85")
    assert f'<p class="said" dir="rtl">{before}<bdi dir="ltr">07-85</bdi>{after}</p>' in page


def test_findings_say_how_likely_and_whether_approved(case: Case) -> None:
    report = _report(case)
    approved, draft = report.findings.cards
    assert approved.approved and approved.probability == "likely (55 to 80 %)"
    assert approved.grade.startswith("B2") and not draft.approved
    assert report.findings.withdrawn == 1
    page = render(report)
    assert "Withdrawn sentence" not in page and "not approved for publication" in page


def test_an_empty_case_has_a_report_too(tmp_path: Path) -> None:
    with Case.create(tmp_path / "empty") as case:
        page = render(_report(case))
    assert "no item that this report may show" in page and "No original is on file" in page


def test_without_a_base_map_the_report_says_so(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("headstamp.publish.geography.topology", lambda name: None)
    report = _report(case)
    assert report.map is not None and report.map.svg == ""
    assert "The map cannot be drawn" in render(report)


def test_the_manifest_binds_all_originals(case: Case) -> None:
    manifest = _report(case).manifest
    assert manifest.total == 2 and [o.digest for o in manifest.originals] == sorted(
        o.digest for o in manifest.originals
    )
    assert {o.name for o in manifest.originals} == {"packing list.txt", "IMG_1.jpg"}
