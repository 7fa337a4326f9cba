"""A day's work with an encrypted case, by the program itself: nothing of it is readable afterwards.

Every byte of the case's folder, of the folders for temporary files, caches and logs, and of
the backup is looked through for 200 words that stand for what nobody may read, in four forms
(figure C6 of the threat model): after the case was locked, and after the program was killed.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import unicodedata
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from PIL import Image

from headstamp.markings import alphabet
from headstamp.store.cipher_lock import LEAST_KIB, read_lock, write_lock
from tests.effort import EFFORT
from tests.intake.pdfs import paper, stream
from tests.shared import ROOT
from tests.store.canaries import ACCENTED, canary, in_files, readable
from tests.store.encrypted import CHEAP, PASSPHRASE

WORDS = [canary(number) for number in range(200)]
pytestmark = pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="needs files in memory")


class Laptop:
    """A machine of its own: home, temporary files, caches and logs in one folder, watched."""

    def __init__(self, root: Path) -> None:
        self.case = root / "case"
        self.backup = root / "backup"
        # What the person keeps elsewhere: the lists that are imported, the report that is wanted.
        self.outside = root / "outside"
        self.home = root / "home"
        for folder in (self.outside, self.home, self.home / "tmp", self.home / "cache"):
            folder.mkdir(parents=True)
        self.passphrase(PASSPHRASE)
        self.environment = {
            **os.environ, "HOME": str(self.home), "TMPDIR": str(self.home / "tmp"),
            "XDG_CACHE_HOME": str(self.home / "cache"), "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_DATA_HOME": str(self.home / "data"), "XDG_STATE_HOME": str(self.home / "state"),
            "HEADSTAMP_CASE": str(self.case), "HEADSTAMP_ACTOR": "A. Keeper",
            "HEADSTAMP_PASSPHRASE_FILE": str(self.outside / "passphrase"),
        }

    def init(self) -> None:
        """Makes the case; from then on guesses at its passphrase are as cheap as may be."""
        self.run("init", "--encrypted")
        dear = read_lock(self.case)
        assert dear.cost.memory_kib >= LEAST_KIB
        write_lock(self.case, dear.changed(dear.unlock(PASSPHRASE), PASSPHRASE, CHEAP))

    def passphrase(self, words: str) -> None:
        (self.outside / "passphrase").write_text(f"{words}\n", "utf-8")

    def run(self, *words: object, code: int = 0) -> str:
        done = subprocess.run(
            self.command(*words), cwd=self.home, env=self.environment, capture_output=True, text=True,
            check=False, timeout=120,
        )
        assert done.returncode == code, (words, done.stdout, done.stderr)
        return done.stdout

    def start(self, *words: object) -> subprocess.Popen[str]:
        log = (self.home / "log.txt").open("a")
        return subprocess.Popen(
            self.command(*words), cwd=self.home, env=self.environment, stdout=subprocess.PIPE,
            stderr=log, text=True,
        )

    @staticmethod
    def command(*words: object) -> list[str]:
        return [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r}); "
                "from headstamp.cli import main; sys.exit(main())", *map(str, words)]

    def readable(self) -> dict[str, set[str]]:
        return in_files(self.case, self.home, self.backup)


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    return Laptop(tmp_path)


def finds(words: list[str]) -> str:
    """A list with a word in every cell; its last row is refused."""
    rows = [f"{words[n]},{words[n + 1]},AK {words[n + 2]},{words[n + 3]},2020-01-02"
            for n in range(0, len(words) - 3, 4)]
    return "\n".join(["tag,make,model,serial number,date found", *rows,
                      f"{words[0]}X,{words[1]},{words[2]},{words[3]},not a {words[4]}"])


def picture(word: str, size: int = 900) -> bytes:
    """A photograph that has the word in its EXIF."""
    image = Image.effect_noise((size, size), 40).convert("RGB")
    exif = image.getexif()
    exif[0x010E], exif[0x010F], exif[0x0110], exif[0x013B] = word, word, word, word
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, quality=80)
    return out.getvalue() + word.encode()


def letter(word: str) -> bytes:
    """A PDF that says the word, in the open and on its page."""
    said = b"BT /F 40 Tf 90 700 Td (%s) Tj ET" % word.encode()
    return paper(b"", more={4: stream(said, packed=False), 10: b"(%s)" % word.encode()})


class Browser:
    """What a person does in a browser, without one."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        try:
            with self._opener.open(
                urllib.request.Request(self.address + path, headers=headers), timeout=60
            ) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def token(self, path: str) -> str:
        found = re.search(rb'name="token" value="([0-9a-f]+)"', self.get(path)[1])
        assert found
        return found[1].decode()

    def post(self, path: str, **fields: str) -> tuple[int, str, bytes]:
        return self._send(path, urllib.parse.urlencode(fields).encode(),
                          "application/x-www-form-urlencoded")

    def send(
        self, path: str, token: str, files: dict[str, bytes], *, field: str = "files", **typed: str
    ) -> tuple[int, str, bytes]:
        edge = "----edge"
        parts = [f'--{edge}\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
                 for name, value in {"token": token, **typed}.items()]
        for name, data in files.items():
            head = (f'--{edge}\r\ncontent-disposition: form-data; name="{field}"; filename="{name}"\r\n'
                    "content-type: application/octet-stream\r\n\r\n")
            parts += [head.encode(), data, b"\r\n"]
        parts.append(f"--{edge}--\r\n".encode())
        return self._send(path, b"".join(parts), f"multipart/form-data; boundary={edge}")

    def _send(self, path: str, data: bytes, kind: str) -> tuple[int, str, bytes]:
        request = urllib.request.Request(self.address + path, data, {"content-type": kind})
        try:
            with self._opener.open(request, timeout=60) as answer:
                return answer.status, answer.url, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.url, error.read()

    def job(self, path: str) -> dict[str, object]:
        for _ in range(600):
            told: dict[str, object] = json.loads(self.get(path.replace("/jobs/", "/api/jobs/"))[1])
            if told.get("state") != "running":
                return told
            time.sleep(0.1)
        raise AssertionError("the job does not end")


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Laptop:
    """A case after a morning's work; made once."""
    laptop = Laptop(tmp_path_factory.mktemp("morning"))
    laptop.init()
    (laptop.outside / "finds.csv").write_text(finds(WORDS[:80]), "utf-8")
    laptop.run("import", laptop.outside / "finds.csv", "--as", "item")
    (laptop.outside / "left.jpg").write_bytes(picture(WORDS[80]))
    laptop.run("import", laptop.outside / "left.jpg")
    for word in WORDS[81:83]:
        laptop.run("record", "item", "--make", f"seen by {word}", "--tier", "sealed", "--reason",
                   f"told by {word}")
    assert laptop.readable() == {}
    return laptop


