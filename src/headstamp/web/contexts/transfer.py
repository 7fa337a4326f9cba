"""One transfer with what is to be asked of it, and all that is asked in the case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from headstamp.actions.tracing.checks import checked, checks, known_what
from headstamp.actions.tracing.lists import ListShown, lists
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.tracing.check import Flag
from headstamp.vocab import vocabulary
from headstamp.web.contexts.facts import Piece, ref_piece
from headstamp.web.contexts.record import RecordContext, record_context
from headstamp.web.contexts.related import Related, related
from headstamp.web.page import ON_PAGE, Context, Params

_ON_PAGE = 100


@dataclass(frozen=True)
class FlagView:
    """A flag as a page shows it: the question, where it comes from, and what it rests on."""

    flag: Flag
    title: str = field(default="", metadata=ON_PAGE)
    cited: str = field(default="", metadata=ON_PAGE)
    of: Piece | None = field(default=None, metadata=ON_PAGE)
    rests_on: tuple[Piece, ...] = field(default=(), metadata=ON_PAGE)


@dataclass(frozen=True)
class TransferContext(RecordContext):
    """A transfer as its page shows it.

    ``compared`` tells whether its quantity was held against those of all transfers of the case.
    ``flag_cautions`` is what the sources of the lists warn of.
    """

    flags: tuple[FlagView, ...] = ()
    compared: bool = True
    flag_cautions: tuple[str, ...] = ()
    goods: Related | None = None


@dataclass(frozen=True)
class FlagCount:
    """A kind of question, and of how many transfers it is asked."""

    what: str
    title: str
    transfers: int
    to: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class FlagsContext(Context):
    """What is asked of all transfers of the case; with ``what``, the transfers of one kind.

    ``asked`` of ``transfers`` have at least one flag, ``flags`` in all. ``shown`` are the first
    of the kind that was chosen.
    """

    transfers: int
    asked: int
    flags: int
    counts: tuple[FlagCount, ...]
    what: str
    shown: tuple[FlagView, ...]
    note: str
    title: str = field(default="", metadata=ON_PAGE)
    cautions: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True)
class ListsContext(Context):
    """The official lists of the case and those that come with headstamp."""

    lists: tuple[ListShown, ...]


def transfer_context(reader: Reader, params: Params) -> TransferContext:
    """All of one transfer. Raises Missing."""
    base = record_context(reader, params)
    flags, compared = checked(params.case, reader, base.record.id)
    items = reader.many(list(base.record.get("items", ()))[:200])
    return TransferContext(
        **base.__dict__, flags=_views(reader, ((base.record.id, flag) for flag in flags), own=True),
        compared=compared, flag_cautions=_cautions(flags),
        goods=related(reader, "item", list(items.values()), ("family", "item_type", "make", "site"),
                      "Items it names"),
    )


def flags_context(reader: Reader, params: Params) -> FlagsContext:
    """What is asked in the whole case: seconds on a hundred thousand transfers, then kept."""
    what = known_what(params.text("what"))
    summary = checks(params.case, reader).summary()
    words = vocabulary("flag_kind")
    counts = tuple(
        FlagCount(code, words.label(code), count, f"/flags?{urlencode({'what': code})}")
        for code, count in summary.counts
    )
    some = summary.some.get(what, ())[:_ON_PAGE]
    return FlagsContext(
        summary.transfers, summary.asked, summary.flags, counts, what,
        _views(reader, some), words.note, words.label(what) if what else "",
        _cautions([flag for _, flag in some]), dict(summary.counts).get(what, 0),
    )


def lists_context(reader: Reader, params: Params) -> ListsContext:
    """All versions of all official lists that may be seen."""
    return ListsContext(tuple(lists(reader)))


def _views(
    reader: Reader, some: Iterable[tuple[str, Flag]], own: bool = False
) -> tuple[FlagView, ...]:
    flags = list(some)
    named = {id_ for transfer, flag in flags for id_ in (transfer, *flag.claims, *flag.about)}
    shown: dict[str, Shown] = reader.many(list(named))

    def piece(id_: str) -> Piece | None:
        found = shown.get(id_)
        return ref_piece(id_, found.label) if found is not None else None

    def rests(transfer: str, flag: Flag) -> tuple[Piece, ...]:
        ids = dict.fromkeys((*flag.claims, *flag.about))
        found = (piece(id_) for id_ in ids if id_ != transfer)
        return tuple(one for one in found if one is not None)

    return tuple(
        FlagView(flag, flag.title, flag.cited, None if own else piece(transfer), rests(transfer, flag))
        for transfer, flag in flags
    )


def _cautions(flags: Sequence[Flag]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(flag.caution for flag in flags if flag.caution))
