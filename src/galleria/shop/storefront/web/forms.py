"""Forms that cannot be forged, and addresses that cannot lead out of the shop."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from starlette.requests import Request

    from galleria.contracts.secret import SecretValue

FIELD: Final = "form_token"
MAX_BYTES: Final = 64 * 1024
MAX_FIELDS: Final = 500
_LOCAL: Final = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]*")


class TooLarge(Exception):
    """The form has more bytes or fields than any form of ours."""


class Form:
    """What a shopper sent. The last of several values counts, unless all are asked for."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    def get(self, name: str, otherwise: str = "") -> str:
        """Return a field without the spaces around it."""
        return next((value.strip() for key, value in reversed(self._pairs) if key == name), otherwise)

    def secret(self, name: str) -> str:
        """Return a field as it was typed: spaces belong to a password."""
        return next((value for key, value in reversed(self._pairs) if key == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a field, in order, empty ones too."""
        return tuple(value.strip() for key, value in self._pairs if key == name)

    def starting(self, prefix: str) -> tuple[str, ...]:
        """Return the values of the fields whose names begin with ``prefix``, in order."""
        return tuple(value.strip() for key, value in self._pairs if key.startswith(prefix))

    def as_dict(self) -> dict[str, str]:
        """Return the fields by name."""
        return {key: value.strip() for key, value in self._pairs}


async def read_form(request: Request) -> Form:
    """Return the url-encoded form of ``request``.

    Raises:
        TooLarge: it has more than 64 KiB or 500 fields.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            raise TooLarge
    try:
        return Form(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ValueError as error:
        raise TooLarge from error


def token(secret: SecretValue, seed: str) -> str:
    """Return a form token for the session with ``seed``.

    Masked anew each time, so that a compressed page gives nothing away by its length (the BREACH attack).
    """
    proof = _proof(secret, seed)
    mask = secrets.token_bytes(len(proof))
    return base64.urlsafe_b64encode(mask + _xor(mask, proof)).decode()


def is_genuine(secret: SecretValue, seed: str, given: str) -> bool:
    """Say whether ``given`` is a token of the session with ``seed``."""
    try:
        raw = base64.urlsafe_b64decode(given.encode())
    except (binascii.Error, ValueError):
        return False
    half = len(raw) // 2
    return hmac.compare_digest(_xor(raw[:half], raw[half:]), _proof(secret, seed))


def local_path(text: str, otherwise: str = "/") -> str:
    """Return ``text`` when it is a path of this shop, else ``otherwise``: nobody is sent elsewhere."""
    return text if _LOCAL.fullmatch(text) else otherwise


def _proof(secret: SecretValue, seed: str) -> bytes:
    return hmac.new(secret.reveal().encode(), b"form:" + seed.encode(), hashlib.sha256).digest()[:18]


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=False))
