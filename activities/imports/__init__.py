"""Tables in: the past that comes in as a file."""
