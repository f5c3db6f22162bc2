"""Operators' tokens: made, listed, revoked, and checked."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import Acknowledged, Page, TokenCreated, TokenInfo, TokenSpec
from galleria.contracts.words import ActorKind, AuditAction, AuditOutcome, Role
from galleria.control.plane.callers import Caller
from galleria.control.plane.context import PageRequest, Services, new_id
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.services import writing
from galleria.control.registry.schema import TokenRow

RUNNER_ROLE: Final = "runner"
"""The role of tokens that open the runner's endpoints and nothing else."""

_USED_EVERY: Final = timedelta(minutes=1)
"""`last_used_at` is this exact: a write for every request would make readers into writers."""

_OPERATORS: Final = tuple(role.value for role in Role)


def draw_secret() -> str:
    """Draw a token's secret: 32 random bytes."""
    return f"gal_{secrets.token_urlsafe(32)}"


def make(
    session: Session, spec: TokenSpec, role: str, now: datetime, secret: str | None = None
) -> tuple[TokenRow, str]:
    """Keep a new token and return it with its secret (drawn here if not given), of which only the sha256 is kept."""
    secret = secret or draw_secret()
    row = TokenRow(
        token_id=new_id("tok"),
        name=spec.name,
        role=role,
        kind=spec.kind.value,
        digest=digest_of(secret),
        created_at=now,
        expires_at=spec.expires_at,
    )
    session.add(row)
    session.flush()
    return row, secret


def digest_of(secret: str) -> str:
    """Return what is kept of a secret. A plain hash is enough for 256 random bits; there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


def find(session: Session, secret: str, now: datetime) -> TokenRow:
    """Return the token of ``secret``.

    Raises:
        PlaneProblem: ``token_invalid`` (unknown or revoked) or ``token_expired``.
    """
    digest = digest_of(secret)
    row = session.scalar(select(TokenRow).where(TokenRow.digest == digest))
    if row is None or not hmac.compare_digest(row.digest, digest) or row.revoked_at is not None:
        raise PlaneProblem(
            ErrorCode.TOKEN_INVALID, "This token is not known or was revoked. Ask an admin for a new one."
        )
    if row.expires_at is not None and row.expires_at <= now:
        raise PlaneProblem(ErrorCode.TOKEN_EXPIRED, "This token has expired. Ask an admin for a new one.")
    return row


def note_use(services: Services, row: TokenRow) -> None:
    """Remember that the token was used now, to the minute."""
    now = services.now()
    if row.last_used_at is not None and now - row.last_used_at < _USED_EVERY:
        return
    with services.database.writing() as session:
        fresh = session.get(TokenRow, row.token_id)
        if fresh is not None:
            fresh.last_used_at = now


def is_valid(services: Services, token_id: str) -> bool:
    """Say whether a token that was good is still good."""
    with services.database.reading() as session:
        row = session.get(TokenRow, token_id)
    return row is not None and row.revoked_at is None and (row.expires_at is None or row.expires_at > services.now())


def list_tokens(services: Services, caller: Caller, page: PageRequest) -> Page[TokenInfo]:
    """Return one page of the operators' tokens, newest first, without their secrets.

    Raises:
        PlaneProblem: with ``forbidden``.
    """
    writing.require(services, caller, Role.ADMIN, AuditAction.ACCESS_DENIED)
    with services.database.reading() as session:
        query = select(TokenRow).where(TokenRow.role.in_(_OPERATORS))
        rows = session.scalars(query.order_by(TokenRow.created_at.desc(), TokenRow.token_id)).all()
    items = [info(row) for row in rows[page.offset : page.offset + page.page_size]]
    return Page(items=items, page=page.page, page_size=page.page_size, total=len(rows))


def create_token(services: Services, caller: Caller, spec: TokenSpec) -> TokenCreated:
    """Make a token and return its secret, this once.

    Raises:
        PlaneProblem: ``forbidden``, or ``invalid_request`` for a kind that no operator is, or a time that has passed.
    """
    writing.require(services, caller, Role.ADMIN, AuditAction.TOKEN_CREATE)
    asked = writing.act(caller, AuditAction.TOKEN_CREATE, outcome=AuditOutcome.SUCCEEDED)
    with writing.refusals_audited(services, asked), services.database.writing() as session:
        now = services.now()
        if spec.kind not in (ActorKind.HUMAN, ActorKind.AUTOMATION):
            message = "A token belongs to a human or to automation."
            raise PlaneProblem(ErrorCode.INVALID_REQUEST, message, {"field": "kind"})
        if spec.expires_at is not None and spec.expires_at <= now:
            message = "expires_at has passed already; give a time to come."
            raise PlaneProblem(ErrorCode.INVALID_REQUEST, message, {"field": "expires_at"})
        row, secret = make(session, spec, spec.role.value, now)
        detail = f"{row.token_id} for {row.name}, {row.role}."
        made = writing.act(caller, AuditAction.TOKEN_CREATE, detail=detail, outcome=AuditOutcome.SUCCEEDED)
        writing.commit_with(services, session, made)
        return TokenCreated(token=info(row), secret=secret)


def revoke_token(services: Services, caller: Caller, token_id: str) -> Acknowledged:
    """Revoke a token; it and its sessions are worth nothing from now on. Revoked already is fine.

    Raises:
        PlaneProblem: ``forbidden``, ``not_found``, or ``state_conflict`` for the last admin's token.
    """
    writing.require(services, caller, Role.ADMIN, AuditAction.TOKEN_REVOKE)
    asked = writing.act(caller, AuditAction.TOKEN_REVOKE, outcome=AuditOutcome.SUCCEEDED)
    with writing.refusals_audited(services, asked), services.database.writing() as session:
        now = services.now()
        # All of them are locked, so that two admins can't revoke each other and leave nobody.
        rows = session.scalars(select(TokenRow).where(TokenRow.role.in_(_OPERATORS)).with_for_update()).all()
        row = next((one for one in rows if one.token_id == token_id), None)
        if row is None:
            raise PlaneProblem(ErrorCode.NOT_FOUND, "There is no token with this id. Look at the list of tokens.")
        if row.revoked_at is not None:
            return Acknowledged()
        _refuse_last_admin(rows, row, now)
        row.revoked_at = now
        detail = f"{row.token_id} of {row.name}, {row.role}."
        done = writing.act(caller, AuditAction.TOKEN_REVOKE, detail=detail, outcome=AuditOutcome.SUCCEEDED)
        writing.commit_with(services, session, done)
    return Acknowledged()


def info(row: TokenRow) -> TokenInfo:
    """A token without its secret."""
    return TokenInfo(
        token_id=row.token_id,
        name=row.name,
        role=Role(row.role),
        kind=ActorKind(row.kind),
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )


def _refuse_last_admin(rows: Sequence[TokenRow], row: TokenRow, now: datetime) -> None:
    """Refuse to revoke the last token that an admin can use for ever; one that expires is no way back in."""
    left = [
        one
        for one in rows
        if one.role == Role.ADMIN.value and one.revoked_at is None and one.expires_at is None and one is not row
    ]
    if row.role == Role.ADMIN.value and not left and (row.expires_at is None or row.expires_at > now):
        message = "This is the last admin token without an end. Create another one first."
        raise PlaneProblem(ErrorCode.STATE_CONFLICT, message, {"token_id": row.token_id})
