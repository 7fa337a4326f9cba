"""What the store promises whatever befalls it: kills, power cuts, failing calls, full disks."""
