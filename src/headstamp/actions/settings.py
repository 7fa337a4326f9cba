"""What the edges know from outside: which case, who acts, what they may see.

Read once, where the program starts (command line or server), and handed down
as a value. Roles and login come with the team server; until then the viewer's
clearance is a setting.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from headstamp.errors import Invalid
from headstamp.kinds.tier import TIERS

DEFAULT_CLEARANCE = "restricted"


@dataclass(frozen=True)
class Settings:
    """``case`` is a folder or a PostgreSQL address; ``folder`` its folder of originals if apart."""

    case: str = ""
    actor: str = ""
    clearance: str = DEFAULT_CLEARANCE
    folder: Path | None = None

    def __post_init__(self) -> None:
        if self.clearance not in TIERS:
            raise Invalid(f"a clearance is one of {', '.join(TIERS)}, not {self.clearance!r}")

    def needed_case(self) -> str:
        """The case's address. Raises Invalid where none was given."""
        if not self.case:
            raise Invalid("no case is named; give --case DIR_OR_URL or set HEADSTAMP_CASE")
        return self.case

    def with_(self, **given: object) -> Settings:
        """These settings with the given ones (None: not given) in their place."""
        return replace(self, **{k: v for k, v in given.items() if v is not None})  # type: ignore[arg-type]


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from HEADSTAMP_CASE, HEADSTAMP_ACTOR, HEADSTAMP_CLEARANCE, HEADSTAMP_FOLDER."""
    env = os.environ if environment is None else environment
    folder = env.get("HEADSTAMP_FOLDER")
    return Settings(
        case=env.get("HEADSTAMP_CASE", ""),
        actor=env.get("HEADSTAMP_ACTOR") or _login(),
        clearance=env.get("HEADSTAMP_CLEARANCE", DEFAULT_CLEARANCE),
        folder=Path(folder) if folder else None,
    )


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unnamed"
