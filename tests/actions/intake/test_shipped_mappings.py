"""The published data sets, recognised by their columns, with the traps their descriptions name."""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.actions.intake.file import import_file
from headstamp.actions.intake.opening import open_for_import
from headstamp.actions.intake.result import ImportResult
from headstamp.errors import Problem
from headstamp.intake.importing import Planned, Planner
from headstamp.records import Custody, Item, Photograph, Tally
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from tests.shared import shared


def put(case: Case, name: str) -> ImportResult:
    result = import_file(case, shared(f"data/{name}"), actor="tester", index=False)
    assert result.read == result.accepted + result.unchanged + result.refused
    return result


def again(case: Case, name: str) -> None:
    """The same file changes nothing."""
    size = case.checkpoint().size
    result = put(case, name)
    assert (result.accepted, result.unchanged) == (0, result.read - result.refused)
    assert case.checkpoint().size == size


@pytest.fixture(scope="module")
def gur(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Case, dict[str, ImportResult]]]:
    with Case.create(tmp_path_factory.mktemp("gur") / "case") as case:
        names = ("components.csv.gz", "weapons.csv", "manufacturers.csv", "teardowns.csv",
                 "supply_chain_edges.csv")
        yield case, {name: put(case, f"gur_components/{name}") for name in names}


def test_gur_rows_are_all_taken(gur: tuple[Case, dict[str, ImportResult]]) -> None:
    assert {name: (r.read, r.accepted, r.refused) for name, r in gur[1].items()} == {
        "components.csv.gz": (5806, 5806, 0), "weapons.csv": (195, 195, 0),
        "manufacturers.csv": (621, 621, 0), "teardowns.csv": (31, 31, 0),
        "supply_chain_edges.csv": (28, 28, 0),
    }


def test_gur_parts_weapons_and_makers(gur: tuple[Case, dict[str, ImportResult]]) -> None:
    reader = gur[0].read("public")
    families = dict(reader.count("item", "family")[1])
    assert families.pop("component") == 5806
    assert sum(families.values()) == 195
    # None is called "Not identified", and no supplier or importer stands in a maker's name.
    names = {party.label for party in reader.stream("party")}
    assert not {name for name in names if "upplier" in name or "mporter" in name}
    published = {(p.label, p.get("country")) for p in reader.stream("party") if p.id in _makers(reader)}
    assert len(published) == len(_makers(reader)) == _makers_as_published()
    [part] = reader.list("item", {"tag": "gur-7187"}).rows
    parent = reader.get(part.get("parent"))
    assert parent.get("item_type") == "Geran 4 UAV" and parent.get("family") == "aircraft"
    assert part.get("country") == "CN" and reader.get(part.get("maker")).label.startswith("Telefly")
    assert "not one weapon found" in parent.get("description")


def _makers(reader: Reader) -> set[str]:
    return {part.get("maker") for part in reader.stream("item") if part.get("maker")}


