"""How single values are written in bundles and receipts: each has one spelling, and no other is read."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from headstamp.errors import Invalid
from headstamp.evidence.canonical import INTEGER_MAX
from headstamp.evidence.entry import moment
from headstamp.evidence.note import Verifier

DIGEST = re.compile(r"[0-9a-f]{64}")

_COUNT = re.compile(r"0|[1-9][0-9]{0,15}")
# A log's name has neither white space nor a plus sign (C2SP signed-note).
_LOG_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,1000}")


def is_moment(text: object) -> bool:
    """Whether a text is a moment as the log writes it: UTC, with microseconds."""
    if not isinstance(text, str) or not text.endswith("Z"):
        return False
    try:
        return moment(datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)) == text
    except ValueError:
        return False


def is_count(value: object) -> bool:
    """Whether a value is a whole number from 0 that every reader of JSON has exactly."""
    return type(value) is int and 0 <= value <= INTEGER_MAX


def read_count(text: str) -> int | None:
    """A whole number in digits, without leading zero; None for anything else."""
    return int(text) if _COUNT.fullmatch(text) and int(text) <= INTEGER_MAX else None


def is_log_name(text: object) -> bool:
    """Whether a text can be the name of a log."""
    return isinstance(text, str) and _LOG_NAME.fullmatch(text) is not None


def is_version_name(text: object) -> bool:
    """Whether a text names a version as ``evidence.entry.named`` does: a log and a number."""
    if not isinstance(text, str):
        return False
    log, _, number = text.rpartition(" ")
    return is_log_name(log) and read_count(number) is not None


def is_log_key(text: object) -> bool:
    """Whether a text is the public key of a log, in its one spelling."""
    try:
        return isinstance(text, str) and Verifier.parse(text).text() == text
    except Invalid:
        return False
