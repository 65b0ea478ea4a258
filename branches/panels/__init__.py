"""What places add to records' pages."""
