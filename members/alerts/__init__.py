"""Alerts of people."""