@pytest.fixture
def filled(laptop: Laptop, morning: Laptop) -> Laptop:
    """The same case on a laptop of its own."""
    shutil.copytree(morning.case, laptop.case)
    return laptop


@pytest.fixture
def address(filled: Laptop) -> Iterator[tuple[Laptop, str, subprocess.Popen[str]]]:
    server = filled.start("serve", "--port", "0", "--json", "--lock-after", "15")
    try:
        assert server.stdout is not None
        told = "".join(iter(server.stdout.readline, "}\n"))
        yield filled, str(json.loads(told + "}")["address"]), server
    finally:
        server.kill()
        server.wait()


def test_the_search_finds_what_lies_open(tmp_path: Path) -> None:
    """The watch itself: each form of a word is seen where it is."""
    import gzip
    import zipfile
    from base64 import b64encode

    word = WORDS[5]
    told = f"a text about {word} and more"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheet.xml", told * 20)
    there = {
        "utf-8": told.encode(), "utf-16": told.encode("utf-16"),
        **{f"base64-{n}": b64encode(b"x" * n + told.encode()) for n in range(3)},
        "hexadecimal": told.encode().hex().encode(), "index": bytes(alphabet.encode(word)),
        "composed": unicodedata.normalize("NFC", ACCENTED).encode(),
        "decomposed": unicodedata.normalize("NFD", ACCENTED).encode(), "parquet": b"",
        "gzip": gzip.compress(told.encode() * 20), "zip": packed.getvalue(),
        f"{word}.txt": b"its name",
    }
    for name, data in there.items():
        (tmp_path / name).write_bytes(b"\x01\x02" + data if data else b"PAR1 and so on")
    assert {Path(path).name for path in in_files(tmp_path)} == set(there)


