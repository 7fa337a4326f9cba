"""Make the vocabulary of countries from Unicode CLDR, with the former states of ISO 3166-3.

    python scripts/make_countries.py src/headstamp/vocab/data

Names in ten languages and the alpha-3 codes come from CLDR as babel carries it, so that a
crate marked "Болгария" and a form saying "BGR" meet in one code. Former states are written
out here: half of all recovered arms were made in a country that no longer exists, and CLDR
does not name them.

Numeric codes are left out on purpose: a slipped spreadsheet column holding a quantity of 250
must not become France. A name that two countries share in different languages is given to
neither, unless it is the English label of one of them.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import defaultdict
from pathlib import Path

import babel
from babel.core import Locale, get_global

from headstamp.vocab import fold

LANGUAGES = ("fr", "es", "pt", "de", "ru", "uk", "ar", "tr", "fa", "zh")

# Two-letter keys of CLDR that are not countries of ISO 3166-1.
NOT_COUNTRIES = {
    "AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ",
}

# Words that one language gives to one country and a field note may mean for another.
AMBIGUOUS = {"congo", "kongo", "конго", "الكونغو", "korea", "virgin islands"}

# Names met on papers and markings that CLDR's main forms do not give.
OTHER_NAMES: dict[str, tuple[str, ...]] = {
    "AE": ("UAE", "U.A.E.", "Emirates"),
    "BA": ("Bosnia", "BiH", "Bosna i Hercegovina"),
    "BG": ("България",),
    "BN": ("Brunei Darussalam",),
    "BO": ("Bolivia, Plurinational State of", "Plurinational State of Bolivia"),
    "BY": ("Byelorussia", "Belorussia", "Белоруссия"),
    "CD": ("DRC", "DR Congo", "D.R. Congo", "Democratic Republic of the Congo",
           "Democratic Republic of Congo", "Congo, Democratic Republic of the",
           "Congo (Kinshasa)", "RDC", "République démocratique du Congo"),
    "CG": ("Republic of the Congo", "Congo, Republic of the", "Congo (Brazzaville)",
           "République du Congo"),
    "CI": ("Ivory Coast",),
    "CN": ("PRC", "P.R.C.", "People's Republic of China", "P.R. China", "PR China",
           "China, People's Republic of", "Mainland China", "КНР"),
    "CV": ("Cabo Verde",),
    "CZ": ("Czech Republic", "Česko", "Česká republika"),
    "DE": ("Federal Republic of Germany", "West Germany", "FRG", "BRD", "ФРГ"),
    "FK": ("Falkland Islands (Malvinas)", "Malvinas"),
    "FM": ("Micronesia, Federated States of", "Federated States of Micronesia"),
    "GB": ("UK", "U.K.", "Great Britain", "Britain", "England", "Scotland", "Wales",
           "Northern Ireland", "United Kingdom of Great Britain and Northern Ireland",
           "Angleterre", "Inglaterra", "Англия", "Англія", "Великобритания"),
    "GM": ("The Gambia",),
    "HK": ("Hong Kong",),
    "HR": ("Hrvatska",),
    "IR": ("Iran, Islamic Republic of", "Iran (Islamic Republic of)", "Islamic Republic of Iran",
           "IRI", "I.R. Iran"),
    "KG": ("Kyrgyz Republic",),
    "KP": ("DPRK", "D.P.R.K.", "Korea, Democratic People's Republic of", "Korea, North",
           "Democratic People's Republic of Korea", "КНДР"),
    "KR": ("Republic of Korea", "Korea, Republic of", "Korea, South", "ROK", "Korea (Republic of)"),
    "LA": ("Lao People's Democratic Republic", "Lao PDR"),
    "LY": ("Libyan Arab Jamahiriya",),
    "MD": ("Moldova, Republic of", "Republic of Moldova", "Moldavia"),
    "MK": ("Macedonia", "FYROM", "The former Yugoslav Republic of Macedonia",
           "Republic of North Macedonia"),
    "MM": ("Burma", "Birmanie", "Бирма"),
    "MO": ("Macao", "Macau"),
    "NL": ("Holland", "The Netherlands", "Голландия"),
    "PL": ("Polska",),
    "BQ": ("Bonaire, Sint Eustatius and Saba", "Bonaire, Saint Eustatius and Saba"),
    "CC": ("Cocos Islands", "Keeling Islands"),
    "GS": ("South Georgia and the South Sandwich Islands",),
    "HM": ("Heard Island and McDonald Islands",),
    "PN": ("Pitcairn",),
    "UM": ("United States Minor Outlying Islands",),
    "VC": ("Saint Vincent and the Grenadines",),
    "PS": ("Palestine", "Palestinian Territory", "Occupied Palestinian Territory", "Palestine, State of", "State of Palestine", "West Bank and Gaza"),
    "RO": ("Rumania", "Roumania", "România"),
    "RS": ("Srbija", "Србија"),
    "RU": ("Russian Federation", "Российская Федерация", "Російська Федерація", "РФ"),
    "SA": ("KSA", "Kingdom of Saudi Arabia"),
    "SK": ("Slovak Republic", "Slovensko"),
    "SY": ("Syrian Arab Republic",),
    "SZ": ("Swaziland",),
    "TL": ("East Timor",),
    "TR": ("Turkey", "Turkiye", "Republic of Türkiye"),
    "TW": ("Taiwan, Province of China", "Republic of China", "Chinese Taipei"),
    "TZ": ("United Republic of Tanzania", "Tanzania, United Republic of"),
    "US": ("U.S.", "U.S.A.", "USA", "United States of America", "America", "США", "EE.UU.",
           "EE. UU.", "EUA", "États-Unis d'Amérique"),
    "VA": ("Holy See", "Vatican"),
    "VE": ("Venezuela, Bolivarian Republic of", "Venezuela (Bolivarian Republic of)"),
    "VN": ("Viet Nam", "Socialist Republic of Vietnam"),
    "XK": ("Republic of Kosovo", "Kosova", "XKX"),
}

# ISO 3166-3: code, label, years as a state or territory under that name and code, other names.
# The old alpha-2 is a synonym only where it was never given to anybody else.
FORMER: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("SUHH", "Soviet Union", "1922-1991; code withdrawn 1992; followed by 15 states",
     ("SU", "SUN", "USSR", "U.S.S.R.", "Union of Soviet Socialist Republics", "URSS",
      "Union soviétique", "Unión Soviética", "União Soviética", "Sowjetunion", "UdSSR", "СССР",
      "Советский Союз", "СРСР", "Радянський Союз", "الاتحاد السوفيتي", "الاتحاد السوفياتي",
      "Sovyetler Birliği", "苏联")),
    ("YUCS", "Yugoslavia", "1918-2003 (from 1992 Serbia and Montenegro alone); withdrawn 2003",
     ("YU", "YUG", "SFRY", "SFRJ", "Federal Republic of Yugoslavia", "FRY",
      "Socialist Federal Republic of Yugoslavia", "Yougoslavie", "Jugoslavija", "Југославија",
      "Iugoslávia", "Jugoslávia", "Jugoslawien", "Югославия", "Югославія", "يوغوسلافيا",
      "Yugoslavya", "СФРЮ")),
    ("CSHH", "Czechoslovakia", "1918-1992; code withdrawn 1993; followed by CZ and SK",
     ("CSK", "CSSR", "ČSSR", "ČSR", "ČSFR", "Československo", "Czecho-Slovakia",
      "Tchécoslovaquie", "Checoslovaquia", "Checoslováquia", "Tchecoslováquia",
      "Tschechoslowakei", "Чехословакия", "Чехословаччина", "تشيكوسلوفاكيا", "Çekoslovakya",
      "ЧССР")),
    ("DDDE", "German Democratic Republic", "1949-1990; code withdrawn 1990; now part of DE",
     ("DD", "DDR", "GDR", "East Germany", "Deutsche Demokratische Republik", "RDA",
      "République démocratique allemande", "Allemagne de l'Est", "Alemania Oriental",
      "Alemania del Este", "República Democrática Alemana", "Alemanha Oriental", "ГДР", "НДР",
      "Восточная Германия", "Східна Німеччина", "ألمانيا الشرقية", "Doğu Almanya")),
    ("CSXX", "Serbia and Montenegro", "2003-2006; followed by RS and ME",
     ("SCG", "Srbija i Crna Gora", "Serbie-et-Monténégro", "Serbia y Montenegro",
      "Сербия и Черногория", "Сербія і Чорногорія")),
    ("BYAA", "Byelorussian SSR", "to 1992; now BY", ("BYS", "Белорусская ССР", "БССР")),
    ("VDVN", "Viet-Nam, Democratic Republic of", "1945-1976; withdrawn 1977; now VN",
     ("VD", "VDR", "North Vietnam", "Democratic Republic of Vietnam")),
    ("YDYE", "Yemen, Democratic", "1967-1990; now YE",
     ("YD", "YMD", "South Yemen", "Democratic Yemen", "People's Democratic Republic of Yemen",
      "PDRY", "Yémen du Sud", "اليمن الجنوبي")),
    ("ZRCD", "Zaire", "1971-1997; now CD", ("ZR", "ZAR", "Zaïre", "Republic of Zaire", "Заир")),
    ("RHZW", "Southern Rhodesia", "to 1980; now ZW", ("RH", "RHO", "Rhodesia", "Rhodésie")),
    ("BUMM", "Burma (before 1989)", "to 1989; now MM", ("BU", "BUR")),
    ("DYBJ", "Dahomey", "to 1975; withdrawn 1977; now BJ", ("DY", "DHY")),
    ("HVBF", "Upper Volta", "to 1984; now BF", ("HV", "HVO", "Haute-Volta", "Alto Volta")),
    ("TPTL", "East Timor (before 2002)", "to 2002; now TL", ("TP", "TMP")),
    ("ANHH", "Netherlands Antilles", "to 2010; followed by BQ, CW and SX", ("AN", "ANT")),
    ("NTHH", "Neutral Zone (Iraq and Saudi Arabia)", "withdrawn 1993; now IQ and SA",
     ("NT", "NTZ")),
    ("AIDJ", "French Afars and Issas", "to 1977; now DJ", ("AFI",)),
    ("FXFR", "France, Metropolitan", "withdrawn 1997; part of FR",
     ("FX", "FXX", "Metropolitan France")),
    ("GEHH", "Gilbert and Ellice Islands", "to 1979; followed by KI and TV", ("GEL",)),
    ("NHVU", "New Hebrides", "to 1980; now VU", ("NH", "NHB")),
    ("PZPA", "Panama Canal Zone", "to 1979; withdrawn 1980; now PA", ("PZ", "PCZ")),
    ("SKIN", "Sikkim", "to 1975; now IN", ("SKM",)),
    ("PCHH", "Pacific Islands (Trust Territory)", "to 1986; followed by FM, MH, MP and PW",
     ("PCI",)),
    ("BQAQ", "British Antarctic Territory", "withdrawn 1979; now AQ", ()),
    ("FQHH", "French Southern and Antarctic Territories", "withdrawn 1979; now AQ and TF", ()),
    ("NQAQ", "Dronning Maud Land", "withdrawn 1983; now AQ", ("NQ",)),
    ("CTKI", "Canton and Enderbury Islands", "withdrawn 1984; now KI", ("CT", "CTE")),
    ("JTUM", "Johnston Island", "withdrawn 1986; now UM", ("JT", "JTN")),
    ("MIUM", "Midway Islands", "withdrawn 1986; now UM", ("MI",)),
    ("PUUM", "US Miscellaneous Pacific Islands", "withdrawn 1986; now UM", ("PU", "PUS")),
    ("WKUM", "Wake Island", "withdrawn 1986; now UM", ("WK", "WAK")),
)

HEAD = '''title = "Countries and former states"
note = "ISO 3166-1 alpha-2 codes (and XK, user-assigned); former states by ISO 3166-3 alpha-4."
source = "Names and alpha-3 codes: Unicode CLDR as carried by babel {version} (en, {languages}). \
Former states: ISO 3166-3, with their common names. Made by scripts/make_countries.py"
licence = "Unicode-3.0 (CLDR); former states and other names: as the project"
open = true
'''


def alpha3() -> dict[str, list[str]]:
    """Alpha-3 codes by alpha-2, from CLDR's territory aliases, without those of former states."""
    former = {word for _, _, _, words in FORMER for word in words}
    found: dict[str, list[str]] = defaultdict(list)
    for old, new in get_global("territory_aliases").items():
        if re.fullmatch(r"[A-Z]{3}", old) and len(new) == 1 and old not in former:
            found[new[0]].append(old)
    return found


