"""Boxes: written the same each time, read by other tools, and hostile ones refused."""

from __future__ import annotations

import io
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.errors import HeadstampError, Invalid, Unavailable, Unreadable
from headstamp.exchange import bag
from headstamp.exchange.box import BoxWriter, _header, _read_pax, _read_ustar, unpack
from headstamp.exchange.limits import Limits
from tests import unpacking
from tests.effort import counted, examples
from tests.exchange.boxes import PAYLOAD, around, box, entry, header, packed, pax, tree


def taken(data: bytes, target: Path, limits: Limits | None = None) -> bag.Bag:
    return bag.take(io.BytesIO(data), target, limits or Limits())


def test_what_is_packed_comes_out(tmp_path: Path) -> None:
    data, told = packed()
    found = taken(data, tmp_path / "t")
    assert {n: d for n, d in tree(tmp_path / "t").items() if d is not None and "/" in n} == PAYLOAD
    assert found.sum == told.sum
    assert found.payload == {name: len(data) for name, data in PAYLOAD.items()}
    assert told.bytes == sum(map(len, PAYLOAD.values()))


def test_the_same_files_give_the_same_bytes() -> None:
    assert box() == box()


def test_other_tools_read_it(tmp_path: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(box())) as tar:
        members = tar.getmembers()
        unpacking.unpack(tar, tmp_path)
    assert all(m.isfile() and m.mode == 0o644 and m.mtime == 0 and m.uid == 0 for m in members)
    assert {m.name.partition("/")[0] for m in members} == {"x"}
    assert bag.read(tmp_path / "x").version == "1.0"


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.PAX_FORMAT])
def test_boxes_of_other_tools_are_read(form: int, tmp_path: Path) -> None:
    long = "data/" + "/".join(["folder-" + "n" * 20] * 6) + "/f"
    data, _ = packed(PAYLOAD | {long: b"long"})
    target = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(data)) as ours, \
            tarfile.open(fileobj=target, mode="w", format=form) as theirs:
        for member in ours:
            member.pax_headers, member.mtime = {}, 1_700_000_000
            theirs.addfile(member, ours.extractfile(member))
    assert long in taken(target.getvalue(), tmp_path / "t").payload


def test_sizes_and_names_beyond_ustar() -> None:
    for path, size in [("x/" + "n" * 300, 5), ("x/é", 8**11 - 1), ("x/a", 8**11), ("x/" + "ü" * 99, 10**15)]:
        whole = _header(path, size)
        with tarfile.open(fileobj=io.BytesIO(whole), mode="r:") as tar:
            member = tar.next()
        assert member is not None and (member.name, member.size) == (path, size)
        pax_size = _read_ustar(whole[:512])[1]
        told = _read_pax(whole[512 : 512 + pax_size], "")
        assert told.get("path", path) == path and int(told.get("size", size)) == size


def test_a_file_from_disk_and_an_open_one(tmp_path: Path) -> None:
    data = os.urandom(3_000_000)
    (tmp_path / "f").write_bytes(data)
    target = io.BytesIO()
    writer = BoxWriter(target, "x")
    with (tmp_path / "f").open("rb") as stream:
        stream.read(10)
        filed = [writer.add("a", tmp_path / "f"), writer.add("b", stream)]
    writer.close()
    assert {one.sha256 for one in filed} == {sha256(data).hexdigest()}
    found = unpack(io.BytesIO(target.getvalue()), tmp_path / "t")
    assert found == {one.name: one for one in filed}
    assert (tmp_path / "t" / "b").read_bytes() == data


@pytest.mark.parametrize("change", [b"", b"longer than it was told"])
def test_a_file_that_changes_while_it_is_packed(change: bytes) -> None:
    class Changing(io.BytesIO):
        def seek(self, at: int, whence: int = 0) -> int:
            return super().seek(at, whence) + (4 if not change and whence == 2 else 0)

        def read(self, size: int | None = -1) -> bytes:
            data = super().read(size)
            return data and data + change

    with pytest.raises(Unreadable, match="changed while"):
        BoxWriter(io.BytesIO(), "x").add("a", Changing(b"1234"))


