"""Text tables: what is printed in the file is what comes out."""

from __future__ import annotations

import csv
import gzip
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.errors import Invalid, Missing, Problem, Unreadable
from headstamp.intake.limits import Limits
from headstamp.intake.table import Row, Table, open_table

LATIN = "numéro;modèle;saisi à\n1;fusil à répétition;près de la frontière\n2;pistolet;été 2012\n"
CYRILLIC = (
    "серийный номер;калибр;место изъятия\nАК-74М;5,45х39;Донецкая область, склад\n"
    "ПМ;9х18;Киев, улица Крещатик\nРПК;7,62;Харьков, вокзал\n"
)
ARABIC = "رقم القطعة;العيار;المكان\nبندقية;7.62;الموصل\nمسدس;9;مخزن في تكريت\nذخيرة;12.7;بغداد\n"
CHINESE = "编号;口径;地点\n甲;步枪;北京\n乙;手枪;上海仓库\n丙;子弹;广州港口\n"
TRADITIONAL = "編號;口徑;地點\n甲;步槍;台北\n乙;手槍;高雄倉庫\n丙;彈藥;臺中港口發現\n"
JAPANESE = "番号;口径;場所\n一;小銃;東京の倉庫で発見された\n二;拳銃;大阪のみなと\n"


def write(folder: Path, data: str | bytes, name: str = "finds.csv") -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def cells(table: Table) -> list[tuple[str | None, ...]]:
    """All rows' cells; fails on a Problem."""
    found = []
    for row in table.rows():
        assert isinstance(row, Row), row
        found.append(row.cells)
    return found


def as_cells(text: str) -> list[tuple[str | None, ...]]:
    return [tuple(c or None for c in line.split(";")) for line in text.splitlines()[1:]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [LATIN, CYRILLIC, ARABIC, CHINESE], ids=["fr", "ru", "ar", "zh"])
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
def test_every_delimiter_in_every_unicode_encoding(
    tmp_path: Path, delimiter: str, encoding: str, text: str, packed: bool
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows(line.split(";") for line in text.splitlines())
    data = out.getvalue().encode(encoding)
    table = open_table(write(tmp_path, gzip.compress(data) if packed else data, "finds.bin"))
    assert table.delimiter == delimiter
    assert table.columns == text.splitlines()[0].split(";")
    assert cells(table) == as_cells(text)
    assert table.progress() == 1.0


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (LATIN, "cp1252"),
        (LATIN, "latin_1"),
        (LATIN, "cp437"),
        (CYRILLIC, "cp1251"),
        (CYRILLIC, "koi8_r"),
        (CYRILLIC, "cp866"),
        (ARABIC, "cp1256"),
        (CHINESE, "gb18030"),
        (TRADITIONAL, "big5"),
        (JAPANESE, "shift_jis"),
    ],
)
def test_older_encodings_are_guessed_with_doubt(tmp_path: Path, text: str, encoding: str) -> None:
    table = open_table(write(tmp_path, text.encode(encoding)))
    assert cells(table) == as_cells(text)
    assert "encoding guessed" in table.notes[0]
    assert "would fit too" in table.notes[0] or str(table.encoding) in table.notes[0]
    named = open_table(write(tmp_path, text.encode(encoding)), encoding=encoding)
    assert cells(named) == as_cells(text)
    assert not any("guessed" in note for note in named.notes)


