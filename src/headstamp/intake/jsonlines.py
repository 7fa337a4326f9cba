"""Tables as JSON: one object a line, or one list of objects.

The columns are the names met in any object, in order of first appearance, so
the file is read twice: once quickly for the names, once for the cells.
Numbers stay as printed (``1.10`` stays ``1.10``, 30 digits stay 30 digits)
and an object or list inside a cell stays JSON text without blanks.
Rules: RFC 8259; a name twice in one object, NaN and lone surrogates are refused.
"""

from __future__ import annotations

import json
import re
from abc import abstractmethod
from collections.abc import Iterator
from json.encoder import encode_basestring
from pathlib import Path

import orjson

from headstamp.errors import Problem
from headstamp.intake.archive import CutShort, Stream
from headstamp.intake.encoding import undecodable, visible
from headstamp.intake.limits import Limits, advice_to_raise, over_limit
from headstamp.intake.lines import Lines, Overlong
from headstamp.intake.source import Record, Source


class _Number(str):
    """A number as printed."""


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not a JSON value")


_DECODER = json.JSONDecoder(
    parse_int=_Number, parse_float=_Number, parse_constant=_no_constant, object_pairs_hook=_pairs
)


def compact(value: object) -> str:
    """``value`` as JSON text without blanks, numbers as printed."""
    if isinstance(value, dict):
        inner = ",".join(f"{encode_basestring(k)}:{compact(v)}" for k, v in value.items())
        return "{" + inner + "}"
    if isinstance(value, list):
        return "[" + ",".join(compact(item) for item in value) + "]"
    if isinstance(value, _Number):
        return str(value)
    return encode_basestring(value) if isinstance(value, str) else _WORDS.get(value, "null")


_WORDS: dict[object, str] = {True: "true", False: "false"}


def _cell(value: object) -> str:
    if isinstance(value, str):
        return str(value)
    return "" if value is None else compact(value)


class _Json(Source):
    """What both shapes share: names first, then one object after the other."""

    def __init__(self, path: Path, limits: Limits, *, encoding: str) -> None:
        super().__init__(path, limits)
        self.encoding = encoding
        self._stream: Stream | None = None
        self.columns = self._names()
        self._blank = [""] * len(self.columns)
        self._place = {name: place for place, name in enumerate(self.columns)}

    def progress(self) -> float:
        return self._stream.progress() if self._stream is not None else 0.0

    @abstractmethod
    def _texts(self, lines: Lines) -> Iterator[str | Problem]:
        """The text of each object in turn."""

    def _names(self) -> list[str]:
        names: dict[str, None] = {}
        count = 0
        with Stream(self.path, self.limits) as stream:
            try:
                for text in self._texts(Lines(stream, self.encoding or "utf-8", self.limits)):
                    count += 1
                    try:
                        found = orjson.loads(text) if isinstance(text, str) else None
                    except ValueError:
                        continue  # told as a problem when the rows are read
                    if isinstance(found, dict) and not names.keys() >= found.keys():
                        names.update(dict.fromkeys(found))
                        if len(names) > self.limits.columns:
                            limit, most = "columns", self.limits.columns
                            raise over_limit(self.path.name, limit, most, "it has more names")
            except CutShort:
                self.note("the file breaks off")
        self.size_hint = count
        return list(names)

    def records(self) -> Iterator[Record | Problem]:
        with Stream(self.path, self.limits) as stream:
            self._stream = stream
            try:
                for text in self._texts(Lines(stream, self.encoding or "utf-8", self.limits)):
                    yield self._record(text) if isinstance(text, str) else text
            except CutShort as error:
                yield from error.problems or [Problem(error.message, file=self.path.name)]

    def _record(self, text: str) -> Record | Problem:
        shown = visible(text[:200])
        if undecodable(text):
            rule = f"the line holds bytes that are not {self.encoding}"
            return Problem(rule, "Save the file as UTF-8", value=shown)
        try:
            found = _DECODER.decode(text)
            if not isinstance(found, dict):
                return Problem("not a JSON object", "Each row is an object: {...}", value=shown)
            record = self._blank.copy()
            for name, value in found.items():
                record[self._place[name]] = value if type(value) is str else _cell(value)
        except (ValueError, RecursionError) as error:
            told = "nested too deep" if isinstance(error, RecursionError) else str(error)
            return Problem(f"not right JSON: {told}", "Mend the object", value=shown)
        except KeyError as error:
            # The quick reader of names would not have the object, so its names are not known.
            return Problem(f"an object that cannot be read: {error}", "Mend it", value=shown)
        if len(text) > self.limits.cell_characters or "\\u" in text:
            return self._odd(record) or record
        return record

    def _odd(self, record: Record) -> Problem | None:
        for place, cell in enumerate(record, 1):
            field = f"column {place}"
            if len(cell) > self.limits.cell_characters:
                limit, most = "cell_characters", self.limits.cell_characters
                rule = f"longer than the limit `{limit}` of {most:,} characters"
                return Problem(rule, advice_to_raise(limit), field)
            if "\x00" in cell or undecodable(cell):
                rule = "the cell holds a character no text may (NUL or half a character)"
                return Problem(rule, "Look at the original", field, visible(cell[:200]))
        return None

    def _too_long(self) -> Problem:
        limit, most = "row_characters", self.limits.row_characters
        rule = f"longer than the limit `{limit}` of {most:,} characters"
        return Problem(rule, advice_to_raise(limit))


class JsonLines(_Json):
    """One object a line; blank lines are passed over."""

    format = "jsonl"

    def _texts(self, lines: Lines) -> Iterator[str | Problem]:
        while True:
            try:
                for block in lines:
                    for line in block:
                        text = line.strip(" \t\r\n")
                        if text:
                            yield text
                    lines.row_line += len(block)
                return
            except Overlong:
                lines.restart()
                yield self._too_long()


_OUTSIDE = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|["\[\]{},]', re.DOTALL)
_DEEPER = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|["\[\]{}]', re.DOTALL)


class JsonArray(_Json):
    """One list of objects, taken apart by its brackets so that it is never whole in memory."""

    format = "json"

    def _texts(self, lines: Lines) -> Iterator[str | Problem]:
        depth = 0
        ended = False
        pending = ""
        for text in self._blocks(lines):
            buffer = pending + text
            begin = at = 0
            # Scanning restarts at the element's beginning: its bracket depth is found anew.
            depth = min(depth, 1)
            while match := (_OUTSIDE if depth < 2 else _DEEPER).search(buffer, at):
                mark = match.group()
                at = match.end()
                if mark == '"':
                    break  # the string goes on in the next block
                if ended:
                    break
                if mark in "[{":
                    depth += 1
                    if depth == 1:
                        begin = at
                elif mark in "]}":
                    depth -= 1
                if (depth == 1 and mark == ",") or (depth == 0 and mark == "]"):
                    element = buffer[begin : match.start()].strip(" \t\r\n\ufeff")
                    ended = depth == 0
                    if element or not ended:
                        yield element
                    begin = at
            pending = buffer[begin:]
            if ended and pending.strip(" \t\r\n"):
                yield Problem(
                    "something follows the end of the list", "", value=visible(pending[:200])
                )
                return
            if len(pending) > self.limits.row_characters:
                yield self._too_long()
                return
        if not ended:
            rule = "the list is never closed: the file breaks off here"
            yield Problem(rule, "Get the whole file", value=visible(pending[-200:]))

    def _blocks(self, lines: Lines) -> Iterator[str]:
        while True:
            try:
                for block in lines:
                    lines.row_line += len(block)
                    yield "".join(block)
                return
            except Overlong:
                return
