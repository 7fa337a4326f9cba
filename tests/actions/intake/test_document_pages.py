"""Pages of documents: drawn once, kept beside the case, and only for who may see the file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.actions.intake.document_pages import FOLDER, is_paged, page_of, pages_of
from headstamp.errors import Missing, Unavailable, Unreadable
from headstamp.records import kind_named
from headstamp.store.case import Case
from tests.intake.pdfs import pages, paper
from tests.store.canaries import canary, in_files
from tests.store.encrypted import encrypted_case

WORD = canary(7)
# The word stands in the file as it is, and in its drawing.
LETTER = paper(b"", more={4: b"<< /Length 70 >>\nstream\nBT /F 40 Tf 90 700 Td (%s) Tj ET\nendstream" %
                          WORD.encode()})


def put(case: Case, data: bytes, **values: object) -> str:
    with case.change(actor="a", reason="r") as change:
        kept = change.file(data)
        document = kind_named("document").cls.build({
            "title": "Letter", "digest": kept.digest, "mime": "application/pdf", **values})
        change.put(document)
    return document.id


@pytest.fixture(params=["plain", "encrypted"])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    if request.param == "encrypted":
        if not hasattr(os, "memfd_create"):
            pytest.skip("needs files in memory")
        with encrypted_case(tmp_path / "case") as made:
            yield made
    else:
        with Case.create(tmp_path / "case") as made:
            yield made


def kept_in(case: Case) -> list[Path]:
    return [one for one in (case.folder / FOLDER).rglob("*") if one.is_file()]


def test_pages_are_drawn_once_and_kept(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    document = put(case, LETTER, original_name=f"{WORD}.pdf")
    reader = case.read("restricted")
    facts = pages_of(case, reader, reader.get(document))
    assert (facts.pages, facts.sizes) == (1, ((595.0, 842.0),))
    first = page_of(case, document, 1, clearance="restricted").read_bytes()
    small = page_of(case, document, 1, clearance="restricted", side=400).read_bytes()
    assert first.startswith(b"\xff\xd8\xff") and len(small) < len(first)
    assert len(kept_in(case)) == 3

    def never(*_: object, **__: object) -> object:
        raise AssertionError("it is there already")

    monkeypatch.setattr("headstamp.actions.intake.document_pages.read_pdf", never)
    monkeypatch.setattr("headstamp.actions.intake.document_pages.page_picture", never)
    assert page_of(case, document, 1, clearance="restricted").read_bytes() == first
    assert pages_of(case, reader, reader.get(document)) == facts
    if case.working.sealed:
        assert in_files(case.folder) == {}
        assert not [one for one in kept_in(case) if b"\xff\xd8\xff" in one.read_bytes()[:64]]
    else:
        assert in_files(case.folder)  # what was looked for would have been found


def test_what_is_kept_and_damaged_is_made_again(case: Case) -> None:
    document = put(case, pages(3))
    reader = case.read("restricted")
    facts = pages_of(case, reader, reader.get(document))
    (kept,) = kept_in(case)
    for damage in (b"", b"{", b"[1, 2]", b'{"pages": 3, "sizes": [[1]]}', os.urandom(200)):
        kept.write_bytes(damage)
        assert pages_of(case, reader, reader.get(document)) == facts
    assert page_of(case, document, 3, clearance="restricted").read_bytes()


def test_who_may_not_see_the_document_or_its_file_gets_no_page(case: Case) -> None:
    sealed = put(case, LETTER, tier="sealed")
    for _ in range(2):  # before and after it was drawn
        with pytest.raises(Missing) as hidden:
            page_of(case, sealed, 1, clearance="restricted")
        with pytest.raises(Missing) as nothing:
            page_of(case, "doc-nothere", 1, clearance="restricted")
        assert str(hidden.value).replace(sealed, "doc-nothere") == str(nothing.value)
        page_of(case, sealed, 1, clearance="sealed")
    without = put(case, pages(3), digest=None)
    with pytest.raises(Missing, match="no file"):
        page_of(case, without, 1, clearance="sealed")
    gone = put(case, pages(3), digest="0" * 64)
    with pytest.raises(Missing, match="not in the vault"):
        page_of(case, gone, 1, clearance="sealed")
    with case.change(actor="a", reason="r") as change:
        change.put(kind_named("item").cls.build({"id": "item-aaaa"}))
    with pytest.raises(Missing):
        page_of(case, "item-aaaa", 1, clearance="sealed")


def test_what_cannot_be_drawn_is_said_and_nothing_kept(case: Case) -> None:
    for data, why in ((b"%PDF-1.7 x", "damaged"), (b"<html>", "no PDF")):
        document = put(case, data, original_name="answer.pdf")
        for _ in range(2):
            with pytest.raises(Unreadable, match=f"answer.pdf.*{why}"):
                page_of(case, document, 1, clearance="restricted")
    assert kept_in(case) == []
    document = put(case, pages(3))
    for page in (0, 4, 10**12):
        with pytest.raises(Missing, match="has no page"):
            page_of(case, document, page, clearance="restricted")
    assert len(kept_in(case)) == 1


def test_a_disk_that_takes_nothing_is_said(case: Case) -> None:
    document = put(case, pages(3))
    (case.folder / "derived").mkdir(exist_ok=True)
    (case.folder / FOLDER).write_text("in its way")
    with pytest.raises(Unavailable, match=r"pages cannot be kept in .*derived/pages"):
        page_of(case, document, 1, clearance="restricted")


def test_which_documents_have_pages(case: Case) -> None:
    reader = case.read("restricted")
    for values, paged in (
        ({}, True), ({"mime": None, "original_name": "A.PDF"}, True), ({"mime": "image/png"}, False),
        ({"mime": "text/html", "original_name": "a.pdf"}, False), ({"mime": None}, False),
        ({"digest": None, "original_name": "a.pdf"}, False),
    ):
        assert is_paged(reader.get(put(case, pages(2), **values))) is paged, values
