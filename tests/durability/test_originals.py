"""An original stays the file that came: its bytes, whatever is asked of the product afterwards."""

from __future__ import annotations

import bz2
import csv
import gzip
import hashlib
import io
import json
import os
import random
import tarfile
import wave
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image
from starlette.routing import Route
from starlette.testclient import TestClient

from headstamp.actions.cases import check_case
from headstamp.actions.evidence.derive import derive
from headstamp.actions.intake.file import import_file
from headstamp.actions.settings import Settings
from headstamp.errors import HeadstampError
from headstamp.records import Document, Photograph
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.durability.stage import stage
from tests.effort import counted
from tests.web.conftest import BASE

OF_EACH = counted(2, 25)


def _picture(form: str) -> Callable[[random.Random], bytes]:
    def made(draw: random.Random) -> bytes:
        out = io.BytesIO()
        image = Image.frombytes("RGB", (20, 12), draw.randbytes(720))
        image.save(out, form)
        return out.getvalue()

    return made


def _table(dialect: str) -> Callable[[random.Random], bytes]:
    def made(draw: random.Random) -> bytes:
        out = io.StringIO()
        write = csv.writer(out, delimiter=dialect)
        write.writerow(["tag", "make"])
        write.writerows([f"t{draw.getrandbits(40)}", f"m{n}"] for n in range(4))
        return out.getvalue().encode()

    return made


def _lines(draw: random.Random) -> bytes:
    return b"".join(json.dumps({"tag": f"j{draw.getrandbits(40)}", "make": "x"}).encode() + b"\n"
                    for _ in range(3))


def _sound(draw: random.Random) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(draw.randbytes(1600))
    return out.getvalue()


def _zip(draw: random.Random) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("word/document.xml", draw.randbytes(300))
    return out.getvalue()


def _tar(draw: random.Random) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as packed:
        about = tarfile.TarInfo("a")
        about.size = 100
        packed.addfile(about, io.BytesIO(draw.randbytes(100)))
    return out.getvalue()


def _framed(head: bytes, tail: bytes = b"") -> Callable[[random.Random], bytes]:
    return lambda draw: head + draw.randbytes(400) + tail


KINDS: dict[str, Callable[[random.Random], bytes]] = {
    "jpg": _picture("JPEG"), "png": _picture("PNG"), "tif": _picture("TIFF"),
    "bmp": _picture("BMP"), "gif": _picture("GIF"), "webp": _picture("WEBP"),
    "csv": _table(","), "tsv": _table("\t"), "jsonl": _lines,
    "csv.gz": lambda draw: gzip.compress(_table(",")(draw), mtime=0),
    "pdf": _framed(b"%PDF-1.4\n", b"\n%%EOF\n"), "docx": _zip, "tar": _tar, "wav": _sound,
    "mp4": _framed(b"\0\0\0\x18ftypmp42"), "txt": _framed(b"\xef\xbb\xbfnote \r\n\0"),
    "html": _framed(b"<script>alert(1)</script>"), "eml": _framed(b"From: a\r\n\r\n"),
    "bz2": lambda draw: bz2.compress(draw.randbytes(200)), "bin": lambda draw: draw.randbytes(900),
}
PHOTOGRAPHS = ("jpg", "png", "tif", "webp")
TABLES = ("csv", "tsv", "jsonl", "csv.gz")
assert len(KINDS) == 20


