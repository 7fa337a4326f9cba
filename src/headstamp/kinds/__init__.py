"""Kinds of value: what one field may hold, declared once.

A kind knows how its value is cleaned, shown, stored, asked for and described.
Record types are put together from kinds; nothing above this room knows how a
partial date or a place is written down.
"""
