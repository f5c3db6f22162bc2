"""Who asks, and what they may ask for."""

from __future__ import annotations

from dataclasses import dataclass

from galleria.contracts.words import ActorKind, Role


@dataclass(frozen=True)
class Caller:
    """An operator who has proven who they are. ``request_id`` follows this one request into the audit."""

    name: str
    role: Role
    kind: ActorKind
    token_id: str
    request_id: str


@dataclass(frozen=True)
class RunnerCaller:
    """A holder of the runner token. Which runner it is, it says in each request."""

    request_id: str
