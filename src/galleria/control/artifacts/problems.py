"""Why a release was refused, sorted by what the caller does next."""

from __future__ import annotations


class ReleaseRefused(Exception):
    """Give up: the source, the lock, a digest or the signature is not as it must be. The message says what to do."""


class ReleaseMissing(ReleaseRefused):
    """There is no such release, artifact or file in this layout."""
