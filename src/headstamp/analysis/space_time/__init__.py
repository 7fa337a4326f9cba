"""Whether events are close in space and time more often than chance would have it."""
