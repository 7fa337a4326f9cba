"""A checker of the log by another hand: standard library only, from docs/evidence-format.md.

It shares no line with the product, so that the two agree only if the document is
right. Ed25519 is written out after RFC 8032, section 6.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

# --- Ed25519, RFC 8032 ---------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Point = tuple[int, int, int, int]


def _plus(a: Point, b: Point) -> Point:
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    return (
        (f - e) * (h - g) % P,
        (h + g) * (f + e) % P,
        (h - g) * (h + g) % P,
        (f - e) * (f + e) % P,
    )


def _times(factor: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = _plus(total, point)
        point, factor = _plus(point, point), factor >> 1
    return total


def _point(data: bytes) -> Point | None:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


_BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is good."""
    if len(signature) != 64:
        return False
    key, r, s = _point(public), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= ORDER or _BASE is None:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little")
    left, right = _times(s, _BASE), _plus(r, _times(k % ORDER, key))
    same_x = (left[0] * right[2] - right[0] * left[2]) % P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % P == 0


# --- the log ---------------------------------------------------------------------------


def b64(text: str) -> bytes:
    """Base64 in its one spelling; ValueError otherwise."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("base64 with spare bits")
    return data


def root(leaves: Sequence[bytes]) -> bytes:
    """Section 4, from leaf hashes."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + root(leaves[:k]) + root(leaves[k:])).digest()


def leaf(entry: bytes) -> bytes:
    """Section 4."""
    return hashlib.sha256(b"\0" + entry).digest()


def read_entry(entry: bytes) -> dict[str, Any]:
    """Section 3; ValueError for what is no entry.

    An entry holds no fraction, so the standard library writes it canonically.
    """
    value = json.loads(entry.decode("utf-8"))
    if not isinstance(value, dict):
        raise ValueError("no object")
    again = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if again.encode("utf-8") != entry:
        raise ValueError("not canonical")
    more = set() if value.get("act") == "put" else {"of"}
    if set(value) != {"act", "actor", "at", "fields", "id", "kind", "reason", "version"} | more:
        raise ValueError("other keys")
    texts = [value[key] for key in ("act", "actor", "at", "id", "kind", "reason")]
    if not all(isinstance(text, str) for text in texts) or not isinstance(value["fields"], dict):
        raise ValueError("not text")
    if type(value["version"]) is not int or value["version"] < 1:
        raise ValueError("version")
    if value["act"] not in {"put", "take", "hold", "same", "settle"}:
        raise ValueError("act")
    if more:
        _check_of(value["act"], value["of"])
    if not value["actor"] or not value["id"]:
        raise ValueError("empty")
    if not re.fullmatch(r"[a-z][a-z0-9_-]*/[1-9][0-9]*", value["kind"]):
        raise ValueError("kind")
    if not re.fullmatch(r"\d{4}(-\d\d){2}T\d\d:\d\d:\d\d\.\d{6}Z", value["at"], re.ASCII):
        raise ValueError("at")
    for name, commitment in value["fields"].items():
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) or len(b64(commitment)) != 32:
            raise ValueError("field")
    return value


def _check_of(act: str, of: Any) -> None:
    """Section 3: the versions that an entry names; ValueError for what are none."""
    if not isinstance(of, list) or not of or not all(isinstance(one, str) for one in of):
        raise ValueError("of")
    for one in of:
        log, space, number = one.partition(" ")
        if not space or not 1 <= len(log) <= 1000 or re.search(r"[\s+\x00-\x1f\x7f]", log):
            raise ValueError("log")
        if not re.fullmatch(r"0|[1-9]\d{0,15}", number, re.ASCII):
            raise ValueError("number")
    ordered = of if act == "settle" else of[1:]
    if len(set(of)) != len(of) or ordered != sorted(ordered):
        raise ValueError("order of versions")


def commitments(values: Mapping[str, bytes], seed: bytes) -> dict[str, str]:
    """Section 2, from the canonical bytes of each field present."""
    stream = hashlib.shake_128(seed).digest(16 * len(values))
    return {
        name: base64.b64encode(
            hashlib.sha256(stream[16 * p : 16 * p + 16] + values[name]).digest()
        ).decode()
        for p, name in enumerate(sorted(values))
    }


