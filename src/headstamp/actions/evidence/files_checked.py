"""The files that are held of a thing, hashed anew, and that put on file as an act of custody.

Custody of a file is that its bytes are what came in. ``verify`` shows it for all of them
and writes nothing; for one thing, whoever looks after it can have each look stand in the log
and on the timeline, whatever came of it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from headstamp import __version__
from headstamp.actions.evidence.custody import KINDS, MOST
from headstamp.errors import Invalid
from headstamp.kinds.tier import RANK
from headstamp.records import Custody, kind_of_id
from headstamp.records.custody import FILES_CHECKED
from headstamp.store.case import Case
from headstamp.store.shown import Shown


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A record whose file was hashed; ``wrong`` in words, empty where it is what came in."""

    id: str
    label: str
    digest: str
    wrong: str


@dataclass(frozen=True, slots=True)
class FilesChecked:
    """The act that notes it, and each file."""

    act: str
    about: str
    files: tuple[CheckedFile, ...]

    @property
    def wrong(self) -> tuple[CheckedFile, ...]:
        """Those that are not what came in."""
        return tuple(one for one in self.files if one.wrong)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return asdict(self) | {"ok": not self.wrong}


def check_files(case: Case, thing: str, *, clearance: str, actor: str, reason: str) -> FilesChecked:
    """Hashes the files of an item or document, and of the photographs and papers that show it.

    Raises Missing; Invalid for another kind of record, and where no file of it is held.
    """
    with case.read(clearance).snapshot() as reader:
        about = reader.get(thing)
        if about.kind not in KINDS:
            raise Invalid(f"{thing} is a {kind_of_id(thing).title}; custody is kept of items and documents")
        rows = [about, *(one for kind in ("photograph", "document")
                         for one in reader.referring(thing, kind=kind, field="items", limit=MOST))]
    rows = [one for one in rows if one.get("digest")]
    files = tuple(_checked(case, one) for one in rows)
    if not files:
        raise Invalid(f"no file of {about.label} is held here: there is nothing to hash")
    bad = [one for one in files if one.wrong]
    told = f"{len(files) - len(bad)} of {len(files)} files are byte for byte what came in"
    if bad:
        told += ". Not so: " + "; ".join(f"{one.id} ({one.wrong})" for one in bad[:20])
    # How many files there are, and which, is as secret as the most secret of them.
    tier = max((str(one.get("tier", "partner")) for one in (about, *rows)), key=RANK.__getitem__)
    act = Custody.build({
        "item": thing, "act": FILES_CHECKED, "held_on": f"{case.clock():%Y-%m-%dT%H:%MZ}",
        "purpose": "to see whether its files are what came in", "basis": told,
        "evidence": f"SHA-256, headstamp {__version__}", "tier": tier,
    })
    with case.change(actor=actor, reason=reason) as change:
        change.put(act, expected=0)
    return FilesChecked(act.id, thing, files)


def _checked(case: Case, shown: Shown) -> CheckedFile:
    digest = str(shown.get("digest"))
    fault = case.vault.fault(digest)
    return CheckedFile(shown.id, shown.label, digest, fault[1] if fault else "")
