"""Markings: from a string as it was seen to keys that can be compared, and a score that says why.

This is the first, simple form: four keys, a query, a score. The index over
millions of markings has its place beside them; it will use the same rules
(:data:`headstamp.markings.normalise.RULES`) and the same :class:`Match`.

Pure: no database, no files, no network.
"""
