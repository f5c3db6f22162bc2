"""What must never stand in a log line, and how it is taken out: by the name of a field and by the look of a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, TypeAlias

REDACTED: Final = "***"

Plain: TypeAlias = object
"""Anything that a log line may carry: scalars, mappings, sequences."""

_SECRET_KEY = re.compile(
    r"secret|passw|passphrase|token|authorization|cookie|credential|api[-_]?key|private[-_]?key|signing[-_]?key"
    r"|^jwt$|database[-_]?url|^dsn$|e?-?mail",
    re.IGNORECASE,
)
_SAFE_KEY = re.compile(r"_(id|kind|count|file|seconds)$")

_SECRET_VALUES: Final = (
    # A key in PEM form, a private JWK's `d`, a JWT (RFC 7519: base64url of '{"' begins with eyJ).
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL), REDACTED),
    (re.compile(r"""(\\*["']d\\*["']\s*:\s*\\*["'])[A-Za-z0-9_-]{16,}"""), rf"\g<1>{REDACTED}"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*)?"), REDACTED),
    # Credentials as headers, in addresses, and as name=value or "name": "value".
    (re.compile(r"\b(bearer|basic|digest)\s+[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE), rf"\g<1> {REDACTED}"),
    (re.compile(r"(?<=://)[^\s/@]*:[^\s/@]*(?=@)"), REDACTED),
    (
        re.compile(
            r"""\b([\w-]*(?:secret|passw(?:or)?d|passphrase|token|authorization|cookie|api[-_]?key|private[-_]?key)[\w-]*"""
            r"""\\*["']?\s*[=:]\s*)(?!\s)(\\*"(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s,;&}\)\]]+)""",
            re.IGNORECASE,
        ),
        rf"\g<1>{REDACTED}",
    ),
    (re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*\.)+[A-Za-z]{2,}\b"), REDACTED),
)


def redact(key: str, value: Plain) -> Plain:
    """Return ``value`` of the field ``key`` without secrets and e-mail addresses, in mappings and sequences too."""
    if _SECRET_KEY.search(key) and not _SAFE_KEY.search(key) and not isinstance(value, bool | None):
        return REDACTED
    if isinstance(value, Mapping):
        return {redact_text(str(name)): redact(str(name), inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact("", inner) for inner in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact_text(value if isinstance(value, str) else repr(value))


def redact_text(text: str) -> str:
    """Return ``text`` without what looks like a secret or an e-mail address."""
    for pattern, replacement in _SECRET_VALUES:
        text = pattern.sub(replacement, text)
    return text
