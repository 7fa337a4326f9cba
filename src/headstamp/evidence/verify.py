"""Checks an exported headstamp log with nothing but Python 3.8 or later.

    python3 verify.py FOLDER [--key KEY] [--against CHECKPOINT_FILE] ...

FOLDER: what `headstamp export-log` wrote. KEY: the log's public key, text or file, got by another
way than the folder. A checkpoint kept earlier shows whether the log was rewritten. Exit code 0:
nothing is wrong; 9: something is, and the first such thing is told; 2: it could not be checked.
Written from docs/evidence-format.md, whose sections are named below. At most 300 lines.
"""
import argparse
import binascii
import json
import os
import re
from datetime import datetime
from hashlib import sha256, sha512
from pathlib import Path

P, ORDER = 2 ** 255 - 19, 2 ** 252 + 27742317777372353535851937790883648493  # Ed25519:
D = -121665 * pow(121666, P - 2, P) % P  # RFC 8032, sections 5.1 and 6
STATED = "format key", "entries withheld checkpoints disclosed originals"
NUMBER = "(?:0|[1-9][0-9]{0,15})"
SMALL = 2707385501144840649318225287225658788936804267575313519463743609750303407910  # of order 8
Wrong = ValueError  # something is not as the format says; its text says what

def add(a, b):
    """The sum of two points of the curve, in extended coordinates."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    x, y, z = (f - e) * (h - g), (h + g) * (f + e), (h - g) * (h + g)
    return x % P, y % P, z % P, (f - e) * (f + e) % P

def point(data):
    """The point that 32 bytes encode; None where they encode none."""
    sign, y = divmod(int.from_bytes(data, "little"), 1 << 255)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
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
    k = int.from_bytes(sha512(signature[:32] + public + message).digest(), "little") % ORDER
    minus, total = (P - key[0], key[1], 1, P - key[3]), (0, 1, 1, 0)
    table = (total, BASE, minus, add(BASE, minus))
    for bit in range(252, -1, -1):
        total = add(add(total, total), table[(s >> bit & 1) + 2 * (k >> bit & 1)])
    x, y, z = total[0], total[1], pow(total[2], P - 2, P)
    return (y * z % P | (x * z % P & 1) << 255).to_bytes(32, "little") == signature[:32]

def unbase64(text, length=None):
    """The bytes of base64 in its one proper spelling, so many of them."""
    try:
        data = binascii.a2b_base64(text.encode("ascii"))
    except ValueError:
        data = b""
    if binascii.b2a_base64(data).decode() != text + "\n" or len(data) != (length or len(data)):
        raise Wrong("not proper base64, or of another length: %.60a" % text)
    return data

def canonical(data):
    """A JSON value of texts, whole numbers, lists and objects, in its one spelling (RFC 8785)."""
    try:
        value = json.loads(data.decode("utf-8"))
        again = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if again.encode("utf-8") == data:
            return value
    except (ValueError, RecursionError):
        pass
    raise Wrong("not canonical JSON: %.60a" % data)

def keyed(data, texts, counts, others="", may=()):
    """The values of an object with just these keys: texts, whole numbers, others; () for none."""
    value, keys = canonical(data), (texts + " " + counts + " " + others).split()
    if not isinstance(value, dict) or set(value).union(may) != set(keys):
        raise Wrong("not an object with the keys " + ", ".join(keys))
    if (not all(type(value[key]) is str for key in texts.split()) or not all(
            type(value[key]) is int and 0 <= value[key] < 2 ** 53 for key in counts.split())):
        raise Wrong("a text or a whole number is none: %.60a" % data)
    return [value.get(key, ()) for key in keys]

def read_key(text):
    """Section 5: name, key id and public key of 32 bytes."""
    name, told, encoded = (text.split("+", 2) + ["", ""])[:3]
    key = unbase64(encoded, 33)
    key_id = sha256(name.encode("utf-8", "replace") + b"\n" + key).digest()[:4]
    if (key[0] != 1 or key_id.hex() != told or not re.fullmatch(r"[^\s+]+", name) or int.from_bytes(
            key[1:], "little") % 2 ** 255 in (0, 1, P - 1, SMALL, P - SMALL)):
        raise Wrong("this is no public key of a log: %.100a" % text)
    return name, key_id, key[1:]

def read_note(note, keys):
    """Section 5: the lines of a signed note, and which of these keys have signed it."""
    text, gap, block = note.rpartition("\n\n")
    lines, signed = block[:-1].split("\n"), []
    if not gap or block[-1:] != "\n" or len(lines) > 100 or re.search("[\0-\t\x0b-\x1f]", note):
        raise Wrong("this is no signed note: %.60a" % note)
    for line in lines:
        match = re.fullmatch("\u2014 ([^\\s+]+) ([^\\s]+)", line)
        proof = unbase64(match.group(2)) if match else b""
        if len(proof) < 5:
            raise Wrong("a line among the signatures of a note is none")
        for key in [one for one in keys if one[:2] == (match.group(1), proof[:4])]:
            if not is_signed(key[2], (text + "\n").encode("utf-8"), proof[4:]):
                raise Wrong("a signature does not fit its text: %.60a" % note)
            signed.append(key)
    return text.split("\n"), signed

def read_keys(folder, vkey, known):
    """Section 5: the sizes from and to which each key counts; size and root of each change."""
    last, path, changes = read_key(vkey), "keys.jsonl", []
    keys = {last: (0, 2 ** 53)}
    for line in lines_of(folder, path) if os.path.lexists(os.path.join(folder, path)) else []:
        note = str(canonical(line))
        _, _, size, root, _, following, why = (note.split("\n") + [""] * 7)[:7]
        new, head = read_key(following), "headstamp key change/1"
        lines, signed = read_note(note, [*keys, new])
        if (lines != [head, last[0], size, root, vkey, following, why] or new not in signed
                or why not in ("replaced", "revoked") or not re.fullmatch(NUMBER, size)
                or new[0] != last[0] or new[:2] in [key[:2] for key in keys]
                or changes and int(size) <= changes[-1][0]):
            raise Wrong("a key change does not follow from what was before: %.90a" % note)
        print("Note: the key was %s at size %s by %s%s." % (
            why, size, ascii(following), "" if last in signed else ", an unwitnessed key change"))
        if last not in signed and known in keys:
            raise Wrong("your key vouches not for the next: ask by another way, then check by that")
        keys[last], keys[new] = (keys[last][0], int(size)), (int(size), 2 ** 53)
        changes.append((int(size), unbase64(root, 32)))
        last, vkey = new, following
    if known not in (None, *keys):
        raise Wrong("the key is not one of this log")
    print("Key: %s%s" % (ascii(vkey), "" if known else "\nIt came with the folder: compare it."))
    return keys, changes

def open_checkpoint(note, keys):
    """Section 6: size and root, if the log's key at that size has signed."""
    told, signed = read_note(note, keys)
    if not signed or told[0] != signed[0][0] or not re.fullmatch(NUMBER, "+".join(told[1:-1])):
        raise Wrong("a checkpoint is not signed by the log's key, or is none of this log")
    if not all(keys[key][0] <= int(told[1]) <= keys[key][1] for key in signed):
        raise Wrong("a key signed at size %s that was not in force there" % told[1])
    return int(told[1]), unbase64(told[2], 32)

