"""Verification: what the log proves, the checkpoint to hand out, and what the last check found."""

from __future__ import annotations

from dataclasses import dataclass, field

from headstamp.publish.qr import qr_svg
from headstamp.store.reader import Reader
from headstamp.web.contexts.job import JobContext, job_view
from headstamp.web.contexts.witness import WitnessView, witness_views
from headstamp.web.page import ON_PAGE, Context, Params


@dataclass(frozen=True)
class VerifyContext(Context):
    """The latest checkpoint, the key that checks it, who has one, the last verification by this program."""

    origin: str
    size: int
    checkpoint: str
    verifier: str
    witnesses: tuple[WitnessView, ...]
    last: JobContext | None
    running: JobContext | None = field(default=None, metadata=ON_PAGE)
    code: str = field(default="", metadata=ON_PAGE)


def verify_context(reader: Reader, params: Params) -> VerifyContext:
    """How the log stands now."""
    note = params.case.checkpoint_note()
    origin, size = note.split("\n")[:2]
    last = params.jobs.latest("verification", "done")
    running = params.jobs.latest("verification", "running")
    return VerifyContext(
        origin, int(size), note, params.case.verifier.text(), witness_views(reader, origin),
        job_view(reader, last) if last else None, job_view(reader, running) if running else None,
        qr_svg(note, "The checkpoint as a QR code", "The signed checkpoint that stands above it"),
    )
