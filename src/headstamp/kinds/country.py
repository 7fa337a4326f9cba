"""A country, now existing or former, by its ISO 3166 code.

Names in several languages and three-letter codes become the two-letter code;
former states keep their four-letter ISO 3166-3 code, because a rifle was made
in a state that is gone. What the list does not know is kept as seen.
"""

from __future__ import annotations

from typing import Annotated

from headstamp.kinds.code import CodeKind


class CountryKind(CodeKind):
    """A country's ISO 3166 code; an unknown name is kept as seen."""

    widget = "country"

    def __init__(self) -> None:
        super().__init__("countries")
        self.name = "country"


COUNTRY = CountryKind()
Country = Annotated[str, COUNTRY]
