"""Panels of people."""
