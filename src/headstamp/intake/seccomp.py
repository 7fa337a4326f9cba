"""A filter of system calls for the process that parses strangers' files (Linux, seccomp mode 2).

Whoever takes over a parser by its file can do what that process may. So it
may not reach a network, write or remove anything in a file system, run a
program, or touch another process: those calls fail with EPERM, for Python and
for compiled code alike. Reading is not forbidden. The filter needs no rights
to be set and cannot be taken off again; the programs the process starts, where
it may, inherit it.

Layout of the program: linux/filter.h, linux/seccomp.h. Numbers of calls: the
kernel's tables for x86-64 and for the generic table (arm64), unchangeable by
its promise to programs; 424 and up are the same on both.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _EPERM = 0x7FFF0000, 0x80000000, 0x00050001
_NO_NEW_PRIVILEGES, _SET_FILTER, _ALL_THREADS = 38, 1, 1
_SECCOMP = (317, 277)
"""The number of the call itself: x86-64, arm64."""
_FOREIGN_NUMBERS = 0x40000000
"""Calls of the x32 table, under the same architecture: a way around the numbers below."""

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_ON_BOTH = {
    "open_tree": 428, "move_mount": 429, "fsopen": 430, "pidfd_open": 434, "openat2": 437,
    "pidfd_getfd": 438, "mount_setattr": 442, "fchmodat2": 452, "pidfd_send_signal": 424,
    # Calls put into a ring are made by the kernel, past every filter.
    "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
}  # fmt: skip
# name: (x86-64, arm64); None where the architecture never had it.
_TABLE: dict[str, tuple[int | None, int | None]] = {
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200),
    "listen": (50, 201), "accept": (43, 202), "accept4": (288, 242), "sendto": (44, 206),
    "sendmsg": (46, 211),  # recvmsg is how the next file comes in, over a socket that is there
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "mount": (165, 40), "umount2": (166, 39), "unshare": (272, 97), "setns": (308, 268),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "keyctl": (250, 219), "add_key": (248, 217), "open_by_handle_at": (304, 265),
}  # fmt: skip
# Forbidden besides where the process may change no files.
_CHANGING: dict[str, tuple[int | None, int | None]] = {
    "creat": (85, None), "truncate": (76, 45), "ftruncate": (77, 46), "fallocate": (285, 47),
    "unlink": (87, None), "unlinkat": (263, 35), "rename": (82, None), "renameat": (264, 38),
    "renameat2": (316, 276), "link": (86, None), "linkat": (265, 37), "symlink": (88, None),
    "symlinkat": (266, 36), "mkdir": (83, None), "mkdirat": (258, 34), "rmdir": (84, None),
    "mknod": (133, None), "mknodat": (259, 33), "chmod": (90, None), "fchmod": (91, 52),
    "fchmodat": (268, 53), "chown": (92, None), "lchown": (94, None), "fchown": (93, 55),
    "fchownat": (260, 54), "utime": (132, None), "utimes": (235, None), "utimensat": (280, 88),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7),
}  # fmt: skip
# Forbidden besides where the process may start no programs.
_PROGRAMS: dict[str, tuple[int | None, int | None]] = {
    "execve": (59, 221), "execveat": (322, 281), "kill": (62, 129), "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
}  # fmt: skip
# Allowed towards itself only (the process is their first argument, 0 for itself).
_ITSELF: dict[str, tuple[int, int]] = {"tgkill": (234, 131), "prlimit64": (302, 261)}
# Opening, forbidden only for writing: the number of the call and of its argument of flags.
_OPENING = (((2, 1), (257, 2)), ((56, 2),))
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

Line = tuple[int, int, int, int]


def filter_lines(
    column: int, architecture: int, programs: bool, own: int, *, changing: bool = False
) -> list[Line]:
    """The filter: (code, jump if true, jump if false, value) a line, for a column of the tables.

    ``own`` is the number of this process; ``changing`` says that it may change files.
    """
    lines: list[Line] = [
        (_LOAD, 0, 0, 4), (_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, 0, 1, _FOREIGN_NUMBERS), (_RETURN, 0, 0, _EPERM),
    ]  # fmt: skip
    forbidden = {**_TABLE, **({} if changing else _CHANGING), **({} if programs else _PROGRAMS)}
    numbers = [*(pair[column] for pair in forbidden.values()), *_ON_BOTH.values()]
    for number in numbers:
        if number is not None:
            lines += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _EPERM)]
    for pair in () if programs else _ITSELF.values():
        lines += [
            (_EQUAL, 0, 5, pair[column]), (_LOAD, 0, 0, 16), (_EQUAL, 2, 0, 0), (_EQUAL, 1, 0, own),
            (_RETURN, 0, 0, _EPERM), (_RETURN, 0, 0, _ALLOW),
        ]  # fmt: skip
    for number, argument in () if changing else _OPENING[column]:
        # Each argument has eight bytes from the sixteenth on, the lower half first.
        lines += [
            (_EQUAL, 0, 4, number), (_LOAD, 0, 0, 16 + 8 * argument),
            (_ANY_BIT, 0, 1, _WRITING), (_RETURN, 0, 0, _EPERM), (_RETURN, 0, 0, _ALLOW),
        ]  # fmt: skip
    return [*lines, (_RETURN, 0, 0, _ALLOW)]


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("lines", ctypes.c_char_p))


def forbid(*, programs: bool, changing: bool = False) -> bool:
    """Sets the filter on this process for good, all its threads; whether it could be.

    ``programs`` says that it may start programs, ``changing`` that it may change files. False on
    other systems and processors, and where the kernel was built without it.
    """
    known = _ARCHITECTURES.get(platform.machine())
    if not sys.platform.startswith("linux") or known is None or sys.maxsize < 1 << 32:
        return False
    lines = filter_lines(*known, programs, os.getpid(), changing=changing)
    packed = b"".join(struct.pack("=HBBI", *line) for line in lines)
    library = ctypes.CDLL(None, use_errno=True)
    program = _Program(len(packed) // 8, packed)
    if library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    done: int = library.syscall(_SECCOMP[known[0]], _SET_FILTER, _ALL_THREADS, ctypes.byref(program))
    return done == 0
