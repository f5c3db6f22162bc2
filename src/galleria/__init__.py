"""Galleria: one place to run many independent online stores."""

__version__ = "0.1.0"
