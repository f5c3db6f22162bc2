"""Migrations of the side tables, forward only."""
