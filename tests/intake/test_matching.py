"""Columns matched by name in several languages; nothing a table says is lost."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from headstamp.actions.intake.opening import Opened, open_for_import
from headstamp.errors import Problem
from headstamp.intake.importing import Planned, Planner, Refusal
from headstamp.intake.matching import match
from headstamp.records import Item, Marking, Record, Recovery, Site


def planned(path: Path, kind: str | None = "item") -> tuple[Opened, list[Planned | Refusal]]:
    opened = open_for_import(None, path, kind=kind, mapping=None)
    planner = Planner(opened.mapping, opened.columns, "doc-aaaa", path.name)
    with opened.table:
        return opened, [planner.row(row.number, row.cells) for row in opened.table.rows()
                        if not isinstance(row, Problem)]


def written(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode(encoding))
    return path


def of(row: Planned | Refusal, cls: type[Record]) -> Record:
    assert isinstance(row, Planned), row
    return next(r for r in (*row.records, *row.shared) if type(r) is cls)


TABLES = {
    "french": ("N° de scellé;Type d'arme;Marque;Modèle;Calibre;Numéro de série;Quantité;Date de saisie;"
               "Latitude;Longitude;Observations diverses\n"
               "S-1;fusil;FN;FAL;7,62;AB?12;1;19.05.2016;13,5123;2,1098;rouillé\n"),
    "spanish": ("Etiqueta,Tipo de arma,Marca,Modelo,Calibre,Número de serie,Cantidad,Fecha,Notas raras\n"
                "S-1,fusil,FN,FAL,\"7,62\",AB?12,1,2016-05-19,oxidado\n"),
    "russian": ("Бирка;Тип оружия;Производитель;Модель;Калибр;Серийный номер;Количество;"
                "Дата обнаружения;Прочее\nS-1;винтовка;FN;FAL;7,62;AB?12;1;19.05.2016;ржавая\n"),
    "arabic": ("رقم;نوع السلاح;الصانع;الطراز;العيار;الرقم التسلسلي;العدد;تاريخ الضبط;أخرى\n"
               "S-1;بندقية;FN;FAL;7.62;AB?12;١;2016-05-19;صدئة\n"),
    "portuguese": ("Etiqueta;Tipo;Fabricante;Modelo;Calibre;Número de série;Quantidade;"
                   "Data da apreensão;Outras coisas\nS-1;fuzil;FN;FAL;7,62;AB?12;1;19/05/2016;oxidado\n"),
    "english, untidy": ("EXHIBIT NO.\tWeapon Type *\tMake\tMODEL\tCaliber\tSerial # (frame)\tQTY\t"
                        "Date Seized\tColour\nS-1\trifle\tFN\tFAL\t7.62\tAB?12\t1\t5/19/2016\tbrown\n"),
}


@pytest.mark.parametrize("language", TABLES)
def test_headers_in_several_languages(tmp_path: Path, language: str) -> None:
    text = TABLES[language].replace("N° de scellé", "Étiquette").replace("Serial # (frame)", "Serial no (frame)")
    opened, rows = planned(written(tmp_path, text))
    item, marking = of(rows[0], Item), of(rows[0], Marking)
    assert isinstance(item, Item) and isinstance(marking, Marking)
    assert (item.tag, item.make, item.model) == ("S-1", "FN", "FAL")
    assert item.item_type and item.calibre and item.quantity and item.quantity.value == 1
    assert item.recovered_on == "2016-05-19"
    assert (marking.text, marking.state, marking.marking_kind) == ("AB?12", "partial", "serial")
    assert marking.item == item.id
    # The one column nobody knows is in the remark and in a warning.
    last = text.splitlines()[0].replace("\t", ";").replace(",", ";").split(";")[-1]
    assert item.remark is not None and item.remark.startswith(f"{last}: ")
    assert any(last in warning for warning in opened.warnings)


def test_decimal_commas_in_positions_and_a_recovery_where_no_site_is_named(tmp_path: Path) -> None:
    _, rows = planned(written(tmp_path, TABLES["french"]))
    recovery, item = of(rows[0], Recovery), of(rows[0], Item)
    assert isinstance(recovery, Recovery) and isinstance(item, Item)
    assert recovery.place is not None
    assert (recovery.place.latitude, recovery.place.longitude) == (13.5123, 2.1098)
    assert item.recovery == recovery.id and recovery.recovered_on == "2016-05-19"


def test_no_recovery_is_made_of_a_row_that_says_nothing_of_one(tmp_path: Path) -> None:
    opened, rows = planned(written(tmp_path, "make,date,latitude,longitude\nFN,,,\nFN,2016,,\n"))
    kinds = [[type(r) for r in row.records] for row in rows if isinstance(row, Planned)]
    assert kinds == [[Item], [Recovery, Item]]
    # A bare "date" may be that of a loss: what it is taken for is told.
    assert any("'date' is taken as the day each item was found" in w for w in opened.warnings)


def test_a_site_by_name_with_its_position(tmp_path: Path) -> None:
    _, rows = planned(written(tmp_path, "Tag,Site,Lat,Lon\nA,Depot,1.5,2.5\nB,Depot,1.5,2.5\nC,Depot,9,9\n"))
    sites = [of(row, Site) for row in rows]
    assert sites[0].id == sites[1].id != sites[2].id
    assert isinstance(sites[0], Site) and sites[0].name == "Depot"


def test_words_in_a_marking_column_are_states(tmp_path: Path) -> None:
    cells = ["AB 123", "removed", "Obliterated", "none", "illegible", "n/k", "", "A?9"]
    _, rows = planned(written(tmp_path, "Tag,Serial,Lot\n" + "".join(
        f"{n},{cell},L-{n}\n" for n, cell in enumerate(cells))))
    found = []
    for row in rows:
        assert isinstance(row, Planned)
        found.append([(m.text, m.state) for m in row.records
                      if isinstance(m, Marking) and m.marking_kind == "serial"])
        assert sum(isinstance(m, Marking) and m.marking_kind == "lot" for m in row.records) == 1
    assert found == [[("AB 123", "clear")], [(None, "removed")], [(None, "defaced")], [(None, "absent")],
                     [("?", "partial")], [(None, "not_recorded")], [], [("A?9", "partial")]]


def test_a_word_no_list_knows_is_kept_as_seen(tmp_path: Path) -> None:
    _, rows = planned(written(tmp_path, "Tag,Category,Make\nA,rifle,X\nB,odd thing,Y\n"))
    first, second = of(rows[0], Item), of(rows[1], Item)
    assert isinstance(first, Item) and isinstance(second, Item)
    assert (first.family, first.remark) == ("arm", None)
    assert (second.family, second.remark) == ("unknown", "Category: odd thing")


def test_dates_that_cannot_be_told_apart_are_not_guessed(tmp_path: Path) -> None:
    opened, rows = planned(written(tmp_path, "Tag,Date found\nA,03/04/2016\nB,2016-05-01\n"))
    first, second = of(rows[0], Item), of(rows[1], Item)
    assert isinstance(first, Item) and isinstance(second, Item)
    assert first.recovered_on is None and first.remark == "Date found: 03/04/2016"
    assert second.recovered_on == "2016-05-01"
    assert any("day and month" in warning for warning in opened.warnings)


def test_a_unit_without_an_amount_stays_in_the_remark(tmp_path: Path) -> None:
    _, rows = planned(written(tmp_path, "Tag,Quantity,Unit of issue\nA,,kg\nB,3,kg\n"))
    first, second = of(rows[0], Item), of(rows[1], Item)
    assert isinstance(first, Item) and isinstance(second, Item)
    assert first.quantity is None and first.remark == "Unit of issue: kg"
    assert second.quantity is not None and second.quantity.unit == "kg"


def test_all_problems_of_a_row_at_once_by_column(tmp_path: Path) -> None:
    _, rows = planned(written(tmp_path, "Tag,How many,Found on,Lat,Lon\nA,many,2016-13-01,91,2\n"))
    assert isinstance(rows[0], Refusal)
    assert {(p.field, p.value) for p in rows[0].problems} == {
        ("How many", "many"), ("Found on", "2016-13-01"), ("Lat", "91")}
    assert all(p.rule and p.advice and p.row == 1 and p.file == "table.csv" for p in rows[0].problems)


def test_two_columns_for_one_field(tmp_path: Path) -> None:
    opened, rows = planned(written(tmp_path, "Tag,Make,Manufacturer\nA,FN,Fabrique Nationale\n"))
    item = of(rows[0], Item)
    assert isinstance(item, Item)
    assert (item.make, item.remark) == ("FN", "Manufacturer: Fabrique Nationale")
    assert any("Manufacturer" in warning for warning in opened.warnings)


def test_an_excel_sheet_with_titles_above_its_header(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Weapons seized in the north, 2020"], ["Prepared by the district office"], [],
                ["Tag", "Type", "Make", "Serial number", "Qty"], ["A", "rifle", "FN", "12", 1],
                ["B", "pistol", "CZ", "none", 2]):
        sheet.append(row)
    path = tmp_path / "list.xlsx"
    book.save(path)
    _, rows = planned(path)
    assert len(rows) == 2
    item = of(rows[1], Item)
    assert isinstance(item, Item) and (item.tag, item.make) == ("B", "CZ")


@pytest.mark.parametrize(("columns", "kind"), [
    (["name", "latitude", "longitude"], "site"),
    (["name", "country", "address"], "party"),
    (["exporter", "consignee", "goods", "invoice date", "hs code"], "transfer"),
    (["tag", "make", "model"], "item"),
    (["nonsense", "columns"], "item"),
])
def test_the_likeliest_kind(columns: list[str], kind: str) -> None:
    matched = match(columns, kind=None, dataset="x")
    assert kind in {plan.kind.name for plan in matched.mapping.records}
    assert f"taken as a table of {'parties' if kind == 'party' else kind + 's'}" in matched.warnings[0]


def test_parties_by_name_in_a_table_of_transfers(tmp_path: Path) -> None:
    _, rows = planned(written(tmp_path, "Exporter,Consignee,Goods\nA Ltd,B Ltd,cable\nA Ltd,C Ltd,cable\n"),
                      "transfer")
    assert isinstance(rows[0], Planned) and isinstance(rows[1], Planned)
    assert rows[0].shared[0].id == rows[1].shared[0].id
    assert rows[0].records[0].from_party == rows[0].shared[0].id  # type: ignore[attr-defined]
