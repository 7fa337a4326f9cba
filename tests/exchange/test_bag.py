"""Bags: the published cases, what is written, and all that is wrong told at once."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from headstamp.errors import HeadstampError, Invalid, Missing, Unreadable
from headstamp.exchange import bag, tags
from headstamp.exchange.limits import Limits
from tests.exchange.boxes import INFO, PAYLOAD, packed, tree
from tests.shared import shared
from tests.unpacking import unpack

# The bags of these folders must be refused; those of "warning" are good on some disks only.
REFUSED = ("invalid", "linux-only", "windows-only")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("conformance") / "bags"
    with tarfile.open(shared("vectors/bagit-conformance") / "bags.tar.gz") as tar:
        unpack(tar, folder)
    return folder


def test_the_published_bags(published: Path) -> None:
    before = tree(published.parent)
    right: dict[str, int] = {}
    for folder in sorted(published.glob("*/*/*")):
        kind = folder.parent.name
        try:
            bag.read(folder)
            good = True
        except Invalid as error:
            assert error.problems, folder
            good = False
        if kind == "valid":
            assert good, folder
        elif kind in REFUSED:
            assert not good, folder
        right[kind] = right.get(kind, 0) + 1
    assert right == {"valid": 27, "invalid": 15, "linux-only": 6, "windows-only": 6, "warning": 6}
    assert right["valid"] + right["invalid"] + right["linux-only"] == 48
    assert tree(published.parent) == before


@pytest.mark.parametrize("name", ["made-with-md5sum-tools", "relative-path",
                                  "same-filename-listed-twice-with-the-same-hash"])
def test_what_is_odd_is_told(published: Path, name: str) -> None:
    assert bag.read(published / "v0.97" / "warning" / name).warnings


def test_no_published_bag_is_taken_as_a_bundle(published: Path, tmp_path: Path) -> None:
    """Each as a box: none is of our form, so none is taken, and none leads out."""
    outside = tree(published.parent)
    for number, folder in enumerate(sorted(published.glob("*/*/*"))):
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    tar.add(path, "bag/" + str(path.relative_to(folder)))
        data.seek(0)
        with pytest.raises((Invalid, Unreadable)):
            bag.take(data, tmp_path / str(number))
    assert tree(published.parent) == outside


def test_a_bag_is_written_as_the_standard_has_it(tmp_path: Path) -> None:
    data, told = packed()
    bag.take(io.BytesIO(data), tmp_path / "t")
    where = tmp_path / "t"
    assert (where / "bagit.txt").read_text() == "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    size = sum(map(len, PAYLOAD.values()))
    assert (where / "bag-info.txt").read_text().splitlines() == [
        "Bagging-Date: 2026-11-22", "External-Identifier: device-1 0-4",
        f"Payload-Oxum: {size}.{len(PAYLOAD)}",
    ]
    assert told.sum == sha256((where / "tagmanifest-sha256.txt").read_bytes()).hexdigest()
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        done = subprocess.run(["sha256sum", "--strict", "-c", manifest], cwd=where, check=False,
                              capture_output=True)
        assert done.returncode == 0
    found = bag.read(where)
    assert found.told("bagging-date") == "2026-11-22"
    assert found.told("nothing") == ""
    assert found.sum == told.sum


def test_names_that_a_manifest_must_escape(tmp_path: Path) -> None:
    data, _ = packed({"data/50%25": b"1", "data/%0A": b"2"})
    assert set(bag.take(io.BytesIO(data), tmp_path / "t").payload) == {"data/50%25", "data/%0A"}


def test_what_cannot_be_described() -> None:
    for info in ([("a\nb", "c")], [("a", "b\nc")], [("", "c")], [("a", "")], [("a:", "b")]):
        with pytest.raises(Invalid):
            bag.BagWriter(io.BytesIO(), "x", info)
    with pytest.raises(Invalid, match="below data/"):
        bag.BagWriter(io.BytesIO(), "x", INFO).add("bagit.txt", b"")


def edit(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def made(folder: Path) -> None:
        (folder / name).write_bytes(change((folder / name).read_bytes()))
    return made


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "payload changed": (edit("data/originals/a", lambda d: b"b" + d[1:]), "data/originals/a: has other bytes"),
    "payload longer": (edit("data/empty", lambda d: b"1"), "bag-info.txt: the payload has"),
    "payload gone": (lambda f: (f / "data/empty").unlink(), "data/empty: is in the list but not"),
    "payload more": (lambda f: (f / "data/more").write_bytes(b""), "data/more: is in the bag but not"),
    "a link": (lambda f: (f / "data/link").symlink_to("/etc/passwd"), "data/link: is a link"),
    "a pipe": (lambda f: os.mkfifo(f / "data/pipe"), "data/pipe: is a link or a device"),
    "a folder that is a link": (lambda f: (f / "data/d").symlink_to("/etc"), "data/d: is a link"),
    "tag changed": (edit("bag-info.txt", lambda d: d + b"More: x\n"), "bag-info.txt: has other bytes"),
    "tag gone": (lambda f: (f / "bag-info.txt").unlink(), "bag-info.txt: is in the list"),
    "no declaration": (lambda f: (f / "bagit.txt").unlink(), "bagit.txt: is missing"),
    "other version": (edit("bagit.txt", lambda d: d.replace(b"1.0", b"7.0")), "a version of BagIt"),
    "other encoding": (edit("bagit.txt", lambda d: d.replace(b"UTF-8", b"rot13")), "an encoding"),
    "no manifest": (lambda f: (f / "manifest-sha256.txt").unlink(), "no list of the payload"),
    "odd manifest": (lambda f: (f / "manifest-crc32.txt").write_bytes(b""), "a kind that is not known"),
    "short sum": (edit("manifest-sha256.txt", lambda d: d[4:]), "has 64 digits"),
    "no sum": (edit("manifest-sha256.txt", lambda d: b"data/empty\n" + d), "row 1: not a sum and a name"),
    "twice": (edit("manifest-sha256.txt", lambda d: d + d.split(b"\n")[0] + b"\n"), "is listed twice"),
    "tag in it": (edit("manifest-sha256.txt", lambda d: d + b"0" * 64 + b"  bagit.txt\n"), "other way round"),
    "way out": (edit("manifest-sha256.txt", lambda d: d + b"0" * 64 + b"  data/../../a\n"), "leads out"),
    "way out to fetch": (lambda f: (f / "fetch.txt").write_bytes(b"http://a - ../a\n"), "leads out"),
    "nothing to fetch": (lambda f: (f / "fetch.txt").write_bytes(b"nothing\n"), "not an address"),
    "tag to fetch": (lambda f: (f / "fetch.txt").write_bytes(b"http://a 3 bagit.txt\n"), "only the payload"),
    "bad UTF-8": (edit("manifest-sha256.txt", lambda d: d + b"\xff"), "not written in utf-8"),
    "byte order": (edit("manifest-sha256.txt", lambda d: b"\xef\xbb\xbf" + d), "mark of byte order"),
    "no colon": (edit("bag-info.txt", lambda d: b"Nothing\n" + d), "not a label"),
    "wrong oxum": (edit("bag-info.txt", lambda d: d.replace(b"Oxum: ", b"Oxum: 1")), "Payload-Oxum"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_are_named(name: str, tmp_path: Path) -> None:
    bag.take(io.BytesIO(packed()[0]), tmp_path / "t")
    make, word = FAULTS[name]
    make(tmp_path / "t")
    with pytest.raises(Invalid) as caught:
        bag.read(tmp_path / "t")
    assert word in str(caught.value) or name == "wrong oxum"


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    bag.take(io.BytesIO(packed()[0]), tmp_path / "t")
    for name in ("payload changed", "payload gone", "payload more", "a link", "way out"):
        FAULTS[name][0](tmp_path / "t")
    with pytest.raises(Invalid) as caught:
        bag.read(tmp_path / "t")
    told = str(caught.value)
    assert all(FAULTS[name][1] in told for name in
               ("payload changed", "payload gone", "payload more", "a link", "way out"))
    with pytest.raises(Invalid) as caught:
        bag.read(tmp_path / "t", Limits(problems=2))
    assert len(caught.value.problems) == 3
    assert "more" in caught.value.problems[-1].rule


def rebagged(change: Callable[[dict[str, bytes]], object]) -> bytes:
    """A box with the tag files changed, the list of tags made anew."""
    data, files = packed()[0], {}
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for member in tar:
            stream = tar.extractfile(member)
            assert stream is not None
            files[member.name.partition("/")[2]] = stream.read()
    change(files)
    lines = [(sha256(d).hexdigest(), n) for n, d in files.items()
             if not n.startswith("data/") and n != bag.TAG_MANIFEST]
    files.setdefault(bag.TAG_MANIFEST, b"")
    if files[bag.TAG_MANIFEST] != b"kept":
        files[bag.TAG_MANIFEST] = tags.write_manifest(lines)
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, data in files.items():
            member = tarfile.TarInfo("x/" + name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return target.getvalue()


NARROWER: dict[str, tuple[Callable[[dict[str, bytes]], object], str]] = {
    "older": (lambda f: f.update({"bagit.txt": f["bagit.txt"].replace(b"1.0", b"0.97")}), "version 1.0"),
    "other encoding": (lambda f: f.update({"bagit.txt": f["bagit.txt"].replace(b"UTF-8", b"ascii")}),
                       "in UTF-8"),
    "fetch": (lambda f: f.update({"fetch.txt": b"http://a 0 data/empty\n"}), "fetch.txt: has no place"),
    "more": (lambda f: f.update({"README": b"read me\n"}), "README: has no place"),
    "no info": (lambda f: f.pop("bag-info.txt"), "bag-info.txt: is missing"),
    "no oxum": (lambda f: f.update({"bag-info.txt": b"Bagging-Date: 2026-11-22\n"}), "is told once"),
    "unlisted tag": (lambda f: f.update({bag.TAG_MANIFEST: b"kept"}), "not a sum and a name"),
    "capitals": (lambda f: f.update({bag.MANIFEST: f[bag.MANIFEST].upper().replace(b"DATA", b"data")}),
                 "not in the one form"),
    "unsorted": (lambda f: f.update({bag.MANIFEST: b"".join(reversed(
        f[bag.MANIFEST].splitlines(keepends=True)))}), "not in the one form"),
    "another sum too": (lambda f: f.update({"manifest-md5.txt": b""}), "manifest-md5.txt: has no place"),
}


@pytest.mark.parametrize("name", NARROWER)
def test_a_bundle_has_one_form(name: str, tmp_path: Path) -> None:
    change, word = NARROWER[name]
    with pytest.raises(Invalid) as caught:
        bag.take(io.BytesIO(rebagged(change)), tmp_path / "t")
    assert word in str(caught.value)


def test_a_bundle_made_by_others_in_that_form_is_taken(tmp_path: Path) -> None:
    assert bag.take(io.BytesIO(rebagged(lambda f: None)), tmp_path / "t").sum == packed()[1].sum


def test_there_is_no_bag(tmp_path: Path) -> None:
    with pytest.raises(Missing):
        bag.read(tmp_path / "none")
    with pytest.raises(Invalid, match=r"bagit.txt: is missing"):
        bag.read(tmp_path)


def test_many_files_over_the_limit(tmp_path: Path) -> None:
    bag.take(io.BytesIO(packed()[0]), tmp_path / "t")
    for limits, word in ((Limits(files=2), "`files`"), (Limits(tag_bytes=10), "`tag_bytes`")):
        with pytest.raises(HeadstampError, match=word):
            bag.read(tmp_path / "t", limits)
    with pytest.raises(Invalid, match="folders"):
        bag.read(tmp_path / "t", Limits(depth=1))
