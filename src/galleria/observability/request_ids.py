"""The id that follows one request through the processes it passes."""

from __future__ import annotations

import re
import uuid
from typing import Final

HEADER: Final = "X-Request-Id"

_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")


def request_id(given: str | None = None) -> str:
    """Return ``given`` when it is a well-formed id (8 to 64 of letters, digits, ``. _ -``), otherwise a new one."""
    if given is not None and _WELL_FORMED.fullmatch(given):
        return given
    return f"req-{uuid.uuid4().hex}"
