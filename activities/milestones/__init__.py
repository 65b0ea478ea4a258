"""What this app tells of a person's party life."""
