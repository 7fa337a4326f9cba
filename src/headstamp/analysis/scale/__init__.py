"""How many there are: from serial numbers, overlapping lists, lots and rates."""
