"""The index of a case: every text of its markings and readings, searchable once its change commits.

One :class:`~headstamp.markings.MarkingIndex` for each rank that may see a text.
What a reader may see is the union of those of its rank and below, weighed
together; what is hidden from it has no part in hits, probabilities or counts.
A text that becomes hidden is taken out as if it had never been there.

The index is kept in memory for each open case and follows the log: whoever
searches first after a change takes in what the log has gained. It is kept
beside the case as well (``derived/markings.index``), with the place in the log
that it reaches, so that a single command need not make it anew. That file may
be thrown away: where it is missing, damaged, of another log or of another
program, the index is made again from the records. Two programs may write it
at once; the last one stays, and each is whole.

A state of the index never changes; taking something in makes the next state.
So searches that are under way go on in theirs, and nobody waits for them.
"""

from __future__ import annotations

import hashlib
import logging
import time
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, islice
from pathlib import Path
from threading import Lock
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from headstamp.errors import Missing, Tampered, Unreadable
from headstamp.kinds.tier import RANK
from headstamp.markings import MarkingIndex, alphabet, background, normalise, segment, unread
from headstamp.markings.index_file import IndexFile, read_index, write_index_to
from headstamp.store.case import Case
from headstamp.store.marking_texts import MarkingText, MarkingTexts, texts_of
from headstamp.store.policy import clearance_rank

logger = logging.getLogger("headstamp.markings")

FOLDER: Final = "derived"
FILE: Final = "markings.index"
LEAST_UNSAVED: Final = 500
"""So many texts are taken in again by each command rather than the file written anew."""
SHARE_UNSAVED: Final = 50
MOST_ENTRIES_UNSAVED: Final = 100_000

_GONE: Final = -1
_GONE_WHOLLY: Final = -2
_AT_ONCE: Final = 1 << 20
_LEFT_OVER_S: Final = 3600

Seqs = npt.NDArray[np.int64]
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Rank:
    """The texts that need one clearance: their index, and at each position the log entry."""

    index: MarkingIndex
    seqs: Seqs

    @classmethod
    def empty(cls) -> Rank:
        return cls(MarkingIndex(), np.empty(0, np.int64))

    def with_(self, texts: Sequence[MarkingText]) -> Rank:
        """The same with more texts."""
        if not texts:
            return self
        index = MarkingIndex.joined([self.index])
        for start in range(0, len(texts), _AT_ONCE):
            some = texts[start : start + _AT_ONCE]
            index.add([one.text for one in some], [one.context for one in some])
        return Rank(index, np.append(self.seqs, np.array([one.seq for one in texts], np.int64)))

    def without(self, seqs: Iterable[int], *, wholly: bool) -> Rank:
        """The same less the texts of these entries; ``wholly`` as if they had never been there.

        Then those that were taken out before, but not wholly, go with them.
        """
        gone = np.isin(self.seqs, np.fromiter(seqs, np.int64))
        if wholly:
            gone |= self.seqs == _GONE
        if not gone.any():
            return self
        left = np.where(gone, _GONE_WHOLLY if wholly else _GONE, self.seqs)
        return Rank(self.index.without(np.flatnonzero(gone).tolist(), wholly=wholly), left)

    @property
    def living(self) -> int:
        return int(np.count_nonzero(self.seqs >= 0))


