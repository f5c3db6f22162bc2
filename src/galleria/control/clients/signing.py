"""The control plane's signing key, and the one-use tokens it signs for shop agents."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from galleria.contracts.wire import TOKEN_ALGORITHM, TOKEN_LIFETIME_SECONDS, AgentTokenClaims, agent_audience
from galleria.contracts.words import ActorKind, Operation


class SigningKeyBroken(Exception):
    """Give up: the key file is there but holds no Ed25519 key. It is never replaced, since every agent trusts it."""


@dataclass(frozen=True)
class Actor:
    """Who is behind an act: ``subject`` such as an operator's name (letters, digits, ``. _ @ : -`` and spaces)."""

    subject: str
    kind: ActorKind


class SigningKey:
    """An Ed25519 key that signs tokens. Prints as nothing."""

    def __init__(self, key: OKPKey) -> None:
        self._key = key

    def __repr__(self) -> str:
        return "SigningKey(***)"

    @property
    def public_jwk(self) -> str:
        """The public part as a JWK in its RFC 7638 form: what stands in a store's GALLERIA_AGENT_PUBLIC_KEY."""
        members = self._key.as_dict(private=False)
        return json.dumps({name: members[name] for name in ("crv", "kty", "x")}, separators=(",", ":"))

    def token(self, store_id: str, operation: Operation, actor: Actor, *, now: Callable[[], float] = time.time) -> str:
        """Return a new token for one use of ``operation`` on ``store_id`` on behalf of ``actor``."""
        issued_at = int(now())
        claims = AgentTokenClaims(
            aud=agent_audience(store_id),
            sub=actor.subject,
            act={"sub": "control-plane", "kind": actor.kind.value},
            store_id=store_id,
            scope=operation,
            jti=secrets.token_urlsafe(24),
            iat=issued_at,
            exp=issued_at + TOKEN_LIFETIME_SECONDS,
        )
        return jwt.encode(
            {"alg": TOKEN_ALGORITHM}, claims.model_dump(mode="json"), self._key, algorithms=[TOKEN_ALGORITHM]
        )


def load_or_create(path: Path) -> SigningKey:
    """Return the key in the file ``path`` (a private JWK, mode 0600), made now when there is none.

    :raises SigningKeyBroken: what is there is no key.
    :raises OSError: the file can't be read or made.
    """
    if not path.exists():
        _create(path)
    try:
        key = OKPKey.import_key(json.loads(path.read_text(encoding="utf-8")))
        signing_key = SigningKey(key)
        signing_key.token("self-test", Operation.HEALTH, Actor("self-test", ActorKind.SYSTEM))
    except (ValueError, TypeError, KeyError, JoseError):
        raise SigningKeyBroken(f"{path.name} holds no Ed25519 key; put it back from the backup.") from None
    return signing_key


def _create(path: Path) -> None:
    """Write a new key beside ``path`` and link it into place: of two makers at once the first wins, whole."""
    jwk = json.dumps(OKPKey.generate_key("Ed25519", private=True).as_dict(private=True))
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(jwk + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
