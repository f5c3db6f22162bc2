"""Magento's ``uid``: base64 of what it stands for. Opaque to clients, stable over time."""

from __future__ import annotations

import base64
import binascii

from galleria.shop.engine.graphql.errors import InvalidInput


def encode(value: int | str) -> str:
    """Return the uid of an id or of a path like ``configurable/93/53``."""
    return base64.b64encode(str(value).encode()).decode()


def decode(uid: str) -> str:
    """Return what ``uid`` stands for.

    Raises InvalidInput when it is no base64 of a text.
    """
    try:
        return base64.b64decode(uid, validate=True).decode()
    except (binascii.Error, ValueError):
        raise InvalidInput(f'Value of uid "{uid}" is incorrect.') from None


def decode_id(uid: str) -> int | None:
    """Return the number that ``uid`` stands for, None when it stands for something else."""
    try:
        return int(decode(uid))
    except (InvalidInput, ValueError):
        return None
