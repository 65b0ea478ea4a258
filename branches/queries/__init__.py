"""Reading where."""
