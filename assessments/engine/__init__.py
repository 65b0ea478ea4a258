"""Scores that explain themselves: pure arithmetic over a scheme's document, without database or clock."""
