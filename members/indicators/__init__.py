"""Indicators of members: what one person did, month by month."""
