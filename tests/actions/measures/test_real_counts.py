"""Totals and traps of open data, by the measures themselves: of the plain files, and through a case.

The files are read where they lie and nothing of them is kept; some may not be copied. What is imported here is a part
of the largest ones; ``make soak`` takes all of them.
"""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from headstamp.actions.intake.file import import_file
from headstamp.actions.measures.measuring import Measured, measure_snapshot, snapshot_now
from headstamp.analysis.counts.by import NO_SAMPLE, NOT_KNOWN
from headstamp.cli.app import command
from headstamp.store.case import Case
from tests.effort import EFFORT
from tests.shared import shared

ALL = EFFORT > 1


def told(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    """What ``headstamp measure`` says of a plain file, as JSON."""
    with pytest.raises(SystemExit) as done:
        command()(["measure", *map(str, words), "--json"])
    said = capsys.readouterr()
    assert done.value.code in (0, None), said.err
    answer: dict[str, Any] = json.loads(said.out)
    return answer


def of_case(path: Path, folder: Path, *asked: tuple[str, dict[str, str]], kind: str | None = None) -> list[Measured]:
    """What the measures say of a case into which a file was imported."""
    with Case.create(folder) as case:
        import_file(case, path, kind=kind, actor="tester", index=False)
        taken = snapshot_now(case, "restricted")
        return [measure_snapshot(taken, name, given) for name, given in asked]


def counts(groups: list[dict[str, Any]]) -> dict[str, int]:
    return {one["group"]: one["count"] for one in groups}


def rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def written(path: Path, some: list[dict[str, Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(some[0]))
        table.writeheader()
        table.writerows(some)
    return path


def test_parts_of_weapons_by_country_with_and_without_repeated_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = shared("data/gur_components") / "components.csv.gz"
    plain = told(capsys, "shares.by", "--table", path, "--column", "manufacturer_country", "--same", "name_marking,manufacturer")
    every, alike = of_case(
        path, tmp_path / "case", ("shares.by", {"family": "component", "same": "written,make"}),
        ("shares.by", {"family": "component", "same": "written,make", "nameless": "once"}))
    all_rows = counts(every.result.more["groups_all_rows"])
    assert plain["more"]["rows"] == every.result.more["rows"] == 5_806 == sum(all_rows.values())
    assert plain["more"]["groups_all_rows"][0]["count"] == all_rows["United States"] == 3_950
    assert (all_rows["China"], all_rows["Switzerland"]) == (419, 377) and all_rows[NOT_KNOWN] < 400
    assert (every.result.more["different"], every.result.more["groups"][0]["count"]) == (5_575, 3_790)
    # Where the nameless count once too, the leading country is eight points lower.
    assert (alike.result.more["different"], alike.result.more["groups"][0]["count"]) == (2_840, 1_706)
    for one in (every.result, alike.result):
        assert NO_SAMPLE in one.warnings and any("repeat another in written, make" in said for said in one.warnings)
    assert NO_SAMPLE in plain["warnings"] and every.effort.visits == 0


def test_losses_by_photo_link_and_the_first_day_of_the_scraper(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = shared("data/oryx_equipment_losses") / "events.csv.gz"
    plain = told(capsys, "shares.by", "--table", path, "--column", "origin", "--same", "url")
    assert (plain["more"]["rows"], sum(counts(plain["more"]["groups_all_rows"]).values())) == (37_505, 37_505)
    every = rows(path)
    often: dict[str, int] = {}
    for row in every:
        often[row["url"]] = often.get(row["url"], 0) + 1
    assert sum(n > 1 for n in often.values()) == 2_617 and sum(n for n in often.values() if n > 1) == 5_643
    assert any("rows repeat another in url" in said for said in plain["warnings"])
    started = told(capsys, "counts.burst", "--table", path, "--day", "date_recorded")
    assert started["text"].startswith("Recording began then: the first days of the list (2022-03-19 with 1,906 of 37,505 rows")
    assert "no wave" in started["warnings"][0] and len(started["more"]["bursts"]) == 1
    part = every if ALL else [row for row in every if often[row["url"]] > 1][:3_000]
    share, days = of_case(written(tmp_path / "events.csv", part), tmp_path / "case",
                          ("shares.by", {"same": "link"}), ("counts.burst", {}))
    assert share.result.more["rows"] == len(part) and any("repeat another in link" in said for said in share.result.warnings)
    assert share.result.more["different"] == len({(row["origin"], row["url"]) for row in part})
    # The date of the scraper is no date of loss, and no field of a case holds it as one.
    assert days.result.refused and "have no day" in days.result.reason


def test_a_stock_captured_is_told_and_is_no_wave_of_thefts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = shared("data/ua_lost_stolen_weapons") / "records.parquet"
    plain = told(capsys, "counts.burst", "--table", path, "--day", "date", "--place", "region")
    first = plain["more"]["bursts"][0]
    assert (first["period"], first["rows"], plain["more"]["rows"]) == ("2014-03-24", 119_512, 568_145)
    assert plain["warnings"][0].startswith("2014-03-24 holds 119,512 of 568,145 rows, 21.0%") and "stock" in plain["warnings"][0]
    assert next(one["rows"] for one in plain["more"]["bursts"] if one["period"] == "2022-02-24") == 21_979
    assert not plain["more"]["recording_start"]
    if ALL:
        share = told(capsys, "shares.by", "--table", path, "--column", "weaponcategory")
        assert share["more"]["counted"] == 568_145 and counts(share["more"]["groups"])[NOT_KNOWN] == 3
    each = 1 if ALL else 60
    some = [{"weaponcategory": kind or "", "date": day} for kind, day in duckdb.sql(
        f"select weaponcategory, strftime(date, '%Y-%m-%d') from (select *, row_number() over () as n from '{path}') "
        f"where n % {each} = 0").fetchall()]
    (found,) = of_case(written(tmp_path / "weapons.csv", some), tmp_path / "case", ("counts.burst", {}), kind="item")
    line = found.result.more["bursts"][0]
    assert (line["period"], line["rows"]) == ("2014-03-24", sum(row["date"] == "2014-03-24" for row in some))
    assert "stock" in found.result.text and line["share"] == pytest.approx(0.21, abs=0.01)


def test_seizures_add_up_and_what_was_not_counted_is_no_nought(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = shared("data/isp_rj_seizures") / "seizures_by_precinct_month_2007_2024.csv.gz"
    every = rows(path)
    kinds = [name for name in every[0] if name.startswith("arma_fogo_") and name != "arma_fogo_total"]
    plain = told(capsys, "shares.by", "--table", path, "--columns", ",".join(kinds))
    assert len(kinds) == 11 and plain["more"]["counted"] == sum(int(row["arma_fogo_total"]) for row in every) == 143_599
    twice = told(capsys, "shares.by", "--table", path, "--columns", ",".join((*kinds, "arma_fogo_total")))
    assert twice["refused"] and "the sum of 11 other columns in 29,736 of 29,736 rows" in twice["reason"]
    empty = told(capsys, "shares.by", "--table", path, "--columns", "municao_total,artefato_explosivo_granada")
    assert any("municao_total 11,592, artefato_explosivo_granada 8,280" in one["words"] for one in empty["diagnostics"])
    # Through a case: tallies, without those that are sums; an empty cell makes none.
    kept = list(every[0]) if ALL else [*(name for name in every[0] if name in (
        "cisp", "mes", "ano", "aisp", "risp")), "arma_fogo_fuzil", "arma_fogo_total", "simulacro_fuzil", "simulacro_total"]
    years = {row["ano"] for row in every} if ALL else {"2010", "2018"}
    # Left empty, the other columns make no tally either.
    part = [{name: row[name] if name in kept else "" for name in row} for row in every if row["ano"] in years]
    rifle = {"of": "counts", "what": "arma de fogo: fuzil"}
    asked: list[tuple[str, dict[str, str]]] = [
        ("shares.by", {"of": "counts"}), ("shares.by", {**rifle, "since": "2018-01-01", "until": "2018-12-31", "by": "area"}),
        ("shares.by", {"of": "counts", "what": "simulacro: fuzil"}), ("counts.burst", rifle)]
    whole, rifles, replicas, months = of_case(written(tmp_path / "seizures.csv", part), tmp_path / "case", *asked)
    assert "arma de fogo, total" not in counts(whole.result.more["groups"])
    assert any("left out: sums of other counts" in said for said in whole.fed.told)
    assert rifles.result.more["counted"] == 493
    assert replicas.fed.rests_on == sum(row["simulacro_fuzil"] != "" for row in part) < len(part)
    assert months.result.refused or not months.result.warnings
