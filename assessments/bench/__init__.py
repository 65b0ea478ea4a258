"""Measurements of the portal against peers and limits, as ratios in one run; see `manage.py bench`."""
