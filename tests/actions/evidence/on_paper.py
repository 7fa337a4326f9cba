"""A PDF as a printer puts it on paper, and its codes as a telephone reads them there."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.lacking import lacks


def pictures(pdf: bytes, folder: Path, dots: int = 150) -> list[Path]:
    """The pages as a printer would put them on paper."""
    if shutil.which("pdftoppm") is None:
        lacks("pdftoppm (poppler)")
    path = folder / "paper.pdf"
    path.write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", str(dots), "-png", path, folder / "page"], check=True)
    return sorted(folder.glob("page*.png"))


def read_codes(picture: Path) -> list[str]:
    import zxingcpp
    from PIL import Image

    with Image.open(picture) as image:
        return [one.text for one in zxingcpp.read_barcodes(image)]
