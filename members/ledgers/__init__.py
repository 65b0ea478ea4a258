"""Ledgers of people."""
