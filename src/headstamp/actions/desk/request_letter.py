"""Writing the letter of a trace request: PDF, DOCX and tables, with the templates of the case.

Changed templates, the sender's name and the terms of answer stand in the folder ``letters`` of
the case, sealed in an encrypted one: they tell who writes. They are read each time and are no
part of the log: what was sent is, as a document.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from headstamp.actions.desk.request_subject import subject_of
from headstamp.actions.thumbnails import thumbnail_of
from headstamp.errors import (
    Conflicting,
    HeadstampError,
    Invalid,
    Missing,
    Problem,
    Refused,
    Unavailable,
)
from headstamp.kinds.tier import RANK
from headstamp.publish.letter import Letter, compose
from headstamp.publish.letter_annex import Pictures
from headstamp.publish.letter_csv import etrace_like, plain
from headstamp.publish.letter_docx import MIME as DOCX_MIME
from headstamp.publish.letter_docx import write_docx
from headstamp.publish.letter_page import render
from headstamp.publish.letter_subject import SENT_AS, Subject
from headstamp.publish.letter_words import (
    LANGUAGES,
    SHIPPED,
    Templates,
    in_folder,
    is_template,
    load,
    shipped,
)
from headstamp.publish.pdf import print_pdf
from headstamp.store.case import Case
from headstamp.store.disk import sync_folder
from headstamp.tracing.request_due import Terms

FOLDER = "letters"
"""Where a case has its own templates: a folder beside its database."""

TERMS = "terms.toml"
SIDE = 1000
"""The longest side of a photograph in a letter, in pixels."""

FORMS = (".pdf", ".docx", ".html", ".csv")


@dataclass(frozen=True, slots=True)
class Written:
    """A letter in one form: its file's name and bytes; ``suffix`` is added to a record's title."""

    name: str
    mime: str
    content: bytes
    suffix: str = ""
    tool: str = ""


def templates_of(case: Case, language: str, folder: Path | None = None) -> Templates:
    """The templates of a language: those in ``folder`` first, then the case's own, then the shipped.

    Raises Invalid naming file and line, Missing for a language without words or no such folder.
    """
    if folder is not None and not folder.is_dir():
        raise Missing(f"there is no folder {folder} of templates")
    return load(language, folder, partial(_own, case))


def _own(case: Case, name: str) -> Path | None:
    """A file of the case's own. Of an encrypted case also one that was put there in the open: doctor tells."""
    found = case.working.open(FOLDER, name)
    return found if found is not None else in_folder(case.folder / FOLDER)(name)


def terms_of(case: Case) -> Terms:
    """The terms of answer of this case. Raises Invalid naming the file where they cannot be used."""
    path = _own(case, TERMS)
    return Terms() if path is None else _terms(path)


