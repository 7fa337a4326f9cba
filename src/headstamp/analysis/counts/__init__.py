"""Counts by group and by month: shares, bursts, and the indicator made of them."""
