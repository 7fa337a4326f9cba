"""The contents of a bundle for software that does not know us: RO-Crate 1.3 metadata.

One JSON-LD file in the payload that lists every file with its size, its SHA-256 and its
kind, and says which device packed them, when, with what (researchobject.org, RO-Crate
Metadata Specification 1.3, of June 2026; placed in a bag as its appendix on BagIt has it).
The context is named and never fetched. Nothing is read back from it: it adds no fact that
is not in the bag or the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from headstamp.errors import Invalid
from headstamp.evidence.canonical import canonical
from headstamp.exchange.box import Filed
from headstamp.exchange.tags import PAYLOAD

FILE_NAME = "ro-crate-metadata.json"
CONTEXT = "https://w3id.org/ro/crate/1.3/context"
CONFORMS_TO = "https://w3id.org/ro/crate/1.3"
LICENCE = (
    "Handed over in confidence between those named. Not for publication; each record and "
    "original carries its own tier, source and licence."
)

_OCTETS = "application/octet-stream"
_BY_ENDING = {
    ".json": "application/json", ".jsonl": "application/jsonl", ".txt": "text/plain",
    ".py": "text/x-python",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What the crate says besides its files.

    ``device`` is the sender's log and ``device_key`` its public key; ``made_by`` the person,
    ``made_at`` the moment, ``version`` that of headstamp.
    """

    name: str
    description: str
    device: str
    device_key: str
    made_by: str
    made_at: str
    version: str


def metadata(
    told: Description, files: Iterable[Filed], kinds: Mapping[str, str] | None = None
) -> bytes:
    """The bytes of ``ro-crate-metadata.json`` for these files of the payload.

    ``kinds`` gives media types by name in the bag (``data/...``), where they are known; else
    they follow from the ending. Raises Invalid for a file outside the payload.
    """
    parts = [_file(filed, kinds or {}) for filed in sorted(files, key=lambda one: one.name)]
    graph = [
        {"@id": FILE_NAME, "@type": "CreativeWork", "about": {"@id": "./"},
         "conformsTo": {"@id": CONFORMS_TO}},
        {"@id": "./", "@type": "Dataset", "name": told.name, "description": told.description,
         "datePublished": told.made_at, "license": LICENCE,
         "author": {"@id": "#person"}, "hasPart": [{"@id": part["@id"]} for part in parts]},
        {"@id": "#packing", "@type": "CreateAction", "name": "Packed for transfer",
         "agent": [{"@id": "#device"}, {"@id": "#person"}], "instrument": {"@id": "#software"},
         "endTime": told.made_at, "result": {"@id": "./"}},
        {"@id": "#device", "@type": "IndividualProduct", "name": told.device,
         "identifier": told.device_key,
         "description": "The device that packed the bundle; its log has this name and this key."},
        {"@id": "#person", "@type": "Person", "name": told.made_by},
        {"@id": "#software", "@type": "SoftwareApplication", "name": "headstamp",
         "version": told.version},
        *parts,
    ]
    return canonical({"@context": CONTEXT, "@graph": graph}) + b"\n"


def _file(filed: Filed, kinds: Mapping[str, str]) -> dict[str, str]:
    if not filed.name.startswith(PAYLOAD):
        raise Invalid(f"{filed.name} is no file of the payload.")
    ending = filed.name[filed.name.rfind(".") :] if "." in filed.name else ""
    return {
        "@id": quote(filed.name.removeprefix(PAYLOAD), safe="/"),
        "@type": "File",
        "contentSize": str(filed.size),
        "encodingFormat": kinds.get(filed.name) or _BY_ENDING.get(ending, _OCTETS),
        "sha256": filed.sha256,
    }
