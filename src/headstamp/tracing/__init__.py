"""The chain of supply: who had an item before, and where it left lawful hands.

From transfers, custody and trace replies this room puts together the passages
an item can have taken. A point of diversion is an inference with a confidence
and its alternatives, never a bare fact; a gap in a chain is shown as a gap.
Pure: it takes records and gives chains.
"""
