"""The kinds of rules: one small class each, found by being defined in a file of this package."""
