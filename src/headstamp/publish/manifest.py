"""The manifest: every original by its SHA-256, and one hash over the whole list.

The list has one line for each original, ``digest  size  name``, sorted; the hash
over all lines binds those that a long report leaves out. Names and order do not
depend on how the files came in.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from headstamp.publish.sources import Sources
from headstamp.store.limits import LEFT_OUT
from headstamp.store.reader import Reader

LISTED = 600


@dataclass(frozen=True, slots=True, order=True)
class Original:
    """One original: SHA-256 in hexadecimal, bytes, the name it came under, what it is on file as."""

    digest: str
    size: int
    name: str
    kind: str

    @property
    def line(self) -> str:
        return f"{self.digest}  {self.size}  {self.name}\n"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The first originals by digest, how many there are, their bytes, the hash over all lines."""

    originals: tuple[Original, ...]
    total: int
    size: int
    digest: str
    # So many documents and photographs are left out: a trace reply forbids to publish them.
    withheld: int = 0


def gather(reader: Reader, known: Sources) -> Manifest:
    """The originals of all visible documents and photographs, each once."""
    found: dict[str, Original] = {}
    withheld = 0
    unnamed = {one.id for one in known.entries if not one.file}
    for kind in ("document", "photograph"):
        for shown in reader.stream(kind):
            withheld += shown.label == LEFT_OUT
            digest = shown.get("digest")
            if digest is None:
                continue
            name = str(shown.get("original_name") or "").replace("\n", " ")
            if shown.id in unnamed:
                name = ""  # a file's name may say whose it is
            one = Original(digest, int(shown.get("size") or 0), name, kind)
            # One file under several names: the first name in order, wherever it was seen first.
            found[digest] = min(found.get(digest, one), one)
    ordered = sorted(found.values())
    hashed = sha256()
    for original in ordered:
        hashed.update(original.line.encode("utf-8", "replace"))
    return Manifest(
        tuple(ordered[:LISTED]), len(ordered), sum(o.size for o in ordered), hashed.hexdigest(),
        withheld,
    )
