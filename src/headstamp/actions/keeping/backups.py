"""Backing up, putting back, moving and bringing up to date: a case as a whole.

Nothing here is an entry of the log: none of it changes what the case says.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from headstamp import __version__
from headstamp.actions.cases import index_case
from headstamp.markings.normalise import keys
from headstamp.store import backup as backups
from headstamp.store import move as moves
from headstamp.store import restore as restores
from headstamp.store.backup import Backup
from headstamp.store.case import Case, now
from headstamp.store.progress import Told
from headstamp.store.restore import Restored
from headstamp.store.upgrade import upgrade


def back_up(
    where: str | Path, place: Path, *, folder: Path | None = None, with_key: bool = False,
    keep: int | None = None, told: Told | None = None,
) -> tuple[Backup, int]:
    """A new state of a case in a backup place, and how many older states went (``keep``).

    Works on a case of an older layout too. Raises as ``store.backup.back_up``.
    """
    with Case.open(where, folder=folder, outdated=True) as case:
        done = backups.back_up(case, place, made_by=f"headstamp {__version__}", at=now(),
                               with_key=with_key, progress=told)
    return done, 0 if keep is None else backups.forget_states(place, keep)


def restore_case(
    place: Path, where: str, *, folder: Path | None = None, key_file: Path | None = None,
    against: Iterable[str] = (), as_it_is: bool = False, told: Told | None = None,
) -> Restored:
    """Puts a backed-up case into a new place. Raises as ``store.restore.restore``."""
    return restores.restore(place, where, keys=keys, folder=folder, key_file=key_file,
                            against=against, as_it_is=as_it_is, progress=told)


def move_case(
    where: str | Path, to: str, *, folder: Path | None = None, to_folder: Path | None = None,
    told: Told | None = None,
) -> Path:
    """Moves a case to another address; returns its new folder. Raises as ``store.move.move``."""
    with Case.open(where, folder=folder) as case:
        return moves.move(case, to, keys=keys, folder=to_folder, progress=told)


def upgrade_case(
    where: str | Path, *, folder: Path | None = None, anew: bool = False, told: Told | None = None
) -> bool:
    """Brings a case up to date with this program; False where it was. Its search index too."""
    with Case.open(where, folder=folder, outdated=True) as case:
        done, keys = upgrade(case, anew=anew, told=told), case.keys
    if done:
        with Case.open(where, folder=folder, keys=keys) as case:
            index_case(case)
    return done
