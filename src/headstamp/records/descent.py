"""Which file was made from which: the rule that originals and what is made of them stay apart.

The Berkeley Protocol (2020, paragraphs 183 to 189) keeps an untouched *evidentiary copy* and
works on *working copies*. Here every file made from another names it as its parent and says
what was done; the original is never written again. A working copy has the same bytes as its
parent, a derivative has others.
"""

from __future__ import annotations

from collections.abc import Iterable

from headstamp.kinds.kind import Unfit

MADE_FROM = "Made from (parent)"
WHAT_WAS_DONE = "What was done to make it"
TOOL = "With which tool and version"

WORKING, DERIVATIVE = "working", "derivative"
MADE_HERE = (WORKING, DERIVATIVE)


def descent(
    id_: str, generation: str, parent: str | None, done: str | None, tool: str | None
) -> Iterable[Unfit]:
    """What is wrong with how a file says where it comes from; nothing where all is well."""
    if generation in MADE_HERE and parent is None:
        yield Unfit(f"a {_named(generation)} needs the file it was made from",
                    "Name it in “Made from”, or record it with `headstamp derive`.")
    if generation == DERIVATIVE and done is None:
        yield Unfit("what was done to make the derivative is not said",
                    "Say it, such as: cropped to the stamp, brightened.")
    if parent is not None and parent == id_:
        yield Unfit("a file cannot be made from itself", "Name the file it was made from.")
    if generation == "original" and (parent or done or tool):
        yield Unfit("an original is not made from another file",
                    "Choose “working” for a copy byte for byte, “derivative” for any other.")


def _named(generation: str) -> str:
    return "working copy" if generation == WORKING else generation
