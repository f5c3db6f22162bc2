"""The fixtures of a plane on either database."""

from __future__ import annotations

from tests.support.planes import database, plane, postgresql, registry_url

__all__ = ["database", "plane", "postgresql", "registry_url"]
