"""Made-up and real markings, ways of misreading them, peers, and what is measured.

Nothing here is a claim about real marks: the formats are shapes, the makers and models
made up. What is measured, and against what, is told in ``docs/benchmarks.md``.
"""