def _makers_as_published() -> int:
    """The makers of the file itself, by name before the suppliers and importers, and country."""
    with gzip.open(shared("data/gur_components/components.csv.gz"), "rt", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return len({(re.split(" (?:Importers|Foreign suppliers|Suppliers) ", row["manufacturer"])[0],
                 row["manufacturer_country"]) for row in rows
                if row["manufacturer"] != "Not identified"})


TRADERS = {
    "supplier": {"JSC CHIP AND DIP", "SHENZHEN HI-LINK ELECTRONIC CO., LTD", "WAVETEL TECHNOLOGY LIMITED",
                 "ALIGN TRADING COMPANY LIMITED", "HYTERA COMMUNICATIONS LIMITED",
                 "HADSUND INTERNATIONAL TECHNOLOGY LIMITED"},
    "importer": {"CHIMEVRASIA LLC", "LLC IQ COMPONENTS", "TREK JSC", "TK MIR LLC"},
}


def test_gur_suppliers_and_importers_pass_on_what_they_are_said_to(
    gur: tuple[Case, dict[str, ImportResult]]
) -> None:
    reader = gur[0].read("public")
    by_role = {role: {p.label for p in reader.stream("party")
                      if p.get("roles") == [role] and "says no more of it" in (p.get("remark") or "")}
               for role in TRADERS}
    assert by_role == TRADERS
    passages = [t for t in reader.stream("transfer") if t.get("items")]
    assert len({t.get("items")[0] for t in passages}) == 25
    for one in passages:
        imported = one.get("transfer_kind") == "imported"
        # Only the side that the source names; never more.
        assert bool(one.get("to_party")) is imported and bool(one.get("from_party")) is not imported
        assert one.get("lawful_status") == "unknown" and one.get("happened_on") == "../2026-06-13"
        assert "is not said" in one.get("basis") and "found in: " in one.get("basis")
    [part] = reader.list("item", {"tag": "gur-6040"}).rows
    assert reader.get(part.get("maker")).label == part.get("make") == "Swiwin"
    assert "Importers LLC IQ COMPONENTS, TREK JSC" in part.get("remark")
    mine = [t for t in passages if t.get("items") == [part.id]]
    ends = {reader.get(t.get("to_party") or t.get("from_party")).label for t in mine}
    assert Counter(t.get("transfer_kind") for t in mine) == {"exported": 3, "imported": 2}
    assert len(mine) == 5 and ends == {
        "LLC IQ COMPONENTS", "TREK JSC", "ALIGN TRADING COMPANY LIMITED",
        "HYTERA COMMUNICATIONS LIMITED", "HADSUND INTERNATIONAL TECHNOLOGY LIMITED"}


def test_gur_hand_made_claims_name_one_firm_once(gur: tuple[Case, dict[str, ImportResult]]) -> None:
    reader = gur[0].read("public")
    relayed = [t for t in reader.stream("transfer") if "ships_via" in (t.get("basis") or "")]
    engines = [n for n in reader.stream("note") if "a product of Xiamen Limbach" in n.get("text")]
    assert len(relayed) == len(engines) == 1
    assert relayed[0].get("to_party") == engines[0].get("about")


def test_gur_markings_as_printed(gur: tuple[Case, dict[str, ImportResult]]) -> None:
    reader = gur[0].read("public")
    states = dict(reader.count("marking", "state")[1])
    assert sum(states.values()) == 5806
    assert states["not_recorded"] == 3071


def test_gur_guesses_of_a_machine_are_remarks_only(gur: tuple[Case, dict[str, ImportResult]]) -> None:
    guessed = 0
    for part in gur[0].read("public").stream("item", {"family": "component"}):
        assert part.get("item_type") is None and part.get("model") is None
        guessed += "Machine guess" in part.get("remark")
    assert guessed == 5806


def test_gur_says_whose_word_it_is(gur: tuple[Case, dict[str, ImportResult]]) -> None:
    document = gur[0].read("public").get(gur[1]["components.csv.gz"].document_id)
    assert "One party to a war speaking: published by GUR, not proven" in document.get("caution")
    assert "CC BY 4.0" in document.get("credit")


def test_gur_claims_have_their_evidence(gur: tuple[Case, dict[str, ImportResult]]) -> None:
    reader = gur[0].read("public")
    notes = [note for note in reader.stream("note") if "Claim: " in note.get("text")]
    transfers = [one for one in reader.stream("transfer") if not one.get("items")]
    assert (len(notes), len(transfers)) == (26, 2)
    assert all("Evidence: http" in note.get("text") and "Confidence" in note.get("text") for note in notes)
    assert all("Evidence: http" in transfer.get("basis") for transfer in transfers)


def test_gur_again_changes_nothing_in_any_order(gur: tuple[Case, dict[str, ImportResult]]) -> None:
    # Weapons after components enriched the same records; components again must not undo that.
    for name in reversed(list(gur[1])):
        again(gur[0], f"gur_components/{name}")


@pytest.fixture(scope="module")
def transfers(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Case, dict[str, ImportResult]]]:
    with Case.create(tmp_path_factory.mktemp("transfers") / "case") as case:
        names = (
            "fi_arms_exports/military_exports_by_product.csv.gz",
            "fi_arms_exports/military_licences_by_product.csv.gz",
            "fi_arms_exports/dual_use_licences_2011_2016.csv.gz",
            "fi_arms_exports/civil_arms_exports_wide.csv.gz",
            "us_1033_transfers/ks_1033_data.csv.gz", "eu_arms_brokering/broker.csv",
        )
        yield case, {name: put(case, name) for name in names}


