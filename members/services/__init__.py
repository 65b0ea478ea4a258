"""Writing people."""
