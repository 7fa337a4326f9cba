"""Whether two measured things come from one source: likelihood ratios and their trust."""
