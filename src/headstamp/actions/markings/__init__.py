"""Markings of a case: read, searched for, learnt from, and held against the reference library."""
