"""The letter for a word processor (DOCX), of the same runs as the PDF.

In a letter that runs from right to left every paragraph is one (w:bidi) and our own words are
marked so (w:rtl); a marking, number or reference never is: it stands in a run of its own,
without w:rtl, between the isolate marks of Unicode (U+2066 and U+2069), which are runs of their
own too, so that who copies the marking's run copies the marking and nothing else.

The same letter gives the same bytes: a DOCX is a zip, and its dates are set.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from headstamp.publish.letter import Letter
from headstamp.publish.letter_run import Line, Para, Run
from headstamp.publish.wording import PARTED

LRI, RLI, PDI, LRO, PDF = "\u2066", "\u2067", "\u2069", "\u202d", "\u202c"
MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EPOCH = datetime(1980, 1, 1, tzinfo=UTC)
_LATIN, _ARABIC, _MONO = "Noto Sans", "Noto Naskh Arabic", "Noto Sans Mono"
_SOFT = RGBColor(0x59, 0x63, 0x6E)
_TITLE = 255  # so many characters does the format hold as the title of a file
_WIDTHS = (11, 48, 45, 85, 33, 43)  # mm, of a landscape page


def write_docx(letter: Letter) -> bytes:
    """The bytes of the DOCX."""
    return _Writer(letter).written()


class _Writer:
    """Writes one letter from top to bottom."""

    def __init__(self, letter: Letter) -> None:
        self.letter = letter
        self.words = letter.words
        self.rtl = letter.words.rtl
        self.doc: Any = Document()

    def written(self) -> bytes:
        self._set_up()
        self._head()
        for part in self.letter.parts:
            if part.title:
                self._para((Run(part.title, "label"),), size=10.5, before=10, keep=True)
            for para in part.paras:
                self._said(para) if para.kind == "said" else self._para(
                    para.runs, style="List Bullet" if para.kind == "point" else None)
        self._foot()
        self._annex()
        if self.rtl:
            for section in self.doc.sections:
                section._sectPr.find(qn("w:docGrid")).addprevious(OxmlElement("w:bidi"))
        return _settled(self.doc)

    # -- the page

    def _set_up(self) -> None:
        section = self.doc.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(22)
        section.top_margin = section.bottom_margin = Mm(22)
        normal = self.doc.styles["Normal"]
        normal.font.name, normal.font.size = _LATIN, Pt(10)
        fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:cs"), _ARABIC)
        normal.paragraph_format.space_after = Pt(5)
        language = OxmlElement("w:lang")
        language.set(qn("w:bidi" if self.rtl else "w:val"), self.words.language)
        normal.element.get_or_add_rPr().append(language)
        about = self.doc.core_properties
        about.title, about.author, about.last_modified_by = self.letter.title[:_TITLE], "", ""
        about.comments = ""
        about.language = self.words.language
        about.created = about.modified = _EPOCH.replace(tzinfo=None)
        about.revision = 1

    def _head(self) -> None:
        letter, sender = self.letter, self.letter.sender
        for number, text in enumerate((sender.name, *sender.address, *sender.contact)):
            if text:
                self._para((Run(text, "label" if number == 0 else "said"),), after=0)
        if letter.draft:
            self._para((Run(self.words["label.draft"], "label"),), before=6)
        for number, line in enumerate(letter.addressee):
            self._para(line, before=12 if number == 0 else 0, after=0)
        for number, (title, line) in enumerate(letter.facts):
            self._para((Run(title), Run(self.words["label.colon"]), *line), after=0,
                       before=12 if number == 0 else 0)
        self._para((Run(letter.heading, "label"), Run(self.words["label.colon"], "label"),
                    *letter.subject), size=12.5, before=14, keep=True)

    def _foot(self) -> None:
        words, letter = self.words, self.letter
        self._para((Run(words["letter.closing"]),), before=14, keep=True)
        self._para((Run("_" * 36, "code"),), before=42, keep=True, after=0)
        self._para((Run(letter.sender.signatory or words["label.name"], "label"),), keep=True, after=0)
        self._para((Run(words["label.signature"]),), size=8.5)
        named = [words["label.annex_items"]]
        if letter.photographs:
            named.append(words["label.annex_photographs"])
        self._para((Run(words["label.enclosures"], "label"),
                    Run(words["label.colon"] + words["label.semicolon"].join(named))), size=9, before=12)

    def _annex(self) -> None:
        section = self.doc.add_section(WD_SECTION.NEW_PAGE)
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
        section.left_margin = section.right_margin = Mm(16)
        words = self.words
        self._para((Run(words["label.annex_items"], "label"),), size=12.5, keep=True)
        title, reference = self.letter.facts[1]
        self._para((Run(title), Run(words["label.colon"]), *reference), size=8.5, keep=True)
        heads = ("no", "item", "make", "marks", "made", "found")
        table = self.doc.add_table(rows=1, cols=len(heads))
        table.style, table.autofit = "Table Grid", False
        if self.rtl:
            table._tbl.tblPr.find(qn("w:tblStyle")).addnext(OxmlElement("w:bidiVisual"))
        for at, head in enumerate(heads):
            self._cell(table.rows[0].cells[at], [(Run(words[f"label.{head}"], "label"),)], _WIDTHS[at])
        repeat = OxmlElement("w:tblHeader")
        table.rows[0]._tr.get_or_add_trPr().append(repeat)
        for item in self.letter.items:
            number: tuple[Line, ...] = ((Run(str(item.number), "code"),),)
            for cell, width, lines in zip(table.add_row().cells, _WIDTHS, (
                number, item.what, item.make, item.marks, item.made, item.found), strict=True
            ):
                self._cell(cell, lines or [(Run(words["label.not_known"]),)], width)
        self._photographs()

    def _photographs(self) -> None:
        if not self.letter.photographs:
            return
        self.doc.add_page_break()
        self._para((Run(self.words["label.annex_photographs"], "label"),), size=12.5, keep=True)
        for one in self.letter.photographs:
            para = self._para((), keep=True)
            tall = one.height * 130 > one.width * 110
            size = {"height": Mm(110)} if tall else {"width": Mm(130)}
            picture = para.add_run().add_picture(io.BytesIO(one.jpeg), **size)
            picture._inline.docPr.set("descr", one.alt)
            self._para(one.caption, size=8.5)

    # -- paragraphs and runs

    def _cell(self, cell: Any, lines: Iterable[Line], width: float) -> None:
        cell.width = Mm(width)
        for number, line in enumerate(lines):
            para = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            para.paragraph_format.space_after = Pt(1)
            self._turn(para, self.rtl)
            self._runs(para, line, self.rtl, 8.5)

    def _para(
        self, line: Line, *, size: float | None = None, before: float = 0, after: float | None = None,
        keep: bool = False, style: str | None = None,
    ) -> Any:
        para = self.doc.add_paragraph(style=style)
        form = para.paragraph_format
        form.space_before = Pt(before)
        if after is not None:
            form.space_after = Pt(after)
        form.keep_with_next = keep
        self._turn(para, self.rtl)
        self._runs(para, line, self.rtl, size)
        return para

    def _said(self, para: Para) -> None:
        """Somebody's words: a paragraph that runs its own way."""
        made = self.doc.add_paragraph()
        self._turn(made, para.rtl)
        self._runs(made, para.runs, para.rtl, None, inside=False)

    def _turn(self, para: Any, rtl: bool) -> None:
        """Right to left or left to right; both begin where a reader of that direction begins."""
        if rtl:
            bidi = OxmlElement("w:bidi")
            para._p.get_or_add_pPr().insert_element_before(
                bidi, "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing",
                "w:mirrorIndents", "w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment",
                "w:textboxTightWrap", "w:outlineLvl", "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr",
                "w:pPrChange")
        elif self.rtl:
            para.alignment = WD_ALIGN_PARAGRAPH.LEFT

    def _runs(
        self, para: Any, line: Line, rtl: bool, size: float | None, *, inside: bool = True
    ) -> None:
        for run in line:
            if run.how in ("own", "label"):
                self._run(para, run.text, rtl, size, bold=run.how == "label")
                continue
            shut = inside and (rtl or not run.text.isascii())
            if shut:
                self._run(para, RLI if run.rtl else LRI, False, size)
            self._theirs(para, run, size)
            if shut:
                self._run(para, PDI, False, size)

    def _theirs(self, para: Any, run: Run, size: float | None) -> None:
        """A marking or somebody's words; numbers parted by signs keep their order in any digits."""
        mono = run.how == "mark"
        if run.rtl or run.text.isascii():
            self._run(para, run.text, run.rtl, size, mono=mono)
            return
        last = 0
        for found in PARTED.finditer(run.text):
            self._run(para, run.text[last : found.start()], False, size, mono=mono)
            self._run(para, LRO, False, size)
            self._run(para, found[0], False, size, mono=mono)
            self._run(para, PDF, False, size)
            last = found.end()
        self._run(para, run.text[last:], False, size, mono=mono)

    def _run(
        self, para: Any, text: str, rtl: bool, size: float | None, *, bold: bool = False, mono: bool = False
    ) -> None:
        if not text:
            return
        made = para.add_run(text)
        font = made.font
        font.rtl = True if rtl else None
        font.bold, font.cs_bold = (True, True) if bold else (None, None)
        if mono:
            font.name = _MONO
        if size is not None:
            font.size = Pt(size)
            if rtl:  # the size of Arabic letters is a setting of its own
                cs = OxmlElement("w:szCs")
                cs.set(qn("w:val"), str(int(size * 2)))
                made._r.get_or_add_rPr().find(qn("w:sz")).addnext(cs)


def _settled(doc: Any) -> bytes:
    """The zip with all dates set and its members in order."""
    raw, out = io.BytesIO(), io.BytesIO()
    doc.save(raw)
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in [one.filename for one in old.infolist()]:
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(entry, old.read(name))
    return out.getvalue()
