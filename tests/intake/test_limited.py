"""The limited child: what it may not do, how a file is handed to it, and how it is said that it died."""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from headstamp.errors import Missing, Unreadable
from headstamp.intake import limited, seccomp
from headstamp.intake.handed import opened
from headstamp.intake.limits import LIMITS, Limits, limits_from
from headstamp.intake.photo import read_photo, thumbnail
from headstamp.intake.process import holding, only_answer
from headstamp.intake.table import open_table
from tests.intake.broken import workbook_bytes
from tests.intake.hostile import picture, png
from tests.shared import ROOT

BY_KERNEL = sys.platform.startswith("linux") and platform.machine() in ("x86_64", "aarch64")

_TRIES = """
import ctypes, json, os, resource, signal, socket, subprocess, sys
from pathlib import Path
from headstamp.intake.confine import confine

folder = Path(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)
opened = os.open(folder / "there", os.O_RDONLY)
held = confine(300 << 20, 5, most=(300 << 20, 5), programs=sys.argv[2] == "programs")

def tried(what):
    try:
        what()
        return "done"
    except (OSError, MemoryError) as error:
        return type(error).__name__

def in_c(name, *given):
    def call():
        if getattr(libc, name)(*given) < 0:
            raise OSError(ctypes.get_errno(), name)
    return call

place = os.fsencode(folder / "new")
told = {
    "socket": tried(lambda: socket.socket()),
    "socket in C": tried(in_c("socket", 2, 1, 0)),
    "write": tried(lambda: (folder / "new").write_text("x")),
    "write in C": tried(in_c("creat", place, 0o600)),
    "open in C": tried(in_c("open", place, os.O_WRONLY | os.O_CREAT, 0o600)),
    "remove": tried(lambda: (folder / "there").unlink()),
    "remove in C": tried(in_c("unlink", os.fsencode(folder / "there"))),
    "rename": tried(lambda: (folder / "there").rename(folder / "gone")),
    "folder": tried(lambda: (folder / "sub").mkdir()),
    "link": tried(lambda: (folder / "to").symlink_to("/")),
    "mode": tried(lambda: (folder / "there").chmod(0o777)),
    "again by descriptor": tried(lambda: open(f"/proc/self/fd/{opened}", "r+")),
    "program": tried(lambda: subprocess.run(["/bin/true"], check=True)),
    "kill": tried(lambda: os.kill(os.getppid(), 0)),
    "signal in C": tried(in_c("syscall", 234 if os.uname().machine == "x86_64" else 131,
                              os.getppid(), os.getppid(), 0)),
    "limits of others": tried(lambda: resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE)),
    "signal to itself": tried(lambda: signal.raise_signal(signal.SIGWINCH)),
    "limits of its own": tried(lambda: resource.getrlimit(resource.RLIMIT_NOFILE)),
    "memory": tried(lambda: bytearray(400 << 20)),
    "read": tried(lambda: (folder / "there").read_text()),
    "files": tried(lambda: [os.dup(opened) for _ in range(100)]),
}
print(json.dumps(told))
"""


def tries(folder: Path, programs: bool) -> dict[str, str]:
    (folder / "there").write_text("here")
    done = subprocess.run(
        [sys.executable, "-c", _TRIES, str(folder), "programs" if programs else "none"],
        capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, str] = json.loads(done.stdout)
    assert sorted(path.name for path in folder.iterdir()) == ["there"]
    assert (folder / "there").read_text() == "here"
    return told


@pytest.mark.skipif(not BY_KERNEL, reason="the filter of system calls is Linux's")
@pytest.mark.parametrize("programs", [False, True])
def test_what_a_confined_process_may_not_do(tmp_path: Path, programs: bool) -> None:
    told = tries(tmp_path, programs)
    for free in ("read", "signal to itself", "limits of its own"):
        assert told.pop(free) == "done"
    assert told.pop("memory") == "MemoryError"
    for free in ("program", "kill", "signal in C", "limits of others"):
        assert (told.pop(free) == "done") is programs
    assert set(told.values()) <= {"PermissionError", "OSError"}, told


def test_it_says_what_holds_here() -> None:
    held = holding()
    assert any("no network" in one and "no other program" in one for one in held)
    if BY_KERNEL:
        assert any("by the kernel" in one for one in held)
        assert any("memory 448 MiB" in one for one in held)


def test_the_filter_knows_each_call_once() -> None:
    for column in (0, 1):
        numbers = [pair[column] for pair in {**seccomp._TABLE, **seccomp._PROGRAMS}.values()]
        known = [number for number in numbers if number is not None] + list(seccomp._ON_BOTH.values())
        assert len(known) == len(set(known))
        assert len(seccomp.filter_lines(column, 0, False, 1)) < 4_096


def test_nothing_of_our_environment_reaches_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADSTAMP_PASSPHRASE", "secret")
    monkeypatch.setenv("HOME", "/nowhere")
    assert set(limited._environment()) <= {*limited._PASSED_ON, "LC_ALL", "MALLOC_ARENA_MAX"}


