"""The acts of a day's mixed work: each done by its command, and how it is seen that all of it is there.

An act is done again by its command until it has been acknowledged once; what was acknowledged
is looked for by records and files, never by what the command said.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zlib
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from PIL import Image

from headstamp.cli.edge import main as command
from headstamp.engine.snapshot import open_snapshot
from headstamp.errors import HeadstampError, Missing
from headstamp.kinds.identity import derived_id
from headstamp.records import Alert, Document, Item, Marking, Note, Party, Transfer
from headstamp.store.case import Case
from headstamp.store.reader import Reader

ROWS = 5
CANARY = "a name that must go"
_KEPT = re.compile(r"--snapshot (snapshots/kept-\w+)")


def cli(case: Path, actor: str, *words: object) -> str:
    """What a command prints, done in this process; fails where it is refused."""
    out, told = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    with redirect_stdout(out), redirect_stderr(told):
        code = command([*map(str, words), "--case", str(case), "--actor", actor])
    out.flush()
    said = bytes(out.buffer.getvalue()).decode()
    assert code == 0, f"{words}: exit code {code}, {said}{told.getvalue()}"
    return said


def photograph_of(name: str) -> bytes:
    shade = hashlib.sha256(name.encode()).digest()
    made = io.BytesIO()
    Image.new("RGB", (24, 16), tuple(shade[:3])).save(made, "PNG")
    return made.getvalue() + shade  # a picture of its own, however alike their colours


def _photographed(case: Path, place: Path, name: str) -> str:
    picture = place / f"{name}.png"
    picture.write_bytes(photograph_of(name))
    cli(case, name, "import", picture)
    return name


def _imported(case: Path, place: Path, name: str) -> str:
    table = place / f"{name}.csv"
    table.write_text("tag,make\n" + "".join(f"{name}-{n},of {name}\n" for n in range(ROWS)))
    cli(case, name, "import", table, "--as", "item")
    return name


def _exported(case: Path, place: Path, name: str) -> str:
    cli(case, name, "export-log", place / f"log-{name}", "--clearance", "restricted")
    return f"log-{name}"


def _backed_up(case: Path, place: Path, name: str) -> str:
    return Path(json.loads(cli(case, name, "backup", place.parent / "backup", "--json"))["backup"]).name


def _key_replaced(case: Path, place: Path, name: str) -> str:
    cli(case, name, "key", "replace", "--reason", "it was time")
    return name


def _supplied(case: Path, place: Path, name: str) -> str:
    """Two transfers, from one party to the next; then the graph and the index that follow are asked."""
    ids = [derived_id("party", name, str(n)) for n in range(3)]
    _put(case, name, [
        *(Party.build(id=one, name=f"Party {n} of {name}") for n, one in enumerate(ids)),
        *(Transfer.build(id=derived_id("tran", name, str(n)), from_party=ids[n], to_party=ids[n + 1],
                         happened_on=f"2015-0{n + 1}") for n in range(2)),
    ])
    cli(case, name, "hands", ids[0])
    cli(case, name, "find", "AB 1")
    return name


def _requested(case: Path, place: Path, name: str) -> str:
    """A trace request from draft to reminder; it and its letters are on file."""
    maker, item = derived_id("party", name, "maker"), derived_id("item", name, "asked")
    _put(case, name, [Party.build(id=maker, name=f"Maker asked by {name}"),
                      Item.build(id=item, make=f"asked {name}"),
                      Marking.build(id=derived_id("mark", name, "asked"), item=item, text="AB 1")])
    cli(case, name, "request", "draft", item, "--to", maker, "--set", f"our_reference={name}",
        "--set", "channel=by post", "--set", "illicit_basis=illicit_where_found",
        "--set", "how_found=In a store.")
    cli(case, name, "request", "check", name, "--done", "--notes", "seen")
    cli(case, name, "request", "send", name)
    cli(case, name, "request", "remind", name)
    return name


def _measured(case: Path, place: Path, name: str) -> str:
    """A measure's answer in a finding, with the snapshot that it was drawn from."""
    told = json.loads(cli(case, name, "measure", "shares.by", "--by", "make", "--record", "--json"))
    return str(told["finding"])


def _warned(case: Path, place: Path, name: str) -> str:
    """An alert drafted, checked by somebody else, and sent."""
    id_ = derived_id("alert", name)
    post = derived_id("party", name, "post")
    _put(case, name, [Party.build(id=post, name=f"Border post of {name}"), Alert.build(
        id=id_, title="Olive crates met", author=name, alert_kind="novel", looks_like="Olive crate.",
        where_seen="In the north.", not_known="How it came.", alert_state="draft")])
    cli(case, "somebody else", "alert", "move", id_, "checked")
    cli(case, name, "alert", "move", id_, "sent", "--channel", "radio", "--recipient", post)
    return name


