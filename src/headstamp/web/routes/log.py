"""The log for others, below ``/log/``: the paths of C2SP tlog-tiles, and proofs. Read only.

Hashes and checkpoints are the same for everybody. Entries go through the read filter:
one that the clearance may not see is empty in its bundle (``docs/evidence-format.md``,
section 8). So, unlike in a public log, nothing here may be cached for others.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from headstamp.errors import Invalid, Missing
from headstamp.evidence.export import checkpoint_line
from headstamp.evidence.tile import ENTRIES, parse_path
from headstamp.store.served_log import ServedLog
from headstamp.web.act import Act
from headstamp.web.answer import Endpoint, desk_of

_BYTES = "application/octet-stream"
_TEXT = "text/plain; charset=utf-8"

Answer = Callable[[ServedLog, Request], Response]


def _endpoint(answer: Answer) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        desk = desk_of(request)
        log = ServedLog.of(desk.case, desk.settings.clearance)
        return await run_in_threadpool(answer, log, request)

    return endpoint


def _checkpoint(log: ServedLog, request: Request) -> Response:
    return Response(log.latest(), media_type=_TEXT)


def _key(log: ServedLog, request: Request) -> Response:
    return Response(desk_of(request).case.verifier.text() + "\n", media_type=_TEXT)


def _keys(log: ServedLog, request: Request) -> Response:
    return Response(b"".join(map(checkpoint_line, log.key_changes())), media_type=_TEXT)


def _tile(log: ServedLog, request: Request) -> Response:
    path = f"tile/{request.path_params['path']}"
    try:
        level, index, width = parse_path(path)
    except Invalid as error:
        raise Missing(f"the log has no {path[:80]}") from error
    if level == ENTRIES:
        return Response(log.bundle(index, width), media_type=_BYTES)
    return Response(log.tile(level, index, width), media_type=_BYTES)


def _proof(log: ServedLog, request: Request) -> Response:
    seq: int = request.path_params["seq"]
    proof = log.inclusion(seq, desk_of(request).case.key_line)
    return Response(proof.text(), media_type=_TEXT, headers={
        "content-disposition": f'attachment; filename="entry-{seq}.tlog-proof"'})


def _consistency(log: ServedLog, request: Request) -> Response:
    proof = log.consistency(request.path_params["size"], desk_of(request).case.key_line)
    return Response(proof.text(), media_type=_TEXT)


_WHY = "it is what other programs read: C2SP tlog-tiles"
ACTS: tuple[Act, ...] = tuple(
    Act(f"log:{name}", path, _endpoint(answer), ("GET",), _WHY)
    for name, path, answer in (
        ("checkpoint", "/log/checkpoint", _checkpoint),
        ("key", "/log/key", _key),
        ("keys", "/log/keys", _keys),
        ("tile", "/log/tile/{path:path}", _tile),
        ("proof", "/log/proof/{seq:int}", _proof),
        ("consistency", "/log/consistency/{size:int}", _consistency),
    )
)
