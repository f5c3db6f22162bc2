"""Who may have what done: EdDSA tokens (RFC 8037, RFC 9864), for one store, one operation, one use, at most 60 s.

The agent holds the public key only, so that nothing in a store can make a token.
"""

from __future__ import annotations

import fcntl
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from pydantic import ConfigDict, ValidationError

from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import TOKEN_ALGORITHM, TOKEN_LIFETIME_SECONDS, AgentTokenClaims, agent_audience
from galleria.contracts.words import Operation
from galleria.shop.agent.refusal import Refused

CLOCK_SKEW_SECONDS: Final = 5
"""How far ahead the control plane's clock may be."""

_MAX_CHARACTERS: Final = 4096
_MAX_USED: Final = 10_000
_MAX_EXPIRED: Final = 256
"""So many are forgotten at once."""
_JTI = re.compile(r"[A-Za-z0-9_-]{16,64}")
_SUBJECT = re.compile(r"[^\x00-\x1f\x7f]{1,128}")  # an operator's name, on one line


class _Claims(AgentTokenClaims):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    nbf: int | None = None


class UsedTokens:
    """The ids of tokens that were used, until these expire. In a file, so that a restarted agent still knows them; so
    does another agent of the same store that runs beside it: each use is made under the file's lock.

    Nothing is synced to the disk: a machine that loses power is back later than any token lives.
    """

    def __init__(self, file: Path, now: Callable[[], float] = time.time) -> None:
        self._file = file
        self._now = now
        with self._locked() as lines:
            self._keep(lines, self._living(_known(lines)))

    def use(self, jti: str, expires_at: int) -> None:
        """Record that the token is used.

        :raises Refused: ``token_replayed`` when it was before; ``rate_limited`` when more ids live than are kept.
        """
        with self._locked() as lines:
            known = _known(lines)
            if jti in known:
                raise Refused(ErrorCode.TOKEN_REPLAYED, "This token was used before; ask for a new one.")
            living = self._living(known)
            if len(living) >= _MAX_USED:
                raise Refused(ErrorCode.RATE_LIMITED, "Too many requests within a token's life; try again in a minute.")
            if len(known) - len(living) >= _MAX_EXPIRED:
                self._keep(lines, living)
            lines.write(f"{expires_at} {jti}\n".encode("ascii"))

    @contextmanager
    def _locked(self) -> Iterator[BinaryIO]:
        with self._file.open("a+b") as lines:
            fcntl.flock(lines, fcntl.LOCK_EX)
            yield lines
            lines.flush()

    def _living(self, known: dict[str, int]) -> dict[str, int]:
        now = self._now()
        return {jti: expiry for jti, expiry in known.items() if expiry > now}

    def _keep(self, lines: BinaryIO, living: dict[str, int]) -> None:
        lines.truncate(0)
        lines.write("".join(f"{expiry} {jti}\n" for jti, expiry in living.items()).encode("ascii"))


def _known(lines: BinaryIO) -> dict[str, int]:
    lines.seek(0)
    known = {}
    for line in lines.read().decode("ascii", "replace").splitlines():
        expiry, _, jti = line.partition(" ")
        if expiry.isdecimal() and _JTI.fullmatch(jti):  # a line that a crash cut short belongs to no answered request
            known[jti] = int(expiry)
    return known


class Doorkeeper:
    """Lets in whoever bears a right token."""

    def __init__(self, store_id: str, public_key: str, used: UsedTokens, now: Callable[[], float] = time.time) -> None:
        self._store_id = store_id
        self._key = OKPKey.import_key(json.loads(public_key))
        self._used = used
        self._now = now

    def admit(self, authorization: str | None, operation: Operation) -> str:
        """Check the ``Authorization`` header for ``operation``; return the actor behind it. The token is used up.

        :raises Refused: with the code that says what was wrong.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Refused(ErrorCode.UNAUTHENTICATED, "This needs a token: Authorization: Bearer <token>.")
        claims = self._verified(token)
        try:
            self._check(claims, operation)
            self._used.use(claims.jti, claims.exp)
        except Refused as refused:
            refused.actor = claims.sub
            raise
        return claims.sub

    def _verified(self, token: str) -> _Claims:
        if len(token) > _MAX_CHARACTERS:
            raise _invalid()
        try:
            signed = jws.deserialize_compact(token.encode("ascii"), self._key, algorithms=[TOKEN_ALGORITHM])
            claims = _Claims.model_validate_json(signed.payload or b"")
        except (JoseError, ValidationError, ValueError, TypeError):  # the library lets its parsers' errors through
            raise _invalid() from None
        if not _JTI.fullmatch(claims.jti) or not _SUBJECT.fullmatch(claims.sub):
            raise _invalid()
        return claims

    def _check(self, claims: _Claims, operation: Operation) -> None:
        if claims.store_id != self._store_id or claims.aud != agent_audience(self._store_id):
            raise Refused(ErrorCode.WRONG_STORE, "This token is for another store; ask for one for this store.")
        if claims.scope is not operation:
            raise Refused(
                ErrorCode.WRONG_OPERATION, "This token is for another operation; ask for one for this operation."
            )
        now = self._now()
        if claims.exp <= now:
            raise Refused(ErrorCode.TOKEN_EXPIRED, "This token has expired; ask for a new one.")
        starts = max(claims.iat, claims.nbf or 0)
        if starts > now + CLOCK_SKEW_SECONDS or not 0 < claims.exp - claims.iat <= TOKEN_LIFETIME_SECONDS:
            raise Refused(
                ErrorCode.TOKEN_INVALID, "This token is not valid now, or lives too long; compare the clocks."
            )


def _invalid() -> Refused:
    return Refused(ErrorCode.TOKEN_INVALID, "This is no token of this store's control plane.")