@pytest.mark.parametrize("name", ["../a", "/a", "a\\b", "", "a//b"])
def test_bad_names_are_not_written(name: str) -> None:
    writer = BoxWriter(io.BytesIO(), "x")
    with pytest.raises(Invalid):
        writer.add(name, b"")
    with pytest.raises(Invalid):
        BoxWriter(io.BytesIO(), name)


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(Unavailable, match="space"):
        BoxWriter(full, "x").add("a", b"1")
    with pytest.raises(Unreadable, match="missing cannot be read"):
        BoxWriter(io.BytesIO(), "x").add("a", tmp_path / "missing")


# --- hostile boxes ---------------------------------------------------------

WAYS_OUT = [
    "x/../evil", "x/../../evil", "x/data/../../evil", "x/data/../../../evil", "../evil", "../../evil",
    "x/..", "..", "x/data/..", "/evil", "//evil", "///evil", "x//evil", "/x/data/evil", "x/./evil",
    "./x/evil", "./../evil", "x/data/./../../evil", "C:/evil", "c:evil", "x/C:/evil", "x/data/c:evil",
    "C:\\evil", "x\\..\\evil", "x/data\\..\\..\\evil", "\\\\host\\share\\evil", "//host/share/evil",
    "\\\\?\\C:\\evil", "\\\\.\\evil", "x/..\\evil", "~/evil", "~root/evil", "x/~/evil\\", "x/data/evil:stream",
    "x/CON", "x/data/nul.txt", "x/data/COM1", "x/data/evil.", "x/data/evil ", "x/ /evil", "x/.../evil",
    "x/data/\u202efdp.evil", "x/data/\u200bevil", "x/data/\x01evil", "x/data/evil\n", "x/\u2028evil",
    "evil", "y/data/evil", "x/" + "n" * 256, "x/" + "d/" * 17 + "evil", "x/data/originals/A",
    "x/data/originals", "x/data/bundle.json", "x/DATA/evil", "x/data/bundle.json/evil",
    "x/data/originals/\N{GREEK CAPITAL LETTER ALPHA}", "",
]
LINKS = {b"1": "hard link", b"2": "symbolic link"}


