"""Networks of sites and parties: parts, bridges, betweenness, and what missing nodes move."""