def _erased(case: Path, place: Path, name: str) -> str:
    note = derived_id("note", name)
    _put(case, name, [Item.build(id=derived_id("item", name, "about"), make=f"about {name}"), Note.build(
        id=note, about=derived_id("item", name, "about"), text=f"{CANARY}, {name}")])
    asked = json.loads(cli(case, name, "erase", note, "--ground", "safety", "--why", "x", "--json"))
    cli(case, "somebody else", "erase", "--approve", asked["erasure"])
    return name


def _taken(case: Path, place: Path, name: str) -> str:
    """A record made at another device, with its original, packed there and taken in here."""
    peer = place / "peer"
    try:
        Case.open(peer).close()
    except Missing:
        Case.create(peer).close()
    for one, other in ((case, peer), (peer, case)):
        if f"log in {one.name}" not in cli(other, name, "device"):
            card = place / "card"
            card.write_text(cli(one, name, "device", "card"))
            cli(other, name, "device", "add", card, "--title", f"log in {one.name}")
    with Case.open(peer) as there, there.change(actor=name, reason="mixed work") as change:
        kept = change.file(f"seen there by {name}".encode())
        change.put_many([Item.build(id=derived_id("item", name, "there"), make=f"there {name}"), Document.build(
            id=derived_id("doc", name, "there"), title=f"there {name}", digest=kept.digest)])
    folder = place / f"stick-{name}"
    folder.mkdir()
    cli(peer, name, "pack", "log in case", "--open", "--to", folder)
    (bundle,) = folder.glob("*.tar")
    cli(case, name, "take", bundle)
    return name


def _made_anew(case: Path, place: Path, name: str) -> str:
    cli(case, name, "upgrade", "--anew")
    return name


def _put(case: Path, actor: str, records: list[Any]) -> None:
    with Case.open(case) as opened, opened.change(actor=actor, reason="mixed work") as change:
        change.put_many(records)


ACTS: dict[str, Callable[[Path, Path, str], str]] = {
    "photographed": _photographed, "imported": _imported, "supplied": _supplied,
    "exported": _exported, "requested": _requested, "backed-up": _backed_up, "measured": _measured,
    "warned": _warned, "taken": _taken, "erased": _erased, "made-anew": _made_anew, "key": _key_replaced,
}


def acts_from(name: str) -> list[str]:
    """All acts in their order, begun at another one for each name: work that is soon killed does all."""
    first = zlib.crc32(name.encode()) % len(ACTS)
    return [*list(ACTS)[first:], *list(ACTS)[:first]]


def acts_lost(case: Case, reader: Reader, safe: dict[str, list[str]]) -> Iterable[str]:
    """What was acknowledged of these acts and is not there, or is there again though erased."""
    for name in safe.get("photographed", ()):
        digest = hashlib.sha256(photograph_of(name)).hexdigest()
        if not reader.many([derived_id("photo", "file", digest)]):
            yield f"photograph {name}"
        elif not _whole(case, digest):
            yield f"file of photograph {name}"
    for name in safe.get("imported", ()):
        if reader.list("item", {"make": f"of {name}"}, limit=100).total != ROWS:
            yield f"rows of {name}"
    for name in safe.get("supplied", ()):
        if len(reader.many([derived_id("tran", name, str(n)) for n in range(2)])) != 2:
            yield f"transfers of {name}"
    for name in safe.get("requested", ()):
        found = reader.list("trace_request", {"our_reference": name}, limit=9).rows
        letter = found and reader.many([str(found[0].get("document"))])
        if len(found) != 1 or not found[0].get("reminded_on") or not letter:
            yield f"request {name}"
        elif not all(_whole(case, str(one.get("digest"))) for one in letter.values()):
            yield f"letter of request {name}"
    for id_ in safe.get("measured", ()):
        kept = _KEPT.search(str(reader.get(id_).get("alternatives")))
        # All snapshots go with what is erased, whether or not it came to be acknowledged.
        erased = reader.list("erasure", {"erasure_state": "approved"}, limit=1).total
        if kept is None or not (erased or _opens(case.folder / kept[1])):
            yield f"snapshot of {id_}"
    for name in safe.get("warned", ()):
        alert = reader.get(derived_id("alert", name))
        papers = reader.many(list(alert.get("documents") or ()))
        if alert.get("alert_state") != "sent" or len(papers) != 2:
            yield f"alert {name}"
        elif not all(_whole(case, str(one.get("digest"))) for one in papers.values()):
            yield f"extract of alert {name}"
    for name in safe.get("taken", ()):
        document = reader.many([derived_id("doc", name, "there")])
        if not reader.many([derived_id("item", name, "there")]) or not document:
            yield f"record taken in by {name}"
        elif not all(_whole(case, str(one.get("digest"))) for one in document.values()):
            yield f"original taken in by {name}"
    for name in safe.get("erased", ()):
        if reader.many([derived_id("note", name)]):
            yield f"erased note of {name} is there"


def _whole(case: Case, digest: str) -> bool:
    path = case.vault.path(digest)
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest


def _opens(folder: Path) -> bool:
    try:
        open_snapshot(folder)
    except HeadstampError:
        return False
    return True
