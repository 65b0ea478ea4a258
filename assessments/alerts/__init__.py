"""Alerts of assessments."""