@dataclass(frozen=True, slots=True, eq=False)
class Markings:
    """What one clearance may search: an index, and which log entry each position is."""

    size: int
    index: MarkingIndex
    seqs: tuple[Seqs, ...]

    def seq(self, position: int) -> int:
        """The log entry of the version whose text stands at a position."""
        for some in self.seqs:
            if position < len(some):
                return int(some[position])
            position -= len(some)
        raise IndexError(f"no text at position {position}")


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """The index at one size of the log. ``unsaved``: texts changed since it was last kept."""

    size: int
    ranks: tuple[Rank, ...]
    unsaved: int = 0
    saved_at: int = 0
    _seen: dict[int, Markings] = field(default_factory=dict)

    def seen(self, rank: int) -> Markings:
        """What this rank may search."""
        found = self._seen.get(rank)
        if found is None:
            some = self.ranks[: rank + 1]
            index = MarkingIndex.joined([one.index for one in some])
            found = Markings(self.size, index, tuple(one.seqs for one in some))
            self._seen[rank] = found
        return found

    @property
    def living(self) -> int:
        return sum(rank.living for rank in self.ranks)

    def worth_keeping(self) -> bool:
        """Whether the next command would have too much to take in again."""
        return (
            self.unsaved >= max(LEAST_UNSAVED, self.living // SHARE_UNSAVED)
            or self.size - self.saved_at >= MOST_ENTRIES_UNSAVED
        )


EMPTY: Final = State(0, tuple(Rank.empty() for _ in RANK))


class _Kept:
    """The state of one open case; one lock for whoever takes in what the log has gained."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.state: State | None = None


_KEPT: WeakKeyDictionary[Case, _Kept] = WeakKeyDictionary()
_NEW = Lock()


def markings(case: Case, clearance: str) -> Markings:
    """All markings that a clearance may search, up to the last entry of the log."""
    return up_to_date(case).seen(clearance_rank(clearance))


def up_to_date(case: Case, told: Told | None = None) -> State:
    """The index brought up to the log. ``told(done, all)`` hears of texts taken in."""
    with _NEW:
        kept = _KEPT.setdefault(case, _Kept())
    state = kept.state
    if state is not None:
        with texts_of(case.backend) as texts:
            if texts.log_size() == state.size:
                return state
    with kept.lock:
        state = kept.state if kept.state is not None else load(case)
        with texts_of(case.backend) as texts:
            state = caught_up(texts, state, told)
            if state.worth_keeping():
                state = _save(texts, case, state)
        kept.state = state
        return state


def caught_up(texts: MarkingTexts, state: State, told: Told | None = None) -> State:
    """The next state: with what the log has gained since this one."""
    size = texts.log_size()
    if size == state.size:
        return state
    if size < state.size:  # the case was put back to an earlier state under our feet
        state = EMPTY
    ranks, unsaved = list(state.ranks), 0
    again: set[int] = set()
    if state.size:
        change = texts.gained(state.size)
        again = set(change.said_anew)
        gone = change.replaced | change.said_anew
        if change.moved:
            again |= _in_another_rank(texts, state, ranks) - change.replaced
            gone |= again
        if change.erased or len(again) > state.living // 4:
            state, ranks, again = EMPTY, list(EMPTY.ranks), set()
        elif gone:
            ranks = [rank.without(gone, wholly=change.moved) for rank in ranks]
            unsaved = len(gone)
    gained = chain(texts.at(again), texts.since(state.size))
    taken = 0
    while some := list(islice(gained, _AT_ONCE)):
        by_rank: list[list[MarkingText]] = [[] for _ in ranks]
        for one in some:
            by_rank[one.rank].append(one)
        ranks = [rank.with_(more) for rank, more in zip(ranks, by_rank, strict=True)]
        taken += len(some)
        if told is not None:
            told(taken, taken)
    ranks = [rank if 2 * rank.living >= len(rank.seqs) else _packed(rank) for rank in ranks]
    return State(size, tuple(ranks), state.unsaved + unsaved + taken, state.saved_at)


def _in_another_rank(texts: MarkingTexts, state: State, ranks: Sequence[Rank]) -> set[int]:
    """Texts held that now need another clearance than the one they are held under."""
    size = state.size
    now = np.full(size, -1, dtype=np.int8)
    for seq, needs in texts.ranks():
        if seq < size:
            now[seq] = needs
    moved: set[int] = set()
    for number, one in enumerate(ranks):
        held = one.seqs[one.seqs >= 0]
        moved.update(held[(now[held] != number) & (now[held] >= 0)].tolist())
    return moved


def _packed(rank: Rank) -> Rank:
    """The same texts without the empty positions between them."""
    at = np.flatnonzero(rank.seqs >= 0)
    beside = rank.index.contexts
    index = MarkingIndex()
    for start in range(0, len(at), _AT_ONCE):
        some = at[start : start + _AT_ONCE].tolist()
        index.add([rank.index.text(one) for one in some], [beside.at(one) for one in some])
    return Rank(index, rank.seqs[at])


# --- beside the case ----------------------------------------------------------------


def index_path(case: Case) -> Path:
    """Where the index is kept."""
    return case.working.place(FOLDER, FILE)


def read_kept(case: Case) -> IndexFile:
    """The index as it is kept, every byte checked. Raises Missing, Unreadable, Tampered."""
    path = case.working.open(FOLDER, FILE)
    if path is None:
        raise Missing(f"there is no markings index at {index_path(case)}")
    return read_index(path, check=True)


def load(case: Case) -> State:
    """The index as it is kept beside the case; empty where that is missing or cannot be used."""
    try:
        file = read_kept(case)
    except Missing:
        return EMPTY
    except (Unreadable, Tampered) as error:
        logger.warning("%s; it is made again from the records", error)
        return EMPTY
    note = file.note
    if note.get("made_by") != _made_by():
        return EMPTY
    size = int(note["size"])
    with texts_of(case.backend) as texts:
        log = texts.state_of_log(size)
    if not log or note["log"] != log:
        return EMPTY
    ranks, segments, start = [], iter(file.segments), 0
    for number, length in note["ranks"]:
        index = MarkingIndex.of(
            islice(segments, number), file.contexts.part(start, start + length)
        )
        ranks.append(Rank(index, file.beside["seqs"][start : start + length]))
        start += length
    return State(size, tuple(ranks), 0, size)


def _save(texts: MarkingTexts, case: Case, state: State) -> State:
    """Keeps the index beside the case, whole or not at all; a folder that is full only costs time."""
    path = index_path(case)
    log = texts.state_of_log(state.size)
    whole = MarkingIndex.joined([rank.index for rank in state.ranks])
    try:
        path.parent.mkdir(exist_ok=True)
        _clear_left_overs(path)
        with case.working.making(FOLDER, FILE) as file:
            write_index_to(
                file, [part.segment for part in whole.parts], whole.contexts,
                beside={"seqs": np.concatenate([rank.seqs for rank in state.ranks])},
                note={
                    "size": state.size, "log": log, "made_by": _made_by(),
                    "ranks": [[len(r.index.parts), len(r.seqs)] for r in state.ranks],
                },
            )
    except OSError as error:
        logger.warning("the index of markings is not kept in %s: %s", path, error.strerror)
        return state
    return State(state.size, state.ranks, 0, state.size)


def _clear_left_overs(path: Path) -> None:
    """Takes away what a program that was killed while it saved has left."""
    for one in path.parent.glob(f".{path.name}.*"):
        if one.stat().st_mtime < time.time() - _LEFT_OVER_S:
            one.unlink(missing_ok=True)


@cache
def _made_by() -> str:
    """A digest of what decides how a text is indexed: another program's index is no use."""
    digest = hashlib.sha256(unicodedata.unidata_version.encode())
    for module in (alphabet, background, normalise, segment, unread):
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()
