"""A row's tier is that of all it says, and the file's is the highest of its rows'."""

from __future__ import annotations

from pathlib import Path

from headstamp.actions.intake.file import import_file
from headstamp.store.case import Case

TABLE = (
    "tag,tier,make,serial,site,finder,date found\n"
    "P-1,public,FN,AAA 1,Open Yard,,2016\n"
    "S-1,sealed,FN,ZZZ 9,Hidden Yard,Nobody,2017\n"
)


def test_a_sealed_row_tells_nothing_below_its_tier(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "finds.csv"
    path.write_text(TABLE, "utf-8")
    done = import_file(case, path, kind="item", actor="A")
    assert done.accepted == 2
    for clearance, all_there in (("public", 1), ("restricted", 1), ("sealed", 2)):
        reader = case.read(clearance)
        for kind in ("item", "marking", "site", "recovery"):
            assert reader.count(kind)[0] == all_there, (clearance, kind)
    # The file holds the sealed row, too.
    assert [case.read(c).count("document")[0] for c in ("restricted", "sealed")] == [0, 1]


def test_a_file_without_tiers_is_as_visible_as_its_rows(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "finds.csv"
    path.write_text("tag\nA\n", "utf-8")
    import_file(case, path, kind="item", tier="public", actor="A")
    assert case.read("public").count("document")[0] == case.read("public").count("item")[0] == 1


def test_a_word_that_is_no_tier_keeps_the_file_sealed(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "finds.csv"
    path.write_text("tag,tier\nA,public\nB,top secret\n", "utf-8")
    done = import_file(case, path, kind="item", actor="A")
    assert (done.accepted, done.refused) == (1, 1)
    assert case.read("restricted").count("document")[0] == 0
    assert case.read("public").count("item")[0] == 1


PERSONS = (
    "name,party_kind,tier,public_office\n"
    "Ana Private,Person,,\n"
    "Works,firm,,\n"
    "Minister,person,,yes\n"
    "B. Private,person,public,no\n"
)


def test_a_private_person_of_a_table_is_restricted_and_the_file_with_it(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(PERSONS, "utf-8")
    done = import_file(case, path, kind="party", tier="public", actor="A")
    # What the row says of itself is not bent: it is refused, and waits to be mended.
    assert (done.accepted, done.refused) == (3, 1)
    public, restricted = case.read("public"), case.read("restricted")
    assert {one.label for one in public.stream("party")} == {"Works", "Minister"}
    assert {one.label: one.get("tier") for one in restricted.stream("party")} == {
        "Ana Private": "restricted", "Works": "public", "Minister": "public"}
    assert (public.count("document")[0], restricted.count("document")[0]) == (0, 1)