def _terms(path: Path) -> Terms:
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise Unavailable(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid("the terms of trace requests cannot be read", [
            Problem(f"this is not TOML: {error}", file=str(path))]) from error
    return Terms.build(told, str(path))


def write_out_templates(folder: Path) -> list[Path]:
    """Writes the shipped templates to a folder, to be changed. Raises Conflicting where one is there."""
    return _write_out(folder, {name: _as_shipped(name) for name in (*SHIPPED, TERMS)})


def _write_out(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    there = [name for name in files if (folder / name).exists()]
    if there:
        raise Conflicting(f"{folder} holds {', '.join(there)} already; name another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)
    except OSError as error:
        raise Unavailable(f"the templates cannot be written to {folder}: {error.strerror}") from error
    return [folder / name for name in files]


def keep_templates(case: Case, folder: Path) -> list[str]:
    """Makes the templates in a folder those of the case, sealed in an encrypted one; the names of the changed.

    What is as shipped is not kept, and what the case had and the folder does not is taken away.
    Raises Missing where there are none, Invalid (and nothing is changed) for one that cannot be used.
    """
    try:
        there = {one.name: one for one in (folder.iterdir() if folder.is_dir() else ())
                 if one.is_file() and _is_ours(one.name)}
        if not there:
            raise Missing(f"there are no templates of letters in {folder}")
        for name in {*(f"{one}.toml" for one in LANGUAGES), *there} - {TERMS, "sender.toml"}:
            if name.endswith(".toml"):
                load(name.removesuffix(".toml"), folder)
        if TERMS in there:
            _terms(there[TERMS])
        changed = {name: data for name, path in there.items()
                   if (data := path.read_bytes()) != _as_shipped(name)}
        place = case.folder / FOLDER
        for name, data in changed.items():
            case.working.write(FOLDER, name, data)
        for name in set(case.working.names(FOLDER)) - changed.keys():
            if _is_ours(name):
                case.working.remove(FOLDER, name)
        if case.working.sealed and place.is_dir():
            for one in place.iterdir():
                if _is_ours(one.name):
                    one.unlink()
        if place.is_dir():
            sync_folder(place)
            sync_folder(case.folder)
    except OSError as error:
        raise Unavailable(f"the templates cannot be kept: {error}") from error
    return sorted(changed)


def write_out_own(case: Case, folder: Path) -> list[Path]:
    """Writes the case's own templates to a folder, readable. Raises Conflicting where one is there."""
    sealed = case.working.names(FOLDER)
    names = sorted({name for name in (*sealed, *SHIPPED, TERMS) if _own(case, name) is not None})
    if not names:
        raise Missing("this case has no templates of its own")
    return _write_out(folder, {name: path.read_bytes() for name in names if (path := _own(case, name))})


def _is_ours(name: str) -> bool:
    return name == TERMS or is_template(name)


def _as_shipped(name: str) -> bytes:
    return shipped(name).encode() if name in (*SHIPPED, TERMS) else b""


def letter_of(
    case: Case, request: Mapping[str, Any], *, clearance: str, templates: Path | None = None,
    reminder: date | None = None,
) -> tuple[Letter, Templates, Subject]:
    """The letter of a request (its values with its id), ready to be printed.

    Raises Refused for a clearance too low to write letters, or where the request names what
    this clearance may not see: a letter that silently lacks an item would be a wrong one.
    """
    if RANK[clearance] < RANK[SENT_AS]:
        raise Refused(f"letters are written by somebody who may see what is {SENT_AS}")
    used = templates_of(case, str(request.get("language") or "en"), templates)
    about = subject_of(case, request, clearance)
    if about.unseen:
        raise Refused("this request names what you may not see, or what is gone; somebody with clearance "
                      "has to write its letter")
    letter = compose(about, used, number=str(request["id"]), reminder=reminder,
                     pictures=_pictures(case, about, clearance))
    return letter, used, about


def _pictures(case: Case, about: Subject, clearance: str) -> Pictures:
    found: dict[str, tuple[bytes, int, int]] = {}
    for shown in about.photographs:
        digest = shown.get("digest")
        if not digest:
            continue
        try:
            made = thumbnail_of(case, digest, clearance=clearance, side=SIDE).read_bytes()
        except (HeadstampError, OSError) as error:
            raise Unavailable(f"the photograph {shown.id} cannot be put into a letter: {error}") from error
        width, height = _size(shown.get("width"), shown.get("height"))
        found[shown.id] = made, width, height
    return found


def _size(width: Any, height: Any) -> tuple[int, int]:
    """Width and height as recorded; a square where they are not."""
    return (int(width), int(height)) if width and height else (SIDE, SIDE)


def write_letter(
    case: Case, request: Mapping[str, Any], *, clearance: str, templates: Path | None = None,
    reminder: date | None = None,
) -> tuple[Written, Written]:
    """The letter as PDF and as DOCX. Raises as ``letter_of``; Unavailable where no PDF can be made."""
    letter, used, _ = letter_of(case, request, clearance=clearance, templates=templates, reminder=reminder)
    name = "reminder" if reminder else "request"
    stem = f"{name}-{letter.number}".replace("/", "-").replace("\\", "-")
    return (
        Written(f"{stem}.pdf", "application/pdf", print_pdf(render(letter, used))),
        Written(f"{stem}.docx", DOCX_MIME, write_docx(letter), " (DOCX)",
                f"python-docx {version('python-docx')}"),
    )


def write_form(
    case: Case, request: Mapping[str, Any], form: str, *, clearance: str, templates: Path | None = None,
    etrace: bool = False, bom: bool = True, officer: str = "", reminder: date | None = None,
) -> bytes:
    """The letter, or its annex as a table, in the form named by a file's ending.

    Raises Invalid for another ending, and as ``letter_of``.
    """
    if form not in FORMS:
        raise Invalid(f"a letter is written as {', '.join(FORMS)}, not {form or 'without an ending'!r}")
    letter, used, about = letter_of(case, request, clearance=clearance, templates=templates,
                                    reminder=reminder)
    if form == ".csv":
        if etrace:
            return etrace_like(about, officer=officer, agency=used.sender.name, bom=bom)
        return plain(about, str(request["id"]), bom=bom)
    if form == ".docx":
        return write_docx(letter)
    page = render(letter, used)
    return print_pdf(page) if form == ".pdf" else page.encode("utf-8")
