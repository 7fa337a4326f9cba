"""Checks an exported headstamp log with nothing but Python 3.8 or later.

    python3 verify.py FOLDER [--key KEY] [--against CHECKPOINT_FILE] ...

FOLDER is what `headstamp export-log` wrote. KEY is the log's public key, as text or as a file,
got by another way than the folder. A checkpoint kept earlier shows whether the log was rewritten.
Exit code 0: nothing is wrong; 9: something is, and the first such thing is told; 2: a wrong call.

Written from docs/evidence-format.md, whose sections are named below, and not from the product's
code, of which it uses nothing. It writes nothing, asks no network, and has at most 300 lines.
"""
import argparse
import base64
import hashlib
import json
import os
import re
import sys
from datetime import datetime

P = 2 ** 255 - 19  # Ed25519, after RFC 8032, sections 5.1 and 6
ORDER = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
STATED = "format key entries withheld checkpoints disclosed originals"

class Wrong(Exception):
    """Something is not as the format says; its text says what."""

def add(a, b):
    """The sum of two points of the curve, in extended coordinates."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    x, y, z = (f - e) * (h - g), (h + g) * (f + e), (h - g) * (h + g)
    return x % P, y % P, z % P, (f - e) * (f + e) % P

def point(data):
    """The point that 32 bytes encode; None where they encode none."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P

BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))

def is_signed(public, message, signature):
    """Whether an Ed25519 signature is good: S*B - k*A is R."""
    key, s = point(public), int.from_bytes(signature[32:], "little")
    if key is None or len(signature) != 64 or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    minus = (P - key[0], key[1], 1, P - key[3])
    table, total = (None, BASE, minus, add(BASE, minus)), (0, 1, 1, 0)
    for bit in range(252, -1, -1):
        total = add(total, total)
        which = table[(s >> bit & 1) + 2 * (k >> bit & 1)]
        total = add(total, which) if which else total
    z = pow(total[2], P - 2, P)
    x, y = total[0] * z % P, total[1] * z % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]

def sha(data):
    """SHA-256."""
    return hashlib.sha256(data).digest()

def unbase64(text, length=None):
    """The bytes of base64 in its one proper spelling, so many of them."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        data = b""
    if base64.b64encode(data).decode() != text or len(data) != (length or len(data)):
        raise Wrong("not proper base64, or of another length: %.60r" % text)
    return data

def canonical(data):
    """A JSON value of texts, whole numbers and objects, in its one spelling (RFC 8785)."""
    try:
        value = json.loads(data.decode("utf-8"))
        again = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if again.encode("utf-8") == data:
            return value
    except (ValueError, RecursionError):
        pass
    raise Wrong("not canonical JSON: %.60r" % data)

def keyed(data, keys, texts):
    """The values of a canonical object with exactly these keys; the last of them are no texts."""
    value, keys = canonical(data), keys.split()
    if not isinstance(value, dict) or set(value) != set(keys):
        raise Wrong("not an object with the keys " + ", ".join(keys))
    values = [value[key] for key in keys]
    if not all(isinstance(text, str) for text in values[:texts]):
        raise Wrong("these must be texts: " + ", ".join(keys[:texts]))
    return values

def is_count(value, least=0):
    """Whether it is a whole number that JSON holds exactly."""
    return type(value) is int and least <= value < 2 ** 53

def read_key(text):
    """Section 5: name, key id and public key of 32 bytes."""
    name, told, encoded = (text.split("+", 2) + ["", ""])[:3]
    key = unbase64(encoded, 33)
    key_id = sha(name.encode("utf-8", "replace") + b"\n" + key)[:4]
    if key[0] != 1 or key_id.hex() != told or not re.fullmatch(r"[^\s+]+", name):
        raise Wrong("this is no public key of a log: %.100r" % text)
    return name, key_id, key[1:]

def open_checkpoint(note, key):
    """Sections 5 and 6: size and root, if the log's key has signed."""
    text, gap, block = note.rpartition("\n\n")
    lines, good = block[:-1].split("\n"), False
    if not gap or block[-1:] != "\n" or len(lines) > 100 or re.search("[\0-\t\x0b-\x1f]", note):
        raise Wrong("a checkpoint is no signed note")
    for line in lines:
        match = re.fullmatch("\u2014 ([^\\s+]+) ([^\\s]+)", line)
        proof = unbase64(match.group(2)) if match else b""
        if len(proof) < 5:
            raise Wrong("a line among the signatures of a checkpoint is none")
        if (match.group(1), proof[:4]) == key[:2]:
            if not is_signed(key[2], (text + "\n").encode("utf-8"), proof[4:]):
                raise Wrong("the signature of a checkpoint does not fit its text")
            good = True
    told, number = text.split("\n"), "0|[1-9][0-9]{0,15}"
    if not good or told[0] != key[0] or len(told) != 3 or not re.fullmatch(number, told[1]):
        raise Wrong("a checkpoint is not signed by this key, or is none of this log")
    return int(told[1]), unbase64(told[2], 32)