def hostile(outside: Path) -> Iterator[tuple[str, bytes]]:
    """Boxes that must be refused, each with a word that the refusal must say."""
    away = str(outside / "evil")
    for name in [*WAYS_OUT, away]:
        if len(name.encode()) <= 100 and "\n" not in name:
            yield f"name {name!r}", around(entry(name.encode()))
        yield f"pax name {name!r}", around(pax(path=name) + entry(b"x/data/harmless"))
    yield "prefix leads out", around(entry(b"evil", prefix=b"x/data/../.."))
    yield "absolute prefix", around(entry(b"evil", prefix=str(outside).encode()[:150]))
    yield "NUL in the name", around(entry(b"x/data/a\0../../evil"))
    yield "NUL in a pax name", around(pax(path="x/data/a\0b") + entry(b"x/h"))
    yield "no UTF-8", around(entry(b"x/data/\xff\xfe"))
    yield "half a surrogate", around(pax(path="x/data/\ud800") + entry(b"x/h"))
    for kind, word in LINKS.items():
        for aim in (away, "../../evil", "/etc/passwd", "data/bundle.json"):
            link = header(b"x/data/link", kind=kind, link=aim.encode()[:100])
            yield f"{word} to {aim}", around(link + entry(b"x/data/link/evil"))
    for kind in b"34567gLKSDMVNXA\0 ":
        yield f"kind {chr(kind)!r}", around(header(b"x/data/odd", kind=bytes([kind])))
    yield "file with the name of a link", around(entry(b"x/data/evil", link=b"/etc/passwd"))
    yield "GNU long name", around(
        entry(b"././@LongLink", away.encode(), kind=b"L", magic=b"ustar  \0") + entry(b"x/a"))
    yield "GNU magic", around(entry(b"x/data/evil", magic=b"ustar  \0"))
    yield "no magic", around(entry(b"x/data/evil", magic=b""))
    yield "GNU sparse in pax", around(
        pax(GNU__sparse__major="1", GNU__sparse__name=away) + entry(b"x/data/evil"))
    yield "link in pax", around(pax(linkpath=away) + entry(b"x/data/evil"))
    yield "charset in pax", around(pax(hdrcharset="BINARY") + entry(b"x/data/evil"))
    yield "pax twice", around(pax(path="x/data/1") + pax(path="x/data/2") + entry(b"x/h"))
    yield "pax without a file", around(pax(path="x/data/1"))
    yield "pax size negative", around(pax(size="-1") + entry(b"x/data/evil"))
    yield "pax size too large", around(pax(size="9" * 18) + entry(b"x/data/evil"))
    yield "pax of a megabyte", around(entry(b"pax", b"9" * 1_000_000, kind=b"x") + entry(b"x/h"))
    yield "pax with a wrong length", around(entry(b"pax", b"99 path=x/data/1\n", kind=b"x") + entry(b"x/h"))
    yield "pax with a zero length", around(entry(b"pax", b"0 path=x/data/1\n", kind=b"x") + entry(b"x/h"))
    yield "size in base 256", around(header(b"x/data/evil", number=b"\x80" + bytes(10) + b"\x04") + b"evil")
    yield "size negative", around(header(b"x/data/evil", number=b"\xff" * 12))
    yield "size in words", around(header(b"x/data/evil", number=b"lots"))
    yield "size with a sign", around(header(b"x/data/evil", number=b"+4"))
    yield "size beyond the end", around(header(b"x/data/evil", 8**11 - 1))
    yield "wrong sum", around(entry(b"x/data/evil", wrong_sum=True))
    yield "bytes after the header", around(entry(b"x/data/evil", tail=b"hidden"))
    yield "bytes in the padding", around(header(b"x/data/evil", 4) + b"evil" + b"h" * 508)
    yield "one empty block", around(bytes(512) + entry(b"x/data/evil"))
    yield "more after the end", box() + entry(b"x/data/evil")
    yield "a second box after the end", box() + box()
    yield "megabytes of nothing after the end", box() + bytes(2 << 20)
    yield "cut in a header", box()[:700]
    yield "cut in a file", box()[:2600]
    yield "cut before the end", box()[:-10240]
    yield "nothing", b""
    yield "only an end", bytes(10240)
    yield "noise", os.urandom(4096)
    yield "compressed", b"\x1f\x8b" + bytes(1000)
    yield "sealed", b"age-encryption.org/v1\n" + bytes(1000)


