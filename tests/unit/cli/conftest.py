"""A control plane within the test, for commands that ask one."""

from __future__ import annotations

from tests.support.planes import database, plane

__all__ = ["database", "plane"]
