"""What goes from one device to another: bags, bundles, seals, receipts, and the line between them.

Each module reads or writes one part of it and knows nothing of a case: `actions` brings the
two together. What comes from outside is data: its limits are checked before it is believed.
"""
