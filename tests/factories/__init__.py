"""One factory per model; none does more than its name says."""
