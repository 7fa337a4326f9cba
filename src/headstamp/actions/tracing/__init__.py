"""The chain of supply of items: back to the point of diversion, forward, and asked at its time."""
