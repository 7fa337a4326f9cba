"""Two devices that know each other, bundles between them, and bundles forged piece by piece."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson

from headstamp.actions.exchange.devices import add_device
from headstamp.actions.exchange.pack import PackResult, pack
from headstamp.actions.exchange.take import TakeResult, take
from headstamp.evidence.note import Signer, sign
from headstamp.exchange.bag import BagWriter
from headstamp.exchange.bundle import CRATE, SIGNATURE, STATEMENT, signed_text
from headstamp.records import Photograph
from headstamp.store.backup import named_originals
from headstamp.store.case import Case
from tests.actions.evidence.thing_kept import make

Files = dict[str, bytes]
# The keys of the devices made here, for whoever forges in their name.
SIGNERS: dict[str, Signer] = {}
ITEM = "item-first0000"
PICTURE = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 9
INFO = [("Bagging-Date", "2026-11-22"), ("Source-Organization", "x"), ("External-Identifier", "x 0")]


@dataclass
class Two:
    """A field laptop and headquarters, each with the other's key on file; a place for bundles."""

    field: Case
    hq: Case
    stick: Path

    def packed(self, giver: Case | None = None, **more: object) -> PackResult:
        """A bundle of one of them for the other; field to headquarters where nothing is said."""
        from_hq = giver is self.hq
        place = self.stick / f"{len(list(self.stick.iterdir())):03}.bundle.tar"
        return pack(giver or self.field, "Field" if from_hq else "HQ", place, actor="Ana",
                    reason="end of the day", **more)  # type: ignore[arg-type]

    def taken(self, bundle: PackResult | Path, by: Case | None = None, **more: object) -> TakeResult:
        """That bundle taken in; by headquarters where nothing is said."""
        path = bundle if isinstance(bundle, Path) else Path(bundle.path)
        return take(by or self.hq, path, actor="Ben", reason="came by stick", **more)  # type: ignore[arg-type]

    def confirmed(self, done: TakeResult, by: Case | None = None) -> TakeResult:
        """The receipt carried back."""
        path = self.stick / "back.receipt"
        path.write_text(done.receipt, encoding="utf-8")
        return take(by or self.field, path, actor="Ana", reason="came back")


def know(one: Case, other: Case, title: str, **more: object) -> str:
    """Puts a device on file at another."""
    return add_device(one, key=other.verifier.text(), title=title, actor="Ben", reason="met",
                      **more)  # type: ignore[arg-type]


def two_devices(
    folder: Path, field: Callable[[Path], Case] = Case.create, hq: Callable[[Path], Case] = Case.create
) -> Two:
    """Both, with an item and a photograph recorded in the field."""
    stick = folder / "stick"
    stick.mkdir(parents=True)
    two = Two(field(folder / "field"), hq(folder / "hq"), stick)
    for case in (two.field, two.hq):
        signer = case.signer()
        assert signer is not None
        SIGNERS[signer.verifier_key] = signer
    know(two.field, two.hq, "HQ", role="headquarters")
    know(two.hq, two.field, "Field")
    with two.field.change(actor="Ana", reason="found") as change:
        kept = change.file(PICTURE)
        change.put(make("item", "first", make="Altera"))
        change.put(Photograph.build({"id": "photo-first0000", "digest": kept.digest, "items": [ITEM]}))
    return two


def put(case: Case, ending: str, **values: object) -> None:
    """Records an item."""
    with case.change(actor="Ana", reason="seen") as change:
        change.put(make("item", ending, **values))


def originals(case: Case) -> list[str]:
    """The digests in the vault, but those of bundles, and of the logs that came with them."""
    with case.backend.reading() as conn:
        kept = {digest for digest, id_ in named_originals(case.backend, conn).items() if id_.startswith("bndl-")}
    return sorted(set(case.vault.digests()) - kept)


def state(case: Case) -> tuple[object, ...]:
    """All that a refused bundle must leave as it was."""
    point = case.checkpoint()
    left = [one.name for one in case.folder.iterdir() if one.name.startswith(".")]
    left += [one.name for one in case.vault.folder.glob(".*")]
    return point.size, point.root, sorted(case.vault.names()), left


def opened(path: Path) -> Files:
    """The payload of a bundle, by name."""
    found: Files = {}
    with tarfile.open(path) as box:
        for one in box:
            name = one.name.partition("/")[2]
            stream = box.extractfile(one)
            if name.startswith("data/") and stream is not None:
                found[name] = stream.read()
    return found


def closed(files: Files, path: Path) -> Path:
    """A bundle of this payload in which all sums are right, and signed anew by the device it names.

    So much can be done by whoever holds a device and its key.
    """
    target = io.BytesIO()
    writer = BagWriter(target, "bundle-x", INFO)
    for name, data in files.items():
        if name not in (SIGNATURE, CRATE):
            writer.add(name, data)
    try:
        key = orjson.loads(files.get(STATEMENT, b"{}"))["from"]
    except (ValueError, KeyError, TypeError):
        key = ""
    sums = {filed.name: filed.sha256 for filed in writer.files}
    for name in (SIGNATURE, CRATE):
        if name in files:
            signed = name == SIGNATURE and key in SIGNERS
            writer.add(name, sign(signed_text(sums), SIGNERS[key]).encode() if signed else files[name])
    writer.close()
    path.write_bytes(target.getvalue())
    return path


def stated(files: Files, **changed: object) -> Files:
    """The same with another statement."""
    told = orjson.loads(files["data/bundle.json"]) | {
        {"sender": "from"}.get(name, name): value for name, value in changed.items()}
    return files | {"data/bundle.json": orjson.dumps(told, option=orjson.OPT_SORT_KEYS) + b"\n"}


def lines(files: Files) -> list[dict[str, object]]:
    """The records of a bundle."""
    return [orjson.loads(line) for line in files["data/records.jsonl"].splitlines()]


def lined(files: Files, some: list[dict[str, object]]) -> Files:
    """The same with other records, their number told."""
    data = b"".join(orjson.dumps(one, option=orjson.OPT_SORT_KEYS) + b"\n" for one in some)
    return stated(files | {"data/records.jsonl": data}, records=len(some))
