"""Files sent out: originals as they came, their thumbnails, pages of papers, and lists as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

from headstamp.actions.intake.document_pages import LARGE, SIDE, SMALL, page_of
from headstamp.actions.thumbnails import thumbnail_of
from headstamp.errors import Missing
from headstamp.records import TYPES, RecordType
from headstamp.web.act import Act
from headstamp.web.answer import Endpoint, desk_of, params_of
from headstamp.web.contexts.listing import wheres
from headstamp.web.desk import Desk
from headstamp.web.sealed_file import SealedFile
from headstamp.web.table import csv_lines

# An original may be anything, also a page with a script: it is handed over to be
# kept, never shown in place.
_SANDBOX = "default-src 'none'; sandbox"


async def original(request: Request) -> Response:
    """The bytes of an original, exactly as they came."""
    desk, digest = desk_of(request), request.path_params["digest"]

    def work() -> Response:
        path, shown = desk.reader().original(digest)
        name = str(shown.get("original_name") or digest)
        headers = {"content-security-policy": _SANDBOX, "x-content-type-options": "nosniff"}
        media = "application/octet-stream"
        if desk.case.vault.sealed:
            return SealedFile(desk.case.vault, digest, path, media_type=media, filename=name,
                              headers=headers)
        return FileResponse(path, media_type=media, filename=name, headers=headers)

    return await run_in_threadpool(work)


async def thumbnail(request: Request) -> Response:
    """An upright JPEG of a photograph: small, large, or (8000) as large as it is to read from."""
    desk, digest = desk_of(request), request.path_params["digest"]
    side = int(params_of(request).choice("side", ("400", "1200", "8000")))

    def work() -> Response:
        path = thumbnail_of(desk.case, digest, clearance=desk.settings.clearance, side=side)
        return _picture(desk, path)

    return await run_in_threadpool(work)


async def page_picture(request: Request) -> Response:
    """A page of a PDF document as a JPEG: small, to read beside something, or large."""
    desk, document = desk_of(request), request.path_params["id"]
    number = request.path_params["n"]
    if not (number.isascii() and number.isdigit() and len(number) < 8):
        raise Missing(f"there is no page {number[:80]}")
    side = int(params_of(request).choice("side", tuple(map(str, (SIDE, SMALL, LARGE)))))

    def work() -> Response:
        path = page_of(desk.case, document, int(number), clearance=desk.settings.clearance, side=side)
        return _picture(desk, path)

    return await run_in_threadpool(work)


def _picture(desk: Desk, path: Path) -> FileResponse:
    headers = {"content-security-policy": _SANDBOX}
    if not desk.case.working.sealed:
        # Paging back and forth is quicker so. Of an encrypted case the guard's no-store stays: a browser
        # keeps what it may keep as a readable file.
        headers["cache-control"] = "private, max-age=600"
    return FileResponse(path, media_type="image/jpeg", headers=headers)


def table(kind: RecordType) -> Endpoint:
    """The list of a kind as CSV, with the filters of its page."""

    async def endpoint(request: Request) -> Response:
        desk = desk_of(request)
        params = params_of(request)
        where = wheres(params)

        def first() -> None:
            # A filter that is none is refused before the first byte is sent.
            desk.reader().list(kind.name, where, limit=1)

        def lines() -> Iterator[str]:
            with desk.reader().snapshot() as reader:
                yield from csv_lines(kind, reader.stream(kind.name, where), reader.limits)

        await run_in_threadpool(first)
        name = f"{kind.slug}.csv"
        return StreamingResponse(
            lines(), media_type="text/csv; charset=utf-8",
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )

    return endpoint


def _digest_only(endpoint: Endpoint) -> Endpoint:
    async def checked(request: Request) -> Response:
        digest = request.path_params["digest"]
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise Missing(f"there is no original {digest[:80]}")
        return await endpoint(request)

    return checked


ACTS: tuple[Act, ...] = (
    Act("original", "/originals/{digest}", _digest_only(original), ("GET",), "it is the file itself"),
    Act("thumbnail", "/thumbs/{digest}", _digest_only(thumbnail), ("GET",), "it is a picture"),
    Act("page_picture", "/documents/{id}/pages/{n}.jpg", page_picture, ("GET",), "it is a picture"),
    *(Act(f"csv:{kind.slug}", f"/{kind.slug}.csv", table(kind), ("GET",),
          "it is the list itself; as JSON: /api/" + kind.slug) for kind in TYPES),
)