def test_a_plain_case_is_readable(tmp_path: Path, laptop: Laptop) -> None:
    """What the next tests look for would be there to be found."""
    laptop.run("init")
    (laptop.outside / "finds.csv").write_text(finds(WORDS[:8]), "utf-8")
    laptop.run("import", laptop.outside / "finds.csv", "--as", "item")
    assert laptop.readable()


def test_nothing_is_readable_after_a_days_work(address: tuple[Laptop, str, subprocess.Popen[str]]) -> None:
    laptop, where, server = address
    browser = Browser(where)
    assert WORDS[0].encode() in browser.get("/items")[1]
    for path in ("/", "/sites", "/map", "/report", "/verify", "/photographs"):
        browser.get(path)
    assert WORDS[3].encode() in browser.get(f"/search?q={WORDS[3][:9]}")[1]
    # A large upload, so that it would be put aside on the disk, with rows that are refused.
    status, at, page = browser.send("/import", browser.token("/import"), {
        f"{WORDS[90]}.csv": finds(WORDS[84:]).encode(), f"{WORDS[91]}.jpg": picture(WORDS[92], 2200)})
    assert status == 200 and "/import/" in at, page[-2000:]
    assert laptop.readable() == {}
    token = browser.token(urllib.parse.urlsplit(at).path)
    _, at, _ = browser.post(urllib.parse.urlsplit(at).path, token=token, do="import", **{"as": "item"})
    job = urllib.parse.urlsplit(at).path
    told = browser.job(job)
    assert told["state"] == "done", told
    assert laptop.readable() == {}
    refused = browser.get(f"{job}/problems/0")
    assert refused[0] == 200 and b"not a" in refused[1]
    photographs = json.loads(browser.get("/api/photographs")[1])["rows"]
    assert len(photographs) == 2
    for one in photographs:
        shown = json.loads(browser.get(f"/api/photographs/{one['id']}")[1])
        digest = re.search(r'"digest": ?"([0-9a-f]{64})"', json.dumps(shown))
        assert digest
        status, small = browser.get(f"/thumbs/{digest[1]}?side=400")
        assert status == 200 and small.startswith(b"\xff\xd8")
        status, whole = browser.get(f"/originals/{digest[1]}")
        assert status == 200 and whole.startswith(b"\xff\xd8")
        status, part = browser.get(f"/originals/{digest[1]}", Range="bytes=1000-1999")
        assert status == 206 and part == whole[1000:2000]
    laptop.run("record", "trace_request", "--title", f"asked about {WORDS[93]}", "--reason", "asked")
    (asked,) = json.loads(browser.get("/api/trace-requests")[1])["rows"]
    form = f"/trace-requests/{asked['id']}/reply"
    status, reading, page = browser.send(
        form, browser.token(form), {f"{WORDS[94]}.pdf": letter(WORDS[95])}, field="file",
        reply_code="confirmed_full", text=f"sold to {WORDS[96]}")
    assert status == 200 and reading.endswith("/read") and WORDS[96].encode() in page
    drawn = re.findall(rb'src="(/documents/[\w-]+/pages/\d+\.jpg)"', page)
    assert len(drawn) == 1
    for path in (drawn[0].decode(), f"{drawn[0].decode()}?side=400"):
        status, small = browser.get(path)
        assert status == 200 and small.startswith(b"\xff\xd8")
    assert browser.get(drawn[0].decode().partition("/pages/")[0])[0] == 200
    assert list((laptop.case / "derived" / "pages").iterdir()) and laptop.readable() == {}
    _, at, _ = browser.post("/report", token=browser.token("/report"), form="pdf")
    report = urllib.parse.urlsplit(at).path
    assert browser.job(report)["state"] == "done"
    assert browser.get(f"{report}/report")[1].startswith(b"%PDF")
    laptop.run("find", WORDS[7])
    laptop.run("report", "-o", laptop.outside / "report.html")
    laptop.run("backup", laptop.backup)
    laptop.run("verify")
    laptop.run("doctor", code=0)
    assert laptop.readable() == {}
    # Locked: every address asks for the passphrase, and the process that held the keys is gone.
    token = browser.token("/items")
    browser.post("/lock", token=token)
    for _ in range(100):
        status, page = browser.get("/items")
        if status == 423:
            break
        time.sleep(0.1)
    assert status == 423 and b"passphrase" in page and WORDS[0].encode() not in page
    assert json.loads(browser.get("/api/items")[1])["error"] == "locked"
    for _ in range(100):  # it answers as locked at once; the new process comes a moment later
        held = _in_memory(server.pid)
        if not held:
            break
        time.sleep(0.1)
    assert not held
    assert laptop.readable() == {}
    assert browser.post("/unlock", passphrase="not the passphrase", next="/items")[0] == 403
    status, at, page = browser.post("/unlock", passphrase=PASSPHRASE, next=f"/items?make={WORDS[1]}")
    assert status == 200 and "/items?make=" in at and WORDS[0].encode() in page
    server.send_signal(signal.SIGKILL)
    server.wait()
    assert laptop.readable() == {}