def test_a_file_is_handed_over_as_path_bytes_or_open_file(tmp_path: Path) -> None:
    data = picture("JPEG")
    path = tmp_path / "a.jpg"
    path.write_bytes(data)
    small = thumbnail(path, 40)
    digest = hashlib.sha256(data).hexdigest()
    with path.open("rb") as file:
        file.read(7)
        for given in (path, str(path), data, io.BytesIO(data), file):
            facts = read_photo(given)
            assert (facts.sha256, facts.size, facts.width) == (digest, len(data), 96)
            if isinstance(given, io.BytesIO):
                given.seek(0)
            assert thumbnail(given, 40, name="x.jpg") == small
    reader, writer = os.pipe()
    os.write(writer, data[:60_000])
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:  # no plain file: read into memory first
        assert read_photo(pipe).sha256 == digest


def test_what_is_said_names_the_file() -> None:
    with pytest.raises(Unreadable, match=r"finds\.jpg is no photograph"):
        read_photo(b"serial", name="finds.jpg")
    with pytest.raises(Unreadable, match="the file is no photograph"):
        read_photo(b"serial")
    with pytest.raises(Missing), opened("/nowhere/at/all", LIMITS):
        pass
    with pytest.raises(Unreadable, match="not an ordinary file"), opened("/dev/zero", LIMITS):
        pass
    with pytest.raises(Unreadable, match="`file_bytes`"):
        read_photo(io.BytesIO(picture("PNG")), limits=Limits(file_bytes=10))
    with pytest.raises(Unreadable, match="`parser_memory_bytes` of 90,000,000"):
        read_photo(png(9_000, 9_000, 8, 2), name="b.png", limits=Limits(parser_memory_bytes=90_000_000))
    with pytest.raises(Unreadable, match="`parser_cpu_seconds` of 1"):
        read_photo(_scans(), name="s.jpg", limits=Limits(parser_cpu_seconds=1))
    assert read_photo(picture("PNG")).width == 96


def _scans() -> bytes:
    """A picture that is drawn over and over: seconds of work in little space."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (4_000, 4_000)).save(out, "JPEG", progressive=True)
    data = out.getvalue()
    return data[:-2] + data[data.rfind(b"\xff\xda") : -2] * 2_000 + b"\xff\xd9"


def test_one_that_is_killed_is_replaced() -> None:
    good = picture("JPEG")
    assert read_photo(good).width == 96
    for keeper in list(limited.KEEPERS._idle):
        os.kill(keeper._process.pid, signal.SIGKILL)
        keeper._process.wait()
    assert read_photo(good).width == 96


def test_a_reader_left_in_the_middle_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(workbook_bytes([["serial"], *[[f"XK{n}"] for n in range(9_000)]]))
    for _ in range(3):
        with open_table(path) as table:
            next(iter(table.rows()))
    assert len(limited.KEEPERS._idle) <= 4
    assert read_photo(picture("PNG")).width == 96


def test_many_threads_at_once_and_many_files_in_a_row() -> None:
    wrong: list[object] = []
    pictures = {name: picture("JPEG", width) for name, width in (("a", 40), ("b", 80), ("c", 96))}

    def work(name: str, width: int) -> None:
        for number in range(60):
            try:
                if read_photo(pictures[name]).width != width or not thumbnail(pictures[name], 20):
                    wrong.append((name, number))
                if number % 20 == 7:
                    read_photo(b"\x89PNG\r\n\x1a\n" + bytes(90))
            except Unreadable as error:
                wrong.append(error)

    threads = [threading.Thread(target=work, args=(n, w)) for n, w in (("a", 40), ("b", 80), ("c", 96))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(limited.KEEPERS._idle) <= 4


def test_other_limits_for_another_file_of_the_same_kind() -> None:
    good = picture("JPEG")
    assert read_photo(good).width == 96
    assert read_photo(good, limits=Limits(parser_memory_most_bytes=2 << 30)).width == 96
    with pytest.raises(Unreadable, match="`image_pixels`"):
        read_photo(good, limits=Limits(image_pixels=10))
    assert only_answer("photo", good, LIMITS)["width"] == 96


def test_what_a_parser_gets_grows_with_its_file() -> None:
    limits = Limits(parser_memory_bytes=100, parser_memory_per_byte=2, parser_memory_most_bytes=500)
    assert [limits.parser_memory(size) for size in (1, 50, 51, 250, 999)] == [100, 100, 102, 500, 500]
    limits = Limits(parser_cpu_seconds=8, parser_cpu_seconds_per_mib=5, parser_cpu_most_seconds=20)
    assert [limits.parser_seconds(size) for size in (1, 1 << 20, 2 << 20, 9 << 20)] == [8, 13, 18, 20]
    assert limits_from(" rows=7;columns=2 ") == Limits(rows=7, columns=2)
    assert limits_from("") == Limits()
