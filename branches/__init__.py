"""Where: organisations, accounts and grants."""
