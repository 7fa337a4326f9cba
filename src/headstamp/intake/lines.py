"""The lines of a text file, in blocks, in bounded memory, with a second look where needed.

Shared by the text formats. Works on blocks because a list of lines checked
once costs far less than a check per line.
"""

from __future__ import annotations

import codecs
import io
from itertools import chain

from headstamp.intake.archive import Stream
from headstamp.intake.encoding import ESCAPE, undecodable, visible
from headstamp.intake.limits import Limits, over_limit

_BLOCK = 1 << 18


def split_lines(text: str) -> list[str]:
    r"""``text`` cut after \n, \r\n and \r only, ends kept (str.splitlines cuts at more).

    >>> split_lines("a\r\nb\x0bc\rd")
    ['a\r\n', 'b\x0bc\r', 'd']
    """
    return io.StringIO(text, newline="").readlines()


class Swallowed(Exception):
    """A row goes on for longer than a row may."""


class Overlong(Exception):
    """One line is longer than a row may be and was passed over."""


class Lines:
    """The lines of a file in blocks; those of the unfinished row are kept for a second look.

    ``row_line`` is told by the reader: how many lines finished rows have used.
    ``watch`` says that rows of the present blocks may hold something a row must not
    (NUL, undecodable bytes, very long cells) and have to be looked at one by one;
    clean blocks, the usual case, cost nothing per row.
    """

    def __init__(self, stream: Stream, encoding: str, limits: Limits) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)(errors=ESCAPE)
        self._limits = limits
        self._carry = ""
        self._ended = False
        self._passing = False  # inside an overlong line, up to its end
        self._overlong = False  # an overlong line was met and is still to be told
        self._again: list[str] = []
        self._held: list[list[str]] = []
        self._held_line = 0
        self._held_size = 0
        self._reread = 0
        self.row_line = 0
        self.suspect_line = 0
        self.watch = False

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> list[str]:
        while self._held and self._held_line + len(self._held[0]) <= self.row_line:
            gone = self._held.pop(0)
            self._held_line += len(gone)
            self._held_size -= sum(map(len, gone))
        most = self._limits.row_characters
        if self._held_size > most and sum(map(len, self._unfinished())) > most:
            raise Swallowed
        lines, self._again = self._again or self._read(), []
        if not lines:
            raise StopIteration
        text = "".join(lines)
        self._held.append(lines)
        self._held_size += len(text)
        if (
            self._held_size > self._limits.cell_characters
            or "\x00" in text
            or undecodable(text)
            or self.suspect_line
        ):
            self.watch = True
        elif len(self._held) == 1:
            self.watch = False
        return lines

    def _unfinished(self) -> list[str]:
        return list(chain.from_iterable(self._held))[self.row_line - self._held_line :]

    def _read(self) -> list[str]:
        """The next whole lines, none at the end; raises Overlong in place of such a line."""
        while True:
            if self._overlong:
                self._overlong = False
                raise Overlong
            if self._ended:
                return []
            block = self._stream.read(_BLOCK)
            self._ended = not block
            text = self._carry + self._decoder.decode(block, final=self._ended)
            if self._ended:
                text = text.rstrip("\x1a")  # the end mark of DOS programs
            lines = split_lines(text)
            # A line without its end, or ending in \r whose \n may still come, waits.
            waits = bool(lines) and not self._ended and lines[-1][-1] != "\n"
            self._carry = lines.pop() if waits else ""
            if self._passing and lines:
                del lines[0]
                self._passing = False
            if len(self._carry) > self._limits.row_characters or self._passing:
                self._overlong = not self._passing
                self._passing = True
                self._carry = self._carry[-1:]  # a \r may be the line's end
            if lines:
                return lines

    def again(self, used: int, overlong: bool = False) -> None:
        """Give the lines after the first one of the unfinished row once more.

        ``used`` is how many lines the reader had taken in all; ``overlong`` puts the
        overlong line, already passed over, back to its place behind them.
        """
        kept = self._unfinished()
        swallowed = max(1, used - self.row_line)
        self._reread += sum(map(len, kept[1:swallowed]))
        if self._reread > self._limits.reread_characters:
            raise over_limit(
                self._stream.path.name,
                "reread_characters",
                self._limits.reread_characters,
                "quotes are opened and never closed in very many places",
            )
        self.suspect_line = max(swallowed - 1, self.suspect_line - self.row_line - 1, 0)
        self._again = kept[1:]
        self._held, self._held_line, self._held_size, self.row_line = [], 0, 0, 0
        self._overlong = self._overlong or overlong

    def restart(self) -> None:
        """Count lines anew for a new reader, after an overlong line between two rows."""
        self._held, self._held_line, self._held_size, self.row_line = [], 0, 0, 0
        self.suspect_line = 0

    def opening(self) -> str:
        """The first line of the unfinished row, for a message."""
        unfinished = self._unfinished()
        return visible(unfinished[0].rstrip("\r\n")[:200]) if unfinished else ""
