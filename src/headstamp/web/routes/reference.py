"""``/references/find``: whose mark a code may be."""

from __future__ import annotations

from headstamp.web.contexts.possible import LookUpContext, look_up_context
from headstamp.web.page import Page, Parameter

PAGES: tuple[Page, ...] = (
    Page(
        name="reference-find", path="/references/find", api="/api/references/find",
        title="Look a code up in the reference library", context=look_up_context,
        returns=LookUpContext, template="look_up.html", tag="references",
        parameters=(
            Parameter("code", "As it is read, unread characters as ?; or a whole headstamp, or words "
                              "that describe a sign"),
            Parameter("year", "When the thing was made: 1953, 195X, 1950/1955"),
            Parameter("country", "Country of make"),
            Parameter("maker", "The maker, as somebody gave it"),
        ),
    ),
)
