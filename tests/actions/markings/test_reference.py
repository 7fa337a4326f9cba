"""The reference library of a case: lists brought in, looked up as one clearance sees them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from headstamp.actions.intake.file import import_file
from headstamp.actions.markings.reference import (
    answer_dict,
    import_list,
    import_shipped,
    is_known_to,
    library,
    look_up,
    of_marking,
)
from headstamp.actions.record import record
from headstamp.errors import Invalid, Missing
from headstamp.intake.mapping import from_text
from headstamp.intake.reference_list import shipped_lists
from headstamp.markings.reference import Context
from headstamp.records import Item, Marking, Reference
from headstamp.store.case import Case
from headstamp.vocab import vocabulary

# Invented works: no such plants are known to us.
HEADS = "Mark,Type of mark,Manufacturer,City,Country,From,To,Used on,Source,Doubt,Picture"
ROWS = [
    '10,factory code,Old Works,Aville,USSR,1947,1962,rifle cartridges,"List A, p. 3",,',
    "10,factory code,New Works,Bville,China,1965,,,,One list alone,https://example.org/10.jpg",
    "QZK,headstamp,Mill Works,,Yugoslavia,1951~,,,,,",
]


def written(folder: Path, rows: list[str], name: str = "list.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([HEADS, *rows]) + "\n", "utf-8")
    return path


def test_ones_own_list_in_ones_own_words(case: Case, tmp_path: Path) -> None:
    path = written(tmp_path, ROWS)
    given = {"name": "Our list", "version": "2", "dated": "2024-05", "credit": "A. Writer", "grade": "B2"}
    result = import_list(case, path, actor="A", **given)  # type: ignore[arg-type]
    assert (result.accepted, result.refused) == (3, 0)
    reader = case.read("partner")
    old = next(one for one in reader.list("reference").rows if one.get("maker") == "Old Works")
    assert {**old.values, "source": None} == {
        "reference_kind": "factory_code", "code": "10", "maker": "Old Works", "seat": "Aville",
        "country": "SUHH", "used_from": "1947", "used_to": "1962", "products": "rifle cartridges",
        "cited": "List A, p. 3", "grade": "B2", "tier": "partner", "source": None}
    assert old.get("source") == {"document": result.document_id, "row": 1}
    paper = reader.get(result.document_id)
    assert [paper.get(f) for f in ("title", "number", "issued_on", "credit")] == [
        "Our list", "2", "2024-05", "A. Writer"]
    picture = reader.list("photograph").rows[0]
    assert (picture.get("link"), picture.get("caption")) == ("https://example.org/10.jpg", "10")
    answer = answer_dict(look_up(case, reader, "1?", Context(made_on="1953")))
    assert answer["makers"] == ["Old Works"] and answer["set_aside"][0]["maker"] == "New Works"
    assert answer["caution"].startswith("A mark is not proof")


def test_the_next_issue_of_a_list(case: Case, tmp_path: Path) -> None:
    import_list(case, written(tmp_path, ROWS), actor="A", name="Our list")
    again = import_list(case, written(tmp_path, ROWS), actor="A", name="Our list")
    assert (again.accepted, again.unchanged) == (0, 3)
    # Another file, rows in another order, one date put right, one maker more for the same code.
    newer = [ROWS[2], ROWS[0].replace("1962", "1961"), ROWS[1],
             "10,factory code,Third Works,,Bulgaria,,,,,,"]
    result = import_list(case, written(tmp_path, newer, "issue 2.csv"), actor="A", name="Our list")
    assert (result.accepted, result.unchanged) == (2, 2)
    reader = case.read("partner")
    rows = {one.get("maker"): one for one in reader.list("reference").rows}
    assert set(rows) == {"Old Works", "New Works", "Mill Works", "Third Works"}
    assert (rows["Old Works"].version, rows["Old Works"].get("used_to")) == (2, "1961")
    assert len(look_up(case, reader, "10").makers) == 3


def test_all_that_is_wrong_with_a_row_is_told_at_once(case: Case, tmp_path: Path) -> None:
    rows = [*ROWS, ",proof mark,,,,1970,1960,,,,", "AB,,X,,,about 1950,,,,,"]
    result = import_list(case, written(tmp_path, rows), actor="A")
    assert (result.accepted, result.refused) == (3, 2) and result.problems is not None
    told = result.problems.read_text("utf-8-sig")
    for rule in ("has a code or a sign", "says nothing of what", "ends before it begins",
                 "not a date in EDTF form"):
        assert rule in told
    with pytest.raises(Invalid) as refused:
        import_list(case, written(tmp_path, ROWS), actor="A", dated="yesterday", link="no link")
    assert {p.field for p in refused.value.problems} == {"issued_on", "link"}
    with pytest.raises(Invalid):
        import_list(case, written(tmp_path, ROWS), actor="A", grade="Z9")


def test_pictures_in_a_folder(case: Case, tmp_path: Path) -> None:
    (tmp_path / "pics").mkdir()
    source = Path(__file__).parents[3] / "docs"
    png = next(source.rglob("*.png"), None)
    if png is None:
        from PIL import Image

        png = tmp_path / "made.png"
        Image.new("RGB", (40, 30), "gray").save(png)
    shutil.copy(png, tmp_path / "pics" / "a (1).png")
    rows = ["10,,Old Works,,,,,,,,a (1).png", "11,,New Works,,,,,,,,a (1).png"]
    path = written(tmp_path, rows)
    without = import_list(case, path, actor="A", name="L", dry_run=True)
    assert any("--pictures FOLDER" in warning for warning in without.warnings)
    import_list(case, path, actor="A", name="L", pictures=tmp_path / "pics")
    reader = case.read("partner")
    photographs = reader.list("photograph").rows
    assert len(photographs) == 1 and case.vault.path(photographs[0].get("digest")).is_file()
    assert {one.get("photograph") for one in reader.list("reference").rows} == {photographs[0].id}
    assert import_list(case, path, actor="A", name="L", pictures=tmp_path / "pics").unchanged == 2
    missing = written(tmp_path, [*rows, "12,,X,,,,,,,,b.png", "13,,X,,,,,,,,../made.png"])
    with pytest.raises(Invalid) as refused:
        import_list(case, missing, actor="A", name="L", pictures=tmp_path / "pics")
    assert [(p.row, p.value) for p in refused.value.problems] == [(3, "b.png"), (4, "../made.png")]


def test_lists_that_come_with_headstamp(case: Case) -> None:
    with pytest.raises(Missing, match="vehicle_makers, cartridge_names"):
        import_shipped(case, "nothing", actor="A")
    for one in shipped_lists():
        about = one.mapping.document
        assert about["licence"] in ("MIT", "BSD-3-Clause") and "Copyright (c)" in about["credit"]
        result = import_shipped(case, one.name, actor="A")
        assert (result.accepted, result.refused) == (one.rows, 0)
        assert import_shipped(case, one.name, actor="A").unchanged == one.rows
    reader = case.read("public")
    assert look_up(case, reader, "WBA3A5C50CF256651").makers == ("BMW",)
    assert reader.count("reference")[0] == len(vocabulary("vin_makers")) + len(vocabulary("cartridges"))
    found = look_up(case, reader, "QQQ 9mm Luger")
    assert [p.entry.meaning[:15] for p in found.possible] == ["cartridge name:"]


def test_the_library_follows_the_case_and_the_clearance(case: Case) -> None:
    one = {"code": "10", "maker": "Old Works"}
    made = record(case, "reference", one, actor="A", reason="seen in a book")
    reader = case.read("partner")
    held = library(case, reader)
    assert library(case, reader) is held and len(held) == 1
    record(case, "reference", {**one, "maker": "Secret Works", "tier": "sealed"}, actor="A", reason="told")
    assert look_up(case, case.read("partner"), "10").makers == ("Old Works",)
    assert len(look_up(case, case.read("sealed"), "10").makers) == 2
    with case.change(actor="A", reason="put right") as change:
        change.put(Reference.build({**one, "maker": "Other Works"}, id=made.id))
    assert look_up(case, case.read("partner"), "10").makers == ("Other Works",)
    assert is_known_to(case, case.read("partner"), "10", "Secret Works")["answer"] == "others"
    with pytest.raises(Invalid, match="no code"):
        look_up(case, reader, "  ")
    with pytest.raises(Invalid, match="year"):
        look_up(case, reader, "10", Context(made_on="yesterday"))


def test_a_marking_is_asked_with_what_is_known_of_its_item(case: Case, tmp_path: Path) -> None:
    import_list(case, written(tmp_path, ROWS), actor="A")
    item = Item.build(family="ammunition", country="CN", made_on="1970", make="New Works")
    marks = [Marking.build(item=item.id, text=text, marking_kind=kind) for text, kind in (
        ("10 70", "headstamp"), ("10", "serial"), ("10 AB", "unknown"))]
    marks.append(Marking.build(item=item.id, state="removed"))
    with case.change(actor="A", reason="found") as change:
        change.put_many([item, *marks])
    with case.read("partner").snapshot() as reader:
        asked = [of_marking(case, reader, reader.get(one.id), reader.get(item.id)) for one in marks]
    assert asked[0] is not None and asked[0].makers == ("New Works",)
    assert set(asked[0].set_aside[0].against) == {
        "used 1947 to 1962, and this was made 1970",
        "Soviet Union, and the country is given as China", "the maker is given as New Works"}
    assert asked[1] is None and asked[3] is None
    assert asked[2] is not None and asked[2].makers == ("New Works",)


def test_a_mapping_says_it_exactly_and_import_as_does_the_same(case: Case, tmp_path: Path) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text("""
dataset = "stamps"
key = ["nr"]
[[records]]
kind = "reference"
[records.fields]
reference_kind = { constant = "proof_mark" }
symbol = "bild"
country = "land"
""", "utf-8")
    path = tmp_path / "p.csv"
    path.write_text("nr,bild,land\n1,crown over GJ,BE\n", "utf-8")
    assert import_list(case, path, actor="A", mapping=mapping).accepted == 1
    assert look_up(case, case.read("partner"), "crown").countries == ("BE",)
    only_items = "[[records]]\nkind = 'item'\n[records.fields]\nmake = 'bild'\n"
    mapping.write_text(only_items, "utf-8")
    assert from_text(only_items, "x")
    with pytest.raises(Invalid, match="makes no reference markings"):
        import_list(case, path, actor="A", mapping=mapping)
    plain = import_file(case, written(tmp_path, ROWS[::2]), kind="reference", actor="A")
    assert plain.accepted == 2
