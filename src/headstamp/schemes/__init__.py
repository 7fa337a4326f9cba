"""Marking and identifier schemes: one module each, with the same few names.

A scheme has ``NAME``, ``TITLE``, ``SOURCE``, ``EXAMPLE`` and ``read(text)``, which gives a
:class:`~headstamp.schemes.reading.SchemeReading` or None where the text does not look like the
scheme at all. Calling a good marking bad is the worse error, so ``valid`` is False only where a
check that must hold does not. A marking of no known scheme is not an error.

A scheme is added by writing its module and naming it in ``SCHEMES``.
"""

from __future__ import annotations

from headstamp.errors import Missing
from headstamp.schemes import (
    cas,
    date_code,
    dual_use,
    gs1,
    gtin,
    headstamp,
    hs_code,
    imei,
    imo,
    iso6346,
    lei,
    lot_us,
    mac,
    meid,
    munitions_list,
    nsn,
    vin,
)
from headstamp.schemes.reading import LONGEST, Scheme, SchemeReading

__all__ = ["SCHEMES", "Scheme", "SchemeReading", "describe", "recognise", "scheme"]

# Where two readings are equally sure, the earlier scheme comes first: the more telling shapes
# (fixed letters, separators) stand before plain runs of digits.
SCHEMES: tuple[Scheme, ...] = (
    gs1, vin, iso6346, lei, cas, lot_us, nsn, mac, munitions_list, imei, meid, imo, gtin,
    dual_use, hs_code, date_code, headstamp,
)

_BY_NAME = {module.NAME: module for module in SCHEMES}


def scheme(name: str) -> Scheme:
    """The scheme of that name. Raises Missing if there is none."""
    found = _BY_NAME.get(name)
    if found is None:
        raise Missing(f"there is no scheme called {name!r}")
    return found


def _sureness(reading: SchemeReading) -> int:
    """0 is surest: check fits; then no check and no doubt; then doubtful; then check fails."""
    if reading.valid:
        return 1 if reading.doubt else 0
    if reading.valid is None:
        return 3 if reading.doubt else 2
    return 4


def recognise(text: str) -> list[SchemeReading]:
    """What this text may be, surest first; empty where no scheme knows it.

    A failed check is listed only where the shape itself speaks for the scheme: that an 8-digit
    serial is not a barcode is no news.

    >>> [reading.scheme for reading in recognise("CSQU3054383")]
    ['iso6346']
    >>> recognise("hello world")
    []
    """
    if not text or len(text) > LONGEST:
        return []
    readings = [reading for module in SCHEMES if (reading := module.read(text)) is not None]
    kept = [r for r in readings if r.valid is not False or not r.doubt]
    return sorted(kept, key=_sureness)


def describe() -> list[tuple[str, str, str, str]]:
    """Name, title, source and a real example of every scheme, for the reference page."""
    return [(s.NAME, s.TITLE, s.SOURCE, s.EXAMPLE) for s in SCHEMES]
