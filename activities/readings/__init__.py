"""What follows from a record of this app."""
