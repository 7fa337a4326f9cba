"""What each page says, as typed values; no web in here."""