def _read_key(vkey: str) -> tuple[str, str, bytes]:
    """Section 5: name, key id in hexadecimal, public key."""
    name, told, encoded = vkey.split("+", 2)
    key = b64(encoded)
    if key[:1] != b"\1" or hashlib.sha256(name.encode() + b"\n" + key).hexdigest()[:8] != told:
        raise ValueError("key")
    return name, told, key[1:]


def _open_note(note: str, vkeys: Sequence[str]) -> tuple[list[str], set[str]]:
    """Section 5: the lines of a note, and which of these keys have signed it."""
    text, gap, block = note.rpartition("\n\n")
    if not gap or not block.endswith("\n") or re.search(r"[\x00-\x09\x0b-\x1f]", note):
        raise ValueError("no note")
    good = set()
    for line in block[:-1].split("\n"):
        match = re.fullmatch(r"— (\S+) (\S+)", line)
        if not match:
            raise ValueError("no signature line")
        proof = b64(match[2])
        for vkey in vkeys:
            name, told, key = _read_key(vkey)
            if match[1] == name and proof[:4].hex() == told:
                if not signed(key, (text + "\n").encode(), proof[4:]):
                    raise ValueError("bad signature")
                good.add(vkey)
    return text.split("\n"), good


Line = list[tuple[str, int, float]]  # the keys of a log, with the sizes from and to which each counts


def key_line(vkey: str, changes: Sequence[str]) -> tuple[Line, dict[int, bytes]]:
    """Section 5: the keys after a log's first, and the roots that their changes name."""
    line: Line = [(vkey, 0, float("inf"))]
    roots: dict[int, bytes] = {}
    for note in changes:
        told = note.split("\n")
        lines, good = _open_note(note, [*(key for key, _, _ in line), told[5]])
        head, name, number, encoded, old, new, why = lines
        size = int(number)
        before, since, _ = line[-1]
        if head != "headstamp key change/1" or why not in {"replaced", "revoked"} or old != before:
            raise ValueError("no key change")
        if new not in good or new in {key for key, _, _ in line} or str(size) != number:
            raise ValueError("the new key")
        if {name} != {_read_key(old)[0], _read_key(new)[0]} or (roots and size <= since):
            raise ValueError("order of key changes")
        line[-1:] = [(before, since, size), (new, size, float("inf"))]
        roots[size] = b64(encoded)
    return line, roots


def open_checkpoint(note: str, line: Line) -> tuple[str, int, bytes]:
    """Sections 5 and 6: name, size, root; ValueError unless the key in force has signed."""
    (origin, number, encoded), good = _open_note(note, [key for key, _, _ in line])
    if not good or origin != _read_key(line[0][0])[0] or not re.fullmatch(r"0|[1-9]\d*", number, re.ASCII):
        raise ValueError("no checkpoint of this log")
    if any(not since <= int(number) <= until for key, since, until in line if key in good):
        raise ValueError("signed by a key that was not in force")
    return origin, int(number), b64(encoded)


def verdict(
    entries: Sequence[bytes], checkpoints: Sequence[str], vkey: str, changes: Sequence[str] = ()
) -> bool:
    """Section 7, steps 1 to 4: whether nothing is wrong."""
    try:
        line, roots = key_line(vkey, changes)
        opened = [open_checkpoint(note, line)[1:] for note in checkpoints]
        read = [read_entry(entry) for entry in entries]
    except (ValueError, IndexError):
        return False
    versions: dict[str, int] = {}
    for entry in read:
        if entry["version"] != versions.get(entry["id"], 0) + 1:
            return False
        versions[entry["id"]] = entry["version"]
    leaves = [leaf(entry) for entry in entries]
    if [size for size, _ in opened] != sorted(size for size, _ in opened):
        return False
    if (opened[-1][0] if opened else 0) != len(entries) or max(roots, default=0) > len(entries):
        return False
    return all(root(leaves[:size]) == told for size, told in [*opened, *roots.items()])
