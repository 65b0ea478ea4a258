"""What the file, memberships, offices and posts tell of a person's party life."""
