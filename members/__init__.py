"""Who: members, memberships, offices, vanguard posts."""
