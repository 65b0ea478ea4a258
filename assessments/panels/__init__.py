"""Panels of assessments."""
