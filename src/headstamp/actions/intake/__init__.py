"""Bringing files in: tables, photographs and documents, each kept as it came."""
