"""Which records belong together: candidates, their comparison, and clusters.

A link is a proposal with a score that explains itself; a judgement is a
person's decision on it, kept as a record and never erased. This room takes
records and gives links. It reads no file and no database, and it decides
nothing: joining or parting records is an act of a person (``actions``).
"""
