"""Keeps the index current: what a save changes is indexed anew once the save is committed."""

from __future__ import annotations


def watch() -> None:
    """Listen to everything that the index is made from."""
