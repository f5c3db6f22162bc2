"""Schema steps of the side tables, forward only."""