def _of(case: Case, result: ImportResult) -> list[dict[str, object]]:
    where = {"source_document": result.document_id}
    return [dict(shown.values) for shown in case.read().stream("transfer", where)]


def test_transfers_are_all_taken(transfers: tuple[Case, dict[str, ImportResult]]) -> None:
    assert [(r.read, r.accepted, r.refused) for r in transfers[1].values()] == [
        (2910, 2910, 0), (2895, 2895, 0), (3256, 3256, 0), (1209, 1209, 0), (1575, 1575, 0),
        (894, 894, 0)]
    assert transfers[0].read().totals()["item"] == 0


def test_transfers_again_change_nothing(transfers: tuple[Case, dict[str, ImportResult]]) -> None:
    for name in transfers[1]:
        again(transfers[0], name)


def test_identical_rows_of_different_items_are_never_merged(
    transfers: tuple[Case, dict[str, ImportResult]]
) -> None:
    case, results = transfers
    found = _of(case, results["us_1033_transfers/ks_1033_data.csv.gz"])
    assert len(found) == 1575
    assert sum(t["stock_number"] == "1005-00-073-9421" for t in found) == 360
    first = next(t for t in found if t["source"]["row"] == 1)  # type: ignore[index]
    assert first["happened_on"] == "2006-05-19"
    assert first["value"] == {"amount": 499, "currency": "USD"}
    receiver = case.read().get(str(first["to_party"]))
    assert receiver.label == "Law enforcement in ALLEN county, KS (agency not named)"
    assert len({t["to_party"] for t in found}) == len(
        {p.id for p in case.read().stream("party") if p.get("roles") == ["end_user"]})


def test_a_wide_table_becomes_one_transfer_a_code_and_adds_up(
    transfers: tuple[Case, dict[str, ImportResult]]
) -> None:
    case, results = transfers
    name = "fi_arms_exports/civil_arms_exports_wide.csv.gz"
    found = _of(case, results[name])
    with gzip.open(shared(f"data/{name}"), "rt", encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))[2:]
    cells = [float(v) for row in rows for c, v in row.items() if c[:4].isdigit() and v not in ("0", "")]
    assert len(found) == len(cells)
    assert sum(t["value"]["amount"] for t in found) == pytest.approx(sum(cells))  # type: ignore[index]
    assert {len(str(t["customs_code"])) for t in found} == {6}


def test_one_exporter_by_its_business_id_however_it_is_written(
    transfers: tuple[Case, dict[str, ImportResult]]
) -> None:
    reader = transfers[0].read()
    [abb] = [p for p in reader.stream("party")
             if {"scheme": "Finnish business ID", "value": "0763403-0"} in (p.get("identifiers") or [])]
    assert len(reader.referring(abb.id, kind="transfer")) == 757


def test_serial_numbers_in_prose_are_kept_verbatim(
    transfers: tuple[Case, dict[str, ImportResult]]
) -> None:
    case, results = transfers
    found = _of(case, results["fi_arms_exports/dual_use_licences_2011_2016.csv.gz"])
    serials = [str(t["serials"]) for t in found if t.get("serials")]
    assert any("100122610, 100122611," in text for text in serials)
    assert any(text.startswith("S/N 350002") for text in serials)
    assert not any(text.lower().startswith("s/nuclear") for text in serials)
    assert case.read().totals()["note"] == 3  # descriptions longer than a line, whole


def test_brokering_shows_both_places_and_asserts_no_direction(
    transfers: tuple[Case, dict[str, ImportResult]]
) -> None:
    case, results = transfers
    result = results["eu_arms_brokering/broker.csv"]
    found = _of(case, result)
    assert Counter(t["licence_status"] for t in found) == {"issued": 868, "refused": 26}
    assert all("not asserted" in str(t["basis"]) for t in found)
    assert all(t["direction_doubted"] is True for t in found)
    brokers = {p.id: p for p in case.read().stream("party") if p.get("roles") == ["broker"]}
    assert len(brokers) == 19 and all("not named" in p.label for p in brokers.values())
    assert {t["broker"] for t in found} == set(brokers)
    assert "direction of the goods is not asserted" in case.read().get(result.document_id).get("caution")


