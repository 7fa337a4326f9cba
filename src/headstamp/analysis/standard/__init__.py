"""How alike things are made across sites, lots and time."""
