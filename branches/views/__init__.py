"""Pages of places and accounts."""
