"""Where this machine may write its memory to a disk in the open (Linux).

The memory of a running program can be put aside on a disk (swap), with everything that an
unlocked case shows and with its keys. An encrypted case is only as closed as that disk.
"""

from __future__ import annotations

from pathlib import Path

_LIST, _DEVICES = Path("/proc/swaps"), Path("/sys/class/block")


def open_swaps(listed: Path = _LIST, devices: Path = _DEVICES) -> list[str]:
    """The swap files and devices that are neither encrypted (dm-crypt) nor in memory (zram).

    Empty also where this cannot be told. A file on an encrypted disk is named too: what the
    disk is cannot be seen from here.
    """
    try:
        lines = listed.read_text("utf-8", "replace").splitlines()[1:]
    except OSError:
        return []
    found = []
    for line in lines:
        place = line.split()[0] if line.split() else ""
        name = Path(place).resolve().name
        if not place or name.startswith("zram"):
            continue
        try:
            encrypted = (devices / name / "dm" / "uuid").read_text().startswith("CRYPT-")
        except OSError:
            encrypted = False
        if not encrypted:
            found.append(place)
    return found