def read_entry(data):
    """Section 3: id, version and commitments of an entry."""
    actor, at, id_, kind, act, reason, version, fields, of = keyed(
        data, "actor at id kind act reason", "version", "fields of", ["of"])
    try:
        when = datetime.fromisoformat(at[:-1]).isoformat("T", "microseconds")  # in one spelling
        rest = of if act == "settle" else of[1:]  # the first of another log is the version itself
        if (len(at) != 27 or when + "Z" != at or not all((actor, id_, version)) or data[65535:]
                or not re.fullmatch("[a-z][a-z0-9_-]*/[1-9][0-9]*", kind)
                or act not in ("put", "take", "hold", "same", "settle")
                or (type(of) is not list or not of if act != "put" else of != ())
                or not all(re.fullmatch("[^\\s+\0-\x1f\x7f]{1,1000} " + NUMBER, v) for v in of)
                or len(set(of)) < len(of) or list(rest) != sorted(rest)
                or not all(re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", one) for one in fields)):
            raise ValueError
        return id_, version, {name: unbase64(told, 32) for name, told in fields.items()}
    except (ValueError, AttributeError, TypeError):
        raise Wrong("this is no entry of a log: %.300a" % data)

def root_at(size, rows):
    """Section 4: the root of that many leaves: over their whole subtrees, the smallest first."""
    root = b""
    for row in rows:
        if size & 1:
            root = sha256(b"\1" + row[size - 1] + root).digest() if root else row[size - 1]
        size >>= 1
    return root or sha256().digest()

def read(folder, path):
    """The bytes of a file; a link is none."""
    file = Path(folder, path)
    if file.is_symlink() or not file.is_file():
        raise Wrong("%s is missing, or no plain file" % path)
    return file.read_bytes()

def lines_of(folder, path):
    """The lines of a file, each ended by a line feed."""
    *lines, rest = read(folder, path).split(b"\n")
    if rest:
        raise Wrong("%s is cut short" % path)
    return lines

def tiles_of(size, level):
    """Section 4: first hash, width and path of each tile of a level in a tree of that size."""
    for first in range(0, size >> 8 * level, 256):
        width, number = min(256, (size >> 8 * level) - first), str(first // 256)
        path = re.sub("(...)(?=.)", r"x\1/", "0" * (-len(number) % 3) + number)
        yield first, width, path if width == 256 else "%s.p/%d" % (path, width)

def read_log(folder, size):
    """Section 8, steps 3 to 5: entries, all whole subtrees by rows, the paths of their files."""
    entries, leaves, paths = [], bytearray(), set()
    for first, width, path in tiles_of(size, 0):
        leaves += read(folder, "tile/0/" + path)
        bundle, at = read(folder, "tile/entries/" + path), 0
        while at + 1 < len(bundle):
            end = at + 2 + int.from_bytes(bundle[at:at + 2], "big")
            entries.append(bundle[at + 2:end])
            at = end
        if at != len(bundle) or not len(entries) == len(leaves) / 32 == first + width:
            raise Wrong("entries or hashes are missing, cut short or too many: " + path)
    rows = [[leaves[at:at + 32] for at in range(0, len(leaves), 32)]]
    while len(rows[-1]) > 1:
        rows.append([sha256(b"\1" + a + b).digest() for a, b in zip(rows[-1][::2], rows[-1][1::2])])
    for level in range(8):
        for first, width, path in tiles_of(size, level):
            path = "tile/%d/%s" % (level, path)
            paths |= {path, path.replace("tile/0/", "tile/entries/")}
            if read(folder, path) != b"".join(rows[8 * level][first:first + width]):
                raise Wrong("a tile does not follow from those below it: " + path)
    return entries, rows, paths

def check_entries(entries, leaves, shown):
    """Section 8, steps 4 and 6: how many are withheld, and which originals shown values name."""
    versions, bound, withheld, skipped = {}, [], 0, 0
    for number, entry in enumerate(entries):
        id_, version, fields = read_entry(entry) if entry else ("", 0, {})
        bound.append(fields)
        withheld += not entry
        skipped += version - versions.get(id_, 0) - 1 if entry else 0
        if entry and sha256(b"\0" + entry).digest() != leaves[number]:
            raise Wrong("entry %d is not the one whose hash stands in the tree" % number)
        if entry and version <= versions.get(id_, 0) or skipped > withheld:
            raise Wrong("entry %d: version %d of %a is out of order" % (number, version, id_))
        versions[id_] = version
    originals, before = set(), (-1, "")
    for field, salt, value, number in (keyed(one, "field salt value", "entry") for one in shown):
        sum_ = sha256(unbase64(salt, 16) + value.encode("utf-8", "replace")).digest()
        if number >= len(bound) or before >= (number, field) or bound[number].get(field) != sum_:
            raise Wrong("entry %d does not bind what is shown, in order: %a" % (number, field))
        before = number, field
        if field == "digest" and re.fullmatch('"[0-9a-f]{64}"', value):
            originals.add("originals/" + value[1:-1])
    return withheld, originals

def check_folder(folder, known, against, fail):
    """Section 8: goes through a whole folder; what it holds, as numbers."""
    lines = [lines_of(folder, n) for n in ("log.json", "checkpoints.jsonl", "disclosed.jsonl")]
    form, vkey, size, *counts = keyed(b"\n".join(lines[0]), *STATED)
    keys, changes = read_keys(folder, vkey, known)
    past = [open_checkpoint(str(canonical(line)), keys) for line in lines[1]]
    latest, *outside = [open_checkpoint(note.decode(), keys)
                        for note in [read(folder, "checkpoint"), *against]]
    if past[-1:] != [latest] or past != sorted(dict(past).items()) or latest[0] != size:
        raise Wrong("the checkpoints are out of order, or the latest is another")
    entries, rows, expected = read_log(folder, size)
    for told, root in past + outside + changes:
        if told > size or root_at(told, rows) != root:
            raise Wrong("what was signed at size %d is not of this log: cut or written anew" % told)
    withheld, named = check_entries(entries, rows[0], lines[2])
    originals = named if counts[3] else set()
    found = {os.path.relpath(os.path.join(at, name), folder).replace(os.sep, "/")
             for at, dirs, names in os.walk(folder, onerror=fail)
             for name in names + [one for one in dirs if os.path.islink(os.path.join(at, one))]}
    found = {path for path in found if path.split("/")[0] in ("tile", "originals")}
    if found != expected | originals:
        raise Wrong("missing, or without reason: %a" % sorted(found ^ (expected | originals))[:5])
    for path in originals:
        if sha256(read(folder, path)).hexdigest() != path[10:]:
            raise Wrong("%s is not the file that was put on file" % path)
    here = [withheld, len(past), len(lines[2]), len(originals)]
    if form != "headstamp-log/1" or counts != here:
        raise Wrong("log.json is of another format, or tells of other counts")
    return (size, *here, len(named - originals))

def public_key(text):
    """The key that the checker was given: itself, or a file that holds it."""
    return read_key((Path(text).read_text("utf-8") if os.path.isfile(text) else text).strip())

def main(arguments=None):
    """Runs the program; its exit code."""
    parser = argparse.ArgumentParser(description="Checks an exported headstamp log.")
    parser.add_argument("folder")
    parser.add_argument("--key", type=public_key, help="the log's public key, or a file with it")
    parser.add_argument("--against", action="append", default=[], help="a checkpoint you kept")
    given = parser.parse_args(arguments)
    try:
        kept, _ = [Path(path).read_bytes() for path in given.against], os.listdir(given.folder)
        print("Nothing is wrong: %d entries, of them %d withheld; %d checkpoints, %d values shown, "
              "%d originals; %d originals not here." % check_folder(
              given.folder, given.key, kept, parser.error))
    except Wrong as wrong:
        print("WRONG: %s." % wrong)
        return 9
    except OSError as error:
        parser.error("a file cannot be read: %a" % str(error))
    return 0

if __name__ == "__main__":
    raise SystemExit(main())
