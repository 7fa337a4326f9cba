"""Files in which words stand that are to be erased: found in every form, and never read for ever."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from headstamp.records import Bundle, Device, Document, Item, Note, Photograph
from headstamp.store import file_traces as searched
from headstamp.store.case import Case
from headstamp.store.erased import WHOLE
from headstamp.store.traces import traces_of

NAME = "Côte & Fils \N{CYRILLIC CAPITAL LETTER BE}"
PLAIN = "Xq7KANARIE9zw"
ITEM = "item-0000000a"


def packed(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/other.xml", b"nothing")
        archive.writestr("xl/sharedStrings.xml", content)
    return out.getvalue()


SAYING = {
    "plain": f"a,{PLAIN},b".encode(), "small": PLAIN.lower().encode(), "utf-16": f"a {PLAIN}".encode("utf-16"),
    "late": b"x" * (5 << 20) + PLAIN.encode(), "parted": b"x" * ((4 << 20) - 5) + PLAIN.encode(),
    "packed": packed(f"<t>{PLAIN}</t>".encode()), "sealed": b"age-encryption.org/v1\nanything",
    "locked": b"PK\x03\x04 no archive", "escaped": packed(NAME.replace("&", "&amp;").encode()),
    "quoted": f'"say ""{NAME}"""'.encode(), "old table": "БОРИСОВ".encode("cp1251"),
}
SILENT = {"other": b"nothing of it", "empty": b"", "archive": packed(b"nothing"), "half": PLAIN[:-1].encode()}


@pytest.fixture
def case(tmp_path: Path):  # type: ignore[no-untyped-def]
    with Case.create(tmp_path / "case") as made:
        with made.change(actor="Ann", reason="seen") as change:
            change.put(Item.build(id=ITEM, make=PLAIN, model=NAME, remark="Борисов\nfirst", tag="no"))
            for n, (name, content) in enumerate({**SAYING, **SILENT}.items()):
                kept = change.file(content)
                change.put(Document.build(id=f"doc-{n:04}aaaa", title=name, digest=kept.digest))
        yield made


def test_every_form_is_found_and_nothing_else(case: Case) -> None:
    found = traces_of(case, ITEM, WHOLE)
    labels = case.read("sealed").labels(list(found.files))
    assert {labels[one] for one in found.files} == set(SAYING)
    assert (found.records, found.refused, found.others) == ((), (), ())
    assert traces_of(case, ITEM, frozenset({"tag"})).files == ()


def test_photographs_are_not_read_and_what_no_record_names_is_told_by_its_digest(case: Case) -> None:
    with case.change(actor="Ann", reason="seen") as change:
        change.put(Item.build(id="item-0000000b", make="Another word"))
        picture = change.file(b"Another word in a picture")
        change.put(Photograph.build(id="photo-0000000a", digest=picture.digest))
        change.put(Device.build(id="dev-0000000a", title="Laptop", key="headstamp.local/ab+00000000+AAAA"))
        bundle = change.file(b"Another word in a bundle that was put aside")
        change.put(Bundle.build(id="bndl-0000000a", device="dev-0000000a", direction="taken", size=1,
                                bundle_state="quarantined", sum="0" * 64, digest=bundle.digest))
        alone = change.file(b"Another word that nobody names")
    assert set(traces_of(case, "item-0000000b", WHOLE).files) == {"bndl-0000000a", alone.digest, *(
        f"doc-{n:04}aaaa" for n, name in enumerate(SAYING) if name in ("sealed", "locked"))}


def test_refused_rows_uploads_and_strays_are_found(case: Case) -> None:
    case.working.write("imports", "finds-problems.csv", f"tag,{PLAIN}".encode())
    case.working.write("imports", "others-problems.csv", b"tag,other")
    case.working.write("imports/waiting/ab", "up.csv", PLAIN.encode())
    for name in ("report.html", ".taking-x/data/records.jsonl", "letters/terms.toml", "derived/reports/report.csv"):
        (case.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (case.folder / name).write_text(PLAIN, encoding="utf-8")
    found = traces_of(case, ITEM, frozenset({"make"}))
    assert found.refused == ("finds-problems.csv", "waiting/ab/up.csv")
    assert set(found.others) == {"report.html", ".taking-x/data/records.jsonl", "letters/terms.toml"}
    # A make is that of others too: rows of theirs do not go with one record.
    whole = traces_of(case, ITEM, WHOLE)
    assert (whole.refused, set(whole.others) - set(found.others)) == (
        (), {"imports/finds-problems.csv", "imports/waiting/ab/up.csv"})


def test_an_archive_that_unpacks_for_ever_is_named_and_left(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searched, "_MOST_UNPACKED", 1 << 20)
    with case.change(actor="Ann", reason="seen") as change:
        kept = change.file(packed(bytes(8 << 20)))
        change.put(Document.build(id="doc-bomb0000", title="bomb", digest=kept.digest))
    assert "doc-bomb0000" in traces_of(case, ITEM, WHOLE).files
    monkeypatch.setattr(searched, "_MOST_UNPACKED", 64 << 20)
    assert "doc-bomb0000" not in traces_of(case, ITEM, WHOLE).files


def test_words_that_stand_everywhere_do_not_hide_the_others(case: Case) -> None:
    with case.change(actor="Ann", reason="seen") as change:
        change.put_many([Item.build(id=f"item-{n:04}many", make="Common Works") for n in range(60)])
        change.put(Item.build(id="item-0000000b", make="Common Works", remark="told by a source"))
        change.put(Note.build(id="note-0000000a", about=ITEM, text="Told by a SOURCE, they say"))
    found = traces_of(case, "item-0000000b", WHOLE)
    assert (found.records, found.common) == (("note-0000000a",), ("make",))


def test_hidden_records_make_no_word_common_and_no_file_unnamed(case: Case) -> None:
    with case.change(actor="Ann", reason="seen") as change:
        change.put_many([Item.build(id=f"item-{n:04}seen", make="Common Works", tier="partner") for n in range(30)])
        change.put(Item.build(id="item-0000000b", make="Common Works", tier="partner"))
        kept = change.file(b"of Common Works")
        change.put(Document.build(id="doc-hidden00", title="h", digest=kept.digest, tier="sealed"))
        change.put(Document.build(id="doc-open0000", title="o", digest=kept.digest, tier="partner"))
    before = traces_of(case, "item-0000000b", WHOLE, "partner")
    assert len(before.records) == 30 and before.common == () and "doc-open0000" in before.files
    with case.change(actor="Ann", reason="seen") as change:
        change.put_many([Item.build(id=f"item-{n:04}hide", make="Common Works", tier="sealed") for n in range(30)])
    assert traces_of(case, "item-0000000b", WHOLE, "partner") == before
    assert traces_of(case, "item-0000000b", WHOLE).common == ("make",)
