"""Which swaps are told of: those that are neither in memory nor encrypted."""

from __future__ import annotations

from pathlib import Path

from headstamp.actions.keeping.swap import open_swaps

HEAD = "Filename\tType\tSize\tUsed\tPriority\n"


def test_only_what_lies_open_is_told(tmp_path: Path) -> None:
    devices = tmp_path / "block"
    for name, uuid in (("dm-0", "CRYPT-PLAIN-swap"), ("dm-1", "LVM-abc")):
        (devices / name / "dm").mkdir(parents=True)
        (devices / name / "dm" / "uuid").write_text(uuid)
    listed = tmp_path / "swaps"
    listed.write_text(HEAD + "/dev/zram0 partition 1 0 5\n/dev/dm-0 partition 1 0 5\n"
                      "/dev/dm-1 partition 1 0 5\n/swapfile file 1 0 5\n")
    assert open_swaps(listed, devices) == ["/dev/dm-1", "/swapfile"]
    listed.write_text(HEAD)
    assert open_swaps(listed, devices) == []
    assert open_swaps(tmp_path / "none", devices) == []
