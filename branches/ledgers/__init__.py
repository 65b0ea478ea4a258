"""Ledgers about places."""