def _planned(path: Path) -> Iterator[tuple[dict[str, str | None], Planned]]:
    opened = open_for_import(None, path, kind=None, mapping=None)
    planner = Planner(opened.mapping, opened.columns, "doc-aaaa", path.name)
    with opened.table as table:
        for row in table.rows():
            assert not isinstance(row, Problem)
            cells = dict(zip(table.columns, row.cells, strict=True))
            if cells.get("ano") not in (None, "2012", "2020"):
                continue
            planned = planner.row(row.number, row.cells)
            assert isinstance(planned, Planned), planned
            yield cells, planned


def test_tallies_add_up_and_are_never_items() -> None:
    path = shared("data/isp_rj_seizures/seizures_by_precinct_month_2007_2024.csv.gz")
    rifles = rows = 0
    for cells, planned in _planned(path):
        rows += 1
        assert {type(record) for record in planned.records} == {Tally}
        tallies = [t for t in planned.records if isinstance(t, Tally)]
        # An empty cell makes no tally, a nought makes one.
        given = sum(v is not None for c, v in cells.items() if c not in ("cisp", "mes", "ano", "aisp", "risp"))
        assert len(tallies) == given
        kinds = [t for t in tallies if t.what.startswith("arma de fogo: ")]
        [total] = [t for t in tallies if t.what == "arma de fogo, total"]
        assert total.total is True and not any(t.total for t in kinds)
        assert len(kinds) == 11 and sum(t.count for t in kinds) == total.count
        if cells["ano"] == "2020":
            rifles += next(t.count for t in kinds if t.what.endswith("fuzil"))
        assert tallies[0].period == f"{cells['ano']}-{int(cells['mes'] or 0):02d}"
        assert tallies[0].place is not None and tallies[0].place.country == "BR"
    assert rows == 2 * 12 * 138 - _missing_months(path)
    assert rifles == 284


def _missing_months(path: Path) -> int:
    """Precincts that did not exist yet have no rows for those months."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        there = sum(row["ano"] in ("2012", "2020") for row in csv.DictReader(stream))
    return 2 * 12 * 138 - there


def test_tallies_in_a_case(tmp_path: Path) -> None:
    path = shared("data/isp_rj_seizures/seizures_by_precinct_month_2007_2024.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        lines = [next(stream) for _ in range(101)]
    few = tmp_path / "few.csv"
    few.write_text("".join(lines), encoding="utf-8")
    with Case.create(tmp_path / "case") as case:
        result = import_file(case, few, actor="tester")
        assert (result.read, result.accepted, result.mapping_name) == (100, 100, "isp_rj_seizures")
        totals = case.read().totals()
        assert totals["tally"] > 1000 and totals["item"] == 0
        assert import_file(case, few, actor="tester").unchanged == 100
        assert put(case, "isp_rj_seizures/precincts.csv").accepted == 147


def test_losses_seen_in_photographs() -> None:
    path = shared("data/oryx_equipment_losses/events.csv.gz")
    found: Counter[type] = Counter()
    ids = set()
    for cells, planned in _planned(path):
        found.update(type(record) for record in planned.records)
        item = planned.records[0]
        assert isinstance(item, Item)
        ids.add(item.id)
        assert item.recovered_on is None, "the date is the scraper's, not the loss's"
        assert item.remark is not None and f"Owner: {cells['country']}" in item.remark
        assert "not the date of loss" in item.remark
    assert len(ids) == found[Item] == 37_505
    assert found[Photograph] == 37_504  # one link is broken; its item keeps it as written
    assert found[Custody] == 5_392 + 2_473


def test_losses_in_a_case(tmp_path: Path) -> None:
    path = shared("data/oryx_equipment_losses/events.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        lines = [next(stream) for _ in range(2001)]
    few = tmp_path / "few.csv"
    few.write_text("".join(lines), encoding="utf-8")
    with Case.create(tmp_path / "case") as case:
        result = import_file(case, few, actor="tester", index=False)
        assert (result.read, result.accepted) == (2000, 2000)
        assert case.read("public").totals()["item"] == 2000
        assert "not dates of loss" in case.read().get(result.document_id).get("caution")
        assert import_file(case, few, actor="tester", index=False).unchanged == 2000
