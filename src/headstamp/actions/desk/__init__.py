"""The trace desk: requests with their letters, replies, and the right of reply."""
