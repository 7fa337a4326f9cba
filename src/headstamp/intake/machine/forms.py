"""The kinds of codes, by the names the decoder gives them."""

from __future__ import annotations

WEAK = frozenset({
    "Code 39", "Code 39 Standard", "Code 39 Extended", "Code 32", "Pharmazentralnummer", "Codabar",
    "ITF", "EAN-8", "UPC-E", "Telepen", "Telepen Alpha", "Telepen Numeric", "Micro QR Code",
    "Aztec Rune",
})  # fmt: skip
"""Codes whose own check lets chance patterns pass, or that have none."""

NO_CHECK = frozenset({"Code 39", "Code 39 Standard", "Code 39 Extended", "Codabar", "ITF"})

MATRIX = frozenset({
    "Data Matrix", "QR Code", "QR Code Model 1", "QR Code Model 2", "Micro QR Code",
    "rMQR Code", "Aztec", "Aztec Code", "Aztec Rune", "MaxiCode", "PDF417", "Compact PDF417",
    "MicroPDF417",
})  # fmt: skip
"""Codes of squares or stacked rows."""

LOCATED = frozenset({"Data Matrix", "QR Code", "Aztec", "PDF417"})
"""Families with a mark to be found by, so that one can say where a damaged one is."""

LEFT_OUT = frozenset({"DX Film Edge", "EAN-2", "EAN-5"})
"""The edge of a film carries no marking and its two check bits fit any fence; EAN-2 and EAN-5
are additions to another code, without a check."""
