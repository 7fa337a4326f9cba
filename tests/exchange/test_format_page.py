"""The examples of ``docs/transfer-format.md``, read by the code; and its commands, run."""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import fields
from pathlib import Path

from headstamp.evidence.canonical import canonical, parse
from headstamp.evidence.entry import check_fields, read
from headstamp.evidence.note import Verifier
from headstamp.exchange import keys
from headstamp.exchange.bundle import RecordLine, Statement
from headstamp.exchange.limits import LIMITS, Limits
from headstamp.exchange.names import NAME_BYTES_MAX
from headstamp.exchange.receipt import Receipt, open_receipt
from headstamp.exchange.sealing import sealed
from tests.exchange.boxes import packed
from tests.shared import ROOT

PAGE = (ROOT / "docs" / "transfer-format.md").read_text(encoding="utf-8")
LOG_PAGE = (ROOT / "docs" / "evidence-format.md").read_text(encoding="utf-8")


def block(name: str, page: str = PAGE) -> str:
    found = re.search(rf"```{name}\n(.*?)```", page, re.DOTALL)
    assert found
    return found[1]


def test_the_statement() -> None:
    statement = Statement.parse(block("bundle").encode())
    assert (statement.first, statement.size, statement.records) == (0, 2, 2)
    assert statement.text().decode() == block("bundle")
    for word in ("format", "from", "to", "first", "size", "made_at", "made_by", "records", "originals"):
        assert re.search(rf"^\| .*`{word}`", PAGE, re.MULTILINE)


def test_the_records_are_those_of_the_entries_of_the_other_page() -> None:
    entries = block("entries", LOG_PAGE).encode().splitlines()
    lines = block("records").encode().splitlines(keepends=True)
    assert len(lines) == len(entries) == 2
    for number, (line, entry) in enumerate(zip(lines, entries, strict=True)):
        told = RecordLine.parse(line)
        assert (told.entry, told.line()) == (number, line)
        values = {name: canonical(value) for name, value in parse(told.body).items()}
        assert check_fields(read(entry), values, told.seed) == []


def test_the_receipt() -> None:
    (key,) = Statement.parse(block("bundle").encode()).to
    receipt = open_receipt(block("receipt"), Verifier.parse(key))
    assert (receipt.sender, receipt.size, receipt.taken) == ("example.org/case-7", 2, 2)
    table = PAGE.partition("## 4. The receipt")[2].partition("```")[0]
    words = re.findall(r"`([a-z-]+)`", "".join(re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)))
    lines = [line.partition(" ")[0] for line in block("receipt").splitlines()[1:-2]]
    assert words == lines
    assert len(fields(Receipt)) == len(lines)


def test_the_limits() -> None:
    for told in ("100,000 files", "64 GiB in one", "256 GiB in\nall", "64 MiB of each", "16 folders"):
        assert told in re.sub(r"\n +", "\n", PAGE)
    gib = 2**30
    assert Limits(files=100_000, file_bytes=64 * gib, bag_bytes=256 * gib, tag_bytes=64 * 2**20,
                  depth=16, recipients=100) == LIMITS
    assert NAME_BYTES_MAX == 255


def test_other_tools_open_it(tmp_path: Path) -> None:
    (tmp_path / "NAME.bundle.tar").write_bytes(packed(base="NAME")[0])
    done = subprocess.run(
        "tar -xf NAME.bundle.tar && cd NAME && sha256sum -c manifest-sha256.txt tagmanifest-sha256.txt",
        shell=True, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "sha256sum -c manifest-sha256.txt tagmanifest-sha256.txt" in PAGE


def test_a_seal_is_of_the_form_told() -> None:
    pairs = [keys.SealKey.generate(), *keys.recovery_keys()]
    target = io.BytesIO()
    with sealed(target, [pair.public for pair in pairs]) as stream:
        stream.write(packed()[0])
    head = target.getvalue().partition(b"\n---")[0].decode("ascii")
    assert head.startswith("age-encryption.org/v1\n")
    assert head.count("\n-> X25519 ") == 3
