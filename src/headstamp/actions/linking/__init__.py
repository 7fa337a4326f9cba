"""Which records are one party, and who has to do with whom."""
