"""The fixed words of a paper in each of its languages: a table of ``words`` for each sort of paper."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from headstamp.errors import Invalid


@cache
def all_words(paper: str) -> dict[str, dict[str, str]]:
    """The words of a sort of paper (``receipt``, ``alert``) by language."""
    text = files("headstamp.publish").joinpath(f"words/{paper}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def fixed_words(paper: str, called: str, language: str) -> dict[str, str]:
    """The words in one language; ``called`` names the paper. Raises Invalid for a language that is not there."""
    told = all_words(paper)
    if language not in told:
        raise Invalid(f"{called} is written in {', '.join(told)}, not in {language!r}")
    return told[language]
