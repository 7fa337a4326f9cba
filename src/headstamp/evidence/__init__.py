"""The evidence log: canonical bytes, salted values, entries, tree, notes, checkpoints, checks.

Pure: bytes in, bytes out; no file, no clock, no database. Everything here
follows public formats (RFC 8785, RFC 9162, C2SP signed-note, tlog-checkpoint and
tlog-tiles), so that a critic can check a log with tools we did not write.
``docs/evidence-format.md`` is enough to write such a checker.
"""
