"""Between devices: packing, taking in, meeting on a line, and settling what contradicts."""