def test_nobody_is_cut_off_while_it_locks(address: tuple[Laptop, str, subprocess.Popen[str]]) -> None:
    """Who knocks while one process takes the other's place is answered, by the old or the new."""
    _, where, server = address
    browser = Browser(where)
    token, before = browser.token("/items"), _in_memory(server.pid)
    ended, answers, faults = threading.Event(), Counter[int](), list[OSError]()

    def knock() -> None:
        while not ended.is_set():
            try:
                answers[Browser(where).get("/items")[0]] += 1
            except OSError as fault:
                faults.append(fault)

    people = [threading.Thread(target=knock) for _ in range(4)]
    for one in people:
        one.start()
    browser.post("/lock", token=token)
    for _ in range(200):
        if not _in_memory(server.pid) and answers[423] > 20:
            break
        time.sleep(0.1)
    ended.set()
    for one in people:
        one.join()
    assert before and not _in_memory(server.pid)
    assert faults == [] and answers[423] > 20, (faults[:3], answers)


def _in_memory(process: int) -> set[str]:
    """What is readable in the memory of a process."""
    found: set[str] = set()
    with Path(f"/proc/{process}/maps").open() as maps, Path(f"/proc/{process}/mem").open("rb", 0) as memory:
        for line in maps:
            bounds, rights = line.split()[:2]
            if "rw" in rights and "[v" not in line:
                start, end = (int(one, 16) for one in bounds.split("-"))
                try:
                    memory.seek(start)
                    found |= readable(memory.read(end - start), deep=False)
                except OSError:
                    continue  # a part that cannot be read
    return found


def test_nothing_is_readable_after_kills(filled: Laptop) -> None:
    """Killed while it imports, at different moments."""
    lines = finds(WORDS[84:]).split("\n")
    many = "\n".join([lines[0], *(line.replace(",", f"{n},", 1) for n in range(400)
                                  for line in lines[1:-1])])
    (filled.outside / "many.csv").write_text(many, "utf-8")
    for number in range(3 * EFFORT):
        process = filled.start("import", filled.outside / "many.csv", "--as", "item")
        time.sleep(0.6 + number % 10 * 0.35)
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
        assert filled.readable() == {}
    filled.run("verify")
    assert filled.readable() == {}


