"""Places: points on the earth as written and as drawn, and how exactly they may be told.

Pure: coordinates and outlines come in as values; distances, boxes, cells and
SVG text go out. No database, no files, no network.
"""
