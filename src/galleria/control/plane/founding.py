"""Makes what a plane needs before its first start: registry, keys, the first admin token, the runner's token."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from pydantic import BaseModel
from sqlalchemy import select

from galleria.contracts.wire import TokenSpec
from galleria.contracts.words import ActorKind, AuditAction, AuditOutcome, Role
from galleria.control.audit import trail
from galleria.control.audit.chain import Act
from galleria.control.clients import signing
from galleria.control.plane import wiring
from galleria.control.plane.context import utc_now
from galleria.control.plane.services import tokens
from galleria.control.plane.settings import PlaneSettings
from galleria.control.registry import migrating
from galleria.control.registry.database import Database
from galleria.control.registry.schema import TokenRow
from galleria.observability import request_ids

FIRST_OPERATOR = "first-admin"
RUNNER = "runner"


class Founded(BaseModel):
    """What `found` did. Tokens stand in the files, never here."""

    registry: str
    level: str
    made: list[str]
    operator_token_file: str
    runner_token_file: str


def found(settings: PlaneSettings, home: Path) -> Founded:
    """Make what is missing and leave what is there. Safe to run at every start.

    The operator's file is a hand-over: once an admin's token was used, a removed file stays removed. A token whose file
    is there but is not known (an old file beside a new registry, or a set-up that was killed) is made anew. The
    runner's file must always work.
    """
    for folder in (settings.data, settings.data / "run", settings.agents, home / "runner"):
        wiring.make_folder(folder)
    made = _keys(settings)
    database = Database(settings.registry)
    try:
        if migrating.level(database) != migrating.NEWEST:
            migrating.migrate(database)
            made.append("registry")
        made += _tokens(database, home)
    finally:
        database.close()
    return Founded(
        registry=database.kind,
        level=migrating.NEWEST,
        made=made,
        operator_token_file=str(_operator_file(home)),
        runner_token_file=str(_runner_file(home)),
    )


def _operator_file(home: Path) -> Path:
    return home / "operator-token"


def _runner_file(home: Path) -> Path:
    return home / "runner" / "token"


def _keys(settings: PlaneSettings) -> list[str]:
    made = []
    if not (settings.data / wiring.SIGNING_KEY).exists():
        made.append(wiring.SIGNING_KEY)
    signing.load_or_create(settings.data / wiring.SIGNING_KEY)
    secret = settings.data / wiring.SESSION_SECRET
    if not secret.exists():
        write_secret(secret, secrets.token_hex(32))
        made.append(wiring.SESSION_SECRET)
    return made


def _tokens(database: Database, home: Path) -> list[str]:
    made = []
    if _operator_wanted(database, _operator_file(home)):
        spec = TokenSpec(name=FIRST_OPERATOR, role=Role.ADMIN, kind=ActorKind.HUMAN)
        _make(database, spec, Role.ADMIN.value, _operator_file(home))
        made.append("operator-token")
    row = _row_of(database, _runner_file(home))
    if row is None or row.role != tokens.RUNNER_ROLE or row.revoked_at is not None:
        spec = TokenSpec(name=RUNNER, role=Role.VIEWER, kind=ActorKind.RUNNER)
        _make(database, spec, tokens.RUNNER_ROLE, _runner_file(home))
        made.append("runner-token")
    return made


def _operator_wanted(database: Database, file: Path) -> bool:
    """Whether the first admin's token has to be made. A known one is left alone, even if it was revoked."""
    if file.exists():
        return _row_of(database, file) is None
    with database.reading() as session:
        admins = session.scalars(select(TokenRow).where(TokenRow.role == Role.ADMIN.value)).all()
    in_force = any(row.revoked_at is None for row in admins)
    handed_over = any(row.last_used_at is not None for row in admins)
    return not (in_force and handed_over)


def _row_of(database: Database, file: Path) -> TokenRow | None:
    """The registry's row of the token in ``file``; None if there is no such file or the registry does not know it."""
    try:
        secret = file.read_text("ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    with database.reading() as session:
        return session.scalar(select(TokenRow).where(TokenRow.digest == tokens.digest_of(secret)))


def _make(database: Database, spec: TokenSpec, role: str, file: Path) -> None:
    """Make a token. Its file first: killed in between, the next run finds a token that nobody knows and starts over."""
    secret = tokens.draw_secret()
    write_secret(file, secret)
    now = utc_now()
    with database.writing() as session:
        row, _ = tokens.make(session, spec, role, now, secret)
        made = Act(
            actor="control-plane",
            actor_kind=ActorKind.SYSTEM,
            action=AuditAction.TOKEN_CREATE,
            outcome=AuditOutcome.SUCCEEDED,
            request_id=request_ids.request_id(),
            detail=f"{row.token_id} for {row.name}, {row.role}, at set-up.",
        )
        trail.append(session, now, made)


def write_secret(file: Path, secret: str) -> None:
    """Write a secret, mode 0600, whole or not at all."""
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(8)}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(secret + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
    folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
