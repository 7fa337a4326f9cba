"""Where a signature was met, where it is new, and which finds are unlike all catalogued."""
