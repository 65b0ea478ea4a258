"""Writing how good."""
