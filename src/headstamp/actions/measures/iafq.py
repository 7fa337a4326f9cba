"""Writing the yearly tables on illicit arms of a case to a workbook."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headstamp.actions.whole_file import write_whole
from headstamp.errors import Invalid, Problem
from headstamp.kinds.country import COUNTRY
from headstamp.kinds.kind import Unfit
from headstamp.publish.iafq import Tables, gather, sheets
from headstamp.publish.iafq_classes import read_classes
from headstamp.publish.sheets import workbook
from headstamp.publish.standing import standing
from headstamp.store.case import Case


@dataclass(frozen=True, slots=True)
class Written:
    """Where the tables went, their bytes, and what they say."""

    path: Path
    size: int
    tables: Tables

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"file": str(self.path), "bytes": self.size, **self.tables.as_dict()}


def read_iafq(case: Case, year: int, *, clearance: str, country: str = "", classes: Path | None = None) -> Tables:
    """The tables of a year as one clearance sees them. Raises Invalid; Tampered where they do not add up."""
    country = _checked(year, country)
    known = read_classes(classes)
    with standing(case, clearance) as (stands, reader):
        return gather(reader, stands, known, year, country)


def iafq_bytes(told: Tables) -> bytes:
    """The workbook: from the same checkpoint and clearance the same bytes."""
    return workbook(sheets(told), told.stands.at)


def write_iafq(
    case: Case, path: Path, year: int, *, clearance: str, country: str = "", classes: Path | None = None,
) -> Written:
    """Writes the tables as XLSX, whole or not at all. Raises Invalid, Tampered, Unavailable."""
    if path.suffix.lower() != ".xlsx":
        raise Invalid(f"the tables are written as .xlsx; for instance: {path.with_suffix('.xlsx').name}")
    told = read_iafq(case, year, clearance=clearance, country=country, classes=classes)
    content = iafq_bytes(told)
    write_whole(path, content, "the tables")
    return Written(path, len(content), told)


def _checked(year: int, country: str) -> str:
    problems = []
    if not 1900 <= year <= 2200:
        problems.append(Problem("not a year", "Write it with four digits.", "year", str(year)))
    if country:
        try:
            country = COUNTRY.clean(country)
        except Unfit as error:
            problems.append(Problem(error.rule, error.advice, "country", country))
        else:
            if len(country) != 2:  # kept as written: no country that the list knows
                problems.append(Problem("no country that is known", "Give its code of two letters.", "country", country))
    if problems:
        raise Invalid("the tables cannot be asked for so", problems)
    return country
