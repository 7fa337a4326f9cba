"""A small case with every tier, versions, references and originals; and how two cases compare."""

from __future__ import annotations

import hashlib
from pathlib import Path

from headstamp.actions.cases import check_case, index_case
from headstamp.records import Document, Item, Marking, Photograph, Site
from headstamp.store.case import Case
from headstamp.store.transfer import Sum, table_sums


def live(case: Case, seed: str = "", files: int = 3, many: int = 20) -> None:
    """Some changes: sealed and public records, corrections, ranks that move, originals."""
    with case.change(actor="Ana", reason="on site") as change:
        site = Site.build({"name": f"North store {seed}", "tier": "restricted"})
        items = [Item.build({"make": f"make {seed}{n}", "family": "component", "site": site.id,
                             "tier": ("public", "partner", "restricted", "sealed")[n % 4]})
                 for n in range(many)]
        kept = [change.file(f"picture {seed} {n} ".encode() * (1 + 97 * n)) for n in range(files)]
        change.put_many([
            site, *items,
            *(Marking.build({"item": one.id, "text": f"AB {seed}{n} 12?4"})
              for n, one in enumerate(items)),
            *(Photograph.build({"items": [items[0].id], "digest": one.digest}) for one in kept),
        ])
    with case.change(actor="Ben", reason="corrected") as change:
        change.put(items[0].model_copy(update={"tier": "sealed", "model": "MAX 10"}))
        letter = change.file(f"letter {seed}".encode())
        change.put(Document.build({"title": "Letter", "digest": letter.digest, "caution": "Invented."}))
    index_case(case)
    folder = case.folder / "imports"
    folder.mkdir(exist_ok=True)
    (folder / f"finds{seed}.problems.csv").write_text("row,problem\n1,none\n", encoding="utf-8")


def state(case: Case) -> dict[str, object]:
    """All that must be the same in a case put back: roots, rows, rights, originals."""
    with case.backend.reading() as conn:
        sums: dict[str, Sum] = table_sums(case.backend, conn)
    latest = case.checkpoint()
    return {
        "root": latest.root, "size": latest.size, "origin": case.origin, "sums": sums,
        "seen": {tier: case.read(tier).totals() for tier in ("public", "partner", "restricted", "sealed")},
        "originals": {
            digest: hashlib.sha256(case.vault.path(digest).read_bytes()).hexdigest()
            for digest in sorted(case.vault.digests())
        },
        "texts": sorted(case.read("sealed").find_texts(["letter"], 10)),
        "wrong": check_case(case),
    }


def tree(folder: Path) -> dict[str, str]:
    """Every file beneath a folder with the hash of its bytes."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }
