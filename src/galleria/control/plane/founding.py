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
from galleria.control.plane.problems import PlaneProblem
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

    The operator's file is a hand-over: once its token exists, a removed file stays removed, and a token whose file is
    there but is not known (an old file beside a new registry) is made anew. The runner's file must always work.
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
    with database.reading() as session:
        operators = select(TokenRow).where(TokenRow.role == Role.ADMIN.value, TokenRow.revoked_at.is_(None))
        has_admin = session.scalar(operators.limit(1)) is not None
    if not has_admin:
        spec = TokenSpec(name=FIRST_OPERATOR, role=Role.ADMIN, kind=ActorKind.HUMAN)
        write_secret(_operator_file(home), _make(database, spec, Role.ADMIN.value))
        made.append("operator-token")
    if not _known(database, _runner_file(home)):
        spec = TokenSpec(name=RUNNER, role=Role.VIEWER, kind=ActorKind.RUNNER)
        write_secret(_runner_file(home), _make(database, spec, tokens.RUNNER_ROLE))
        made.append("runner-token")
    return made


def _known(database: Database, file: Path) -> bool:
    try:
        secret = file.read_text("ascii").strip()
        with database.reading() as session:
            return tokens.find(session, secret, utc_now()).role == tokens.RUNNER_ROLE
    except (OSError, UnicodeDecodeError, PlaneProblem):
        return False


def _make(database: Database, spec: TokenSpec, role: str) -> str:
    now = utc_now()
    with database.writing() as session:
        row, secret = tokens.make(session, spec, role, now)
        made = Act(
            actor="control-plane",
            actor_kind=ActorKind.SYSTEM,
            action=AuditAction.TOKEN_CREATE,
            outcome=AuditOutcome.SUCCEEDED,
            request_id=request_ids.request_id(),
            detail=f"{row.token_id} for {row.name}, {row.role}, at set-up.",
        )
        trail.append(session, now, made)
    return secret


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
