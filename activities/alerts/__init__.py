"""What this app reminds of."""