def read_entry(data):
    """Section 3: id, version and commitments of an entry."""
    actor, at, id_, kind, act, reason, version, fields = keyed(
        data, "actor at id kind act reason version fields", 6)
    if act != "put" or not actor or not id_ or not is_count(version, 1) or len(data) > 65535:
        raise Wrong("act, actor, id or version of an entry are not as they must be")
    form = r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}\.[0-9]{6}Z"
    try:  # strptime alone takes other spellings too
        datetime.strptime(at if re.fullmatch(form, at) else "", "%Y-%m-%dT%H:%M:%S.%fZ")
    except ValueError:
        raise Wrong("this is no moment: %.40r" % at)
    if not re.fullmatch("[a-z][a-z0-9_-]*/[1-9][0-9]*", kind) or not isinstance(fields, dict):
        raise Wrong("kind or fields of an entry are not as they must be")
    for field, commitment in fields.items():
        if not re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", field) or not unbase64(str(commitment), 32):
            raise Wrong("an entry has no field %.60r" % field)
    return id_, version, fields

def tree_over(leaves):
    """Section 4: all whole subtrees, row by row, from the leaf hashes up."""
    rows = [leaves]
    while len(rows[-1]) > 1:
        rows.append([sha(b"\1" + a + b) for a, b in zip(rows[-1][::2], rows[-1][1::2])])
    return rows

def root_at(size, rows):
    """Section 4: the root of that many leaves: over their whole subtrees, the smallest first."""
    root = b""
    for level in range(size.bit_length()):
        if size >> level & 1:
            node = rows[level][(size >> level) - 1]
            root = sha(b"\1" + node + root) if root else node
    return root or sha(b"")

def read(folder, path):
    """The bytes of a file; a link is none."""
    full = os.path.join(folder, path)
    if os.path.islink(full) or not os.path.isfile(full):
        raise Wrong("%s is missing, or no plain file" % path)
    with open(full, "rb") as file:
        return file.read()

def lines_of(folder, path):
    """The lines of a file, each ended by a line feed."""
    lines = read(folder, path).split(b"\n")
    if lines.pop():
        raise Wrong("%s is cut short" % path)
    return lines

def tiles_of(size):
    """Section 4: level, first hash, width and path of each tile of a tree of that size."""
    level = 0
    while size >> 8 * level:
        for first in range(0, size >> 8 * level, 256):
            width, number = min(256, (size >> 8 * level) - first), first // 256
            path = "%03d" % (number % 1000)
            while number >= 1000:
                number //= 1000
                path = "x%03d/%s" % (number % 1000, path)
            yield level, first, width, path if width == 256 else "%s.p/%d" % (path, width)
        level += 1

