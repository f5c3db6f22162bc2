"""Imports without what a server never uses."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def left_out(module: str) -> Iterator[None]:
    """Inside the block ``module`` counts as not installed, for libraries that take it when it is there.

    The command line's libraries lie in the same environment, and every process of every store would pay for them.
    """
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[module]
