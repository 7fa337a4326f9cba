"""All published vectors of what the evidence rests on, with their counts (I4).

Merkle proofs 196 of 196 (98 of inclusion, 98 of consistency), a log of other software 16 of
16 with 120 pairs of sizes, signed notes 17 of 17, checkpoints 9 of 9, Ed25519 151 of 151,
canonical JSON 6 of 6, JSON 283 of 283 and no crash on 35 that may be taken either way.
``verify.py`` and the outsider's checker try Ed25519 by themselves (``test_verify``,
``test_format``); those of BagIt and RFC 3161 are with what reads them (``tests/exchange``).
"""

from __future__ import annotations

import json
import tarfile
from base64 import b64decode

from headstamp.errors import Invalid, Tampered, Unreadable
from headstamp.evidence import tree
from headstamp.evidence.canonical import canonical, parse
from headstamp.evidence.checkpoint import Checkpoint, open_checkpoint
from headstamp.evidence.note import Verifier, open_note
from tests.shared import shared

TESTDATA = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
# The entries of that log, spelt as its makers spelt them.
WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eit", "nain", "ten"]
WORDS += ["ileven", "twelf", "threeten", "fourten", "fivten"]


def _b64(value: str | None) -> bytes:
    return b64decode(value or "")


def test_merkle_inclusion_98_of_98() -> None:
    seen = 0
    for path in sorted(shared("vectors/rfc6962-merkle/inclusion").rglob("*.json")):
        case = json.loads(path.read_text())
        proof = [_b64(node) for node in case["proof"] or []]
        verdict = tree.verify_inclusion(
            case["leafIdx"], case["treeSize"], _b64(case["leafHash"]), proof, _b64(case["root"])
        )
        assert verdict is not case["wantErr"], path
        seen += 1
    assert seen == 98


def test_merkle_consistency_98_of_98() -> None:
    seen = 0
    for path in sorted(shared("vectors/rfc6962-merkle/consistency").rglob("*.json")):
        case = json.loads(path.read_text())
        proof = [_b64(node) for node in case["proof"] or []]
        verdict = tree.verify_consistency(
            case["size1"], case["size2"], _b64(case["root1"]), _b64(case["root2"]), proof
        )
        assert verdict is not case["wantErr"], path
        seen += 1
    assert seen == 98


def test_checkpoints_9_of_9() -> None:
    cases = json.loads((shared("vectors/signed-note") / "checkpoints.json").read_text())
    assert len(cases) == 9
    for case in cases:
        try:
            checkpoint = Checkpoint.parse(case["text"])
        except Unreadable:
            accepted = False
        else:
            accepted = True
            assert checkpoint.text() == case["text"]
        assert accepted == case["accept"], case["name"]


def test_a_log_of_other_software_16_of_16_and_120_pairs() -> None:
    log = shared("vectors/tlog-tiles-log") / "log"
    verifier = Verifier.parse(TESTDATA)
    leaves = [word.encode() for word in WORDS]

    def read_node(level: int, index: int) -> bytes:
        return tree.root_of(leaves[index << level : (index + 1) << level])

    checkpoints = [
        open_checkpoint((log / f"checkpoint.{size}").read_bytes(), verifier) for size in range(16)
    ]
    assert len(checkpoints) == 16
    for size, checkpoint in enumerate(checkpoints):
        assert checkpoint.size == size
        assert checkpoint.root == tree.root_of(leaves[:size])
    pairs = 0
    for n in range(1, 16):
        for m in range(1, n + 1):
            proof = tree.consistency_proof(m, n, read_node)
            roots = checkpoints[m].root, checkpoints[n].root
            assert tree.verify_consistency(m, n, *roots, proof)
            pairs += 1
    assert pairs == 120


def test_signed_notes_17_of_17() -> None:
    cases = json.loads((shared("vectors/signed-note") / "notes.json").read_text())
    assert len(cases) == 17
    for case in cases:
        verifiers = [Verifier.parse(key) for key in case["keys"]]
        try:
            verified = [s.name for s in open_note(b64decode(case["note_b64"]), verifiers).verified]
            accepted = True
        except (Unreadable, Tampered):
            accepted, verified = False, []
        assert (accepted, verified) == (case["accept"], case["verified"]), case["name"]


def test_ed25519_151_of_151() -> None:
    path = shared("vectors/wycheproof-ed25519") / "ed25519_test.json"
    seen = 0
    for group in json.loads(path.read_text())["testGroups"]:
        verifier = Verifier.of("w", bytes.fromhex(group["publicKey"]["pk"]))
        for case in group["tests"]:
            verdict = verifier.verify(bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"]))
            assert verdict == (case["result"] == "valid"), case["tcId"]
            seen += 1
    assert seen == 151


def test_canonical_json_6_of_6() -> None:
    folder = shared("vectors/rfc8785-jcs")
    files = sorted((folder / "input").glob("*.json"))
    assert [one.stem for one in files] == ["arrays", "french", "structures", "unicode", "values", "weird"]
    for file in files:
        wanted = (folder / "output" / file.name).read_bytes()
        assert canonical(json.loads(file.read_bytes())) == wanted
        assert canonical(parse(file.read_bytes())) == wanted


def _accepts(data: bytes, repeated_keys: bool = False) -> bool:
    try:
        canonical(parse(data, repeated_keys=repeated_keys))
    except (Unreadable, Invalid):
        return False
    return True


def test_json_283_of_283_and_no_crash_on_35() -> None:
    counted = {"y": 0, "n": 0, "i": 0}
    with tarfile.open(shared("vectors/json-parsing") / "test_parsing.tar.gz") as archive:
        for member in archive.getmembers():
            name = member.name.rsplit("/", 1)[-1]
            if not name.endswith(".json"):
                continue
            file = archive.extractfile(member)
            assert file is not None
            data = file.read()
            counted[name[0]] += 1
            # The suite calls a key given twice good JSON; two readers take two values
            # from it, so it is the one thing the strict reading refuses beyond the suite.
            twice = "duplicated_key" in name
            if name[0] != "i":
                assert _accepts(data, repeated_keys=True) == (name[0] == "y"), name
                assert _accepts(data) == (name[0] == "y" and not twice), name
            else:
                _accepts(data)
    assert counted == {"y": 95, "n": 188, "i": 35}