def test_hostile_boxes(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_bytes(b"kept")
    cases = list(hostile(outside))
    assert len(cases) > 100
    for number, (word, data) in enumerate(cases):
        target = tmp_path / f"t{number}" / "in"
        target.parent.mkdir()
        with pytest.raises(Unreadable) as caught:
            taken(data, target)
        assert caught.value.problems, word
        assert str(caught.value).isprintable() or "\n" in str(caught.value), word
        assert all(problem.rule for problem in caught.value.problems), word
        assert list(target.parent.iterdir()) == [target], word
        assert not [p for p in target.rglob("*") if p.is_symlink()], word
        assert tree(outside) == {"kept": b"kept"}, word


def test_a_refusal_names_the_file_and_the_rule(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as caught:
        taken(around(entry(b"x/data/../../evil")), tmp_path / "t")
    (problem,) = caught.value.problems
    assert (problem.file, problem.rule) == ("x/data/../../evil", "the name leads out of its folder (..)")


@pytest.mark.parametrize("limits", [
    Limits(files=3), Limits(file_bytes=1000), Limits(bag_bytes=2000), Limits(tag_bytes=50), Limits(depth=2),
])
def test_limits_are_named(limits: Limits, tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as caught:
        taken(box(), tmp_path / "t", limits)
    changed = [n for n in Limits.__slots__ if getattr(limits, n) != getattr(Limits(), n)]
    assert changed == ["depth"] or f"`{changed[0]}`" in str(caught.value)


def test_a_large_size_is_refused_before_it_is_read(tmp_path: Path) -> None:
    data = around(pax(size=str(10**15)) + entry(b"x/data/evil"))
    with pytest.raises(Unreadable, match="`file_bytes`"):
        taken(data, tmp_path / "t")
    assert not (tmp_path / "t" / "data" / "evil").exists()


def test_only_an_empty_folder_is_unpacked_into(tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    assert taken(box(), tmp_path / "t")
    before = tree(tmp_path)
    with pytest.raises(Unavailable, match="not empty"):
        taken(box(), tmp_path / "t")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(Unavailable):
        taken(box(), tmp_path / "link")
    (tmp_path / "link").unlink()
    assert tree(tmp_path) == before


def test_a_stream_that_gives_few_bytes_at_a_time(tmp_path: Path) -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, 700) if size and size > 0 else size)

    assert bag.take(Slow(box()), tmp_path / "t").sum == packed()[1].sum


WHOLE, TOLD = packed()
STRETCHES = st.lists(
    st.tuples(
        st.integers(0, len(WHOLE) - 1),
        st.sampled_from(["flip", "set", "cut", "drop", "double", "move"]),
        st.integers(0, 2000), st.integers(0, 255),
    ),
    min_size=1, max_size=3,
)


def changed(data: bytes, at: int, how: str, length: int, value: int) -> bytes:
    at %= max(len(data), 1)
    if how == "flip":
        return data[:at] + bytes([data[at] ^ (value or 1)]) + data[at + 1 :] if data else data
    if how == "set":
        return data[:at] + bytes([value]) * length + data[at + length :]
    if how == "cut":
        return data[:at]
    if how == "drop":
        return data[:at] + data[at + length :]
    if how == "double":
        return data[: at + length] + data[at:]
    block = data[at : at + length]
    rest = data[:at] + data[at + length :]
    return rest[: value * 40] + block + rest[value * 40 :]


@examples(120)
@given(STRETCHES)
def test_any_change_is_refused_or_makes_no_difference(
    changes: list[tuple[int, str, int, int]]
) -> None:
    data = WHOLE
    for one in changes:
        data = changed(data, *one)
    with tempfile.TemporaryDirectory() as folder:
        refused_or_the_same(data, Path(folder))


def refused_or_the_same(data: bytes, folder: Path) -> None:
    try:
        found = taken(data, folder / "t")
    except HeadstampError as error:
        assert isinstance(error, Unreadable | Invalid)
        assert error.problems
    else:
        assert found.sum == TOLD.sum
        assert {n: d for n, d in tree(folder / "t" / "data").items() if d is not None} == {
            name.removeprefix("data/"): data for name, data in PAYLOAD.items()
        }
    assert {path.name for path in folder.iterdir()} <= {"t"}


def test_flipped_bits_are_found(tmp_path: Path) -> None:
    tried = range(0, len(WHOLE), counted(101, 1))
    refused = 0
    for at in tried:
        try:
            found = taken(changed(WHOLE, at, "flip", 0, 1 << at % 8), tmp_path / "t")
            # A blank for the NUL behind a number: the same number.
            assert found.sum == TOLD.sum
        except (Unreadable, Invalid):
            refused += 1
        shutil.rmtree(tmp_path / "t")
    assert refused > 0.995 * len(tried)
