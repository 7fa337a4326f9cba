"""What the running program holds: the open case, its settings, and what is said on every page.

The case is opened once. The banner and footer (cautions and credits of all
visible documents) are asked for once for each state of the log, not once a page.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from dataclasses import dataclass, field, replace
from threading import Lock

from starlette.formparsers import MultiPartParser

from headstamp.actions.cases import open_case
from headstamp.actions.markings.index import up_to_date
from headstamp.actions.settings import Settings
from headstamp.actions.tracing.transfer_index import transfer_index
from headstamp.errors import HeadstampError
from headstamp.publish.wording import once
from headstamp.records import TYPES
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.web.jobs import Jobs
from headstamp.web.limited import Limited, limited
from headstamp.web.page import Context

logger = logging.getLogger("headstamp.web")

INVENTED = "Invented"
# The kinds that have a place of their own in the navigation; the rest stand under "More".
IN_NAVIGATION = ("item", "site", "party", "document")


@dataclass(frozen=True)
class Credit:
    """Whom to name, under which licence, for which document."""

    credit: str
    licence: str
    title: str
    document: str
    link: str


@dataclass(frozen=True)
class Around:
    """What stands around every page: cautions, credits, clearance, and the way to all kinds."""

    clearance: str
    cautions: tuple[str, ...] = ()
    credits: tuple[Credit, ...] = ()
    invented: bool = False
    size: int = 0
    origin: str = ""
    lockable: bool = False
    # Of this one page: what trace replies forbid to be done with what stands on it.
    limits: Limited = field(default_factory=Limited)
    more: tuple[tuple[str, str], ...] = field(
        default=tuple(
            (kind.slug, kind.plural.replace("_", " ")) for kind in TYPES
            if kind.name not in IN_NAVIGATION
        )
    )


class Desk:
    """One open case as the pages use it. Safe for many threads."""

    def __init__(self, settings: Settings, case: Case | None = None) -> None:
        self.settings = settings
        self.case = case or open_case(settings.needed_case(), folder=settings.folder)
        self.case.backend.refuse_unsafe()
        if self.case.working.sealed:
            keep_forms_in_memory()
        self.jobs = Jobs()
        self._secret = secrets.token_bytes(32)
        self._around: Around | None = None
        self._lock = Lock()

    def reader(self) -> Reader:
        """The read filter at the viewer's clearance."""
        return self.case.read(self.settings.clearance)

    def around(self, reader: Reader) -> Around:
        """What stands around the page, for the state of the case that ``reader`` sees."""
        size = reader.size()
        with self._lock:
            kept = self._around
        if kept is not None and kept.size == size:
            return kept
        made = around(reader, size, self.case.origin, self.case.working.sealed)
        with self._lock:
            self._around = made
        return made

    def around_of(self, reader: Reader, context: Context) -> Around:
        """The same for one page: with the limits of all that it names."""
        return replace(self.around(reader), limits=limited(reader, context))

    def last_around(self) -> Around:
        """The latest known surroundings, for error pages: asks nothing of the case."""
        with self._lock:
            return self._around or Around(self.settings.clearance, lockable=self.case.working.sealed)

    def token(self, session: str) -> str:
        """The form token of a session: only a page that we served can know it."""
        return hmac.new(self._secret, session.encode(), hashlib.sha256).hexdigest()

    def warm(self) -> None:
        """Takes into memory what makes large lists fast; a failure leaves them slow, not wrong."""
        try:
            self.case.warm()
            up_to_date(self.case)
            transfer_index(self.case, self.case.read(self.settings.clearance))
        except HeadstampError as error:
            logger.warning("large lists stay slow: %s", error)

    def close(self) -> None:
        self.case.close()


def keep_forms_in_memory() -> None:
    """Files that are sent go to no temporary file, from now on in this process."""
    MultiPartParser.spool_max_size = 0  # none: SpooledTemporaryFile never rolls over


def around(reader: Reader, size: int, origin: str, lockable: bool = False) -> Around:
    """All distinct cautions and credits of the documents that this reader may see."""
    asked = [str(value) for value, _ in reader.count("document", "caution")[1] if value]
    # What many documents ask for is said once; the longest first, for it says most.
    cautions = tuple(once(sorted(asked, key=lambda text: (-len(text), text))))
    credits = []
    for value, _ in reader.count("document", "credit")[1]:
        if value:
            page = reader.list("document", {"credit": value}, limit=1)
            for shown in page.rows:
                credits.append(Credit(
                    str(value), str(shown.get("licence", "")), shown.label, shown.id,
                    str(shown.get("link", "")),
                ))
    invented = any(caution.startswith(INVENTED) for caution in asked)
    return Around(reader.clearance, cautions, tuple(credits), invented, size, origin, lockable)
