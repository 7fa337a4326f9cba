"""Which parts of reading by machine are installed here, and how to add those that are not.

The decoder of codes comes with headstamp. Readers of text do not: they are
large, and one of them is a program of the system.
"""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from headstamp.intake.machine.proposal import Absent

LANGUAGES = {
    "eng": "Latin letters and digits, as a second opinion",
    "rus": "Cyrillic",
    "ara": "Arabic",
    "fas": "Persian",
    "chi_sim": "Chinese, as a second opinion",
}
"""The languages of tesseract that are asked, with what each is for."""

_RAPID = "Latin letters, digits and Chinese, and where the lines of text are"


@cache
def rapid_version() -> str:
    """The version of RapidOCR, empty where it or its runtime is not installed."""
    if find_spec("rapidocr") is None or find_spec("onnxruntime") is None:
        return ""
    try:
        return version("rapidocr")
    except PackageNotFoundError:
        return ""


@cache
def tesseract() -> str:
    """The path of the program, empty where it is not installed."""
    return shutil.which("tesseract") or ""


@cache
def tesseract_version() -> str:
    """The version of tesseract, empty where it is not installed."""
    lines = _asked("--version")
    return lines[0].removeprefix("tesseract ").strip() if lines else ""


@cache
def tesseract_languages() -> frozenset[str]:
    """The languages tesseract has here, among those that are asked."""
    return frozenset(line.strip() for line in _asked("--list-langs")) & frozenset(LANGUAGES)


def _asked(option: str) -> list[str]:
    if not tesseract():
        return []
    try:
        done = subprocess.run(  # noqa: S603 - the program found on the path, two fixed options
            [tesseract(), option], input=b"", capture_output=True, timeout=20,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return (done.stdout or done.stderr).decode("utf-8", "replace").splitlines()


def absent() -> tuple[Absent, ...]:
    """The parts that are not here, each with the line that adds it."""
    found = []
    if not rapid_version():
        found.append(Absent(part="RapidOCR", reads=_RAPID, add='pip install "headstamp[ocr]"'))
    if not tesseract():
        packages = " ".join(_package(name) for name in LANGUAGES if name != "eng")
        found.append(Absent(
            part="tesseract", reads="Cyrillic, Arabic, Persian, and all else as a second opinion",
            add=f"apt-get install tesseract-ocr {packages}",
        ))
    else:
        found.extend(
            Absent(part=f"tesseract, language {name}", reads=what,
                   add=f"apt-get install {_package(name)}")
            for name, what in LANGUAGES.items() if name not in tesseract_languages()
        )
    return tuple(found)


def _package(language: str) -> str:
    return f"tesseract-ocr-{language.replace('_', '-')}"


def installed() -> tuple[str, ...]:
    """The readers of text that are here, with their versions."""
    found = []
    if rapid_version():
        found.append(f"RapidOCR {rapid_version()}")
    if tesseract() and tesseract_languages():
        found.append(f"tesseract {tesseract_version()} ({', '.join(sorted(tesseract_languages()))})")
    return tuple(found)
