"""Time until something happens, with what is not known left open."""
