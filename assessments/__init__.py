"""How good: schemes and scorecards."""