def _took_in(case: Case, folder: Path) -> dict[str, str]:
    """The files, each imported as its kind is; SHA-256 by path."""
    draw = random.Random(500)
    sums = {}
    for kind, make in KINDS.items():
        for number in range(OF_EACH):
            path = folder / f"{kind.partition('.')[0]}{number}.{kind}"
            path.write_bytes(make(draw))
            sums[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
            if kind in PHOTOGRAPHS:
                done = import_file(case, path, actor="Ana", index=False)
                assert done.accepted == 1, (path.name, done)
            elif kind in TABLES:
                done = import_file(case, path, kind="item", actor="Ana", index=False)
                assert done.accepted > 2, (path.name, done)
            else:
                with case.change(actor="Ana", reason="handed in") as change:
                    kept = change.file(path)
                    change.put(Document.build(title=path.name, digest=kept.digest,
                                              original_name=path.name, size=kept.size))
            assert hashlib.sha256(path.read_bytes()).hexdigest() == sums[path.name]
    return sums


def _kept(case: Case) -> dict[str, tuple[str, int]]:
    return {digest: (str(case.vault.recompute(digest)), case.vault.path(digest).stat().st_mode & 0o777)
            for digest in case.vault.digests()}


@pytest.mark.slow
def test_an_original_equals_its_source_and_nothing_changes_it(tmp_path: Path) -> None:
    """500 files of 20 kinds in ``make soak``; then every route that writes, and commands."""
    (tmp_path / "files").mkdir()
    with Case.create(tmp_path / "case") as case:
        sums = _took_in(case, tmp_path / "files")
        assert len(sums) == len(KINDS) * OF_EACH
        kept = _kept(case)
        assert set(sums.values()) <= set(kept)
        assert all(digest == now and mode == 0o444 for digest, (now, mode) in kept.items())
        reader = case.read("sealed")
        for name, digest in sums.items():
            source = (tmp_path / "files" / name).read_bytes()
            assert reader.original(digest)[0].read_bytes() == source
        _ask_routes(case, kept)
        _ask_commands(tmp_path, case, kept)
        assert {digest: kept[digest] for digest in kept} == {
            digest: found for digest, found in _kept(case).items() if digest in kept}
        assert check_case(case) == []
    print(f"{len(sums)} files of {len(KINDS)} kinds, {len(kept)} originals, none changed")


def _ask_routes(case: Case, kept: dict[str, tuple[str, int]]) -> None:
    """Every route, with every method that writes, about two originals and their records."""
    app = create_app(Settings(case.where, "tester", "sealed"), case=case)
    client = TestClient(app, base_url=BASE, raise_server_exceptions=False, follow_redirects=False)
    photo = next(case.read("sealed").stream(Photograph.NAME))
    document = next(case.read("sealed").stream(Document.NAME))
    tried = 0
    for shown in (photo, document):
        digest = str(shown.get("digest"))
        token = client.get(f"/{shown.kind}s/{shown.id}/change").text.partition('name="token" value="')[2]
        form = {"token": token.partition('"')[0], "digest": digest, "reason": "try", "actor": "x"}
        given = {"digest": digest, "id": shown.id, "plural": f"{shown.kind}s", "kind": shown.kind,
                 "kinds": f"{shown.kind}s", "size": "small", "name": digest, "path": digest}
        for route in app.routes:
            if not isinstance(route, Route):
                continue
            try:
                path = str(route.url_path_for(
                    str(route.name), **{name: given.get(name, "1") for name in route.param_convertors}))
            except (AssertionError, ValueError):
                path = route.path.replace("{digest}", digest).replace("{id}", shown.id)
            if any(word in path for word in ("lock", "quit", "stop")):
                continue
            for method in ("POST", "PUT", "PATCH", "DELETE"):
                answer = client.request(method, path, data=form, headers={"origin": BASE})
                assert answer.status_code < 500, (method, path, answer.text[:300])
                tried += 1
        assert _kept(case)[digest] == kept[digest]
    assert tried > 100


def _ask_commands(tmp_path: Path, case: Case, kept: dict[str, tuple[str, int]]) -> None:
    photo = next(case.read("sealed").stream(Photograph.NAME))
    digest = str(photo.get("digest"))
    place = case.vault.path(digest)
    other = tmp_path / "other.png"
    other.write_bytes(_picture("PNG")(random.Random(7)))
    commands: list[list[object]] = [
        ["derive", photo.id, "--reason", "copy"],
        ["derive", photo.id, other, "--what", "cropped", "--reason", "made"],
        ["import", other], ["import", place], ["verify"], ["doctor"], ["read", photo.id],
        ["record", "photograph", "--set", f"digest={digest}", "--reason", "again"],
        ["export-log", tmp_path / "log"], ["backup", tmp_path / "bk", "--keep", "1"],
        ["snapshot", "-o", tmp_path / "snapshot"], ["upgrade"], ["key", "replace", "--reason", "r"],
    ]
    # Every command that writes a file, told to write over an original.
    over: list[list[object]] = [
        ["export-log", place], ["snapshot", "-o", place], ["report", "-o", place], ["proof", photo.id, "-o", place],
        ["desk", "calendar", "-o", place], ["party", "export", "-o", place], ["device", "card", "-o", place],
        ["device", "card", "--png", place], ["find", "--file", tmp_path / "list.txt", "--out", place],
        ["witness", "the court", "-o", place], ["stamp", "--request", place, "--authority", "court"],
        ["markings", "learn", "--write", place], ["iafq", "-o", place], ["picture", "network", "-o", place],
        ["ask", "--sql", "SELECT 1", "-o", place], ["backup", place], ["pack", "HQ", "--to", place],
        ["import", tmp_path / "list.txt", "--problems", place], ["init", place], ["move", place],
    ]
    (tmp_path / "list.txt").write_text("AB 1\n")
    with stage(tmp_path / "runs", {"HEADSTAMP_ACTOR": "Ana"}) as runs:
        for words in commands:
            done = runs.run(*words, "--case", case.folder)
            assert done.code in (0, 7), (words, done)
            assert place.is_file() and _kept(case)[digest] == kept[digest], words
        for words in over:
            done = runs.run(*words, "--case", case.folder)
            assert done.code in (2, 3, 4, 5, 6, 7), (words, done)
            assert "No such option" not in done.said and "No such command" not in done.said, (words, done)
            assert place.is_file() and _kept(case)[digest] == kept[digest], words
    with suppress(HeadstampError):  # whether it is taken or refused, the original stays
        derive(case, photo.id, place, what="x", clearance="sealed", actor="a")
    assert _kept(case)[digest] == kept[digest]
    assert os.access(place, os.R_OK)
