"""Reading how good."""
