"""Alerts: proposed, checked by another person, and sent with an extract of one page."""
