"""The templates' engine: everything is escaped, an unknown name is an error, markings stand apart.

``marking`` is the one way in which a verbatim text gets into a page: isolated
from the direction of the text around it, or ``07-85`` would read ``85-07``
inside Arabic (the Unicode bidirectional algorithm).
"""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined

from headstamp.kinds.counted import plural
from headstamp.publish.wording import marking, prose
from headstamp.records import TYPES
from headstamp.web.limited import beside


def number(value: int | float) -> str:
    """A number with thousands apart.

    >>> number(1234567)
    '1,234,567'
    """
    return f"{value:,}"


def query(pairs: Any) -> str:
    """Pairs as the query of an address."""
    return urlencode(list(pairs))


@cache
def environment() -> Environment:
    """The one engine."""
    env = Environment(
        loader=PackageLoader("headstamp.web"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )
    env.filters.update(marking=marking, number=number, query=query, said=prose)
    env.globals["limits_beside"] = beside
    env.globals["plural"] = plural
    env.globals["by_act"] = frozenset(kind.slug for kind in TYPES if not kind.cls.BY_HAND)
    return env


def render(template: str, **context: Any) -> str:
    """A template filled in."""
    return environment().get_template(template).render(**context)
