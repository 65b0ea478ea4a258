"""Forms of places and accounts."""