def read_log(folder, size):
    """Section 8, steps 3 to 5: entries, rows of the tree, and the paths of all their files."""
    tiles, entries, paths = [], [], set()
    for level, first, width, path in tiles_of(size):
        tiles.append((level, first, width, read(folder, "tile/%d/%s" % (level, path))))
        paths.add("tile/%d/%s" % (level, path))
        if level == 0:
            bundle, at = read(folder, "tile/entries/" + path), 0
            paths.add("tile/entries/" + path)
            while at < len(bundle):
                end = at + 2 + int.from_bytes(bundle[at:at + 2], "big")
                entries.append(bundle[at + 2:end])
                at = end
            if at != len(bundle) or len(bundle) == 1 or len(entries) != first + width:
                raise Wrong("entries are missing, cut short or too many: " + path)
    leaves = b"".join(tile for level, _, _, tile in tiles if level == 0)
    rows = tree_over([leaves[at:at + 32] for at in range(0, len(leaves), 32)])
    for level, first, width, tile in tiles:
        if len(tile) != 32 * width or tile != b"".join(rows[8 * level][first:first + width]):
            raise Wrong("a tile of level %d is not of this tree: %d" % (level, first // 256))
    return entries, rows, paths

def check_entries(entries, rows, shown):
    """Section 8, steps 4 and 6: number of entries withheld, originals named by shown values."""
    versions, withheld, skipped, originals = {}, 0, 0, set()
    for number, entry in enumerate(entries):
        id_, version, fields = read_entry(entry) if entry else (None, 0, {})
        if entry and sha(b"\0" + entry) != rows[0][number]:
            raise Wrong("entry %d is not the one whose hash stands in the tree" % number)
        if entry:
            skipped += version - versions.get(id_, 0) - 1
            if version <= versions.get(id_, 0) or skipped > withheld:
                raise Wrong("entry %d: version %d of %r is out of order" % (number, version, id_))
            versions[id_] = version
        withheld += not entry
        while shown and shown[-1][3] == number:
            field, salt, value, _ = shown.pop()
            bound = sha(unbase64(salt, 16) + value.encode("utf-8", "replace"))
            if fields.get(field) != base64.b64encode(bound).decode():
                raise Wrong("entry %d does not bind the value shown of %r" % (number, field))
            if field == "digest" and re.fullmatch('"[0-9a-f]{64}"', value):
                originals.add("originals/" + value[1:-1])
    if shown:
        raise Wrong("a value is shown of entry %d, which is not there" % shown[-1][3])
    return withheld, originals

def check_folder(folder, key, outside):
    """Section 8: goes through a whole folder; what it holds, in words."""
    lines = [lines_of(folder, n) for n in ("log.json", "checkpoints.jsonl", "disclosed.jsonl")]
    form, vkey, size, *counts = keyed(b"\n".join(lines[0]), STATED, 2)
    if form != "headstamp-log/1" or read_key(vkey) != key or not all(map(is_count, counts)):
        raise Wrong("log.json is not of the format headstamp-log/1, or has another key")
    signed = [open_checkpoint(str(canonical(line)), key) for line in lines[1]]
    latest = open_checkpoint(read(folder, "checkpoint").decode("utf-8", "replace"), key)
    sizes = [told for told, _ in signed]
    if signed[-1:] != [latest] or sizes != sorted(set(sizes)) or latest[0] != size:
        raise Wrong("the checkpoints are out of order, or the latest is another")
    entries, rows, expected = read_log(folder, size)
    for told, root in signed + outside:
        if told > size or root_at(told, rows) != root:
            raise Wrong("the checkpoint of size %d is not of this log: "
                        "changed, cut, or written anew" % told)
    shown = [keyed(line, "field salt value entry", 3) for line in lines[2]]
    order = [(one[3], one[0]) for one in shown if is_count(one[3])]
    if len(order) != len(shown) or any(a >= b for a, b in zip(order, order[1:])):
        raise Wrong("disclosed.jsonl is out of order")
    withheld, named = check_entries(entries, rows, shown[::-1])
    originals = named if counts[3] else set()
    found = {os.path.relpath(os.path.join(at, name), folder).replace(os.sep, "/")
             for top in ("tile", "originals")
             for at, dirs, names in os.walk(os.path.join(folder, top))
             for name in names + [one for one in dirs if os.path.islink(os.path.join(at, one))]}
    if found != expected | originals:
        raise Wrong("missing, or without reason: %r" % sorted(found ^ (expected | originals))[:5])
    for path in originals:
        if sha(read(folder, path)).hex() != path[10:]:
            raise Wrong("%s is not the file that was put on file" % path)
    if counts != [withheld, len(signed), len(shown), len(originals)]:
        raise Wrong("log.json tells of other counts")
    return (size, *counts, len(named - originals))

def main(arguments=None):
    """Runs the program; its exit code."""
    parser = argparse.ArgumentParser(description="Checks an exported headstamp log.")
    parser.add_argument("folder")
    parser.add_argument("--key", help="the log's public key, or a file that holds it")
    parser.add_argument("--against", action="append", default=[], help="a checkpoint you kept")
    given = parser.parse_args(arguments)
    try:
        told = given.key or keyed(read(given.folder, "log.json")[:-1], STATED, 2)[1]
        key = read_key((read("", told).decode() if os.path.isfile(told) else told).strip())
        print("Key: %r%s" % (told, "" if given.key else
                             "\nIt came with the folder: compare it with the one you were given."))
        outside = [open_checkpoint(read("", path).decode("utf-8", "replace"), key)
                   for path in given.against]
        print("Nothing is wrong: %d entries, of them %d withheld; %d checkpoints, %d values shown, "
              "%d originals; %d originals not here." % check_folder(given.folder, key, outside))
    except Wrong as wrong:
        print("WRONG: %s." % wrong)
        return 9
    return 0

if __name__ == "__main__":
    sys.exit(main())
