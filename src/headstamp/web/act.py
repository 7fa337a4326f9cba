"""Addresses that are no pages: what changes the case (POST), and files that are sent out."""

from __future__ import annotations

from dataclasses import dataclass

from headstamp.web.answer import Endpoint


@dataclass(frozen=True)
class Act:
    """One such address; ``why`` says why it has no JSON twin of its own."""

    name: str
    path: str
    endpoint: Endpoint
    methods: tuple[str, ...]
    why: str