def test_the_first_accent_may_come_late(tmp_path: Path) -> None:
    lines = "serial,place\n" + "XK1,Mosul\n" * 150_000
    table = open_table(
        write(tmp_path, lines.encode() + "XK2,Côte d'Ivoire, été\n".encode("cp1252"))
    )
    assert table.encoding == "cp1252"
    table = open_table(write(tmp_path, (lines + "XK2,Côte d'Ivoire\n").encode()))
    assert table.encoding == "utf-8"
    assert cells(table)[-1] == ("XK2", "Côte d'Ivoire")


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12),
            min_size=3,
            max_size=3,
        ).filter(any),
        max_size=12,
    ),
    delimiter=st.sampled_from(",;\t|"),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_what_csv_writes_is_what_we_read(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    delimiter: str,
    line_end: str,
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerows([["serial", "calibre", "place"], *rows])
    path = tmp_path_factory.mktemp("round") / "finds.csv"
    path.write_bytes(out.getvalue().encode())
    table = open_table(path, encoding="utf-8", delimiter=delimiter)
    assert cells(table) == [tuple(cell or None for cell in row) for row in rows]


def test_nothing_is_stripped_or_altered(tmp_path: Path) -> None:
    table = open_table(write(tmp_path, 'a,b\n  007 ,"1,50"\n=1+1,\u202e07-85\u202c\n'))
    assert cells(table) == [("  007 ", "1,50"), ("=1+1", "\u202e07-85\u202c")]


def test_column_names_are_made_unique(tmp_path: Path) -> None:
    table = open_table(write(tmp_path, "a,,a, a,column 2,a\n1,2,3,4,5,6\n"))
    assert table.columns == ["a", "column 2 (2)", "a (2)", " a", "column 2", "a (3)"]


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    table = open_table(write(tmp_path, "\n\na,b\n\n1,2\n,\n3,4\n"))
    assert [row.number for row in table.rows() if isinstance(row, Row)] == [2, 4]
    assert "blank rows skipped: 2" in table.notes


def test_short_rows_are_padded_long_ones_refused(tmp_path: Path) -> None:
    found = list(open_table(write(tmp_path, "a,b,c\n1\n1,2,3,,\n1,2,3,4\n5,6,7\n")).rows())
    assert found[0] == Row(1, ("1", None, None))
    assert found[1] == Row(2, ("1", "2", "3"))
    assert isinstance(found[2], Problem)
    assert (found[2].row, found[2].file) == (3, "finds.csv")
    assert found[3] == Row(4, ("5", "6", "7"))


def test_title_lines_and_descriptions_are_passed_over(tmp_path: Path) -> None:
    path = write(tmp_path, "List of finds,,\n\nserial,calibre,place\nno.,mm,town\nXK1,9,Kidal\n")
    for table in (
        open_table(path, skip_rows=1, skip_after_header=1),
        open_table(path, header_row=3, skip_after_header=1),
    ):
        assert table.columns == ["serial", "calibre", "place"]
        assert list(table.rows()) == [Row(2, ("XK1", "9", "Kidal"))]
    with pytest.raises(Unreadable, match="blank"):
        open_table(path, header_row=2)
    with pytest.raises(Unreadable, match="no header"):
        open_table(path, header_row=20)


def test_excels_own_delimiter_line(tmp_path: Path) -> None:
    table = open_table(write(tmp_path, "sep=|\r\na|b,c\r\n1|2,5\r\n"))
    assert table.columns == ["a", "b,c"]
    assert cells(table) == [("1", "2,5")]


def test_delimiter_is_the_one_rows_agree_on(tmp_path: Path) -> None:
    table = open_table(write(tmp_path, "serial;price\n1;2,50\n2;3,75\n3;1,25\n"))
    assert table.delimiter == ";"
    table = open_table(write(tmp_path, 'a,b\n"x; y; z",1\n"p; q; r",2\n'))
    assert table.delimiter == ","
    table = open_table(write(tmp_path, "serial\nXK1\nXK2\n"))
    assert cells(table) == [("XK1",), ("XK2",)]
    assert "no delimiter found: read as one column" in table.notes


def test_quotes_as_plain_characters_are_noticed(tmp_path: Path) -> None:
    text = "a\tb\n" + '"Grad" rocket\t1\n"Uragan" rocket\t2\n"Smerch" rocket\t3\n'
    table = open_table(write(tmp_path, text))
    assert cells(table)[0] == ('"Grad" rocket', "1")
    assert "quotes are ordinary characters in this file" in table.notes
    table = open_table(write(tmp_path, 'a, "b"\n1, "x, y"\n2, "z, w"\n'))
    assert cells(table) == [("1", "x, y"), ("2", "z, w")]


def test_a_bad_quote_costs_its_row_only(tmp_path: Path) -> None:
    text = 'a,b\n1,"x\n2,y\n3,"p "q" r"\n4,"multi\nline"\n5,z\n'
    found = list(open_table(write(tmp_path, text)).rows())
    rows = [row.cells for row in found if isinstance(row, Row)]
    problems = [row for row in found if isinstance(row, Problem)]
    assert rows == [("2", "y"), ("4", "multi\nline"), ("5", "z")]
    assert [problem.row for problem in problems] == [1, 3]


def test_the_rest_of_a_broken_row_never_passes_for_a_row(tmp_path: Path) -> None:
    text = 'a,b,c\n1,"first\nsecond\nthird" x,z\n2,3,4\n'
    found = list(open_table(write(tmp_path, text)).rows())
    assert [row.cells for row in found if isinstance(row, Row)] == [("2", "3", "4")]
    assert sum("broken by a quote" in str(row) for row in found) == 1 + 1


def test_quotes_broken_everywhere_end_in_a_refusal_not_in_hours(tmp_path: Path) -> None:
    line = 'a",",\n'
    text = "a,b,c\n" + '"x",y,z\n' * 3 + line * 5_000
    table = open_table(
        write(tmp_path, text), limits=Limits(row_characters=600, reread_characters=9_000)
    )
    with pytest.raises(Unreadable, match="reread_characters"):
        list(table.rows())


def test_limits_are_named_and_can_be_raised(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b\n" + "1,2\n" * 50)
    with pytest.raises(Unreadable, match="`rows`"):
        list(open_table(path, limits=Limits(rows=49)).rows())
    assert len(list(open_table(path, limits=Limits(rows=50)).rows())) == 50
    with pytest.raises(Unreadable, match="`file_bytes`"):
        open_table(path, limits=Limits(file_bytes=10))
    with pytest.raises(Unreadable, match="`columns`"):
        open_table(path, limits=Limits(columns=1))
    path = write(tmp_path, "a,b\n1,23\n4,5\n")
    first, second = open_table(path, limits=Limits(cell_characters=1)).rows()
    assert isinstance(first, Problem)
    assert "`cell_characters`" in first.rule
    assert first.field == "b"
    assert second == Row(2, ("4", "5"))


def test_rows_can_be_read_twice_and_left_early(tmp_path: Path) -> None:
    table = open_table(write(tmp_path, "a,b\n1,2\n3,4\n"))
    assert next(table.rows()) == Row(1, ("1", "2"))
    assert len(list(table.rows())) == 2
    with table:
        assert len(list(table.rows())) == 2


def test_questions_that_make_no_sense(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b\n1,2\n")
    with pytest.raises(Missing):
        open_table(tmp_path / "nothing.csv")
    with pytest.raises(Unreadable, match="ordinary file"):
        open_table(tmp_path)
    with pytest.raises(Invalid):
        open_table(path, delimiter=";;")
    with pytest.raises(Invalid):
        open_table(path, encoding="klingon")
    with pytest.raises(Invalid):
        open_table(path, encoding="base64")
    with pytest.raises(Invalid):
        open_table(path, header_row=0)
    with pytest.raises((Missing, Unreadable)):
        open_table("nul\x00in name")


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        path = write(tmp_path, "a,b,c\n" + "XK1,7.62x39,Kidal\n" * rows)
        tracemalloc.start()
        for _ in open_table(path).rows():
            pass
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    assert peak(300_000) < peak(100_000) * 1.5
