"""SQL that somebody typed: one question and nothing else, before any engine sees it.

An engine over a snapshot is locked besides (no file but the snapshot's, no change of settings), but Spark can
call any Java function by name and run a program as a step of a query. What is refused here is
refused for both engines alike, so that a question answered by one is not refused by the other.
The SQL of the project's own questions is not held to this.
"""

from __future__ import annotations

import re
from typing import Final

from headstamp.errors import Invalid, Problem

# Of a backslash and of "$$" each engine makes something else: then nobody could tell where a text ends.
_PIECE: Final = re.compile(
    r"(?P<text>'(?:[^']|'')*')|(?P<quoted>\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`)|(?P<comment>--[^\r\n]*)"
    r"|(?P<word>[^\W\d]\w*)|(?P<number>\d\w*(?:\.\d\w*)*\.?)|(?P<space>\s+)|(?P<sign>.)", re.DOTALL)
_FIRST: Final = ("select", "with", "values", "(")
_CHANGES: Final = frozenset({"insert", "update", "delete", "merge", "into"})
# The last one makes a function's name of a text, so that no list of names would hold.
_PROGRAMS: Final = frozenset({"reflect", "try_reflect", "java_method", "identifier"})


def one_question(sql: str) -> str:
    """The question without its closing semicolon. Raises Invalid naming everything that is more than one."""
    problems: list[Problem] = []

    def refuse(fault: str, hint: str, value: str) -> None:
        problems.append(Problem(fault, hint, "sql", value))

    for sign, hint in (("\\", "Write CHR(92)."), ("$", "Write CHR(36)."), ("/*", "Comment with --.")):
        if sign in sql:
            refuse("each engine reads this otherwise", hint, sign)
    pieces = [(found.lastgroup, found.group()) for found in _PIECE.finditer(sql)
              if found.lastgroup not in ("space", "comment")]
    while pieces and pieces[-1] == ("sign", ";"):
        pieces.pop()
    words = [text.strip('"`').lower() if kind in ("word", "quoted") else text for kind, text in pieces]
    if not words:
        refuse("there is no question", "Write SELECT ... FROM a kind of record.", sql)
    elif words[0] not in _FIRST:
        refuse("only questions can be asked", "Begin with SELECT or WITH.", pieces[0][1])
    for (kind, text), word, after in zip(pieces, words, [*words, ""][1:], strict=True):
        if kind == "sign" and text in ";'\"`":
            refuse("more than one question, or a text that does not end", "Ask one question.", text)
        elif kind in ("word", "number") and not text.isascii():
            # Spark takes a long s for an S and an i without a dot for an I: no word could be told by its letters.
            refuse("letters beyond those of ASCII stand in quotes", 'Write "..." for a name.', text)
        elif kind == "word" and word in _CHANGES:
            refuse("a snapshot is only read", "Ask with SELECT.", text)
        elif word in _PROGRAMS and after == "(":
            refuse("a question does not run programs", "Leave this out.", text)
        elif kind == "word" and word == "using" and after != "(":
            refuse("a question does not run programs", "Join with USING (column).", text)
    if problems:
        raise Invalid("this is not one question to a snapshot", problems)
    return sql.strip().rstrip(";").rstrip()