def spelled_out(label: str) -> list[str]:
    """The label with "and" and "Saint" written in full."""
    full = label.replace("&", "and")
    return [full, full.replace("St. ", "Saint ")]


def rows() -> list[tuple[str, str, str, list[str]]]:
    """Code, label, note and synonyms of every country, present ones first."""
    english = {str(code): str(label) for code, label in Locale("en").territories.items()}
    codes = sorted(c for c in english if re.fullmatch(r"[A-Z]{2}", c) and c not in NOT_COUNTRIES)
    three = alpha3()
    told: list[tuple[str, str, str, list[str]]] = []
    for code in codes:
        words = [*three[code], *spelled_out(english[code])]
        words += OTHER_NAMES.get(code, ())
        words += [str(Locale(lang).territories.get(code, "")) for lang in LANGUAGES]
        note = "user-assigned code" if code == "XK" else ""
        told.append((code, english[code], note, words))
    told += [(code, label, f"former: {years}", list(words)) for code, label, years, words in FORMER]
    return told


def main(folder: Path) -> None:
    table = rows()
    labels = {fold(word): code for code, label, _, _ in table for word in (code, label)}
    claims: dict[str, set[str]] = defaultdict(set)
    for code, _, _, words in table:
        for word in words:
            claims[fold(word)].add(code)
    with (folder / "countries.csv").open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(("code", "label", "note", "synonyms"))
        for code, label, note, words in table:
            kept: dict[str, str] = {}
            for word in words:
                key = fold(word)
                if not key or key in AMBIGUOUS or key in (fold(label), fold(code)):
                    continue
                if labels.get(key, code) != code or len(claims[key]) > 1:
                    print(f"{code}: left out {word!r}, also {labels.get(key) or claims[key]}")
                    continue
                kept.setdefault(key, word)
            lines.writerow((code, label, note, "|".join(kept.values())))
    head = HEAD.format(version=babel.__version__, languages=", ".join(LANGUAGES))
    (folder / "countries.toml").write_text(head, encoding="utf-8")
    print(f"{len(table)} countries")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
