"""Browser sessions: a random cookie, worth what its token is worth; forms carry a CSRF token made from it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import delete

from galleria.contracts.words import AuditAction, AuditOutcome
from galleria.control.plane import access
from galleria.control.plane.callers import Caller
from galleria.control.plane.context import Services
from galleria.control.plane.services import tokens, writing
from galleria.control.registry.schema import SessionRow, TokenRow

COOKIE: Final = "galleria_session"
"""The cookie's name. Set it HttpOnly, SameSite=Lax, Path=/, and Secure when `PlaneSettings.secure`."""

LIFETIME: Final = timedelta(hours=12)


@dataclass(frozen=True)
class Session:
    """A signed-in browser. ``cookie`` is the secret that it holds; ``csrf`` belongs into each of its forms."""

    caller: Caller
    cookie: str
    csrf: str


def sign_in(services: Services, secret: str, origin: access.Origin) -> Session:
    """Trade an operator's token for a session of `LIFETIME`. Audited.

    Raises:
        PlaneProblem: as `access.operator` does.
    """
    caller = access.operator(services, secret.strip(), origin)
    cookie = secrets.token_urlsafe(32)
    now = services.now()
    with services.database.writing() as session:
        session.execute(delete(SessionRow).where(SessionRow.expires_at <= now))
        session.add(
            SessionRow(
                digest=tokens.digest_of(cookie), token_id=caller.token_id, created_at=now, expires_at=now + LIFETIME
            )
        )
        entry = writing.act(caller, AuditAction.SIGN_IN, outcome=AuditOutcome.SUCCEEDED)
        writing.commit_with(services, session, entry)
    return Session(caller, cookie, csrf_token(services, cookie))


def current(services: Services, cookie: str | None, request_id: str) -> Session | None:
    """Return the session of a cookie; None when it has ended, or its token was revoked or has expired."""
    token = _token(services, cookie)
    if cookie is None or token is None:
        return None
    tokens.note_use(services, token)
    return Session(access.caller_of(token, request_id), cookie, csrf_token(services, cookie))


def is_alive(services: Services, cookie: str | None) -> bool:
    """Say whether a session that was good is still good."""
    return _token(services, cookie) is not None


def sign_out(services: Services, session: Session) -> None:
    """End a session. Audited. Ended already is fine."""
    with services.database.writing() as database:
        database.execute(delete(SessionRow).where(SessionRow.digest == tokens.digest_of(session.cookie)))
        entry = writing.act(session.caller, AuditAction.SIGN_OUT, outcome=AuditOutcome.SUCCEEDED)
        writing.commit_with(services, database, entry)


def csrf_token(services: Services, cookie: str) -> str:
    """Return the token that a form of this session carries."""
    return hmac.new(services.session_secret, f"csrf:{cookie}".encode(), hashlib.sha256).hexdigest()


def csrf_matches(session: Session, given: str | None) -> bool:
    """Say whether a form was made for this session."""
    return given is not None and hmac.compare_digest(session.csrf.encode(), given.encode())


def _token(services: Services, cookie: str | None) -> TokenRow | None:
    """Return what a cookie's session is worth."""
    if not cookie:
        return None
    now = services.now()
    with services.database.reading() as session:
        row = session.get(SessionRow, tokens.digest_of(cookie))
        token = session.get(TokenRow, row.token_id) if row is not None and row.expires_at > now else None
    if token is None or token.revoked_at is not None or (token.expires_at is not None and token.expires_at <= now):
        return None
    return token
