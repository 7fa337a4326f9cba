"""Originals and what is made of them: each names its parent, and the original never changes."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from headstamp.actions.cases import check_case
from headstamp.actions.correct import correct
from headstamp.actions.evidence.derive import derive
from headstamp.actions.intake.photographs import import_photographs
from headstamp.errors import Conflicting, Invalid, Missing
from headstamp.records import Document, Photograph
from headstamp.store.case import Case
from tests.actions.evidence.thing_kept import make


def picture(colour: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.create(tmp_path / "case") as made:
        yield made


@pytest.fixture
def original(case: Case, tmp_path: Path) -> str:
    path = tmp_path / "stamp.png"
    path.write_bytes(picture("red"))
    import_photographs(case, path, actor="A", index=False)
    return case.read("restricted").list("photograph").rows[0].id


def by(case: Case, parent: str, file: Path | None = None, **more: str):
    return derive(case, parent, file, clearance="restricted", actor="A", **more)


def test_a_derivative_names_its_parent_and_what_was_done(
    case: Case, original: str, tmp_path: Path
) -> None:
    path = tmp_path / "stamp-bright.png"
    path.write_bytes(picture("pink"))
    made = by(case, original, path, what="brightened", tool="darktable 4.6")
    shown = case.read("restricted").get(made.id)
    assert (shown.get("parent"), shown.get("generation")) == (original, "derivative")
    assert (shown.get("what_was_done"), shown.get("tool")) == ("brightened", "darktable 4.6")
    assert shown.get("digest") == sha256(picture("pink")).hexdigest()
    kept, _ = case.read("restricted").original(made.parent_digest)
    assert kept.read_bytes() == picture("red")
    assert case.read("restricted").get(original).version == 1
    assert check_case(case) == []


def test_a_working_copy_has_the_same_bytes_and_a_record_of_its_own(case: Case, original: str) -> None:
    made = by(case, original)
    assert made.working and made.digest == made.parent_digest and made.id != original
    assert case.read("restricted").get(made.id).get("generation") == "working"


def test_a_copy_given_as_a_file_is_known_by_its_bytes(
    case: Case, original: str, tmp_path: Path
) -> None:
    path = tmp_path / "copy.png"
    path.write_bytes(picture("red"))
    assert by(case, original, path).working


def test_a_derivative_of_a_derivative_keeps_the_line(
    case: Case, original: str, tmp_path: Path
) -> None:
    parent = original
    for colour in ("pink", "blue"):
        path = tmp_path / f"{colour}.png"
        path.write_bytes(picture(colour))
        made = by(case, parent, path, what=f"made {colour}")
        assert case.read("restricted").get(made.id).get("parent") == parent
        parent = made.id


def test_what_is_refused(case: Case, original: str, tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(picture("pink"))
    with pytest.raises(Invalid) as refused:
        by(case, original, path)
    assert "what was done" in refused.value.problems[0].rule
    with pytest.raises(Missing):
        by(case, "photo-nobody0000", path, what="x")
    with pytest.raises(Missing):
        by(case, original, tmp_path / "none.png", what="x")
    with case.change(actor="A", reason="a paper without a file") as change:
        change.put(make("document", "paper", title="Paper"))
    with pytest.raises(Invalid):
        by(case, "doc-paper0000", path, what="x")
    by(case, original, path, what="brightened")
    with pytest.raises(Conflicting, match="already"):
        by(case, original, path, what="brightened again")


def test_a_correction_does_not_put_another_file_in_the_place_of_an_original(
    case: Case, original: str
) -> None:
    held = case.read("restricted").get(original)
    for other in ("0" * 64, None):
        values = {k: v for k, v in {**held.values, "digest": other, "link": "https://example.org/x"
                                    }.items() if v is not None}
        with pytest.raises(Invalid, match="cannot be corrected so"):
            correct(case, original, values, expected=1, clearance="restricted", actor="A", reason="x")
    done = correct(case, original, {**held.values, "caption": "a stamp"}, expected=1,
                   clearance="restricted", actor="A", reason="caption")
    assert done.version == 2


def test_it_is_as_secret_as_its_parent(case: Case, tmp_path: Path) -> None:
    with case.change(actor="A", reason="sealed") as change:
        kept = change.file(b"letter")
        change.put(make("document", "letter", title="Letter", digest=kept.digest, tier="sealed"))
    path = tmp_path / "letter.txt"
    path.write_bytes(b"letter, typed out")
    with pytest.raises(Missing):
        by(case, "doc-letter0000", path, what="typed out")
    made = derive(case, "doc-letter0000", path, what="typed out", clearance="sealed", actor="A")
    assert case.read("sealed").get(made.id).get("tier") == "sealed"
    with pytest.raises(Missing):
        case.read("restricted").get(made.id)


@pytest.mark.parametrize("kind", [Document, Photograph])
def test_records_without_a_parent_are_refused(kind: type[Document] | type[Photograph]) -> None:
    base = {"title": "x"} if kind is Document else {"link": "https://example.org/x"}
    for generation in ("working", "derivative"):
        with pytest.raises(Invalid, match="needs the file it was made from"):
            kind.build({**base, "generation": generation, "what_was_done": "x"})
    with pytest.raises(Invalid, match="an original is not made from"):
        kind.build({**base, "generation": "original", "parent": f"{kind.PREFIX}-other0000"})
    with pytest.raises(Invalid, match="made from itself"):
        kind.build({**base, "id": f"{kind.PREFIX}-same0000", "generation": "working",
                    "parent": f"{kind.PREFIX}-same0000"})
