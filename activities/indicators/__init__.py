"""Indicators of organisation life."""
