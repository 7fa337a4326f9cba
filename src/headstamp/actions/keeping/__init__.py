"""Keeping a case well: its lock, its backups, and the doctor who looks at it and at its machine."""
