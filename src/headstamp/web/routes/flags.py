"""``/flags`` and ``/lists``: what is to be asked of transfers, and the official lists behind it."""

from __future__ import annotations

from headstamp.records import BY_NAME
from headstamp.web.contexts.transfer import (
    FlagsContext,
    ListsContext,
    TransferContext,
    flags_context,
    lists_context,
    transfer_context,
)
from headstamp.web.page import Page, Parameter
from headstamp.web.routes.record import record_page

PAGES: tuple[Page, ...] = (
    Page("flags", "/flags", "What to ask of transfers", flags_context, FlagsContext, "flags.html",
         api="/api/flags", parameters=(
             Parameter("what", "A kind of question: the first transfers of which it is asked"),
         )),
    Page("lists", "/lists", "Official lists", lists_context, ListsContext, "lists.html",
         api="/api/lists"),
    record_page(BY_NAME["transfer"], transfer_context, TransferContext, "transfer.html"),
)
