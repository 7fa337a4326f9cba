"""The document of the format: its example is right, and a checker written from it agrees."""

from __future__ import annotations

import json
import re
from random import Random

from headstamp.evidence import tree
from headstamp.evidence.check import check_log
from headstamp.evidence.checkpoint import open_checkpoint
from headstamp.evidence.entry import check_fields, read
from headstamp.evidence.key_line import KeyLine
from headstamp.evidence.note import Verifier
from headstamp.evidence.salted import salts
from tests.evidence import outsider, sample
from tests.shared import ROOT, shared

PAGE = (ROOT / "docs" / "evidence-format.md").read_text(encoding="utf-8")
VALUES = {"calibre": b'"7.62 x 39"', "latitude": b"48.5", "quantity": b"12"}
FIRST = VALUES | {"marking": b'"01-85"'}, bytes(range(16))
SECOND = VALUES | {"marking": b'"07-85"'}, bytes(range(16, 32))


def _block(name: str) -> str:
    match = re.search(rf"^```{name}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert match, f"no block {name} in the page"
    return match[1]


def test_the_example_of_the_document() -> None:
    entries = _block("entries").encode().splitlines()
    for entry, (values, seed) in zip(entries, (FIRST, SECOND), strict=True):
        assert check_fields(read(entry), values, seed) == []
        assert outsider.commitments(values, seed) == outsider.read_entry(entry)["fields"]
        for word in (seed.hex(), tree.leaf_hash(entry).hex()):
            assert word in PAGE
    stream = salts(FIRST[1], 4).hex()
    for position, name in enumerate(sorted(FIRST[0])):
        salt = stream[32 * position : 32 * position + 32]
        assert f"| {position} | {name} | `{FIRST[0][name].decode()}` | `{salt}` |" in PAGE
    assert tree.root_of(entries).hex() in PAGE
    key, note = _block("key").strip(), _block("checkpoint")
    assert open_checkpoint(note, Verifier.parse(key)).root == tree.root_of(entries)
    assert outsider.verdict(entries, [note], key)
    assert check_log(entries, [note], Verifier.parse(key)) == []


def test_the_example_of_a_second_log_in_the_document() -> None:
    entries = _block("elsewhere").encode().splitlines()
    first = _block("entries").encode().splitlines()
    log = "example.org/case-7"
    told = [read(entry) for entry in entries]
    assert [(one.act, one.version, one.of) for one in told] == [
        ("take", 1, (f"{log} 0",)), ("put", 2, ()), ("hold", 3, (f"{log} 1", f"{log} 0")),
        ("settle", 4, (f"{log} 1",)),
    ]
    assert [one.fields for one in (told[0], told[2])] == [read(entry).fields for entry in first]
    for one, marking, start in ((told[1], b"01-86", 32), (told[3], b"07-86", 48)):
        seed = bytes(range(start, start + 16))
        assert check_fields(one, VALUES | {"marking": b'"%b"' % marking}, seed) == []
        assert seed.hex() in PAGE
    for entry in entries:
        assert outsider.read_entry(entry)


def test_the_example_of_a_key_change_in_the_document() -> None:
    entries, note = _block("entries").encode().splitlines(), _block("keychange")
    key = Verifier.parse(_block("key").strip())
    line = KeyLine.read(key, [note])
    assert (line.changes[0].size, line.changes[0].root) == (2, tree.root_of(entries))
    assert line.witnessed == (True,)
    assert open_checkpoint(_block("checkpoint"), line).size == 2
    assert outsider.verdict(entries, [_block("checkpoint")], key.text(), [note])


def test_the_outsider_agrees_on_good_and_tampered_logs() -> None:
    log = sample.entries(12)
    notes = [sample.checkpoint(log[:size]) for size in (5, 12)]
    key = sample.signer().verifier
    assert outsider.verdict(log, notes, key.text())
    random = Random(7)
    for _ in range(60):
        changed, changed_notes = list(log), list(notes)
        where = random.randrange(4)
        if where == 0:
            place = random.randrange(len(log))
            data = bytearray(changed[place])
            data[random.randrange(len(data))] ^= 1 << random.randrange(8)
            changed[place] = bytes(data)
        elif where == 1:
            del changed[random.randrange(len(log))]
        elif where == 2:
            one, other = random.sample(range(len(log)), 2)
            changed[one], changed[other] = changed[other], changed[one]
        else:
            place = random.randrange(2)
            letter = random.randrange(len(notes[place]))
            note = notes[place]
            changed_notes[place] = note[:letter] + "Z" + note[letter + 1 :]
            if changed_notes == notes:
                continue
        assert not outsider.verdict(changed, changed_notes, key.text())
        assert check_log(changed, changed_notes, key) != []


def test_the_outsider_knows_ed25519() -> None:
    path = shared("vectors/wycheproof-ed25519") / "ed25519_test.json"
    for group in json.loads(path.read_text())["testGroups"]:
        public = bytes.fromhex(group["publicKey"]["pk"])
        for case in group["tests"][:12]:
            message, proof = bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])
            assert outsider.signed(public, message, proof) == (case["result"] == "valid")


def test_the_document_names_every_code() -> None:
    source = (ROOT / "src/headstamp/evidence/check.py").read_text(encoding="utf-8")
    codes = set(re.findall(r'Finding\(\s*"([a-z_]+)"', source))
    assert len(codes) == 9
    # What only a checker of folders tells, too.
    source = (ROOT / "src/headstamp/evidence/check_folder.py").read_text(encoding="utf-8")
    more = set(re.findall(r'say\(\s*"([a-z_]+)"', source)) | {"key_unwitnessed", "count_wrong"}
    for code in codes | more:
        assert re.search(rf"^\|.*`{code}`.*\|.+\|$", PAGE, re.MULTILINE), code
