"""Writing organisations, accounts and grants."""
