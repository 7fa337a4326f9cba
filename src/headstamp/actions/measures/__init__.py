"""Questions and measures asked of a case: fed from a snapshot, shown, put into findings."""
