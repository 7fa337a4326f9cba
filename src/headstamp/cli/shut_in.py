"""A command that is about to read a stranger's files by compiled code in its own process shuts itself in.

A snapshot is read by DuckDB here, not in the limited child: a question may take hours and all
the memory there is. So the process gives up, for good and before it opens a file, what it does
not need for an answer: network, other programs, other processes (``intake.seccomp``). It may
still write the answer, so this is weaker than the child.
"""

from __future__ import annotations

from headstamp.cli.show import note
from headstamp.intake import seccomp

OWN_PROCESS = False
"""Set where headstamp runs as a command: a program that calls it keeps its own rights."""


def shut_in() -> None:
    """Gives up what reading a snapshot does not need; says so where the system has no means for it."""
    if OWN_PROCESS and not seccomp.forbid(programs=False, changing=True):
        note("this system cannot keep the reading of a snapshot off the network: ask only those you trust")
