"""What every answer says to the browser beside its content."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from starlette.responses import Response

CSP: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

_SAFE: Final = (
    ("Content-Security-Policy", CSP),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)

_WORTH_COMPRESSING: Final = 1000


def secure(response: Response) -> None:
    """Add what keeps a page from being misused."""
    for name, value in _SAFE:
        response.headers.setdefault(name, value)


def compress(response: Response, accepted: str) -> None:
    """Send the body with gzip where the browser takes it and it pays."""
    response.headers.add_vary_header("Accept-Encoding")
    body = bytes(response.body)
    if "gzip" not in accepted or len(body) < _WORTH_COMPRESSING:
        return
    response.body = gzip.compress(body, compresslevel=4, mtime=0)
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Length"] = str(len(response.body))
