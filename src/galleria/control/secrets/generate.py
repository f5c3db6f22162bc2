"""New secret values, from the kernel's random source."""

from __future__ import annotations

import secrets

from galleria.contracts import instance
from galleria.contracts.secret import SecretValue


def generate() -> dict[str, SecretValue]:
    """Return a new value for every generated key: 256 random bits in base64url, 43 characters."""
    return {key: SecretValue(secrets.token_urlsafe(32)) for key in instance.generated_keys()}
