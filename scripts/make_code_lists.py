"""Make the long code lists from openly licensed tables.

    python scripts/make_code_lists.py REFERENCE_FOLDER src/headstamp/vocab/data

The reference folder holds the tables as fetched from the sources each list names. What is put
right on the way is written in the list's own note, so that a reader who compares it with the
source finds the difference explained.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from headstamp.vocab import fold

Row = tuple[str, str, str, str]

HIGH_PRIORITY: dict[str, str] = {
    "1": "854231 854232 854233 854239",
    "2": "851762 852691 853221 853224 854800",
    "3.A": "847150 850440 851769 852589 852910 852990 853669 853690 854110 854121 854129 854130 "
    "854149 854151 854159 854160",
    "3.B": "848210 848220 848230 848250 880730 901310 901380 901420 901480",
    "4.A": "847180 848610 848620 848640 853400 854320 902750 903020 903032 903039 903082",
    "4.B": "845710 845811 845891 845961 846693",
}


def table_text(rows: Iterable[Row]) -> str:
    out = io.StringIO(newline="")
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(("code", "label", "note", "synonyms"))
    lines.writerows(rows)
    return out.getvalue()


def read(path: Path) -> list[dict[str, str]]:
    packed = path.read_bytes()
    plain = gzip.decompress(packed) if path.suffix == ".gz" else packed
    return list(csv.DictReader(io.StringIO(plain.decode("utf-8"), newline="")))


def write(folder: Path, name: str, rows: list[Row], head: dict[str, str], pack: bool) -> None:
    text = table_text(rows).encode("utf-8")
    if pack:
        # mtime 0: the same table always gives the same bytes.
        (folder / f"{name}.csv.gz").write_bytes(gzip.compress(text, 9, mtime=0))
    else:
        (folder / f"{name}.csv").write_bytes(text)
    lines = [f'{key} = "{value}"' for key, value in head.items()]
    closed = name in ("hs_2022", "common_high_priority")
    lines.append(f"open = {'false' if closed else 'true'}")
    (folder / f"{name}.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{name}: {len(rows)}")


def customs_codes(folder: Path) -> list[Row]:
    return [
        (row["hscode"], row["description"], f"section {row['section']}", "")
        for row in read(folder / "hs_2022.csv.gz")
        if row["hscode"].isdigit()
    ]


def high_priority(customs: list[Row]) -> list[Row]:
    titles = {code: label for code, label, _, _ in customs}
    return [
        (code, titles.get(code, code), f"tier {tier}", "")
        for tier, codes in HIGH_PRIORITY.items()
        for code in codes.split()
    ]


def cartridges(folder: Path) -> list[Row]:
    """One row per name; the standard bodies and classes that list it are in the note."""
    labels: dict[str, str] = {}
    where: dict[str, list[str]] = defaultdict(list)
    for row in read(folder / "cartridge_names.csv"):
        name, category, body = row["name"], row["category"], row["standard"]
        if not body:  # one row of the source lost its quoting: the class is inside the name
            inside, category, body = name.partition('"'), "rifle", category
            name = inside[0] + '"'
        # The source puts the inch sign of a shotshell at the end of its name.
        if category == "shotshell":
            name = name.rstrip('"')
        name = " ".join(name.split())
        code = fold(name.replace("+", " plus ")).replace(" ", "-")
        labels.setdefault(code, name)
        told = f"{category} ({body})"
        if told not in where[code]:
            where[code].append(told)
    # A short spelling that two cartridges would share is given to neither.
    spellings = {code: other_spellings(label) for code, label in labels.items()}
    claims = Counter(
        word for forms in spellings.values() for word in {fold(form) for form in forms}
    )
    return [
        (
            code, label, ", ".join(where[code]),
            "|".join(form for form in spellings[code] if claims[fold(form)] == 1),
        )
        for code, label in labels.items()
    ]


def other_spellings(label: str) -> list[str]:
    """The metric spellings in use beside the standard one ("7.62x39", "7.62×39mm")."""
    words = label.split(" ")
    if len(words) < 3 or words[1] != "x" or not words[2].isdigit():
        return []
    tail = "".join(f" {word}" for word in words[3:])
    joined = "".join(words[3:]) if len(words) == 4 and words[3] in ("R", "B", "SR") else ""
    forms = [
        form + rest
        for form in (f"{words[0]}x{words[2]}", f"{words[0]}×{words[2]}")
        for rest in (tail, f"mm{tail}", f" mm{tail}", joined, f"mm{joined}")
    ]
    forms.append(f"{words[0]} x {words[2]} mm{tail}")
    return [form for form in dict.fromkeys(forms) if fold(form) != fold(label)]


def vehicle_makers(folder: Path) -> list[Row]:
    return [(row["wmi"], row["maker"], "", "") for row in read(folder / "vin_wmi.csv")]


def sanctions(folder: Path) -> list[Row]:
    rows: list[Row] = []
    for row in read(folder / "sanctions_programmes.csv"):
        if not row["issuer"]:
            continue
        # Upstream gives cg (Congo-Brazzaville) for the regime of Security Council resolution
        # 1533, which is about the Democratic Republic of the Congo.
        territories = "cd" if row["key"] == "UN-SC1533" else row["target_territories"]
        told = (
            f"issuer: {row['issuer']}",
            f"territories: {territories.upper().replace(';', ' ')}",
            f"measures: {row['measures'].replace(';', ', ')}",
            f"arms measure: {row['arms_measure']}",
            f"url: {row['url']}",
        )
        rows.append((row["key"], row["title"], "; ".join(told), ""))
    return rows


def main(reference: Path, folder: Path) -> None:
    customs = customs_codes(reference)
    write(folder, "hs_2022", customs, {
        "title": "Harmonized System 2022, chapters, headings and subheadings",
        "source": "github.com/datasets/harmonized-system, commit 905e5a0",
        "licence": "ODC-PDDL-1.0",
    }, pack=True)
    write(folder, "common_high_priority", high_priority(customs), {
        "title": "Common High Priority List, February 2024",
        "note": "50 six-digit customs codes by tier of concern, as of February 2024. A code says "
        "what kind of good it is, not that this good is controlled or was diverted.",
        "source": "bis.gov Common High Priority List (February 2024); titles from hs_2022",
        "licence": "US government work, public domain; titles ODC-PDDL-1.0",
    }, pack=False)
    write(folder, "cartridges", cartridges(reference), {
        "title": "Cartridge names by class and standard body",
        "note": "Names only. Spellings with x, × and mm are added; stray inch signs put right.",
        "source": "github.com/ammolytics/cartridges, commit 3448be2 (names by C.I.P. and SAAMI)",
        "licence": "MIT",
    }, pack=False)
    write(folder, "vin_makers", vehicle_makers(reference), {
        "title": "Vehicle makers by world manufacturer identifier",
        "note": "The first two or three characters of a VIN. Not complete, and a maker's code "
        "may have changed hands.",
        "source": "github.com/idlesign/vininfo, commit 123e7e6",
        "licence": "BSD-3-Clause",
    }, pack=False)
    write(folder, "sanctions_programmes", sanctions(reference), {
        "title": "Sanctions programmes in force at the date of the list",
        "note": "In force at the date of the list only, not history: no years are given, and a "
        "programme missing here may have been in force when the goods moved. Many programmes "
        "name no territory (ZZ: no single one). Put right here: UN-SC1533 concerns CD (Democratic "
        "Republic of the Congo); upstream says CG.",
        "source": "github.com/opensanctions/opensanctions, commit f33cff2, meta/programs",
        "licence": "MIT",
    }, pack=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
