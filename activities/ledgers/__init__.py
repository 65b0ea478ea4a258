"""Ledgers of organisation life."""
