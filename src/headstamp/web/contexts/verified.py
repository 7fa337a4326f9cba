"""What a verification found, as its reader may see it: not which hidden record is damaged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from headstamp.kinds.tier import TIERS
from headstamp.records import BY_PREFIX
from headstamp.store.reader import Reader
from headstamp.store.verify import Finding
from headstamp.web.work import Verified

HIDDEN: Final = "it is about a record that is not shown here; look at it with a higher clearance"


def verified_for(reader: Reader, done: Verified) -> Verified:
    """The same, with all that is wrong, but without the ids of records above the clearance."""
    return replace(done, findings=_shown(reader, done.findings))


def _shown(reader: Reader, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    if reader.clearance == TIERS[-1]:
        return tuple(findings)
    about = {one.id for one in findings if one.id.partition("-")[0] in BY_PREFIX}
    hidden = about - reader.many(sorted(about)).keys()
    return tuple(dict.fromkeys(
        Finding(one.what, "", HIDDEN) if one.id in hidden else one for one in findings))
