"""Furniture by noun: each module's `furnish(place, member)` returns rows that lie at the place."""