def test_a_wrong_passphrase_and_a_changed_one(filled: Laptop) -> None:
    filled.passphrase("another passphrase entirely")
    assert filled.run("list", "item", code=4) == ""
    filled.passphrase(PASSPHRASE)
    filled.run("backup", filled.backup)
    (filled.outside / "new").write_text("a new one, of other words\n", "utf-8")
    filled.environment["HEADSTAMP_NEW_PASSPHRASE_FILE"] = str(filled.outside / "new")
    filled.run("passphrase")
    filled.run("list", "item", code=4)
    # The backup was made under the old one, and opens with it.
    filled.run("restore", filled.backup, filled.home / "back")
    filled.passphrase("a new one, of other words")
    assert WORDS[0] in filled.run("list", "item", "--limit", "100")
    filled.run("restore", filled.backup, filled.home / "again", code=4)
    assert filled.readable() == {}


def test_who_has_something_written_is_told_that_it_is_readable(filled: Laptop) -> None:
    for words in (("report", "-o", filled.outside / "r.html"), ("party", "export", "-o", filled.outside / "p"),
                  ("ask", "things", "-o", filled.outside / "t.csv"), ("export-log", filled.outside / "log")):
        done = subprocess.run(filled.command(*words), cwd=filled.home, env=filled.environment,
                              capture_output=True, text=True, check=True)
        assert f"readable for whoever has it: {words[-1]}" in done.stderr, words
    done = subprocess.run(filled.command("list", "item"), cwd=filled.home, env=filled.environment,
                          capture_output=True, text=True, check=True)
    assert "readable for whoever" not in done.stderr


def test_what_cannot_be_encrypted_is_refused(laptop: Laptop) -> None:
    laptop.environment["HEADSTAMP_CASE"] = "postgresql://nobody@localhost/none"
    laptop.run("init", "--encrypted", code=2)
    laptop.environment["HEADSTAMP_CASE"] = str(laptop.case)
    laptop.passphrase("short")
    laptop.run("init", "--encrypted", code=2)
    laptop.passphrase(PASSPHRASE)
    laptop.run("init", "--encrypted", "--recovery", "age1nonsense", code=2)
    assert not (laptop.case / "keys").exists()
    laptop.run("init", "--encrypted")
    laptop.run("init", "--encrypted", code=5)
    laptop.run("init", code=5)
    laptop.run("snapshot", code=2)
    laptop.environment.pop("HEADSTAMP_PASSPHRASE_FILE")
    laptop.run("list", "item", code=7)


@pytest.mark.slow
def test_nothing_is_readable_after_an_exchange_and_an_erasure(filled: Laptop, tmp_path: Path) -> None:
    """One encrypted laptop packs for another, which takes it in and erases a value of it."""
    other = Laptop(tmp_path / "other")
    out = filled.outside
    other.init()
    other.run("device", "keys", "--for", "headquarters", "-o", out / "office.key")
    (out / "one.card").write_text(filled.run("device", "card"), "utf-8")
    (out / "other.card").write_text(other.run("device", "card"), "utf-8")
    filled.run("device", "add", out / "other.card", "--title", "Other")
    other.run("device", "add", out / "one.card", "--title", "One")
    filled.run("pack", "Other", "--to", out)
    bundle = next(out.glob("*.age"))
    other.run("take", bundle, "--key", out / "office.key")
    filled.run("take", next(out.glob("*.receipt")))
    assert filled.readable() == other.readable() == {}
    listed = json.loads(other.run("list", "item", "--json", "--limit", "100"))
    rows = next(rows for rows in listed.values() if isinstance(rows, list))
    other.run("--actor", "One", "erase", rows[0]["id"], "--field", "make", "--ground", "safety", "--why", "asked")
    asked = re.search(r"\beras-\w+", other.run("erase", "--list"))
    assert asked
    other.run("--actor", "Another", "erase", "--approve", asked[0])
    for laptop in (filled, other):
        laptop.run("verify")
        assert laptop.readable() == {}
    assert in_files(*Path("/dev/shm").glob(".taking-*")) == {}
