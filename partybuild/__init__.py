"""Wiring and kernel of the portal. Imports no app."""
