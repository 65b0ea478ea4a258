"""Ledgers of assessments."""
