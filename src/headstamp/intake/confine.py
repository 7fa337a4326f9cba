"""What the process that parses a stranger's file gives up before it looks at it.

Memory, processor time, the size of files it may write (none) and the number
of those it may open are limited by the operating system; network, writing and
other programs are forbidden by a filter of system calls where there is one
(Linux), else by a hook in Python, which compiled code could go around. macOS
does not hold a process to its limit of memory. ``docs/limits.md`` says what
holds where; ``holding`` says it for this machine.

Processes are not limited in number: that limit counts all that a user runs,
other people's parsers and every thread included.
"""

from __future__ import annotations

import os
import resource
import sys
from typing import Any

from headstamp.intake import seccomp

_HANDLES = 64
_MIB = 1024 * 1024


def _set(which: int, soft: int, hard: int) -> bool:
    """Whether the limit holds now; a machine may set a lower one itself, or know none."""
    try:
        _, most = resource.getrlimit(which)
        if most != resource.RLIM_INFINITY:
            soft, hard = min(soft, most), min(hard, most)
        resource.setrlimit(which, (soft, hard))
    except (ValueError, OSError):
        return False
    return True


def confine(memory: int, seconds: int, *, most: tuple[int, int], programs: bool) -> list[str]:
    """Gives up all that reading one file does not need; says what holds from now on.

    ``memory`` is bytes of address space, ``seconds`` processor time; ``most`` the same
    for later, when ``widen`` is called. ``programs`` says that this process has to start others.
    """
    held = []
    if _set(resource.RLIMIT_AS, memory, max(memory, most[0])) and sys.platform != "darwin":
        held.append(f"memory {memory // _MIB} MiB")
    if _set(resource.RLIMIT_CPU, seconds, max(seconds, most[1]) + 1):
        held.append(f"processor time {seconds} s")
    # 1, not 0: also a program to which the system hands cores gets none then (fs/coredump.c).
    _set(resource.RLIMIT_CORE, 1, 1)
    if _set(resource.RLIMIT_FSIZE, 0, 0):
        held.append("no byte into any file")
    if _set(resource.RLIMIT_NOFILE, _HANDLES, _HANDLES):
        held.append(f"{_HANDLES} open files")
    what = "no network, no change of files" + ("" if programs else ", no other program")
    if seccomp.forbid(programs=programs):
        held.append(f"{what} (by the kernel)")
    else:
        sys.addaudithook(_hook(programs))
        held.append(f"{what} (by Python only)")
    return held


def widen(memory: int, seconds: int) -> None:
    """For the next file, or what follows the decoding of one: so much memory, so much more time,
    within what ``confine`` was told to leave open."""
    _set(resource.RLIMIT_AS, memory, resource.getrlimit(resource.RLIMIT_AS)[1])
    used = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))
    _set(resource.RLIMIT_CPU, used + seconds, resource.getrlimit(resource.RLIMIT_CPU)[1])


_FORBIDDEN = frozenset({
    "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate",
    "os.chmod", "os.chown", "os.utime", "os.setxattr", "shutil.rmtree", "shutil.move",
})  # fmt: skip
_PROGRAMS = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.kill"})
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


def _hook(programs: bool) -> Any:
    forbidden = _FORBIDDEN if programs else _FORBIDDEN | _PROGRAMS

    def told(event: str, given: tuple[Any, ...]) -> None:
        writing = event == "open" and isinstance(given[2], int) and given[2] & _WRITING
        if event in forbidden or event.startswith("socket.") or writing:
            raise PermissionError(f"a parser may not do this: {event}")

    return told
